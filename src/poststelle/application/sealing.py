# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A letter encrypted to one checked signer: signed inside, opened by nobody but the holder of that certificate's key.

AES-256-GCM where the signer's own mail said that his program reads it (RFC 5083, RFC 5084), else AES-256-CBC. Whether a
letter may be encrypted to somebody at all is decided where the letter is owed.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives import padding as block_padding
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from poststelle.application.signing import in_lines
from poststelle.core.signature import ReplyKey
from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import Certificate, is_in_force, parsed, public_key, read_certificate
from poststelle.inspection.cms.der import (
    BIT_STRING,
    INTEGER,
    NULL,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    context,
    encode,
    oid,
)
from poststelle.inspection.cms.sealed import DATA

Randomness = Callable[[int], bytes]

KEY_BYTES, BLOCK_BYTES, NONCE_BYTES, TAG_BYTES = 32, 16, 12, 16
_ENVELOPED, _AUTHENVELOPED = oid("1.2.840.113549.1.7.3"), oid("1.2.840.113549.1.9.16.1.23")
_CBC, _GCM = oid("2.16.840.1.101.3.4.1.42"), oid("2.16.840.1.101.3.4.1.46")
_RSA = encode(SEQUENCE, encode(OID, oid("1.2.840.113549.1.1.1")), encode(NULL))
_WRAP = encode(SEQUENCE, encode(OID, oid("2.16.840.1.101.3.4.1.45")))
_ECDH_SHA256 = oid("1.3.132.1.11.1")
_EC = encode(SEQUENCE, encode(OID, oid("1.2.840.10045.2.1")))


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a letter can be encrypted to."""

    certificate: Certificate
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    takes_gcm: bool


def addressee(reply_key: ReplyKey, at: datetime) -> Addressee | None:
    """None where the certificate is not valid at that moment, or its key is not for encrypting (RFC 8550, 4.4.2)."""
    found = reader(reply_key)
    return found if found is not None and is_in_force(found.certificate, at) else None


def reader(reply_key: ReplyKey) -> Addressee | None:
    """Whoever can open what is encrypted to the certificate, if it is in force; None where its key is not for that."""
    try:
        certificate = read_certificate(base64.b64decode(reply_key.certificate))
    except (CmsError, IndexError):
        return None
    known, key = parsed(certificate), public_key(certificate)
    if known is None or not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
        return None
    return Addressee(certificate, key, reply_key.takes_gcm) if _may_encrypt(known, key) else None


def _may_encrypt(known: x509.Certificate, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> bool:
    try:
        usage = known.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.key_encipherment if isinstance(key, rsa.RSAPublicKey) else usage.key_agreement


def encrypted_entity(entity: bytes, to: Addressee, random: Randomness) -> bytes:
    """The entity as application/pkcs7-mime for this addressee (RFC 8551, 3.3 and 3.4)."""
    content_key = random(KEY_BYTES)
    recipient = _recipient(to, content_key)
    if to.takes_gcm:
        kind, structure = "authEnveloped-data", _gcm(entity, recipient, content_key, random(NONCE_BYTES))
    else:
        kind, structure = "enveloped-data", _cbc(entity, recipient, content_key, random(BLOCK_BYTES))
    head = f'Content-Type: application/pkcs7-mime; smime-type={kind}; name="smime.p7m"\r\n'
    disposition = b'Content-Disposition: attachment; filename="smime.p7m"\r\n\r\n'
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n" + disposition + in_lines(structure) + b"\r\n"


def _cbc(entity: bytes, recipient: bytes, content_key: bytes, vector: bytes) -> bytes:
    padder = block_padding.PKCS7(BLOCK_BYTES * 8).padder()
    sealer = Cipher(AES(content_key), modes.CBC(vector)).encryptor()
    ciphertext = sealer.update(padder.update(entity) + padder.finalize()) + sealer.finalize()
    content = _content(encode(SEQUENCE, encode(OID, _CBC), encode(OCTET_STRING, vector)), ciphertext)
    version = b"\0" if recipient[0] == SEQUENCE else b"\x02"  # RFC 5652, 6.1: two where keys are agreed on
    body = encode(SEQUENCE, encode(INTEGER, version), encode(SET, recipient), content)
    return encode(SEQUENCE, encode(OID, _ENVELOPED), encode(context(0), body))


def _gcm(entity: bytes, recipient: bytes, content_key: bytes, nonce: bytes) -> bytes:
    sealed = AESGCM(content_key).encrypt(nonce, entity, None)
    parameters = encode(SEQUENCE, encode(OCTET_STRING, nonce), encode(INTEGER, bytes((TAG_BYTES,))))
    content = _content(encode(SEQUENCE, encode(OID, _GCM), parameters), sealed[:-TAG_BYTES])
    body = encode(
        SEQUENCE, encode(INTEGER, b"\0"), encode(SET, recipient), content, encode(OCTET_STRING, sealed[-TAG_BYTES:])
    )
    return encode(SEQUENCE, encode(OID, _AUTHENVELOPED), encode(context(0), body))


def _content(method: bytes, ciphertext: bytes) -> bytes:
    return encode(SEQUENCE, encode(OID, DATA), method, encode(context(0, constructed=False), ciphertext))


def _recipient(to: Addressee, content_key: bytes) -> bytes:
    serial = to.certificate.serial
    number = encode(INTEGER, serial.to_bytes(serial.bit_length() // 8 + 1, "big"))
    name = encode(SEQUENCE, to.certificate.issuer, number)
    if isinstance(to.key, rsa.RSAPublicKey):
        wrapped = encode(OCTET_STRING, to.key.encrypt(content_key, padding.PKCS1v15()))
        return encode(SEQUENCE, encode(INTEGER, b"\0"), name, _RSA, wrapped)
    return _agreement(to.key, name, content_key)


def _agreement(key: ec.EllipticCurvePublicKey, name: bytes, content_key: bytes) -> bytes:
    """Ephemeral-static ECDH with SHA-256 and AES-256 key wrap (RFC 5753, 3.1 and 7.2)."""
    ephemeral = ec.generate_private_key(key.curve)
    shared = ephemeral.exchange(ec.ECDH(), key)
    length = encode(context(2), encode(OCTET_STRING, (KEY_BYTES * 8).to_bytes(4, "big")))
    wrapping_key = X963KDF(hashes.SHA256(), KEY_BYTES, encode(SEQUENCE, _WRAP, length)).derive(shared)
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    originator = encode(context(0), encode(context(1), _EC, encode(BIT_STRING, b"\0", point)))
    wrapped = encode(OCTET_STRING, keywrap.aes_key_wrap(wrapping_key, content_key))
    method = encode(SEQUENCE, encode(OID, _ECDH_SHA256), _WRAP)
    entries = encode(SEQUENCE, encode(SEQUENCE, name, wrapped))
    return encode(context(1), encode(INTEGER, b"\x03"), originator, method, entries)
