# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle keys``: from the request to the certificate that came back, and the key that is thrown away."""

import argparse
import json
import os
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from poststelle.application.settings import House, Settings
from poststelle.compose.key_bench import key_bench
from poststelle.faces.cli.frame import CommandError, complain
from poststelle.faces.cli.keys import IMPORT_VARIABLE, add_parser
from poststelle.faces.cli.keys import run as run_keys
from support.certificates import NOW, Wish, authority, issued
from support.policies import POLICIES

POST = "post@stadt-muenster.example"
CA = authority()


@pytest.fixture
def keys(tmp_path, capsys):
    """Carries out the command in a data folder of its own; what it said."""
    bench = key_bench(Settings(house=House(data=tmp_path / "data")))
    os.environ[IMPORT_VARIABLE] = "geheim"

    def run(*arguments: str, code: int = 0) -> str:
        parser = argparse.ArgumentParser()
        add_parser(parser.add_subparsers())
        try:
            got = run_keys(parser.parse_args(["keys", *arguments]), bench)
        except CommandError as error:
            got = complain(error)
        assert got == code
        said = capsys.readouterr()
        return said.out or said.err

    yield run
    del os.environ[IMPORT_VARIABLE]


def states(keys) -> list[tuple[str, bool]]:
    return [(row["state"], row["self_signed"]) for row in map(json.loads, keys("list", "--json").splitlines())]


def certified(request: str) -> bytes:
    """What an issuer makes of a request: the certificate and its own, PEM."""
    wanted = x509.load_pem_x509_csr(request.encode())
    assert wanted.is_signature_valid
    builder = x509.CertificateBuilder().subject_name(wanted.subject).issuer_name(CA.certificate.subject)
    builder = builder.public_key(wanted.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=700))
    for extension in wanted.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(CA.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + CA.pem


def test_a_requested_certificate_comes_into_use_and_is_published_with_its_issuer(keys, tmp_path):
    keys("generate", POST, "--kind", "p256")
    name = json.loads(keys("list", "--json"))["generation"]
    (tmp_path / "post.pem").write_bytes(certified(keys("csr", POST, name, "--organisation", "Stadt Münster")))
    keys("import", POST, str(tmp_path / "post.pem"))
    keys("rotate", POST)
    assert states(keys) == [("retired", True), ("current", False)]
    keys("publish", "--out", str(tmp_path / "out"))
    (tmp_path / "out" / f"{POST}.next.cer").write_bytes((tmp_path / "out" / f"{POST}.cer").read_bytes())
    keys("publish", "--out", str(tmp_path / "out"))
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["aussteller-1.crt", f"{POST}.cer"]


def test_a_pkcs12_file_is_taken_in(keys, tmp_path):
    holder = issued(CA, Wish(email=POST))
    secret = serialization.BestAvailableEncryption(b"geheim")
    content = pkcs12.serialize_key_and_certificates(b"post", holder.key, holder.certificate, [CA.certificate], secret)
    (tmp_path / "post.p12").write_bytes(content)
    keys("import", POST, str(tmp_path / "post.p12"))
    assert states(keys) == [("current", False)]


def test_an_issuer_that_two_authorities_share_is_published_by_each_beside_its_own_certificate_alone(tmp_path):
    policies = (POLICIES / "muenster", POLICIES / "strict")
    bench = key_bench(Settings(house=House(data=tmp_path / "data", policies=policies)))
    addresses = {"muenster": POST, "strict": "post@kreis-streng.example"}
    for address in addresses.values():
        holder = issued(CA, Wish(email=address))
        secret = serialization.BestAvailableEncryption(b"geheim")
        content = pkcs12.serialize_key_and_certificates(b"x", holder.key, holder.certificate, [CA.certificate], secret)
        bench.import_p12(address, content, b"geheim")
    for name, address in addresses.items():
        own, issuer = bench.published(name)
        assert (own.address, own.is_issuer) == (address, False)
        assert (issuer.content, issuer.is_issuer, issuer.file_name) == (CA.der, True, "aussteller-1.crt")
        assert [one.address for _, one in bench.ring(name).entries] == [address]


def test_a_certificate_for_another_address_is_not_taken_in(keys, tmp_path):
    holder = issued(CA, Wish(email="andere@stadt-muenster.example"))
    secret = serialization.BestAvailableEncryption(b"geheim")
    content = pkcs12.serialize_key_and_certificates(b"post", holder.key, holder.certificate, None, secret)
    (tmp_path / "post.p12").write_bytes(content)
    assert "does not name" in keys("import", POST, str(tmp_path / "post.p12"), code=3)


def test_a_compromised_key_leaves_the_page_and_a_destroyed_one_leaves_the_disk(keys, tmp_path):
    keys("generate", POST, "--kind", "p256")
    name = json.loads(keys("list", "--json"))["generation"]
    keys("publish", "--out", str(tmp_path / "out"))
    (tmp_path / "out" / "theirs.cer").write_bytes(CA.der)
    assert "COMPROMISED" in keys("retire", POST, name, "--compromised")
    assert keys("publish", "--out", str(tmp_path / "out")) == f"{POST}.cer  removed: it is published no longer\n"
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["theirs.cer"]
    keys("retire", POST, name, "--destroy")
    assert not list((tmp_path / "data").rglob("key.p12"))


def test_what_cannot_be_done_says_what_can(keys):
    assert "has no next generation" in keys("rotate", POST, code=3)
    assert "poststelle keys list" in keys("retire", POST, "1999-01-01-1", code=3)


def test_a_first_key_makes_a_data_folder_that_nobody_else_enters(keys, tmp_path):
    before = os.umask(0o022)
    try:
        keys("generate", POST)
    finally:
        os.umask(before)
    modes = [folder.stat().st_mode & 0o777 for folder in (tmp_path / "data", tmp_path / "data" / "keys")]
    assert modes == [0o700, 0o700]
