# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Notices encrypted to the checked signer who wrote: opened by OpenSSL and NSS, signed inside, to nobody else."""

import base64
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, utils

from poststelle.application.carriers import notice_carrier
from poststelle.application.keyring import Generation, KeyState
from poststelle.application.ports import OutboxItem, Submitted, UnavailableError
from poststelle.application.posting import SEAL_TO, Post, seal_order
from poststelle.application.sealing import addressee
from poststelle.application.smime_case import Case, Form, GivenKey, truth_at
from poststelle.core.address import Address
from poststelle.core.facts import Facts
from poststelle.core.signature import CryptoNote, Encryption, FromMatch, Identity, LayerKind, ReplyKey, Signature
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.der import SEQUENCE, encode
from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.message import inspect_message
from support.builders import an_envelope, ordered, some_facts, the_verdict
from support.certificates import DAY, NOW, Holder, Wish, authority, issued
from support.cms_maker import Keyholder, Signing, attribute, driven, method, signed_data, usual_attributes
from support.other_programs import Circle, Gnupg, Nss, at_work
from support.programs import require_program
from support.smime_mails import enclosed, message

POST = "post@stadt.example"
CA = authority("Sealing CA")
OURS = issued(CA, Wish(name="Post", email=POST))
ERIKA = issued(CA, Wish(name="Erika Sealing"))
SIGNS_ONLY = issued(CA, Wish(name="Erika EC", kind="p384"))


def agreeing(holder: Holder) -> Holder:
    """The same key under a certificate that lets it agree on keys."""
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        False,
    )
    allowed = x509.KeyUsage(digital_signature=True, key_encipherment=False, key_agreement=True, **usage)
    old = holder.certificate
    builder = x509.CertificateBuilder(old.issuer, old.subject, holder.key.public_key(), 77, NOW - DAY, NOW + DAY)
    return Holder(holder.key, builder.add_extension(allowed, critical=True).sign(CA.key, hashes.SHA256()))


EC = agreeing(SIGNS_ONLY)
LETTER = (
    f"From: Stadt <{POST}>\r\nTo: erika@example.org\r\nSubject: Ihre Nachricht\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nGuten Tag\r\n"
).encode()


class Signer:
    def sign(self, address: str, digest: bytes) -> bytes | None:
        assert address == POST
        return OURS.key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))


class Unrecorded:
    def signed(self, item: OutboxItem, address: str, certificate_sha256: str) -> None:
        """Whether it is recorded is another test's question."""


class Now:
    def now(self):
        return NOW


RING = (Generation(POST, "1", KeyState.CURRENT, OURS.der, (CA.der,)),)


def leaving(ring: tuple[Generation, ...] = RING) -> Post:
    return Post(lambda: ring, lambda _authority: Signer(), Unrecorded(), Now(), os.urandom)


def for_(holder: Holder, *, takes_gcm: bool = False) -> OutboxItem:
    return ordered(LETTER, **{SEAL_TO: base64.b64encode(holder.der).decode(), "gcm": takes_gcm})


def sent(holder: Holder, *, takes_gcm: bool = False) -> bytes:
    return leaving().seal(for_(holder, takes_gcm=takes_gcm))


@pytest.mark.parametrize("takes_gcm", [False, True], ids=["cbc", "gcm"])
@pytest.mark.parametrize("holder", [ERIKA, EC], ids=["rsa", "ec"])
def test_only_the_addressee_opens_it_and_finds_our_signature(holder, takes_gcm) -> None:
    mail = sent(holder, takes_gcm=takes_gcm)
    assert b"Guten Tag" not in mail
    case = Case(mail, Form.MAIL, (GivenKey(holder.key, holder.read),), ChainChecker(Trust((CA.der,))))
    facts = truth_at(case, NOW)
    assert (facts.encryption, facts.signature, facts.from_match) == (Encryption.OK, Signature.OK, FromMatch.MATCH)
    assert facts.layers[0].kind is (LayerKind.AUTHENVELOPED if takes_gcm else LayerKind.ENVELOPED)
    assert CryptoNote.UNAUTHENTICATED not in facts.notes
    assert truth_at(replace(case, keys=()), NOW).encryption is Encryption.NO_KEY


