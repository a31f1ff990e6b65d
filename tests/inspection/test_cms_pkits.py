# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Path validation (RFC 5280, 6) section by section of NIST PKITS, made anew with our own keys: certificates.

Each row is a path and what is said of it. Inputs are those of a mail: any policy, none demanded. Sections on
revocation are in ``test_cms_pkits_lists``.
"""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from poststelle.core.signature import Chain
from poststelle.inspection.cms.der import SEQUENCE, encode
from support.certificates import Holder, key
from support.cms_maker import identifier
from support.paths import ROOT, chain, constrained, extension, issuer, leaf, made, policies, same, usage

Path = tuple[Holder, ...]
"""The signer first, then what is between him and the root."""
HONEST = issuer(ROOT, "PKITS honest")
CA = x509.BasicConstraints(True, None)


def path(*between: Holder, **how: object) -> Path:
    """A signer below the first of these."""
    return (leaf(between[0] if between else ROOT, **how), *between)  # type: ignore[arg-type] # as leaf takes them


def spoilt(holder: Holder) -> Holder:
    """The same certificate with another signature."""
    der = bytearray(holder.der)
    der[-1] ^= 1
    return Holder(holder.key, x509.load_der_x509_certificate(bytes(der)))


def by_dsa() -> Path:
    own = dsa.generate_private_key(2048)
    above = issuer(ROOT, "DSA")
    builder = x509.CertificateBuilder(
        ROOT.certificate.subject,
        above.certificate.subject,
        own.public_key(),
        7,
        above.certificate.not_valid_before_utc,
        above.certificate.not_valid_after_utc,
    )
    builder = builder.add_extension(CA, critical=True).add_extension(usage(issues=True), critical=True)
    return path(Holder(own, builder.sign(ROOT.key, hashes.SHA256())))


def named(*parts: tuple[x509.ObjectIdentifier, str], kind: _ASN1Type = _ASN1Type.UTF8String) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, text, _type=kind) for oid, text in parts])


COMMON, ORGANISATION = NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME
HOUSE = issuer(ROOT, named((ORGANISATION, "Stadt"), (COMMON, "Good CA")), owner="house")


def below_house(*parts: tuple[x509.ObjectIdentifier, str], kind: _ASN1Type = _ASN1Type.UTF8String) -> Path:
    """A signer whose certificate names its issuer like this."""
    return (leaf(HOUSE, issuer_name=named(*parts, kind=kind)), HOUSE)


OTHERS = (
    (NameOID.DOMAIN_COMPONENT, "example"),
    (NameOID.SERIAL_NUMBER, "4711"),
    (NameOID.DN_QUALIFIER, "CA"),
    (NameOID.STATE_OR_PROVINCE_NAME, "NRW"),
    (NameOID.LOCALITY_NAME, "Münster"),
    (NameOID.TITLE, "Amt"),
    (NameOID.SURNAME, "Muster"),
    (NameOID.GIVEN_NAME, "Erika"),
    (NameOID.INITIALS, "E"),
    (NameOID.PSEUDONYM, "EM"),
    (NameOID.GENERATION_QUALIFIER, "II"),
)
NAMED_BY_ALL = issuer(ROOT, named(*OTHERS), owner="all attributes")


def chained(*lengths: int | None, self_issued: tuple[int, ...] = ()) -> Path:
    """Authorities below one another with these path lengths; those at the places named bear their issuer's name."""
    above, between = ROOT, []
    for place, length in enumerate(lengths):
        subject = above.certificate.subject if place in self_issued else f"Level {place}"
        above = issuer(above, subject, length=length, owner=f"level {place} of {lengths}")
        between.append(above)
    return path(*reversed(between))


def constrained_to(*, value: bool, critical: bool) -> Path:
    return path(
        made(ROOT, "No authority", lambda b: extension(x509.BasicConstraints(value, None), critical=critical)(
            extension(usage(issues=True, lists=True))(b)
        ))
    )  # fmt: skip


def using(key_usage: x509.KeyUsage, *, critical: bool) -> Path:
    return path(made(ROOT, "Usage", lambda b: extension(key_usage, critical=critical)(extension(CA)(b))))


