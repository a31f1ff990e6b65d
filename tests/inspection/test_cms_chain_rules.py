# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of path validation (RFC 5280, 6), one bent certificate or list each: none of them leads to CHAIN_OK.

The classes are those of NIST PKITS, made anew with our own keys and valid around now.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
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
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
POLICY, OTHER = (x509.ObjectIdentifier(f"1.3.6.1.4.1.99999.{number}") for number in (2, 3))


def same(builder: Builder) -> Builder:
    return builder


def usage(*, signs: bool = False, issues: bool = False, lists: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(signs, False, False, False, False, issues, lists, False, False)


def name(text: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"), x509.NameAttribute(NameOID.COMMON_NAME, text)]
    return x509.Name(parts)


def made(by: Holder, text: str, change: Change, *, days: tuple[float, float] = (-1, 30)) -> Holder:
    own = key("p256", text)
    start, end = (NOW + timedelta(days=day) for day in days)
    builder = Builder(by.certificate.subject, name(text), own.public_key(), x509.random_serial_number(), start, end)
    return Holder(own, change(builder).sign(by.key, hashes.SHA256()))


def issuer(by: Holder, text: str, change: Change = same, *, length: int | None = None, **how: object) -> Holder:
    def extended(builder: Builder) -> Builder:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True)
        return change(builder.add_extension(usage(issues=True, lists=True), critical=True))

    return made(by, text, extended, **how)  # type: ignore[arg-type] # only days


def leaf(by: Holder, change: Change = same, email: str = "erika@example.org") -> Holder:
    def extended(builder: Builder) -> Builder:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email)]), critical=False)
        return change(builder.add_extension(usage(signs=True), critical=True))

    return made(by, f"Leaf {email}", extended)


def chain(of: Holder, *between: Holder, lists: tuple[bytes, ...] = (), brought: tuple[bytes, ...] = ()) -> Chain:
    trust = Trust((ROOT.der,), (), lists)
    return ChainChecker(trust)(of.read, Brought(tuple(one.read for one in between), brought), NOW)


def extension(value: x509.ExtensionType, *, critical: bool = True) -> Change:
    return lambda builder: builder.add_extension(value, critical)


def constrained(
    *, permitted: list[x509.GeneralName] | None = None, excluded: list[x509.GeneralName] | None = None
) -> Change:
    return extension(x509.NameConstraints(permitted, excluded))


IMPOSTOR = Holder(key("p256", "impostor"), ROOT.certificate)
BARE = made(ROOT, "No constraints at all", same)
HONEST = issuer(ROOT, "Honest")
MAIL, HOST = x509.RFC822Name("example.org"), x509.RFC822Name(".example.org")
ELSEWHERE = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")]))
HERE = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "DE")]))
EXPLICIT = extension(x509.PolicyConstraints(0, None))
SHORT = issuer(ROOT, "Short", length=0)
BELOW_SHORT = issuer(SHORT, "Below short")
FAR = issuer(ROOT, "Expired", days=(-30, -1))
EARLY = issuer(ROOT, "Early", days=(1, 30))
NO_ISSUING = made(
    ROOT, "No issuing", lambda b: extension(usage(lists=True))(extension(x509.BasicConstraints(True, None))(b))
)


def test_the_honest_path_is_good_and_so_are_constraints_that_fit() -> None:
    assert chain(leaf(HONEST), HONEST) is Chain.OK
    assert chain(leaf(SHORT), SHORT) is Chain.OK
    for change in (constrained(permitted=[MAIL, HERE]), constrained(excluded=[HOST, ELSEWHERE])):
        fitting = issuer(ROOT, "Fitting", change)
        assert chain(leaf(fitting), fitting) is Chain.OK
    explicit = issuer(ROOT, "With policy", lambda b: EXPLICIT(extension(policies(POLICY), critical=False)(b)))
    assert chain(leaf(explicit, extension(policies(POLICY), critical=False)), explicit) is Chain.OK


def policies(*identifiers: x509.ObjectIdentifier) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(one, None) for one in identifiers])


@pytest.mark.parametrize(
    "between",
    [
        (BARE,),
        (NO_ISSUING,),
        (BELOW_SHORT, SHORT),
        (FAR,),
        (EARLY,),
        (issuer(ROOT, "Critical", extension(UNKNOWN)),),
        (issuer(ROOT, "Mail elsewhere", constrained(permitted=[x509.RFC822Name("other.example")])),),
        (issuer(ROOT, "Mail excluded", constrained(excluded=[MAIL])),),
        (issuer(ROOT, "Country elsewhere", constrained(permitted=[ELSEWHERE])),),
        (issuer(ROOT, "Country excluded", constrained(excluded=[HERE])),),
        (issuer(ROOT, "Policy wanted", EXPLICIT),),
        (issuer(IMPOSTOR, "Same name, other key"),),
    ],
    ids=[
        "no-basic-constraints",
        "no-cert-sign",
        "path-length",
        "expired-issuer",
        "early-issuer",
        "critical-extension",
        "mail-not-permitted",
        "mail-excluded",
        "name-not-permitted",
        "name-excluded",
        "explicit-policy",
        "namesake",
    ],
)
def test_an_issuer_that_may_not_issue_this_leads_nowhere(between) -> None:
    assert chain(leaf(between[0]), *between) not in (Chain.OK, Chain.NONE)


def test_policies_that_do_not_meet_and_unknown_critical_extensions_of_the_leaf_count() -> None:
    explicit = issuer(ROOT, "One policy", lambda b: EXPLICIT(extension(policies(POLICY), critical=False)(b)))
    assert chain(leaf(explicit, extension(policies(OTHER), critical=False)), explicit) is Chain.INVALID
    assert chain(leaf(HONEST, extension(UNKNOWN)), HONEST) is not Chain.OK
    assert chain(leaf(HONEST, extension(UNKNOWN, critical=False)), HONEST) is Chain.OK


def a_list(
    by: Holder, *revoked: Holder, at: tuple[float, float] = (-1, 1), more: x509.ExtensionType | None = None
) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(by.certificate.subject)
    builder = builder.last_update(NOW + at[0] * DAY).next_update(NOW + at[1] * DAY)
    if more is not None:
        builder = builder.add_extension(more, critical=True)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(NOW - DAY).build())
    return builder.sign(by.key, hashes.SHA256()).public_bytes(DER)


LEAF = leaf(HONEST)
OF_ROOT, OF_HONEST = a_list(ROOT), a_list(HONEST)
FORGED = Holder(key("p256", "forger"), HONEST.certificate)
PARTIAL = x509.IssuingDistributionPoint(None, None, False, True, None, False, False)


@pytest.mark.parametrize("where", ["lists", "brought"])
def test_lists_reach_ok_only_where_each_certificate_has_a_fresh_true_and_whole_one(where) -> None:
    def said(*lists: bytes) -> Chain:
        return chain(LEAF, HONEST, **{where: lists})

    assert said(OF_ROOT, OF_HONEST) is Chain.OK
    assert said(OF_ROOT, a_list(HONEST, LEAF)) is Chain.REVOKED
    assert said(a_list(ROOT, HONEST), OF_HONEST) is Chain.REVOKED
    for bad in (
        (OF_ROOT,),
        (OF_HONEST,),
        (OF_ROOT, a_list(HONEST, at=(-3, -1))),
        (OF_ROOT, a_list(FORGED)),
        (OF_ROOT, a_list(HONEST, more=PARTIAL)),
        (OF_ROOT, a_list(HONEST, more=UNKNOWN)),
    ):
        assert said(*bad) is not Chain.OK
