# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A finished letter signed in the authority's name: multipart/signed around it, whatever it says (RFC 8551, 3.5.3).

Sees certificates and a port that signs digests; the key stays with the keyholder. Changes no word of the letter: the
fields that say how its body is to be read move inside, all others stay where they were.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy as email_policy
from email.parser import BytesHeaderParser
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from poststelle.application.keyring import Generation, current
from poststelle.application.ports import DigestSigner, UnavailableError
from poststelle.inspection.cms.certificates import Certificate, public_key
from poststelle.inspection.cms.der import INTEGER, NULL, OCTET_STRING, OID, SEQUENCE, SET, context, encode, oid
from poststelle.inspection.cms.sealed import DATA

_ABOUT_THE_BODY = (b"content-", b"mime-version:")
_SIGNED_DATA = oid("1.2.840.113549.1.7.2")
_SHA256 = encode(SEQUENCE, encode(OID, oid("2.16.840.1.101.3.4.2.1")))
_RSA = encode(SEQUENCE, encode(OID, oid("1.2.840.113549.1.1.1")), encode(NULL))
_ECDSA = encode(SEQUENCE, encode(OID, oid("1.2.840.10045.4.3.2")))
_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME, _CAPABILITIES = (
    oid(f"1.2.840.113549.1.9.{number}") for number in (3, 4, 5, 15)
)
_CIPHERS = tuple(oid(f"2.16.840.1.101.3.4.1.{number}") for number in (46, 6, 42, 2))
"""What may be sent to us, best first: AES-GCM, then AES-CBC (RFC 8551, 2.5.2)."""
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_UTC_TIME_UNTIL = 2050
_LINE_CHARACTERS = 76


def signing_generation(ring: tuple[Generation, ...], message: bytes, at: datetime) -> Generation | None:
    """The current generation of the address a letter comes from; None where that has none in use."""
    by = current(ring, _sender_of(message))
    return None if by is None or by.is_compromised or by.not_after < at else by


def _sender_of(message: bytes) -> str:
    addresses = BytesHeaderParser(policy=email_policy.SMTP).parsebytes(message)["From"].addresses
    return str(addresses[0].addr_spec).casefold() if addresses else ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in two: fields about the whole, and the entity that is signed."""

    head: bytes
    entity: bytes


def taken_apart(message: bytes) -> Letter:
    """The fields about the body belong to the entity, all others to the head; CRLF throughout."""
    fields, _, body = message.partition(b"\r\n\r\n")
    head: list[bytes] = []
    inner: list[bytes] = []
    place = head
    for line in fields.split(b"\r\n"):
        if line[:1] not in (b" ", b"\t"):
            place = inner if line.lower().startswith(_ABOUT_THE_BODY) else head
        place.append(line)
    inner = [line for line in inner if not line.lower().startswith(b"mime-version:")]
    return Letter(b"\r\n".join(head), b"\r\n".join(inner) + b"\r\n\r\n" + body)


def signed(message: bytes, by: Generation, signer: DigestSigner, at: datetime) -> bytes:
    """The letter signed with this generation's key. UnavailableError where the keyholder signs with another, or not."""
    letter = taken_apart(message)
    return put_together(letter.head, signed_entity(letter.entity, by, signer, at))


def put_together(head: bytes, entity: bytes) -> bytes:
    """A message of these fields and this entity."""
    return head + b"\r\nMIME-Version: 1.0\r\n" + entity


def signed_entity(entity: bytes, by: Generation, signer: DigestSigner, at: datetime) -> bytes:
    """The entity and its signature, as one entity (RFC 1847, 2.1)."""
    structure = signature_of(entity, by, signer, at)
    boundary = b"=_signed_" + sha256(structure).hexdigest()[:40].encode()
    return b"\r\n".join(
        (
            b'Content-Type: multipart/signed; protocol="application/pkcs7-signature";',
            b' micalg=sha-256; boundary="' + boundary + b'"',
            b"",
            b"--" + boundary,
            entity,
            b"--" + boundary,
            b'Content-Type: application/pkcs7-signature; name="smime.p7s"',
            b"Content-Transfer-Encoding: base64",
            b'Content-Disposition: attachment; filename="smime.p7s"',
            b"",
            in_lines(structure),
            b"--" + boundary + b"--",
            b"",
        )
    )


def in_lines(structure: bytes) -> bytes:
    """Base64 in lines that every mail server lets through."""
    text = base64.b64encode(structure)
    return b"\r\n".join(text[at : at + _LINE_CHARACTERS] for at in range(0, len(text), _LINE_CHARACTERS))


def signature_of(entity: bytes, by: Generation, signer: DigestSigner, at: datetime) -> bytes:
    """The detached signed-data over the entity, with our certificate and its issuers (RFC 5652, 5)."""
    attributes = _attributes(entity, at)
    signature = signer.sign(by.address, sha256(encode(SET, *attributes)).digest())
    if signature is None or not _is_made_by(by.outline, signature, encode(SET, *attributes)):
        raise UnavailableError(f"the keyholder does not sign with the current key of {by.address}")
    info = encode(
        SEQUENCE,
        encode(INTEGER, b"\x01"),
        encode(SEQUENCE, by.outline.issuer, _number(by.outline.serial)),
        _SHA256,
        encode(context(0), *attributes),
        _RSA if isinstance(public_key(by.outline), rsa.RSAPublicKey) else _ECDSA,
        encode(OCTET_STRING, signature),
    )
    body = encode(
        SEQUENCE,
        encode(INTEGER, b"\x01"),
        encode(SET, _SHA256),
        encode(SEQUENCE, encode(OID, DATA)),
        encode(context(0), *sorted((by.certificate, *by.chain))),
        encode(SET, info),
    )
    return encode(SEQUENCE, encode(OID, _SIGNED_DATA), encode(context(0), body))


def _attributes(entity: bytes, at: datetime) -> tuple[bytes, ...]:
    """The signed attributes in DER order (RFC 5652, 5.4 and 11; capabilities: RFC 8551, 2.5.2)."""
    ciphers = (encode(SEQUENCE, encode(OID, cipher)) for cipher in _CIPHERS)
    found = (
        _attribute(_CONTENT_TYPE, encode(OID, DATA)),
        _attribute(_SIGNING_TIME, _time(at.astimezone(UTC))),
        _attribute(_MESSAGE_DIGEST, encode(OCTET_STRING, sha256(entity).digest())),
        _attribute(_CAPABILITIES, encode(SEQUENCE, *ciphers)),
    )
    return tuple(sorted(found))


def _attribute(kind: bytes, value: bytes) -> bytes:
    return encode(SEQUENCE, encode(OID, kind), encode(SET, value))


def _time(at: datetime) -> bytes:
    """UTCTime up to 2049, GeneralizedTime after (RFC 5652, 11.3)."""
    if at.year < _UTC_TIME_UNTIL:
        return encode(_UTC_TIME, f"{at:%y%m%d%H%M%SZ}".encode())
    return encode(_GENERALIZED_TIME, f"{at:%Y%m%d%H%M%SZ}".encode())


def _number(value: int) -> bytes:
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _is_made_by(certificate: Certificate, signature: bytes, attributes: bytes) -> bool:
    """Right after a rotation ring and keyholder may differ for a moment: such a letter would look forged."""
    key, digest = public_key(certificate), sha256(attributes).digest()
    hashing = utils.Prehashed(hashes.SHA256())
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, digest, padding.PKCS1v15(), hashing)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, digest, ec.ECDSA(hashing))
        else:
            return False
    except InvalidSignature:
        return False
    return True
