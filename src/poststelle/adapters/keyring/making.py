# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""New keys, the certificates that we issue to ourselves, and the requests that go to an issuer (RFC 2986)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from poststelle.application.keyring import DEMO_NAME, KeyRingError
from poststelle.inspection.cms.der import (
    BIT_STRING,
    BOOLEAN,
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

OwnKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
"""Keys we make: those that mail programs in use can encrypt to."""
OwnPublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
_BACKDATED = timedelta(hours=1)
"""Senders' clocks are not ours."""
_DER = serialization.Encoding.DER
_EXTENSION_REQUEST = oid("1.2.840.113549.1.9.14")
_RSA_SHA256 = encode(SEQUENCE, encode(OID, oid("1.2.840.113549.1.1.11")), encode(NULL))
_ECDSA_SHA256 = encode(SEQUENCE, encode(OID, oid("1.2.840.10045.4.3.2")))


class KeyKind(StrEnum):
    """Kinds of keys that are made here."""

    RSA3072 = "rsa3072"
    RSA4096 = "rsa4096"
    P256 = "p256"


def new_key(kind: KeyKind = KeyKind.RSA3072) -> OwnKey:
    """A fresh key. RSA by default: some programs in use cannot encrypt to a curve."""
    if kind is KeyKind.P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))


def self_signed(address: str, key: OwnKey, at: datetime, days: int = 365) -> bytes:
    """A certificate for this mailbox that nobody vouches for, DER; its subject says what it is."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEMO_NAME),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{address} ({DEMO_NAME})"[:64]),
        ]
    )
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(at - _BACKDATED).not_valid_after(at + timedelta(days=days))
    for extension, critical in _extensions(address, key.public_key()):
        builder = builder.add_extension(extension, critical)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.add_extension(identifier, critical=False).sign(key, hashes.SHA256()).public_bytes(_DER)


def request_of(address: str, organisation: str, public: OwnPublicKey, sign: Callable[[bytes], bytes]) -> bytes:
    """A certificate signing request for this key (RFC 2986), PEM. ``sign`` signs a SHA-256 digest, wherever the key is."""
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, address[:64])]
    if organisation:
        attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]))
    wanted = encode(SEQUENCE, *(_asked(value, critical=critical) for value, critical in _extensions(address, public)))
    spki = public.public_bytes(_DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    asked = encode(
        SEQUENCE,
        encode(INTEGER, b"\0"),
        x509.Name(attributes).public_bytes(),
        spki,
        encode(context(0), encode(SEQUENCE, encode(OID, _EXTENSION_REQUEST), encode(SET, wanted))),
    )
    method = _RSA_SHA256 if isinstance(public, rsa.RSAPublicKey) else _ECDSA_SHA256
    made = encode(SEQUENCE, asked, method, encode(BIT_STRING, b"\0", sign(sha256(asked).digest())))
    request = x509.load_der_x509_csr(made)
    if not request.is_signature_valid:
        raise KeyRingError("what was signed does not fit the key", "Is it another key of the token?")
    return request.public_bytes(serialization.Encoding.PEM)


def signer_of(key: OwnKey) -> Callable[[bytes], bytes]:
    """Signs SHA-256 digests with a key that is at hand."""
    hashing = utils.Prehashed(hashes.SHA256())
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda digest: key.sign(digest, padding.PKCS1v15(), hashing)
    return lambda digest: key.sign(digest, ec.ECDSA(hashing))


def _asked(value: x509.ExtensionType, *, critical: bool) -> bytes:
    name = encode(OID, oid(value.oid.dotted_string))
    return encode(
        SEQUENCE, name, encode(BOOLEAN, b"\xff") if critical else b"", encode(OCTET_STRING, value.public_bytes())
    )


def _extensions(address: str, key: OwnPublicKey) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """For mail to this address, to sign and to encrypt (RFC 8550, 4.4)."""
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=isinstance(key, rsa.RSAPublicKey),
        data_encipherment=False,
        key_agreement=not isinstance(key, rsa.RSAPublicKey),
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        (x509.SubjectAlternativeName([x509.RFC822Name(address)]), False),
        (usage, True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False),
    )