ONE, TWO, THREE = (x509.ObjectIdentifier(f"2.16.840.1.101.3.2.1.48.{number}") for number in (1, 2, 3))
ANY = x509.ObjectIdentifier("2.5.29.32.0")


def limits(explicit: int | None, mapping: int | None = None):
    return extension(x509.PolicyConstraints(explicit, mapping))


def mapped(*pairs: tuple[x509.ObjectIdentifier, x509.ObjectIdentifier]):
    """policyMappings (RFC 5280, 4.2.1.5), which the library cannot build."""
    rows = (encode(SEQUENCE, identifier(a.dotted_string), identifier(b.dotted_string)) for a, b in pairs)
    value = encode(SEQUENCE, *rows)
    return extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), value))


def ruled(*levels: tuple[object, ...], own: tuple[object, ...] = ()) -> Path:
    """Authorities with these extensions, the nearest to the root first, and a signer with his own."""
    above, between = ROOT, []
    for place, changes in enumerate(levels):
        above = issuer(above, f"Policies {place}", *changes, owner=f"policies {place}")  # type: ignore[arg-type] # changes
        between.append(above)
    return (leaf(above, *own), *reversed(between))  # type: ignore[arg-type] # as above


def within(*, email: str = "erika@example.org", **names: list[x509.GeneralName]) -> Path:
    return path(issuer(ROOT, "Names", constrained(**names), owner="names"), email=email)


def under(*parts: str) -> x509.GeneralName:
    oids = (NameOID.COUNTRY_NAME, ORGANISATION)
    return x509.DirectoryName(x509.Name([x509.NameAttribute(*one) for one in zip(oids, parts, strict=False)]))


MAIL, HOSTS, MAILBOX = (x509.RFC822Name(one) for one in ("example.org", ".example.org", "erika@example.org"))
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")

