# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Revocation lists (RFC 5280, 5) and answers (RFC 6960): where to ask, what is asked, and when an answer is taken.

Only addresses that the operator stands behind are ever asked: named in the settings, or in a certificate that lies in
the trust store, and in both cases on an allowed host. Nothing that a mail brought names an address here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

CLOCK_SLACK = timedelta(minutes=5)
"""How far an issuer's clock may be ahead of ours."""
SCHEMES = frozenset({"http", "https"})
_WEAK = (hashes.MD5, hashes.SHA1)
_SAYS_NOTHING = (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError)
"""What looking for an extension raises where there is none that can be read."""


class RevocationError(Exception):
    """What was fetched is not taken; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A list or an answer that is taken, with its dates."""

    content: bytes
    """DER."""
    since: datetime
    until: datetime


def is_allowed(address: str, hosts: Iterable[str]) -> bool:
    """The address is http or https, names no user, and its host (with its port, where it has one) is allowed."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").casefold()
    place = host if port is None else f"{host}:{port}"
    is_plain = parts.scheme in SCHEMES and parts.username is None and parts.password is None
    return is_plain and bool(host) and place in {one.casefold() for one in hosts}


def list_addresses(certificates: Iterable[bytes]) -> tuple[str, ...]:
    """Where the issuers of these certificates (DER) say that their lists are (RFC 5280, 4.2.1.13)."""
    found: list[str] = []
    for der in certificates:
        try:
            points = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.CRLDistributionPoints)
        except _SAYS_NOTHING:
            continue
        names = (name for point in points.value for name in point.full_name or ())
        found += [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return tuple(dict.fromkeys(found))


def answer_address(certificate: x509.Certificate) -> str:
    """Where the issuer answers on this certificate (RFC 5280, 4.2.2.1); empty where it does not."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except _SAYS_NOTHING:
        return ""
    places = (
        one.access_location.value
        for one in access
        if one.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(one.access_location, x509.UniformResourceIdentifier)
    )
    return next(places, "")


def issuer_of(certificate: x509.Certificate, known: Iterable[bytes]) -> x509.Certificate | None:
    """The certificate (of these, DER) whose key signed this one."""
    for der in known:
        candidate = x509.load_der_x509_certificate(der)
        if candidate.subject == certificate.issuer:
            try:
                certificate.verify_directly_issued_by(candidate)
            except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
                continue
            return candidate
    return None


def checked_list(content: bytes, issuers: Iterable[bytes], now: datetime, former: bytes | None = None) -> Dated:
    """The list, if one of these issuers (DER) signed it, it is in force now, and it is no older than the former one."""
    try:
        load = x509.load_pem_x509_crl if content.lstrip().startswith(b"-----BEGIN") else x509.load_der_x509_crl
        found = load(content)
        since, until = found.last_update_utc, found.next_update_utc
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RevocationError("this is no revocation list") from error
    if not _is_signed_by_one_of(found, issuers):
        raise RevocationError("no issuer in the trust store has signed it")
    if former is not None and since < x509.load_der_x509_crl(former).last_update_utc:
        raise RevocationError("it is older than the list at hand")
    return _in_force(found.public_bytes(Encoding.DER), since, until, now)


def _is_signed_by_one_of(found: x509.CertificateRevocationList, issuers: Iterable[bytes]) -> bool:
    if isinstance(found.signature_hash_algorithm, _WEAK):
        return False
    for der in issuers:
        issuer = x509.load_der_x509_certificate(der)
        if issuer.subject == found.issuer and _may_sign_lists(issuer):
            key = issuer.public_key()
            if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
                try:
                    if found.is_signature_valid(key):
                        return True
                except (TypeError, ValueError, UnsupportedAlgorithm):
                    continue
    return False


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _in_force(content: bytes, since: datetime, until: datetime | None, now: datetime) -> Dated:
    if until is None:
        raise RevocationError("it does not say until when it holds")
    if since > now + CLOCK_SLACK:
        raise RevocationError("it holds from a time to come")
    if until <= now:
        raise RevocationError(f"it has run out on {until:%Y-%m-%d %H:%M} UTC")
    return Dated(content, since, until)


def question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """The OCSP request for one certificate, DER. SHA-1 names the issuer since responders know no other (RFC 5019)."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303 - a name, no signature
    return builder.build().public_bytes(Encoding.DER)


def checked_answer(content: bytes, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Dated:
    """The answer, if it is on this certificate, signed by its issuer or by whom the issuer lets answer, and in force."""
    try:
        found = ocsp.load_der_ocsp_response(content)
    except ValueError as error:
        raise RevocationError("this is no answer") from error
    if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise RevocationError(f"the responder says {found.response_status.name.lower()}")
    wanted = ocsp.load_der_ocsp_request(question(certificate, issuer))
    said = (found.serial_number, found.issuer_name_hash, found.issuer_key_hash)
    if said != (wanted.serial_number, wanted.issuer_name_hash, wanted.issuer_key_hash):
        raise RevocationError("it is on another certificate")
    if not any(_has_signed(responder, found) for responder in _responders(found, issuer, now)):
        raise RevocationError("neither the issuer nor anybody it lets answer has signed it")
    return _in_force(content, found.this_update_utc, found.next_update_utc, now)


def _responders(found: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> Iterable[x509.Certificate]:
    """The issuer, and those it has certified for answering (RFC 6960, 4.2.2.2)."""
    yield issuer
    for one in found.certificates:
        try:
            one.verify_directly_issued_by(issuer)
            usages = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound, UnsupportedAlgorithm):
            continue
        if ExtendedKeyUsageOID.OCSP_SIGNING in usages and one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            yield one


def _has_signed(responder: x509.Certificate, found: ocsp.OCSPResponse) -> bool:
    key, hashing = responder.public_key(), found.signature_hash_algorithm
    try:
        if hashing is None or isinstance(hashing, _WEAK):
            return False
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(found.signature, found.tbs_response_bytes, padding.PKCS1v15(), hashing)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(found.signature, found.tbs_response_bytes, ec.ECDSA(hashing))
        else:
            return False
    except InvalidSignature:
        return False
    return True
