# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle doctor --dns`` as an operator starts it, with a name server on loopback."""

import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support.command_line import poststelle
from support.dns_stub import DnsStub, txt
from support.door_house import server_tls

ROOT = Path(__file__).parents[2]
DOMAIN = "stadt-muenster.example"
HOST = f"mx.{DOMAIN}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dns")
    server_tls(folder)
    return folder


@pytest.fixture(scope="module")
def tlsa(folder) -> str:
    key = x509.load_pem_x509_certificate((folder / "door.pem").read_bytes()).public_key()
    return f"3 1 1 {hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()}"


def doctor(folder: Path, port: int, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "poststelle.toml").write_text(
        f'[house]\ndata = "{folder}/data"\npolicies = ["{ROOT / "policies" / "muenster"}"]\nhostname = "{HOST}"\n'
        f'[sender]\nresolver = "127.0.0.1"\nresolver_port = {port}\n'
    )
    return poststelle("doctor", "--dns", "--certificate", "door.pem", *words, cwd=folder)


def test_a_complete_zone_is_found_record_by_record(folder, tlsa):
    zone = {
        (HOST, "A"): ["192.0.2.25"],
        (HOST, "TXT"): [txt("v=spf1 a -all")],
        ("25.2.0.192.in-addr.arpa", "PTR"): [f"{HOST}."],
        (f"_25._tcp.{HOST}", "TLSA"): [tlsa],
        (DOMAIN, "MX"): [f"10 {HOST}."],
        (DOMAIN, "TXT"): [txt("v=spf1 mx -all")],
        (f"s1._domainkey.{DOMAIN}", "TXT"): [txt("v=DKIM1; k=rsa; p=" + "A" * 392)],
        (f"_dmarc.{DOMAIN}", "TXT"): [txt("v=DMARC1; p=reject")],
        (f"_mta-sts.{DOMAIN}", "TXT"): [txt("v=STSv1; id=1")],
        (f"mta-sts.{DOMAIN}", "A"): ["192.0.2.80"],
        (f"_smtp._tls.{DOMAIN}", "TXT"): [txt(f"v=TLSRPTv1; rua=mailto:postmaster@{DOMAIN}")],
    }
    with DnsStub(zone) as names:
        done = doctor(folder, names.port, "--dkim-selector", "s1", "--json")
    found = {one["part"]: one for one in done.rows}
    assert done.code == 0, done.err
    assert {part for part, one in found.items() if one["health"] != "fine"} == {f"DANE of {HOST}"}, done.out
    assert "DNSSEC" in found[f"DANE of {HOST}"]["sentence"], "the stub signs nothing"


def test_an_empty_zone_gets_every_line_to_publish_and_the_file_to_serve(folder, tlsa):
    with DnsStub({}) as names:
        done = doctor(folder, names.port, "--reports-to", "berichte@extern.example")
    assert done.code == 1
    for line in (
        f"Publish:  {DOMAIN}. IN MX 10 {HOST}.",
        f"Publish:  _25._tcp.{HOST}. IN TLSA {tlsa}",
        f'Publish:  _dmarc.{DOMAIN}. IN TXT "v=DMARC1; p=reject; rua=mailto:berichte@extern.example"',
        f"mx: {HOST}",
    ):
        assert line in done.out


def test_a_certificate_that_cannot_be_read_is_said(folder):
    done = doctor(folder, 1, "--certificate", "nowhere.pem")
    assert done.code == 3
    assert "nowhere.pem" in done.err
