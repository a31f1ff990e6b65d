# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The same signed or encrypted mail as other programs would send it: methods, attributes, encodings, MIME dress."""

import base64
import os

import pytest
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from poststelle.core.signature import CryptoFacts, Encryption, LayerKind, Signature
from poststelle.core.signers import is_valid
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.der import INTEGER, NULL, OCTET_STRING, SEQUENCE, SET, context, encode, read
from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.message import inspect_message
from support.certificates import NOW, Holder, Wish, authority, issued
from support.cms_maker import (
    AUTHENVELOPED,
    DATA,
    ENVELOPED,
    SHA,
    SIGNED,
    Keyholder,
    Signing,
    cbc,
    content_info,
    digest,
    driven,
    enveloped,
    identifier,
    method,
    number,
    signed_data,
    streamed,
    transported,
    usual_attributes,
)

CA = authority("Variant CA")
ERIKA = issued(CA)
EVE = issued(CA, Wish(name="Eve", email="eve@evil.example"))
POST = issued(CA, Wish(name="Post", email="post@example.org"))
KEY = bytes(range(32))
TRUSTING = Surroundings(NOW, ChainChecker(Trust((CA.der,))))
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHiermit lege ich Widerspruch ein.\r\n"
HEAD = b"From: Erika <erika@example.org>\r\nTo: post@example.org\r\nSubject: Antrag\r\nMIME-Version: 1.0\r\n"
SIGNED_TYPE = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
SEALED_TYPE = "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"


def lines(der: bytes, width: int = 76) -> bytes:
    text = base64.b64encode(der)
    return b"".join(text[at : at + width] + b"\r\n" for at in range(0, len(text), width))


def opaque(der: bytes, kind: str = SIGNED_TYPE, width: int = 76) -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + lines(der, width)


def seen(entity: bytes, *holders: Holder) -> CryptoFacts:
    return driven(inspect_message(HEAD + entity, None, TRUSTING), Keyholder(holders or (POST,))).crypto


def signed(how: Signing, embedded: bytes = TEXT, **more: object) -> bytes:
    return signed_data(embedded, how, embedded=embedded, **more)  # type: ignore[arg-type] # certificates alone


GOOD = signed(Signing(ERIKA))


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p384"])
@pytest.mark.parametrize("hashing", ["sha3-224", "sha3-256", "sha3-384", "sha3-512"])
def test_sha3_is_read_with_every_kind_of_key(kind, hashing) -> None:
    holder = issued(CA, Wish(name=f"Erika {kind}", kind=kind))
    rsa_method = method(f"2.16.840.1.101.3.4.3.{13 + ('224', '256', '384', '512').index(hashing[-3:])}", encode(NULL))
    stated = (rsa_method, b"") if kind == "rsa2048" else (b"",)
    for one in stated:
        assert is_valid(seen(opaque(signed(Signing(holder, hashing, method=one))))), hashing


@pytest.mark.parametrize(("kind", "hashing"), [("ed25519", "sha512"), ("ed25519", "sha256"), ("ed448", "shake256")])
def test_edwards_curves_are_read_with_the_digests_they_go_with(kind, hashing) -> None:
    holder = issued(CA, Wish(name=f"Erika {kind}", kind=kind))
    assert is_valid(seen(opaque(signed(Signing(holder, hashing)))))


def attributed(*more: bytes) -> Signature:
    usual = usual_attributes("sha256", TEXT)
    return seen(opaque(signed(Signing(ERIKA, attributes=(*usual, *more))))).signature


def smime_attribute(kind: str, value: bytes) -> bytes:
    return encode(SEQUENCE, identifier(kind), encode(SET, value))


def named(holder: Holder, hashing: str = "", kind: str = "47") -> bytes:
    """The certificate signed with (RFC 5035): by SHA-1 in the first version, by SHA-256 or a stated hash in the second."""
    stated = method(SHA[hashing][0]) if hashing else b""
    found = digest(hashing or ("sha1" if kind == "12" else "sha256"), holder.der)
    one = encode(SEQUENCE, stated, encode(OCTET_STRING, found))
    return smime_attribute(f"1.2.840.113549.1.9.16.2.{kind}", encode(SEQUENCE, encode(SEQUENCE, one)))


