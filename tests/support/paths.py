# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Paths from a signer to a root, each certificate and revocation list bent as a test wants it, valid around now."""

from collections.abc import Callable
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from poststelle.core.signature import Chain
from poststelle.inspection.cms.certificates import Brought
from poststelle.inspection.cms.chain import ChainChecker, Trust
from support.certificates import DAY, DER, NOW, Holder, authority, key

Builder = x509.CertificateBuilder
Change = Callable[[Builder], Builder]
ROOT = authority("Rules root")


def same(builder: Builder) -> Builder:
    return builder


def usage(*, signs: bool = False, issues: bool = False, lists: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(signs, False, False, False, False, issues, lists, False, False)


def name(text: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"), x509.NameAttribute(NameOID.COMMON_NAME, text)]
    return x509.Name(parts)


def made(
    by: Holder,
    subject: str | x509.Name,
    change: Change,
    *,
    days: tuple[float, float] = (-1, 30),
    issuer_name: x509.Name | None = None,
    owner: str = "",
    number: int = 0,
) -> Holder:
    """A certificate for a key of its own, which ``owner`` names; without it the subject does."""
    named = name(subject) if isinstance(subject, str) else subject
    own = key("p256", owner or named.rfc4514_string())
    start, end = (NOW + timedelta(days=day) for day in days)
    serial = number or x509.random_serial_number()
    builder = Builder(issuer_name or by.certificate.subject, named, own.public_key(), serial, start, end)
    return Holder(own, change(builder).sign(by.key, hashes.SHA256()))


def issuer(by: Holder, subject: str | x509.Name, *changes: Change, length: int | None = None, **how: object) -> Holder:
    """An authority that may issue and sign lists; ``length`` is its pathLenConstraint."""
    usual = (extension(x509.BasicConstraints(True, length)), extension(usage(issues=True, lists=True)))
    return made(by, subject, all_of(*usual, *changes), **how)  # type: ignore[arg-type] # as made takes them


def leaf(
    by: Holder,
    *changes: Change,
    email: str = "erika@example.org",
    names: list[x509.GeneralName] | None = None,
    **how: object,
) -> Holder:
    """A signer; ``names`` are his alternative names where they are not the address alone."""
    usual = (extension(x509.SubjectAlternativeName(names or [x509.RFC822Name(email)]), critical=False),)
    return made(by, f"Leaf {email}", all_of(*usual, extension(usage(signs=True)), *changes), **how)  # type: ignore[arg-type] # as above


def all_of(*changes: Change) -> Change:
    def changed(builder: Builder) -> Builder:
        for change in changes:
            builder = change(builder)
        return builder

    return changed


def extension(value: x509.ExtensionType, *, critical: bool = True) -> Change:
    return lambda builder: builder.add_extension(value, critical)


def policies(*identifiers: x509.ObjectIdentifier) -> Change:
    found = x509.CertificatePolicies([x509.PolicyInformation(one, None) for one in identifiers])
    return extension(found, critical=False)


def constrained(
    *, permitted: list[x509.GeneralName] | None = None, excluded: list[x509.GeneralName] | None = None
) -> Change:
    return extension(x509.NameConstraints(permitted, excluded))


def chain(of: Holder, *between: Holder, lists: tuple[bytes, ...] = (), brought: tuple[bytes, ...] = ()) -> Chain:
    """What is said of the signer, whose mail brought what is between him and the root."""
    trust = Trust((ROOT.der,), (), lists)
    return ChainChecker(trust)(of.read, Brought(tuple(one.read for one in between), brought), NOW)


def a_list(
    by: Holder,
    *revoked: Holder | int,
    at: tuple[float, float] = (-1, 1),
    more: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    entry: tuple[x509.ExtensionType, bool] | None = None,
) -> bytes:
    """A revocation list; ``more`` are its extensions and whether they are critical, ``entry`` one for each entry."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(by.certificate.subject)
    builder = builder.last_update(NOW + at[0] * DAY).next_update(NOW + at[1] * DAY)
    for value, critical in more:
        builder = builder.add_extension(value, critical)
    for one in revoked:
        number = one if isinstance(one, int) else one.certificate.serial_number
        line = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(NOW - DAY)
        line = line.add_extension(*entry) if entry else line
        builder = builder.add_revoked_certificate(line.build())
    return builder.sign(by.key, hashes.SHA256()).public_bytes(DER)
