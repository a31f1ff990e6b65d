# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What GnuPG and NSS make, read by us: both sign and encrypt in ways that our own maker and OpenSSL do not."""

import subprocess

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from poststelle.application.smime_case import Case, Form, GivenKey, truth_at
from poststelle.core.signature import Chain, Encryption, LayerKind, Signature
from poststelle.inspection.cms.chain import ChainChecker, Trust
from support.certificates import NOW, Wish, authority, issued
from support.cms_maker import ENTITY
from support.programs import require_program

CA = authority("Other programs' CA", "rsa2048")
ERIKA = issued(CA, Wish(name="Erika Extern"))
POST = issued(CA, Wish(name="Post Extern", email="post@example.org"))


def _p12() -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"erika",
        ERIKA.key,
        ERIKA.certificate,
        [CA.certificate],
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(2000)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())
        .build(b"geheim"),
    )


P12 = _p12()


def said(structure: bytes, detached: bytes | None = None):
    keys = (GivenKey(POST.key, POST.read),)
    return truth_at(Case(structure, Form.STRUCTURE, keys, ChainChecker(Trust((CA.der,))), detached), NOW)


class Gnupg:
    def __init__(self, home) -> None:
        self.home = home
        home.mkdir(mode=0o700)
        (home / "gpgsm.conf").write_text("disable-crl-checks\ndisable-dirmngr\n")
        (home / "gpg-agent.conf").write_text("allow-loopback-pinentry\n")
        (home / "trustlist.txt").write_text(CA.certificate.fingerprint(hashes.SHA1()).hex().upper() + " S relax\n")
        (home / "erika.p12").write_bytes(P12)
        (home / "post.der").write_bytes(POST.der)
        (home / "ca.der").write_bytes(CA.der)

    def run(self, *words: str, content: bytes = b"") -> bytes:
        (self.home / "in").write_bytes(content)
        program = [require_program("gpgsm", "gpgsm"), "--homedir", str(self.home), "--batch", "--yes"]
        program += ["--pinentry-mode", "loopback", "--passphrase-fd", "0"]
        done = subprocess.run([*program, *words], input=b"geheim\n", capture_output=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def close(self) -> None:
        subprocess.run(
            [require_program("gpgconf", "gpgconf"), "--homedir", str(self.home), "--kill", "gpg-agent"], check=False
        )


@pytest.fixture(scope="module")
def gnupg(tmp_path_factory):
    found = Gnupg(tmp_path_factory.mktemp("g") / "h")
    for name in ("ca.der", "post.der"):
        found.run("--import", str(found.home / name))
    for left in reversed(range(6)):  # gpgsm 2.2 cannot read every encrypted bag: the same key, another salt
        (found.home / "erika.p12").write_bytes(_p12())
        try:
            found.run("--import", str(found.home / "erika.p12"))
            break
        except AssertionError:
            if not left:
                raise
    yield found
    found.close()


@pytest.mark.parametrize("cipher", ["AES", "AES256", "3DES"])
def test_what_gnupg_encrypts_opens(gnupg, cipher) -> None:
    words = ("--encrypt", "--cipher-algo", cipher, "-r", "post@example.org", str(gnupg.home / "in"))
    assert said(gnupg.run(*words, content=ENTITY)).encryption is Encryption.OK


@pytest.mark.parametrize("detached", [False, True], ids=["opaque", "detached"])
def test_what_gnupg_signs_holds(gnupg, detached) -> None:
    words = ("--sign", *(("--detach-sign",) if detached else ()), "-u", "erika@example.org", str(gnupg.home / "in"))
    facts = said(gnupg.run(*words, content=ENTITY), ENTITY if detached else None)
    assert (facts.signature, facts.chain) == (Signature.OK, Chain.OK)


class Nss:
    def __init__(self, folder) -> None:
        self.folder = folder
        self.store = f"sql:{folder}"
        (folder / "erika.p12").write_bytes(P12)
        (folder / "post.der").write_bytes(POST.der)
        (folder / "ca.der").write_bytes(CA.der)
        self.run("certutil", "-N", "--empty-password")
        self.run("certutil", "-A", "-n", "ca", "-t", "CT,C,C", "-i", str(folder / "ca.der"))
        self.run("certutil", "-A", "-n", "post", "-t", ",P,", "-i", str(folder / "post.der"))
        self.run("pk12util", "-i", str(folder / "erika.p12"), "-W", "geheim")

    def run(self, program: str, *words: str) -> bytes:
        found = require_program(program, "libnss3-tools")
        done = subprocess.run([found, *words, "-d", self.store], capture_output=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def made(self, *words: str, content: bytes = ENTITY) -> bytes:
        (self.folder / "in").write_bytes(content)
        self.run("cmsutil", *words, "-i", str(self.folder / "in"), "-o", str(self.folder / "out"))
        return (self.folder / "out").read_bytes()


@pytest.fixture(scope="module")
def nss(tmp_path_factory) -> Nss:
    return Nss(tmp_path_factory.mktemp("nss"))


@pytest.mark.parametrize(
    "more", [(), ("-H", "SHA384"), ("-G",), ("-P",)], ids=["plain", "sha384", "time", "capabilities"]
)
def test_what_nss_signs_holds(nss, more) -> None:
    facts = said(nss.made("-S", "-N", "erika", *more))
    assert (facts.signature, facts.chain) == (Signature.OK, Chain.OK)
    facts = said(nss.made("-S", "-T", "-N", "erika", *more), ENTITY)
    assert (facts.signature, facts.chain) == (Signature.OK, Chain.OK)


def test_what_nss_encrypts_opens_and_a_signature_inside_is_read(nss) -> None:
    assert said(nss.made("-E", "-r", "post@example.org")).encryption is Encryption.OK
    facts = said(nss.made("-E", "-r", "post@example.org", content=nss.made("-S", "-N", "erika", "-G")))
    assert [layer.kind for layer in facts.layers] == [LayerKind.ENVELOPED, LayerKind.SIGNED]
    assert (facts.encryption, facts.signature, facts.chain) == (Encryption.OK, Signature.OK, Chain.OK)


def test_what_nss_puts_in_a_bag_is_a_bag(nss) -> None:
    assert said(nss.made("-O", "-r", "post@example.org")).signature is Signature.CERTS_ONLY