RSA = method("1.2.840.113549.1.1.1", encode(NULL))


def protection(hashing: str = "sha256", signing: bytes = RSA) -> bytes:
    """The methods used (RFC 6211)."""
    methods = encode(SEQUENCE, method(SHA[hashing][0]), encode(context(1), read(signing).content))
    return smime_attribute("1.2.840.113549.1.9.52", methods)


@pytest.mark.parametrize(
    ("word", "more", "expected"),
    [
        ("own certificate, by SHA-1", (named(ERIKA, kind="12"),), Signature.OK),
        ("own certificate", (named(ERIKA),), Signature.OK),
        ("own certificate, by SHA-512", (named(ERIKA, "sha512"),), Signature.OK),
        ("own certificate, both ways", (named(ERIKA, kind="12"), named(ERIKA)), Signature.OK),
        ("another's, by SHA-1", (named(EVE, kind="12"),), Signature.ATTR_INVALID),
        ("another's", (named(EVE),), Signature.ATTR_INVALID),
        ("own and another's", (named(ERIKA, kind="12"), named(EVE)), Signature.ATTR_INVALID),
        ("own methods", (protection(),), Signature.OK),
        ("another digest", (protection("sha512"),), Signature.ATTR_INVALID),
        ("another signature", (protection(signing=method("1.2.840.113549.1.1.5")),), Signature.ATTR_INVALID),
        ("something else", (smime_attribute("1.3.6.1.4.1.99999.1", encode(OCTET_STRING, b"x")),), Signature.OK),
    ],
)
def test_what_the_signer_says_of_his_certificate_and_methods_must_be_so(word, more, expected) -> None:
    assert attributed(*more) is expected, word


def issuer_as(tag: int, text: bytes) -> bytes:
    name = encode(SEQUENCE, encode(SET, encode(SEQUENCE, identifier("2.5.4.3"), encode(tag, text))))
    return encode(SEQUENCE, name, number(ERIKA.read.serial))


@pytest.mark.parametrize(
    ("word", "name", "expected"),
    [
        ("PrintableString", issuer_as(0x13, b"Variant CA"), Signature.OK),
        ("other case", issuer_as(0x0C, b"VARIANT  ca"), Signature.OK),
        ("BMPString", issuer_as(0x1E, "Variant CA".encode("utf-16-be")), Signature.OK),
        ("another name", issuer_as(0x0C, b"Variant CB"), Signature.NO_CERT),
        ("no name", encode(SEQUENCE, encode(SEQUENCE, encode(NULL)), number(ERIKA.read.serial)), Signature.NO_CERT),
    ],
    ids=["printable", "case", "bmp", "another", "none"],
)
def test_the_issuer_may_be_named_in_another_encoding(word, name, expected) -> None:
    assert seen(opaque(signed(Signing(ERIKA, name=name)))).signature is expected, word


def nested(content: bytes, depth: int) -> bytes:
    """The string in pieces of pieces, each of unknown length."""
    if not depth:
        return encode(OCTET_STRING, content)
    half = len(content) // 2
    return b"\x24\x80" + nested(content[:half], depth - 1) + nested(content[half:], depth - 1) + b"\0\0"


def endless(der: bytes, before: bytes = b"-", after: bytes = b"") -> bytes:
    """Unknown lengths all the way down, signed attributes and certificates included; one element in another form."""
    node = read(der)
    if not node.tag & 0x20:
        return after if der == before else der
    inside = b"".join(endless(one.der, before, after) for one in node.children())
    return bytes((node.tag, 0x80)) + inside + b"\0\0"


