# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Revocation (RFC 5280, 5 and 6.3) section by section of NIST PKITS, made anew with our own keys.

Each row is what is at hand, and what is said of one signer of one authority below the root.
"""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from poststelle.core.signature import Chain
from support.certificates import Holder, authority, key
from support.paths import ROOT, a_list, chain, extension, issuer, leaf, made, same, usage

OK, REVOKED = Chain.OK, Chain.REVOKED
CA = issuer(ROOT, "Lists CA")
OF_ROOT = a_list(ROOT)
FORGED = Holder(key("p256", "lists forger"), CA.certificate)
NAMESAKE = issuer(Holder(key("p256", "lists forger"), ROOT.certificate), "Lists CA", owner="lists namesake")
OTHER = issuer(ROOT, "Other CA")
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
Lists = tuple[bytes, ...]


def at(point: str, by: Holder | None = None) -> x509.DistributionPoint:
    """A distribution point by directory name, and who signs its lists where that is somebody else."""
    others = [x509.DirectoryName(by.certificate.subject)] if by else None
    return x509.DistributionPoint([place(point)], None, None, others)


def place(point: str) -> x509.DirectoryName:
    return x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, point)]))


def scope(point: str = "", **only: object) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """issuingDistributionPoint (RFC 5280, 5.2.5)."""
    said = dict.fromkeys(("only_contains_user_certs", "only_contains_ca_certs", "only_contains_attribute_certs"), False)
    names = [place(point)] if point else None
    found = x509.IssuingDistributionPoint(
        full_name=names,
        relative_name=None,
        only_some_reasons=None,
        indirect_crl=False,
        **said | only if "only_some_reasons" not in only else said,
    ) if "only_some_reasons" not in only and "indirect_crl" not in only else x509.IssuingDistributionPoint(
        full_name=names,
        relative_name=None,
        only_some_reasons=only.get("only_some_reasons"),  # type: ignore[arg-type] # reasons
        indirect_crl=bool(only.get("indirect_crl", False)),
        **said,
    )  # fmt: skip
    return ((found, True),)


PLAIN = leaf(CA)
POINTED = leaf(CA, extension(x509.CRLDistributionPoints([at("point 1")]), critical=False), owner="pointed")
SIGNER_OF_LISTS = made(
    CA, "Signs lists", lambda b: extension(usage(lists=True))(extension(x509.BasicConstraints(False, None))(b))
)
INDIRECT = leaf(
    CA,
    extension(x509.CRLDistributionPoints([at("indirect", SIGNER_OF_LISTS)]), critical=False),
    owner="indirect",
)
NO_LISTS = made(
    ROOT, "Signs no lists", lambda b: extension(usage(issues=True))(extension(x509.BasicConstraints(True, None))(b))
)
LONG = leaf(CA, owner="long number", number=(1 << 158) + 5)
KEYS = frozenset({x509.ReasonFlags.key_compromise, x509.ReasonFlags.ca_compromise})
REST = frozenset(x509.ReasonFlags) - KEYS - {x509.ReasonFlags.unspecified, x509.ReasonFlags.remove_from_crl}

ROWS: dict[str, tuple[Holder, Lists, Chain | None]] = {
    "4.4 no list of the authority": (PLAIN, (OF_ROOT,), None),
    "4.4 authority revoked": (PLAIN, (a_list(ROOT, CA), a_list(CA)), REVOKED),
    "4.4 signer revoked": (PLAIN, (OF_ROOT, a_list(CA, PLAIN)), REVOKED),
    "4.4 another revoked": (PLAIN, (OF_ROOT, a_list(CA, POINTED)), OK),
    "4.4 list with another's signature": (PLAIN, (OF_ROOT, a_list(FORGED)), None),
    "4.4 list by another issuer": (PLAIN, (OF_ROOT, a_list(OTHER)), None),
    "4.4 list by a namesake": (PLAIN, (OF_ROOT, a_list(NAMESAKE)), None),
    "4.4 two lists, one revokes": (PLAIN, (OF_ROOT, a_list(CA, at=(-3, 3)), a_list(CA, PLAIN, at=(-2, 3))), REVOKED),
    "4.4 unknown critical entry extension": (PLAIN, (OF_ROOT, a_list(CA, POINTED, entry=(UNKNOWN, True))), None),
    "4.4 unknown entry extension": (PLAIN, (OF_ROOT, a_list(CA, POINTED, entry=(UNKNOWN, False))), OK),
    "4.4 unknown critical extension": (PLAIN, (OF_ROOT, a_list(CA, more=((UNKNOWN, True),))), None),
    "4.4 revoked under an unknown one": (PLAIN, (OF_ROOT, a_list(CA, PLAIN, more=((UNKNOWN, True),))), None),
    "4.4 old list": (PLAIN, (OF_ROOT, a_list(CA, at=(-3, -1))), None),
    "4.4 list to come": (PLAIN, (OF_ROOT, a_list(CA, at=(1, 3))), None),
    "4.4 next list after 2050": (PLAIN, (OF_ROOT, a_list(CA, at=(-1, 20_000))), OK),
    "4.4 long number": (LONG, (OF_ROOT, a_list(CA)), OK),
    "4.4 long number revoked": (LONG, (OF_ROOT, a_list(CA, LONG)), REVOKED),
    "4.4 nearly that number revoked": (LONG, (OF_ROOT, a_list(CA, LONG.certificate.serial_number - 1)), OK),
    "4.7 list by who may sign none": (leaf(NO_LISTS, owner="no lists"), (OF_ROOT, a_list(NO_LISTS)), None),
    "4.14 list for this point": (POINTED, (OF_ROOT, a_list(CA, more=scope("point 1"))), OK),
    "4.14 revoked at this point": (POINTED, (OF_ROOT, a_list(CA, POINTED, more=scope("point 1"))), REVOKED),
    "4.14 list for another point": (POINTED, (OF_ROOT, a_list(CA, more=scope("point 2"))), None),
    "4.14 list without a point": (POINTED, (OF_ROOT, a_list(CA)), OK),
    "4.14 point, and none in the certificate": (PLAIN, (OF_ROOT, a_list(CA, more=scope("point 1"))), None),
    "4.14 for signers alone": (PLAIN, (OF_ROOT, a_list(CA, more=scope(only_contains_user_certs=True))), OK),
    "4.14 for authorities alone": (PLAIN, (OF_ROOT, a_list(CA, more=scope(only_contains_ca_certs=True))), None),
    "4.14 for attributes alone": (PLAIN, (OF_ROOT, a_list(CA, more=scope(only_contains_attribute_certs=True))), None),
    "4.14 authority's list for signers": (PLAIN, (a_list(ROOT, more=scope(only_contains_user_certs=True)), a_list(CA)), None),
    "4.14 authority's list for authorities": (PLAIN, (a_list(ROOT, more=scope(only_contains_ca_certs=True)), a_list(CA)), OK),
    "4.14 some reasons": (PLAIN, (OF_ROOT, a_list(CA, more=scope(only_some_reasons=KEYS))), None),
    "4.14 every reason in two lists": (
        PLAIN,
        (OF_ROOT, a_list(CA, more=scope(only_some_reasons=KEYS)), a_list(CA, more=scope(only_some_reasons=REST))),
        OK,
    ),
    "4.14 revoked for some reason": (
        PLAIN,
        (OF_ROOT, a_list(CA, PLAIN, more=scope(only_some_reasons=KEYS)), a_list(CA, more=scope(only_some_reasons=REST))),
        REVOKED,
    ),
    "4.14 indirect list by a stranger": (PLAIN, (OF_ROOT, a_list(OTHER, more=scope(indirect_crl=True))), None),
    "4.14 point of somebody else, and the authority's own list": (INDIRECT, (OF_ROOT, a_list(CA)), None),
}  # fmt: skip


@pytest.mark.parametrize("where", ["lists", "brought"])
@pytest.mark.parametrize(("signer", "lists", "expected"), ROWS.values(), ids=ROWS)
def test_a_signer_is_good_revoked_or_unknown_as_the_lists_at_hand_say(signer, lists, expected, where) -> None:
    between = (NO_LISTS,) if signer.certificate.issuer == NO_LISTS.certificate.subject else (CA,)
    said = chain(signer, *between, SIGNER_OF_LISTS, **{where: lists})
    assert said is expected or (expected is None and said not in (OK, REVOKED)), said


FRESH = x509.FreshestCRL([at("delta")])


def delta(base: int, *revoked: Holder, number: int, reason: x509.ReasonFlags | None = None) -> bytes:
    more = ((x509.CRLNumber(number), False), (x509.DeltaCRLIndicator(base), True))
    return a_list(CA, *revoked, more=more, entry=(x509.CRLReason(reason), False) if reason else None)


def base(number: int, *revoked: Holder) -> bytes:
    return a_list(CA, *revoked, more=((x509.CRLNumber(number), False), (FRESH, False)))


@pytest.mark.parametrize(
    ("word", "lists", "expected"),
    [
        ("a delta alone", (delta(1, number=2),), None),
        ("nothing new", (base(1), delta(1, number=2)), OK),
        ("revoked since", (base(1), delta(1, PLAIN, number=2)), REVOKED),
        ("another revoked since", (base(1), delta(1, POINTED, number=2)), OK),
        ("revoked before", (base(1, PLAIN), delta(1, number=2)), REVOKED),
        ("a delta of a later base", (base(1), delta(3, number=4)), OK),
    ],
)
def test_a_delta_is_no_list_of_its_own_and_adds_to_its_base(word, lists, expected) -> None:
    said = chain(PLAIN, CA, lists=(OF_ROOT, *lists))
    assert said is expected or (expected is None and said not in (OK, REVOKED)), (word, said)


def renewed_authority() -> tuple[Holder, Holder, Holder]:
    """An authority of one name with an old and a new key, and the new key certified by the old one."""
    old, new = (issuer(ROOT, "Renewed CA", owner=owner) for owner in ("old key", "new key"))
    builder = x509.CertificateBuilder(
        old.certificate.subject, old.certificate.subject, new.key.public_key(), 4711,
        old.certificate.not_valid_before_utc, old.certificate.not_valid_after_utc,
    )  # fmt: skip
    builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
    builder = builder.add_extension(usage(issues=True, lists=True), critical=True)
    return old, new, Holder(new.key, builder.sign(old.key, hashes.SHA256()))


def test_a_renewed_authority_is_followed_to_the_root_by_either_key() -> None:
    """4.5: the new key certified by the old one, and lists by the key that signs them now."""
    old, new, bridge = renewed_authority()
    signer = leaf(new, owner="below new")
    assert chain(signer, bridge, old) is OK
    assert chain(signer, bridge, old, lists=(OF_ROOT, a_list(new))) is OK
    assert chain(signer, bridge, old, lists=(OF_ROOT, a_list(new, signer))) is REVOKED
    assert chain(signer, bridge, old, lists=(a_list(ROOT, old), a_list(new))) is REVOKED


def test_an_authority_may_sign_its_lists_with_a_key_of_its_own_name_and_nobody_else_may() -> None:
    """4.4.19 to 21: one key for certificates and another for lists, both certified for one name."""
    certifying = issuer(ROOT, "Two keys", owner="for certificates")

    def listing(*, lists: bool, by: Holder = ROOT) -> Holder:
        change = extension(usage(lists=lists, signs=not lists))
        return made(by, "Two keys", change, owner=f"for lists {lists} {by.certificate.subject.rfc4514_string()}")

    signer, other = leaf(certifying), leaf(certifying, owner="another")
    by_list_key = listing(lists=True)
    assert chain(signer, certifying, by_list_key, lists=(OF_ROOT, a_list(by_list_key))) is OK
    assert chain(signer, certifying, by_list_key, lists=(OF_ROOT, a_list(by_list_key, other))) is OK
    revoking = chain(signer, certifying, by_list_key, lists=(OF_ROOT, a_list(by_list_key, signer)))
    assert revoking in (REVOKED, Chain.INVALID)  # the list key is tried as an issuer too, and the last fault is named
    assert chain(signer, certifying, by_list_key, lists=(a_list(ROOT, by_list_key), a_list(by_list_key))) is not OK
    for pretender in (listing(lists=False), Holder(key("p256", "pretender"), by_list_key.certificate)):
        of_no_version = a_list(pretender).replace(b"\x02\x01\x01\x30", b"\x02\x01\x5b\x30", 1)
        for lists in ((OF_ROOT, a_list(pretender)), (OF_ROOT, a_list(pretender, signer)), (OF_ROOT, of_no_version)):
            said = chain(signer, certifying, by_list_key, listing(lists=False), lists=lists)
            assert said not in (OK, REVOKED), said
    stranger = listing(lists=True, by=authority("Two keys elsewhere"))
    assert chain(signer, certifying, stranger, lists=(OF_ROOT, a_list(stranger))) is not OK


@pytest.mark.parametrize("where", ["lists", "brought"])
@pytest.mark.parametrize("change", [same, extension(usage(lists=True))], ids=["for anything", "for lists"])
def test_who_is_certified_is_not_believed_about_the_authoritys_other_customers(change, where) -> None:
    """6.3.3, b: a list by somebody else speaks only of certificates that name him for it."""
    customer = made(CA, "Another customer", change)
    of_customer = (a_list(customer, more=scope(indirect_crl=True)),)
    elsewhere = made(OTHER, "Names the customer", extension(x509.CRLDistributionPoints([at("x", customer)])))
    for between in ((CA, customer), (CA, customer, elsewhere)):
        by_place = (
            {"lists": (OF_ROOT, *of_customer)} if where == "lists" else {"lists": (OF_ROOT,), "brought": of_customer}
        )
        said = chain(PLAIN, *between, **by_place)
        assert said not in (OK, REVOKED), said
    named = leaf(CA, extension(x509.CRLDistributionPoints([at("x", SIGNER_OF_LISTS)]), critical=False), owner="named")
    by_named = a_list(SIGNER_OF_LISTS, more=scope("x", indirect_crl=True))
    assert chain(named, CA, SIGNER_OF_LISTS, lists=(OF_ROOT, a_list(CA), by_named)) is OK
