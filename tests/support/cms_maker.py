# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""CMS structures written element by element, so that a test can bend each of them; and the dialogue's other end."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, x448, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from poststelle.inspection.cms.der import INTEGER, NULL, OCTET_STRING, OID, SEQUENCE, SET, context, encode, oid, read
from poststelle.inspection.cms.layer import LayerDialogue, Opened
from poststelle.inspection.cms.recipients import matches
from poststelle.inspection.cms.unwrap import UnsupportedRecipientError, unwrap
from poststelle.inspection.requests import Answer, Request, Scan, Scanned, Unwrapped, UnwrapRefused
from support.certificates import NOW, Holder

DATA, SIGNED, ENVELOPED = (f"1.2.840.113549.1.7.{number}" for number in (1, 2, 3))
AUTHENVELOPED, COMPRESSED = "1.2.840.113549.1.9.16.1.23", "1.2.840.113549.1.9.16.1.9"
SHA = {
    "md5": ("1.2.840.113549.2.5", hashes.MD5),
    "sha1": ("1.3.14.3.2.26", hashes.SHA1),
    "sha256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256),
    "sha512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512),
    "sha3-224": ("2.16.840.1.101.3.4.2.7", hashes.SHA3_224),
    "sha3-256": ("2.16.840.1.101.3.4.2.8", hashes.SHA3_256),
    "sha3-384": ("2.16.840.1.101.3.4.2.9", hashes.SHA3_384),
    "sha3-512": ("2.16.840.1.101.3.4.2.10", hashes.SHA3_512),
    "shake256": ("2.16.840.1.101.3.4.2.12", lambda: hashes.SHAKE256(64)),
}
ECDSA = {
    "sha1": "1.2.840.10045.4.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha512": "1.2.840.10045.4.3.4",
    "sha3-224": "2.16.840.1.101.3.4.3.9",
    "sha3-256": "2.16.840.1.101.3.4.3.10",
    "sha3-384": "2.16.840.1.101.3.4.3.11",
    "sha3-512": "2.16.840.1.101.3.4.3.12",
}
EDWARDS = (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)
ENTITY = b"Content-Type: text/plain\r\n\r\nGuten Tag\r\n"


def identifier(dotted: str) -> bytes:
    return encode(OID, oid(dotted))


def method(dotted: str, *parameters: bytes) -> bytes:
    return encode(SEQUENCE, identifier(dotted), *parameters)