@pytest.mark.parametrize(
    "der",
    [
        *(streamed(GOOD, piece) for piece in (1, 7, 1000)),
        endless(GOOD),
        *(endless(GOOD, encode(OCTET_STRING, TEXT), nested(TEXT, depth)) for depth in (1, 4)),
        GOOD + b"\0" * 16,
        GOOD + b"\n",
    ],
    ids=["bytes", "sevens", "thousands", "endless", "nested", "deeper", "zeros-behind", "line-behind"],
)
def test_every_encoding_of_the_structure_is_read(der) -> None:
    assert is_valid(seen(opaque(der)))


@pytest.mark.parametrize(
    "kind",
    [
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "Application/PKCS7-MIME; SMIME-TYPE=Signed-Data; NAME=SMIME.P7M",
        "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
        "application/pkcs7-mime; smime-type=signed-receipt",
        "application/octet-stream; name=smime.p7m",
        "application/octet-stream\r\nContent-Disposition: attachment; filename=SMIME.P7M",
        "application/x-pkcs7-mime;\r\n\tname*=utf-8''smime.p7m;\r\n\tsmime-type=signed-data",
    ],
)
@pytest.mark.parametrize("width", [4, 64, 990])
def test_every_dress_of_an_opaque_signature_is_known(kind, width) -> None:
    assert is_valid(seen(opaque(GOOD, kind, width)))


DETACHED = signed_data(TEXT, Signing(ERIKA))


def in_two(kind: str, part: str = "application/pkcs7-signature; name=smime.p7s", boundary: str = "-s") -> bytes:
    head = f"Content-Type: {kind}\r\n\r\n--{boundary}\r\n".encode()
    second = f"\r\n--{boundary}\r\nContent-Type: {part}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    return head + TEXT + second + lines(DETACHED) + f"\r\n--{boundary}--\r\n".encode()


PROTOCOL = 'protocol="application/pkcs7-signature"'


@pytest.mark.parametrize(
    ("kind", "boundary"),
    [
        (f'multipart/signed; {PROTOCOL}; micalg=sha1; boundary="-s"', "-s"),
        (f'multipart/signed; {PROTOCOL}; micalg=unknown; boundary="-s"', "-s"),
        (f'multipart/signed; {PROTOCOL}; micalg="sha-256,sha-1"; boundary="-s"', "-s"),
        (f'multipart/signed; boundary="-s"; {PROTOCOL}', "-s"),
        ('multipart/signed; boundary="-s"; micalg=sha-256', "-s"),
        ('multipart/signed; protocol="application/x-pkcs7-signature"; micalg=SHA256; boundary="-s"', "-s"),
        (f'Multipart/Signed;\r\n {PROTOCOL};\r\n MicAlg=rsa-sha256;\r\n\tBoundary="a b"', "a b"),
        (f'multipart/signed; {PROTOCOL}; boundary="----=_NextPart_000_0001_01D5"', "----=_NextPart_000_0001_01D5"),
    ],
)
@pytest.mark.parametrize("part", ["application/pkcs7-signature", "application/x-pkcs7-signature; name=smime.p7s"])
def test_every_dress_of_a_detached_signature_is_known(kind, boundary, part) -> None:
    assert is_valid(seen(in_two(kind, part, boundary)))


@pytest.mark.parametrize(
    ("word", "before", "after"),
    [
        ("decoded on the way", b"ein.", b"e=\r\nin."),
        ("quoted From", b"Hiermit", b">Hiermit"),
        ("trailing blanks cut", b"ein.", b"ein. "),
        ("footer in the text", b"ein.\r\n", b"ein.\r\n-- \r\nListe\r\n"),
        ("other character set", b"charset=utf-8", b"charset=iso-8859-1"),
    ],
)
def test_what_was_changed_on_the_way_is_no_longer_signed(word, before, after) -> None:
    mail = in_two(f'multipart/signed; {PROTOCOL}; boundary="-s"').replace(before, after, 1)
    assert seen(mail).signature is Signature.BAD, word


