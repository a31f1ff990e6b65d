# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The doctor's look at DNS: whose records, by which name server, beside which certificate."""

import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from poststelle.adapters.senderauth import DnsTroubleError, spf_result
from poststelle.application.mail_records import Answer, Wanted, Zone
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import Settings, SettingsError
from poststelle.compose.parts import authorities, clock, resolver
from poststelle.core.facts import AuthResult
from poststelle.core.policy import Policy


def wanted_records(settings: Settings, certificate: Path | None, selector: str, reports_to: str) -> Wanted:
    """What is to be looked at. SettingsError where the certificate cannot be read."""
    now = clock().now()
    policies = [authority.policy_near(now) for authority in authorities(settings).by_id.values()]
    domains = tuple(dict.fromkeys(domain for policy in policies for domain in _domains(policy)))
    return Wanted(
        domains=domains,
        hostname=settings.house.hostname.lower(),
        selector=selector,
        reports_to=reports_to or f"postmaster@{domains[0]}",
        spki_sha256=_key_hash(certificate or settings.door.certificate),
        today=f"{now:%Y%m%d}",
    )


def _domains(policy: Policy) -> tuple[str, ...]:
    listed = tuple(terms.address.rpartition("@")[2] for terms in policy.addresses)
    return (*(policy.scope.domains if policy.scope else ()), *listed)


def _key_hash(certificate: Path | None) -> str:
    if certificate is None:
        return ""
    try:
        key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    except (OSError, ValueError) as error:
        raise SettingsError((f"the certificate {certificate} cannot be read: {error}",)) from None
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def published_zone(settings: Settings) -> Zone:
    """The world's records, asked of the name server of the settings."""
    names = resolver(settings)

    def ask(name: str, kind: str) -> Answer:
        try:
            return Answer(*names.for_one_message().published(name, kind))
        except DnsTroubleError as error:
            raise UnavailableError(f"{kind} of {name}: {error}") from None

    def spf_of(domain: str, address: str) -> AuthResult:
        return spf_result(domain, address, names.for_one_message()).result

    return Zone(ask, spf_of)