@pytest.mark.parametrize("holder", [ERIKA, EC], ids=["rsa", "ec"])
@pytest.mark.parametrize("takes_gcm", [False, True], ids=["cbc", "gcm"])
def test_openssl_opens_it(tmp_path, holder, takes_gcm) -> None:
    openssl = require_program("openssl", "openssl")
    (tmp_path / "cert.pem").write_bytes(holder.pem)
    (tmp_path / "key.pem").write_bytes(holder.key_pem)
    words = [openssl, "cms", "-decrypt", "-recip", str(tmp_path / "cert.pem"), "-inkey", str(tmp_path / "key.pem")]
    opened = subprocess.run(words, input=sent(holder, takes_gcm=takes_gcm), capture_output=True, check=False)
    assert opened.returncode == 0, opened.stderr
    (tmp_path / "ca.pem").write_bytes(CA.pem)
    verify = [openssl, "cms", "-verify", "-CAfile", str(tmp_path / "ca.pem")]
    verified = subprocess.run(verify, input=opened.stdout, capture_output=True, check=False)
    assert (verified.returncode, b"Guten Tag" in verified.stdout) == (0, True)


@pytest.fixture(scope="module", params=[Gnupg, Nss], ids=["gnupg", "nss"])
def reader(request, tmp_path_factory):
    with at_work(request.param, tmp_path_factory.mktemp("r"), Circle(ERIKA, CA)) as found:
        yield found


def test_gnupg_and_nss_open_it(reader) -> None:
    body = sent(ERIKA).partition(b'smime.p7m"\r\n\r\n')[2]
    assert reader.opened(base64.b64decode(body)).startswith(b"Content-Type: multipart/signed")


def test_a_certificate_that_is_over_or_for_signing_alone_gets_no_ciphertext() -> None:
    def may(holder: Holder) -> bool:
        return addressee(ReplyKey(base64.b64encode(holder.der).decode()), NOW) is not None

    assert may(ERIKA)
    assert not may(issued(CA, Wish(name="Late", end=NOW - DAY / 2)))
    assert not may(SIGNS_ONLY)


class Nobody:
    """A mail server that must not be asked."""

    def submit(self, sender: str, recipients: Sequence[str], message: bytes) -> Submitted:
        raise AssertionError(recipients)


def test_what_was_to_be_encrypted_never_leaves_in_the_clear_instead() -> None:
    """Where the certificate ended while the notice waited, the outbox gives it up, so that somebody writes by hand."""
    answer = notice_carrier(Nobody(), leaving().seal)(for_(issued(CA, Wish(name="Late", end=NOW - DAY / 2))))
    assert answer is not None
    assert answer.is_permanent
    with pytest.raises(UnavailableError):
        leaving(()).seal(for_(ERIKA))
    assert b"Guten Tag" in leaving(()).seal(ordered(LETTER))


ENTITY = b"Content-Type: text/plain\r\n\r\nGuten Tag\r\n"
TAKES_GCM = attribute("15", encode(SEQUENCE, method("2.16.840.1.101.3.4.1.46")))
ACCEPTED = Identity.VERIFIED


def facts_of(*more: bytes, by: Holder = ERIKA) -> Facts:
    """Facts of a mail that Erika signed; ``more`` are further signed attributes."""
    how = Signing(by, attributes=(*usual_attributes("sha256", ENTITY), *more))
    mail = message(enclosed(signed_data(ENTITY, how, embedded=ENTITY), "signed-data"), to=POST)
    world = Surroundings(NOW, ChainChecker(Trust((CA.der,))))
    return some_facts(inspection=driven(inspect_message(mail, None, world), Keyholder()))


def order_of(facts: Facts, identity: Identity = ACCEPTED, sender: str = "erika@example.org") -> dict[str, object]:
    local, _, domain = sender.partition("@")
    envelope = an_envelope(sender=Address(local, domain))
    return seal_order(facts, envelope, (replace(the_verdict(facts, envelope), identity=identity),))


def test_only_an_accepted_signature_of_the_writer_himself_asks_for_encryption() -> None:
    assert order_of(facts_of())[SEAL_TO] == base64.b64encode(ERIKA.der).decode()
    assert order_of(facts_of(), Identity.UNCHECKED) == {}
    assert order_of(facts_of(), sender="eve@evil.example") == {}
    assert order_of(some_facts()) == {}
    assert order_of(facts_of(by=SIGNS_ONLY)) == {}


def test_gcm_is_for_those_whose_program_says_that_it_reads_it() -> None:
    assert order_of(facts_of())["gcm"] is False
    assert order_of(facts_of(TAKES_GCM))["gcm"] is True