def test_the_value_of_a_signed_data_may_be_encrypted_itself() -> None:
    """As RFC 5652, 6.3 has it, without an entity between; a damaged one is a failure like any other."""
    value = read(GOOD).children()[1].content
    how, ciphertext = cbc(bytes(value), KEY)
    inside = encode(SEQUENCE, identifier(SIGNED), how, encode(context(0, constructed=False), ciphertext))
    body = encode(SEQUENCE, number(2), encode(SET, transported(POST, KEY)), inside)
    facts = seen(opaque(content_info(ENVELOPED, body), SEALED_TYPE))
    assert [layer.kind for layer in facts.layers] == [LayerKind.ENVELOPED, LayerKind.SIGNED]
    assert is_valid(facts)
    wrong = body.replace(ciphertext, bytes(16) + ciphertext[16:])
    assert seen(opaque(content_info(ENVELOPED, wrong), SEALED_TYPE)).encryption is Encryption.FAILED


def oaep(hashing: str, masking: str, label: bytes | None = None, *, omit: bool = False) -> bytes:
    scheme = padding.OAEP(padding.MGF1(SHA[masking][1]()), SHA[hashing][1](), label)
    mask = encode(context(1), method("1.2.840.113549.1.1.8", method(SHA[masking][0], encode(NULL))))
    stated = b"" if omit else encode(context(0), method(SHA[hashing][0])) + mask
    named_label = encode(context(2), method("1.2.840.113549.1.1.9", encode(OCTET_STRING, label))) if label else b""
    how = method("1.2.840.113549.1.1.7", encode(SEQUENCE, stated, named_label))
    name = encode(SEQUENCE, POST.read.issuer, number(POST.read.serial))
    wrapped = encode(OCTET_STRING, POST.key.public_key().encrypt(KEY, scheme))
    return encode(SEQUENCE, number(0), name, how, wrapped)


KEK = encode(
    context(2),
    number(4),
    encode(SEQUENCE, encode(OCTET_STRING, b"id")),
    method("2.16.840.1.101.3.4.1.45"),
    encode(OCTET_STRING, keywrap.aes_key_wrap(KEY, KEY)),
)
PASSWORD = encode(
    context(3), number(0), method("1.2.840.113549.1.9.16.3.9"), encode(OCTET_STRING, b"wrapped by a password" * 2)
)
OTHER = encode(context(4), identifier("1.2.840.113549.1.9.16.13.3"), encode(SEQUENCE, number(0)))
OURS = transported(POST, KEY)


@pytest.mark.parametrize(
    ("word", "recipients", "expected"),
    [
        ("all by default", (oaep("sha1", "sha1", omit=True),), Encryption.OK),
        ("as Java does", (oaep("sha256", "sha1"),), Encryption.OK),
        ("two hashes", (oaep("sha512", "sha256"),), Encryption.OK),
        ("with a label", (oaep("sha256", "sha256", b"TCPA"),), Encryption.OK),
        ("behind a shared key", (KEK, OURS), Encryption.OK),
        ("behind a password", (PASSWORD, OURS), Encryption.OK),
        ("before another kind", (OURS, OTHER), Encryption.OK),
        ("a shared key alone", (KEK,), Encryption.NO_KEY),
        ("a password alone", (PASSWORD,), Encryption.NO_KEY),
        ("another kind alone", (OTHER,), Encryption.NO_KEY),
        ("the 61st", (*(transported(EVE, KEY),) * 60, OURS), Encryption.OK),
    ],
)
def test_whoever_else_it_is_for_ours_is_found(word, recipients, expected) -> None:
    assert seen(opaque(enveloped(recipients, cbc(TEXT, KEY)), SEALED_TYPE)).encryption is expected, word