GOOD, INVALID, UNTRUSTED = Chain.OK, Chain.INVALID, Chain.UNTRUSTED
NOT_YET, EXPIRED, WEAK_KEY = Chain.NOT_YET, Chain.EXPIRED, Chain.WEAK_KEY
PATHS: dict[str, tuple[Path, Chain]] = {
    "4.1 good": (path(HONEST), GOOD),
    "4.1 authority's signature": (path(spoilt(HONEST)), INVALID),
    "4.1 signer's signature": ((spoilt(leaf(HONEST)), HONEST), INVALID),
    "4.1 dsa": (by_dsa(), WEAK_KEY),
    "4.2 authority not yet": (path(issuer(ROOT, "Early", days=(1, 30))), NOT_YET),
    "4.2 signer not yet": (path(HONEST, days=(1, 30)), NOT_YET),
    "4.2 signer after 2050": (path(HONEST, days=(10_000, 20_000)), NOT_YET),
    "4.2 valid past 2050": (path(HONEST, days=(-1, 20_000)), GOOD),
    "4.2 valid since 1950": (path(HONEST, days=(-28_000, 30)), GOOD),
    "4.2 authority ended": (path(issuer(ROOT, "Over", days=(-30, -1))), EXPIRED),
    "4.2 signer ended": (path(HONEST, days=(-30, -1)), EXPIRED),
    "4.2 signer ended last century": (path(HONEST, days=(-20_000, -10_000)), EXPIRED),
    "4.3 another name": (below_house((ORGANISATION, "Stadt"), (COMMON, "Other CA")), UNTRUSTED),
    "4.3 another order": (below_house((COMMON, "Good CA"), (ORGANISATION, "Stadt")), UNTRUSTED),
    "4.3 more blanks": (below_house((ORGANISATION, " Stadt "), (COMMON, "Good   CA")), GOOD),
    "4.3 another case": (below_house((ORGANISATION, "STADT"), (COMMON, "good ca")), GOOD),
    "4.3 another encoding": (
        below_house((ORGANISATION, "Stadt"), (COMMON, "Good CA"), kind=_ASN1Type.PrintableString),
        GOOD,
    ),
    "4.3 every attribute": (path(NAMED_BY_ALL), GOOD),
    "4.5 self-issued between": (chained(None, None, self_issued=(1,)), GOOD),
    "4.6 no constraints": (path(made(ROOT, "Bare", same)), INVALID),
    "4.6 no authority": (constrained_to(value=False, critical=True), INVALID),
    "4.6 no authority, not critical": (constrained_to(value=False, critical=False), INVALID),
    "4.6 authority, not critical": (constrained_to(value=True, critical=False), GOOD),
    "4.6 length 0 and none below": (chained(0), GOOD),
    "4.6 length 0 and one below": (chained(0, None), INVALID),
    "4.6 length 0 and a self-issued one": (chained(0, 0, self_issued=(1,)), GOOD),
    "4.6 length 0, self-issued, and one below": (chained(0, None, None, self_issued=(1,)), INVALID),
    "4.6 length 1 and one below": (chained(1, None), GOOD),
    "4.6 length 6 to 0 to 0": (chained(6, 0, 0), INVALID),
    "4.6 length 6, 4, 1 and one": (chained(6, 4, 1, None), GOOD),
    "4.6 length 6, 1 and two": (chained(6, 1, None, None), INVALID),
    "4.6 a later length cannot widen": (chained(0, 6), INVALID),
    "4.7 may not issue": (using(usage(lists=True), critical=True), INVALID),
    "4.7 may not issue, not critical": (using(usage(lists=True), critical=False), INVALID),
    "4.7 may issue, not critical": (using(usage(issues=True), critical=False), GOOD),
    "4.8 one policy": (ruled((policies(ONE),), own=(policies(ONE),)), GOOD),
    "4.8 none": (ruled((), own=()), GOOD),
    "4.8 different ones, none demanded": (ruled((policies(ONE),), own=(policies(TWO),)), GOOD),
    "4.8 different ones, demanded": (ruled((policies(ONE), limits(0)), own=(policies(TWO),)), INVALID),
    "4.8 any above one": (ruled((policies(ANY), limits(0)), own=(policies(ONE),)), GOOD),
    "4.8 one above any": (ruled((policies(ONE), limits(0)), own=(policies(ANY),)), GOOD),
    "4.8 several that meet in one": (ruled((policies(ONE, TWO), limits(0)), (policies(TWO, THREE),), own=(policies(TWO),)), GOOD),
    "4.8 several that meet in none": (ruled((policies(ONE, TWO), limits(0)), (policies(TWO, THREE),), own=(policies(ONE),)), INVALID),
    "4.9 demanded at once": (ruled((policies(ONE), limits(0)), own=()), INVALID),
    "4.9 demanded later than the path is long": (ruled((policies(ONE), limits(10)), (policies(ONE),), own=()), GOOD),
    "4.9 demanded behind the signer": (ruled((policies(ONE), limits(3)), (policies(ONE),), own=()), GOOD),
    "4.9 demanded at the signer": (ruled((policies(ONE), limits(2)), (policies(ONE),), own=()), INVALID),
    "4.9 demanded two below": (ruled((policies(ONE), limits(1)), (policies(ONE),), own=()), INVALID),
    "4.9 the smaller counts": (ruled((policies(ONE), limits(7)), (policies(ONE), limits(0)), own=()), INVALID),
    "4.9 cannot be put off": (ruled((policies(ONE), limits(0)), (policies(ONE), limits(5)), own=()), INVALID),
    "4.10 mapped": (ruled((policies(ONE), limits(0), mapped((ONE, TWO))), own=(policies(TWO),)), GOOD),
    "4.10 mapped away": (ruled((policies(ONE), limits(0), mapped((ONE, TWO))), own=(policies(ONE),)), INVALID),
    "4.10 mapped from any": (ruled((policies(ONE), limits(0), mapped((ANY, TWO))), own=(policies(TWO),)), INVALID),
    "4.10 mapped to any": (ruled((policies(ONE), limits(0), mapped((ONE, ANY))), own=(policies(TWO),)), INVALID),
    "4.10 mapped to two": (ruled((policies(ONE), limits(0), mapped((ONE, TWO), (ONE, THREE))), own=(policies(THREE),)), GOOD),
    "4.10 mapped twice": (ruled((policies(ONE), limits(0), mapped((ONE, TWO))), (policies(TWO), mapped((TWO, THREE))), own=(policies(THREE),)), GOOD),
    "4.11 no mapping below": (ruled((policies(ONE), limits(0, 0)), (policies(ONE), mapped((ONE, TWO))), own=(policies(TWO),)), INVALID),
    "4.11 mapping one below": (ruled((policies(ONE), limits(0, 1)), (policies(ONE), mapped((ONE, TWO))), own=(policies(TWO),)), GOOD),
    "4.11 mapping two below": (ruled((policies(ONE), limits(0, 1)), (policies(ONE), mapped((ONE, TWO))), (policies(TWO), mapped((TWO, THREE))), own=(policies(THREE),)), INVALID),
    "4.12 any is none below": (ruled((policies(ONE), limits(0), extension(x509.InhibitAnyPolicy(0))), own=(policies(ANY),)), INVALID),
    "4.12 one is one below": (ruled((policies(ONE), limits(0), extension(x509.InhibitAnyPolicy(0))), own=(policies(ONE),)), GOOD),
    "4.12 any one below": (ruled((policies(ONE), limits(0), extension(x509.InhibitAnyPolicy(1))), (policies(ANY),), own=(policies(ONE),)), GOOD),
    "4.12 any two below": (ruled((policies(ONE), limits(0), extension(x509.InhibitAnyPolicy(1))), (policies(ANY),), own=(policies(ANY),)), INVALID),
    "4.13 name permitted": (within(permitted=[under("DE")]), GOOD),
    "4.13 name not permitted": (within(permitted=[under("FR")]), INVALID),
    "4.13 narrower name": (within(permitted=[under("DE", "Stadt")]), INVALID),
    "4.13 name excluded": (within(excluded=[under("DE")]), INVALID),
    "4.13 permitted and excluded": (within(permitted=[under("DE")], excluded=[under("DE")]), INVALID),
    "4.13 one of two permitted": (within(permitted=[under("FR"), under("DE")]), GOOD),
    "4.13 domain permitted": (within(permitted=[MAIL]), GOOD),
    "4.13 hosts permitted, domain not": (within(permitted=[HOSTS]), INVALID),
    "4.13 host permitted": (within(permitted=[HOSTS], email="erika@mail.example.org"), GOOD),
    "4.13 mailbox permitted": (within(permitted=[MAILBOX]), GOOD),
    "4.13 another mailbox permitted": (within(permitted=[MAILBOX], email="eve@example.org"), INVALID),
    "4.13 mailbox excluded": (within(excluded=[MAILBOX]), INVALID),
    "4.13 domain excluded": (within(excluded=[MAIL]), INVALID),
    "4.13 hosts excluded": (within(excluded=[HOSTS]), GOOD),
    "4.13 domain in capitals excluded": (within(excluded=[MAIL], email="erika@EXAMPLE.ORG"), INVALID),
    "4.13 other kinds of names": (within(permitted=[x509.DNSName("example.org"), x509.UniformResourceIdentifier(".example.org")]), GOOD),
    "4.16 unknown extension": ((leaf(HONEST, extension(UNKNOWN, critical=False)), HONEST), GOOD),
    "4.16 unknown critical extension": ((leaf(HONEST, extension(UNKNOWN)), HONEST), INVALID),
}  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), PATHS.values(), ids=PATHS)
def test_a_path_is_good_where_the_standard_says_so_and_else_bad_for_its_reason(found, expected) -> None:
    assert chain(found[0], *found[1:]) is expected


def test_the_keys_of_these_paths_are_ours_alone() -> None:
    """A forger with the same names and other keys gets nowhere on any of them."""
    forger = Holder(key("p256", "PKITS forger"), ROOT.certificate)
    for subject in ("PKITS honest", "Level 0"):
        forged = issuer(forger, subject, owner="forged")
        assert chain(leaf(forged), forged) is not Chain.OK
