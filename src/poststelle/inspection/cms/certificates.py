# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The certificates a message brings: found by what a signature or a recipient entry says, and shown as far as known.

A certificate here is only a claim; whether anybody should believe it is the chain's question.
"""

import warnings
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha1, sha256

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key

from poststelle.core.signature import Signer
from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.der import INTEGER, OCTET_STRING, OID, SEQUENCE, Node, context, oid, read

MAX_CERTIFICATES = 16
"""Certificates of one message that are looked at at all."""
_KEY_IDENTIFIER = oid("2.5.29.14")
_SMTP_UTF8_MAILBOX = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9")
"""RFC 9598, 3: a mailbox with a local part outside ASCII."""
_REMEMBERED = 256
"""Certificates whose parts are kept read: senders write again, and issuers are few."""
_MAX_TEXT = 400
_MAX_EMAILS = 20
_X509_FAULTS = (
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What reading a damaged certificate is known to raise."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The parts of a certificate by which others point to it, as they stand in its bytes."""

    der: bytes
    issuer: bytes
    serial: int
    subject: bytes
    spki: bytes
    key_identifier: bytes


@dataclass(frozen=True, slots=True)
class Brought:
    """What a mail brings besides the signer's certificate: candidates for its chain, nothing to be believed."""

    certificates: tuple[Certificate, ...] = ()
    crls: tuple[bytes, ...] = ()


@lru_cache(_REMEMBERED)
def read_certificate(der: bytes) -> Certificate:
    """The certificate's outline (RFC 5280, 4.1); CmsError where it is none."""
    parts = list(read(der).must_be(SEQUENCE).children()[0].must_be(SEQUENCE).children())
    if parts and parts[0].tag == context(0):
        parts.pop(0)
    if len(parts) < 6:
        raise CmsError("not a certificate")
    serial, _, issuer, _, subject, spki = parts[:6]
    extensions = next((part for part in parts[6:] if part.tag == context(3)), None)
    identifier = _key_identifier(extensions) if extensions else None
    return Certificate(
        der=der,
        issuer=issuer.der,
        serial=serial.must_be(INTEGER).integer,
        subject=subject.der,
        spki=spki.must_be(SEQUENCE).der,
        key_identifier=identifier if identifier is not None else _computed_identifier(spki),
    )


def _key_identifier(extensions: Node) -> bytes | None:
    for extension in extensions.children()[0].children():
        parts = extension.children()
        if len(parts) >= 2 and parts[0].tag == OID and parts[0].octets == _KEY_IDENTIFIER:
            return read(parts[-1].must_be(OCTET_STRING).content).must_be(OCTET_STRING).octets
    return None


def _computed_identifier(spki: Node) -> bytes:
    """RFC 5280, 4.2.1.2, method 1: a name for the key, not a protection of anything."""
    bits = spki.children()[1].content
    return sha1(bits[1:], usedforsecurity=False).digest()


@lru_cache(_REMEMBERED)
def public_key(certificate: Certificate) -> PublicKeyTypes | None:
    """The key inside, or None where it is of a kind we do not know."""
    try:
        return load_der_public_key(certificate.spki)
    except _X509_FAULTS:
        return None


@lru_cache(_REMEMBERED)
def parsed(certificate: Certificate) -> x509.Certificate | None:
    """The certificate for display and extensions; None where it cannot be read as one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return x509.load_der_x509_certificate(certificate.der)
    except _X509_FAULTS:
        return None


def is_in_force(certificate: Certificate, at: datetime) -> bool:
    """True where its own dates hold at that moment, whatever else may be wrong with it."""
    known = parsed(certificate)
    return known is not None and known.not_valid_before_utc <= at <= known.not_valid_after_utc


def emails(certificate: x509.Certificate) -> tuple[str, ...]:
    """The mailboxes it names: those of the SAN; those of the subject only where there is no SAN (RFC 8550, 3)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        found = [str(name.value) for name in certificate.subject.get_attributes_for_oid(x509.NameOID.EMAIL_ADDRESS)]
    except _X509_FAULTS:
        return ()
    else:
        found = [*names.get_values_for_type(x509.RFC822Name), *_utf8_mailboxes(names)]
    return tuple(found[:_MAX_EMAILS])


def _utf8_mailboxes(names: x509.SubjectAlternativeName) -> list[str]:
    others = (one for one in names.get_values_for_type(x509.OtherName) if one.type_id == _SMTP_UTF8_MAILBOX)
    return [read(other.value).octets.decode("utf-8", "replace") for other in others]


def describe(certificate: Certificate, signing_time: datetime | None) -> Signer:
    """The signer as far as the certificate shows one; fields stay empty where it cannot be read."""
    return (
        replace(_described(certificate), signing_time=_iso(signing_time)) if signing_time else _described(certificate)
    )


@lru_cache(_REMEMBERED)
def _described(certificate: Certificate) -> Signer:
    known = parsed(certificate)
    return Signer(
        spki_sha256=sha256(certificate.spki).hexdigest(),
        certificate_sha256=sha256(certificate.der).hexdigest(),
        subject=_shown(known, "subject"),
        issuer=_shown(known, "issuer"),
        serial=f"{certificate.serial:x}",
        emails=_emails_shown(known),
        not_before=_iso(known.not_valid_before_utc) if known else "",
        not_after=_iso(known.not_valid_after_utc) if known else "",
    )


def _emails_shown(known: x509.Certificate | None) -> tuple[str, ...]:
    try:
        return emails(known) if known else ()
    except _X509_FAULTS:
        return ()


def _shown(known: x509.Certificate | None, field: str) -> str:
    if known is None:
        return ""
    try:
        name = known.subject if field == "subject" else known.issuer
        text = name.rfc4514_string()
    except _X509_FAULTS:
        return ""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)[:_MAX_TEXT]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
