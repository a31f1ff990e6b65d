# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""New keys, the certificates that we issue to ourselves, and the requests that go to an issuer (RFC 2986)."""

from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from poststelle.application.keyring import DEMO_NAME

OwnKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
"""Keys we make: those that mail programs in use can encrypt to."""
_BACKDATED = timedelta(hours=1)
"""Senders' clocks are not ours."""
_DER = serialization.Encoding.DER


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
    for extension, critical in _extensions(address, key):
        builder = builder.add_extension(extension, critical)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.add_extension(identifier, critical=False).sign(key, hashes.SHA256()).public_bytes(_DER)


def request_of(address: str, organisation: str, key: OwnKey) -> bytes:
    """A certificate signing request for this key, PEM."""
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, address[:64])]
    if organisation:
        attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    for extension, critical in _extensions(address, key):
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _extensions(address: str, key: OwnKey) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """For mail to this address, to sign and to encrypt (RFC 8550, 4.4)."""
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=isinstance(key, rsa.RSAPrivateKey),
        data_encipherment=False,
        key_agreement=not isinstance(key, rsa.RSAPrivateKey),
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