def agreed(holder: Holder, bits: int, material: bytes, *, is_short: bool) -> bytes:
    """ECDH with SHA-384, key wrap of that length, user keying material, the point whole or short (RFC 5753)."""
    ephemeral = ec.generate_private_key(holder.key.curve)
    wrap = method(f"2.16.840.1.101.3.4.1.{ {128: 5, 192: 25, 256: 45}[bits] }")
    entity = encode(context(0), encode(OCTET_STRING, material)) if material else b""
    info = encode(SEQUENCE, wrap, entity, encode(context(2), encode(OCTET_STRING, bits.to_bytes(4, "big"))))
    shared = ephemeral.exchange(ec.ECDH(), holder.key.public_key())
    wrapping = X963KDF(hashes.SHA384(), bits // 8, info).derive(shared)
    form = PublicFormat.CompressedPoint if is_short else PublicFormat.UncompressedPoint
    point = ephemeral.public_key().public_bytes(Encoding.X962, form)
    origin = encode(context(0), encode(context(1), method("1.2.840.10045.2.1"), encode(0x03, b"\0" + point)))
    ours = encode(SEQUENCE, holder.read.issuer, number(holder.read.serial))
    theirs = encode(SEQUENCE, EVE.read.issuer, number(EVE.read.serial))
    entries = encode(SEQUENCE, encode(SEQUENCE, theirs, encode(OCTET_STRING, bytes(40))),
                     encode(SEQUENCE, ours, encode(OCTET_STRING, keywrap.aes_key_wrap(wrapping, KEY))))  # fmt: skip
    said = encode(context(1), encode(OCTET_STRING, material)) if material else b""
    return encode(context(1), number(3), origin, said, method("1.3.132.1.11.2", wrap), entries)


@pytest.mark.parametrize("kind", ["p256", "p521", "brainpool256", "brainpool512"])
@pytest.mark.parametrize(
    ("bits", "material", "is_short"), [(128, b"", True), (192, b"u" * 16, False), (256, b"", False)]
)
def test_an_agreement_for_several_is_opened_on_every_curve(kind, bits, material, is_short) -> None:
    holder = issued(CA, Wish(name=f"Post {kind}", email="post@example.org", kind=kind))
    entry = agreed(holder, bits, material, is_short=is_short)
    assert seen(opaque(enveloped((entry,), cbc(TEXT, KEY)), SEALED_TYPE), holder).encryption is Encryption.OK


@pytest.mark.parametrize("key_bytes", [16, 24, 32])
@pytest.mark.parametrize("tag_bytes", [12, 16])
@pytest.mark.parametrize("mode", ["gcm", "ccm"])
def test_authenticated_encryption_is_read_in_every_size(key_bytes, tag_bytes, mode) -> None:
    content_key, nonce = os.urandom(key_bytes), os.urandom(12)
    if mode == "gcm":
        whole = AESGCM(content_key).encrypt(nonce, TEXT, None)
        ciphertext, tag = whole[: len(TEXT)], whole[len(TEXT) :][:tag_bytes]
    else:
        whole = AESCCM(content_key, tag_bytes).encrypt(nonce, TEXT, None)
        ciphertext, tag = whole[: len(TEXT)], whole[len(TEXT) :]
    kind = {16: 6, 24: 26, 32: 46}[key_bytes] + (mode == "ccm")
    stated = encode(SEQUENCE, encode(OCTET_STRING, nonce), b"" if tag_bytes == 12 else encode(INTEGER, bytes((16,))))
    how = method(f"2.16.840.1.101.3.4.1.{kind}", stated)
    inside = encode(SEQUENCE, identifier(DATA), how, encode(context(0, constructed=False), ciphertext))
    entry = transported(POST, content_key, oaep="sha256")
    body = encode(SEQUENCE, number(0), encode(SET, entry), inside, encode(OCTET_STRING, tag))
    assert seen(opaque(content_info(AUTHENVELOPED, body), SEALED_TYPE)).encryption is Encryption.OK
    spoilt = body[:-1] + bytes((body[-1] ^ 1,))
    assert seen(opaque(content_info(AUTHENVELOPED, spoilt), SEALED_TYPE)).encryption is Encryption.FAILED
