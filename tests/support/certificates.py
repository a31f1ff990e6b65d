# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Keys and certificates for tests, made anew in every run and valid around now."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x448, x25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from poststelle.inspection.cms.certificates import Certificate, read_certificate

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
DER = serialization.Encoding.DER
CURVES = {
    "p256": ec.SECP256R1(),
    "p384": ec.SECP384R1(),
    "p521": ec.SECP521R1(),
    "brainpool256": ec.BrainpoolP256R1(),
    "brainpool384": ec.BrainpoolP384R1(),
    "brainpool512": ec.BrainpoolP512R1(),
    "p192": ec.SECP192R1(),
}


@cache
def key(kind: str, owner: str = "") -> Any:
    """One key of that kind for each owner: rsa2048, rsa1024, ed25519, ed448, x25519, x448 or a curve."""
    del owner
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "ed448":
        return ed448.Ed448PrivateKey.generate()
    if kind == "x25519":
        return x25519.X25519PrivateKey.generate()
    if kind == "x448":
        return x448.X448PrivateKey.generate()
    return ec.generate_private_key(CURVES[kind])


@dataclass(frozen=True)
class Holder:
    """A key with its certificate."""

    key: Any
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    @property
    def read(self) -> Certificate:
        return read_certificate(self.der)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        pem, format_ = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(pem, format_, serialization.NoEncryption())


@dataclass(frozen=True)
class Wish:
    """What a certificate should say; the defaults are a good one for mail."""

    name: str = "Erika Musterfrau"
    email: str = "erika@example.org"
    kind: str = "rsa2048"
    start: datetime = NOW - DAY
    end: datetime = NOW + 30 * DAY
    usages: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.EMAIL_PROTECTION,)
    critical_usages: bool = False
    may_sign: bool = True
    in_san: bool = True
    in_subject: bool = False
    statements: bytes = b""
    """QCStatements as DER; empty: none."""


def authority(name: str = "Test CA", kind: str = "p256") -> Holder:
    """A self-signed anchor."""
    own = key(kind, name)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return Holder(
        own, _signed(_builder(subject, own.public_key(), NOW - 99 * DAY, NOW + 99 * DAY), subject, own, ca=True)
    )


def issued(by: Holder, wish: Wish | None = None, *, ca: bool = False) -> Holder:
    """A certificate issued by the authority."""
    wanted = wish or Wish()
    own = key(wanted.kind, wanted.name)
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, wanted.name)]
    if wanted.in_subject:
        attributes.append(x509.NameAttribute(NameOID.EMAIL_ADDRESS, wanted.email))
    builder = _builder(x509.Name(attributes), own.public_key(), wanted.start, wanted.end)
    if wanted.email and wanted.in_san and not ca:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(wanted.email)]), critical=False)
    if wanted.usages and not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage(wanted.usages), critical=wanted.critical_usages)
    if wanted.statements:
        statements = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"), wanted.statements)
        builder = builder.add_extension(statements, critical=False)
    signed = _signed(builder, by.certificate.subject, by.key, ca=ca, may_sign=wanted.may_sign)
    return Holder(own, signed)


def _builder(subject: x509.Name, public: Any, start: datetime, end: datetime) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).public_key(public)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def _signed(
    builder: x509.CertificateBuilder, issuer: x509.Name, by: Any, *, ca: bool, may_sign: bool = True
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=may_sign and not ca,
        content_commitment=False,
        key_encipherment=not ca,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    builder = builder.issuer_name(issuer).add_extension(usage, critical=True)
    return builder.sign(by, None if isinstance(by, ed25519.Ed25519PrivateKey) else hashes.SHA256())


def revocation_list(by: Holder, *revoked: Holder, end: datetime = NOW + DAY) -> bytes:
    """The authority's list, as DER."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(by.certificate.subject)
    builder = builder.last_update(NOW - DAY).next_update(end)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(NOW - DAY).build())
    return builder.sign(by.key, hashes.SHA256()).public_bytes(DER)