def number(value: int) -> bytes:
    return encode(INTEGER, value.to_bytes(max((value.bit_length() + 8) // 8, 1), "big"))


def content_info(kind: str, body: bytes) -> bytes:
    return encode(SEQUENCE, identifier(kind), encode(context(0), body))


def digest(name: str, content: bytes) -> bytes:
    state = hashes.Hash(SHA[name][1]())
    state.update(content)
    return state.finalize()


def attribute(kind: str, *values: bytes) -> bytes:
    return encode(SEQUENCE, identifier(f"1.2.840.113549.1.9.{kind}"), encode(SET, *values))


@dataclass(frozen=True)
class Signing:
    """How a signer's entry is made; each field may be bent."""

    holder: Holder
    hashing: str = "sha256"
    attributes: tuple[bytes, ...] | None = ()
    """None: no signed attributes. Empty: the usual three."""
    unsigned: tuple[bytes, ...] = ()
    by_key_identifier: bool = False
    pss: bool = False
    said_hashing: str = ""
    spoil: bool = False
    method: bytes = b""
    """The signature's method as it is stated; empty: the usual one."""
    name: bytes = b""
    """How the signer is named; empty: by issuer and serial number."""


def usual_attributes(hashing: str, content: bytes, at: Any = NOW) -> tuple[bytes, ...]:
    time = encode(0x17, at.strftime("%y%m%d%H%M%SZ").encode())
    return (
        attribute("3", identifier(DATA)),
        attribute("5", time),
        attribute("4", encode(OCTET_STRING, digest(hashing, content))),
    )


def signer_info(content: bytes, how: Signing) -> bytes:
    attributes = how.attributes if how.attributes != () else usual_attributes(how.hashing, content)
    to_sign = content if attributes is None else encode(SET, *sorted(attributes))
    signature = _sign(how, to_sign)
    if how.spoil:
        signature = signature[:-1] + bytes((signature[-1] ^ 1,))
    return encode(
        SEQUENCE,
        number(3 if how.by_key_identifier else 1),
        how.name or _name(how.holder, by_key_identifier=how.by_key_identifier),
        method(SHA[how.said_hashing or how.hashing][0]),
        encode(context(0), *sorted(attributes)) if attributes is not None else b"",
        how.method or _signature_method(how),
        encode(OCTET_STRING, signature),
        encode(context(1), *how.unsigned) if how.unsigned else b"",
    )


def _name(holder: Holder, *, by_key_identifier: bool) -> bytes:
    if by_key_identifier:
        return encode(context(0, constructed=False), holder.read.key_identifier)
    return encode(SEQUENCE, holder.read.issuer, number(holder.read.serial))


def _sign(how: Signing, content: bytes) -> bytes:
    own, hashing = how.holder.key, SHA[how.hashing][1]()
    if isinstance(own, EDWARDS):
        return own.sign(content)
    if isinstance(own, ec.EllipticCurvePrivateKey):
        return own.sign(content, ec.ECDSA(hashing))
    if how.pss:
        return own.sign(content, padding.PSS(padding.MGF1(hashing), 32), hashing)
    return own.sign(content, padding.PKCS1v15(), hashing)


def _signature_method(how: Signing) -> bytes:
    if isinstance(how.holder.key, EDWARDS):
        return method("1.3.101.112" if isinstance(how.holder.key, ed25519.Ed25519PrivateKey) else "1.3.101.113")
    if isinstance(how.holder.key, ec.EllipticCurvePrivateKey):
        return method(ECDSA[how.hashing])
    if how.pss:
        hashing = method(SHA[how.hashing][0])
        mask = method("1.2.840.113549.1.1.8", hashing)
        salt = encode(context(2), number(32))
        return method(
            "1.2.840.113549.1.1.10",
            encode(SEQUENCE, encode(context(0), hashing), encode(context(1), mask), salt),
        )
    return method("1.2.840.113549.1.1.1", encode(NULL))


def signed_data(
    content: bytes,
    *signings: Signing,
    embedded: bytes | None = None,
    certificates: tuple[Holder, ...] | None = None,
    kind: str = DATA,
) -> bytes:
    """A signed-data over the content; detached unless embedded says what it holds."""
    holders = certificates if certificates is not None else tuple(signing.holder for signing in signings)
    inside = encode(context(0), encode(OCTET_STRING, embedded)) if embedded is not None else b""
    body = encode(
        SEQUENCE,
        number(1),
        encode(SET, *(method(SHA[signing.hashing][0]) for signing in signings)),
        encode(SEQUENCE, identifier(kind), inside),
        encode(context(0), *(holder.der for holder in holders)) if holders else b"",
        encode(SET, *(signer_info(content, signing) for signing in signings)),
    )
    return content_info(SIGNED, body)


TST_INFO = "1.2.840.113549.1.9.16.1.4"


def time_stamp(over: bytes, by: Holder, at: datetime = NOW, *, spoil: bool = False) -> bytes:
    """A time stamp token (RFC 3161)."""
    imprint = encode(SEQUENCE, method(SHA["sha256"][0]), encode(OCTET_STRING, digest("sha256", over)))
    moment = encode(0x18, at.strftime("%Y%m%d%H%M%SZ").encode())
    said = encode(SEQUENCE, number(1), identifier("1.2.3.4"), imprint, number(7), moment)
    attributes = (attribute("3", identifier(TST_INFO)), attribute("4", encode(OCTET_STRING, digest("sha256", said))))
    how = Signing(by, attributes=attributes, spoil=spoil)
    return signed_data(said, how, embedded=said, kind=TST_INFO)


def stamped(token: bytes) -> bytes:
    """The unsigned attribute that encloses a token beside a signature."""
    return attribute("16.2.14", token)


def transported(holder: Holder, content_key: bytes, *, oaep: str = "", by_key_identifier: bool = False) -> bytes:
    """A key-transport entry."""
    scheme: padding.AsymmetricPadding = padding.PKCS1v15()
    how = method("1.2.840.113549.1.1.1", encode(NULL))
    if oaep:
        hashing = SHA[oaep][1]()
        scheme = padding.OAEP(padding.MGF1(hashing), hashing, None)
        kind = method(SHA[oaep][0])
        mask = method("1.2.840.113549.1.1.8", kind)
        how = method("1.2.840.113549.1.1.7", encode(SEQUENCE, encode(context(0), kind), encode(context(1), mask)))
    wrapped = encode(OCTET_STRING, holder.key.public_key().encrypt(content_key, scheme))
    version = number(2 if by_key_identifier else 0)
    return encode(SEQUENCE, version, _name(holder, by_key_identifier=by_key_identifier), how, wrapped)


def agreed_by_montgomery(holder: Holder, content_key: bytes) -> bytes:
    """A key-agreement entry with HKDF (RFC 8418)."""
    is_448 = isinstance(holder.key, x448.X448PrivateKey)
    ephemeral = x448.X448PrivateKey.generate() if is_448 else x25519.X25519PrivateKey.generate()
    wrap = method("2.16.840.1.101.3.4.1.45")
    info = encode(SEQUENCE, wrap, encode(context(2), encode(OCTET_STRING, (256).to_bytes(4, "big"))))
    agreed = ephemeral.exchange(holder.key.public_key())
    wrapping = HKDF(hashes.SHA256(), 32, None, info).derive(agreed)
    point = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    originator = encode(
        context(0),
        encode(context(1), method("1.3.101.111" if is_448 else "1.3.101.110"), encode(0x03, b"\x00" + point)),
    )
    wrapped = encode(OCTET_STRING, keywrap.aes_key_wrap(wrapping, content_key))
    one = encode(SEQUENCE, _name(holder, by_key_identifier=False), wrapped)
    how = method("1.2.840.113549.1.9.16.3.19", wrap)
    return encode(context(1), number(3), originator, how, encode(SEQUENCE, one))


def cbc(plaintext: bytes, content_key: bytes, *, pad: bool = True) -> tuple[bytes, bytes]:
    """Algorithm and ciphertext under AES-256-CBC."""
    iv = bytes(range(16))
    count = 16 - len(plaintext) % 16
    padded = plaintext + bytes((count,)) * count if pad else plaintext
    sealer = Cipher(AES(content_key), modes.CBC(iv)).encryptor()
    return method("2.16.840.1.101.3.4.1.42", encode(OCTET_STRING, iv)), sealer.update(padded) + sealer.finalize()


def enveloped(recipients: tuple[bytes, ...], sealed: tuple[bytes, bytes]) -> bytes:
    how, ciphertext = sealed
    inside = encode(SEQUENCE, identifier(DATA), how, encode(context(0, constructed=False), ciphertext))
    return content_info(ENVELOPED, encode(SEQUENCE, number(2), encode(SET, *recipients), inside))


def authenveloped(recipients: tuple[bytes, ...], plaintext: bytes, content_key: bytes, *, spoil: int = -1) -> bytes:
    nonce = bytes(12)
    sealed = bytearray(AESGCM(content_key).encrypt(nonce, plaintext, None))
    if spoil >= 0:
        sealed[spoil] ^= 1
    parameters = encode(SEQUENCE, encode(OCTET_STRING, nonce), number(16))
    how = method("2.16.840.1.101.3.4.1.46", parameters)
    inside = encode(SEQUENCE, identifier(DATA), how, encode(context(0, constructed=False), bytes(sealed[:-16])))
    body = encode(SEQUENCE, number(0), encode(SET, *recipients), inside, encode(OCTET_STRING, bytes(sealed[-16:])))
    return content_info(AUTHENVELOPED, body)


def compressed(content: bytes, packed: bytes | None = None) -> bytes:
    stream = packed if packed is not None else zlib.compress(content, 9)
    inside = encode(SEQUENCE, identifier(DATA), encode(context(0), encode(OCTET_STRING, stream)))
    how = method("1.2.840.113549.1.9.16.3.8")
    return content_info(COMPRESSED, encode(SEQUENCE, number(0), how, inside))


def streamed(der: bytes, piece: int = 1000) -> bytes:
    """The same structure as a streaming sender writes it: indefinite lengths, strings in pieces.

    Sets and certificates keep their form, since they are signed or compared byte by byte.
    """
    node = read(der)
    if node.tag in (OCTET_STRING, context(0, constructed=False)) and len(node.content) > piece:
        pieces = (node.content[at : at + piece] for at in range(0, len(node.content), piece))
        tag = 0x24 if node.tag == OCTET_STRING else 0xA0
        return bytes((tag, 0x80)) + b"".join(encode(OCTET_STRING, one) for one in pieces) + b"\x00\x00"
    if not node.tag & 0x20 or b"U\x1d" in bytes(node.content[:400]) or node.tag == SET:
        return der
    return bytes((node.tag, 0x80)) + b"".join(streamed(child.der, piece) for child in node.children()) + b"\x00\x00"


@dataclass
class Keyholder:
    """Answers as the broker does, and remembers what it was shown."""

    holders: tuple[Holder, ...] = ()
    scanned: tuple[bytes, ...] = ()
    unwraps: int = 0
    made_up: Callable[[int], bytes] | None = None

    def answer(self, request: Request) -> Answer:
        if isinstance(request, Scan):
            self.scanned += (request.content,)
            return Scanned()
        self.unwraps += 1
        for holder in self.holders:
            if matches(request.recipient_info, holder.read):
                if self.made_up:
                    return Unwrapped(self.made_up(request.key_bytes))
                try:
                    return Unwrapped(unwrap(holder.key, request.recipient_info, request.key_bytes))
                except UnsupportedRecipientError:
                    return UnwrapRefused("unsupported")
        return UnwrapRefused("no-key")


def driven(dialogue: LayerDialogue, keyholder: Keyholder | None = None) -> Opened:
    """The end of the dialogue."""
    other = keyholder or Keyholder()
    try:
        request = next(dialogue)
        while True:
            request = dialogue.send(other.answer(request))
    except StopIteration as end:
        return end.value
