# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of path validation (RFC 5280, 6), one bent certificate or list each: none of them leads to CHAIN_OK.

The classes are those of NIST PKITS, made anew with our own keys and valid around now.
"""

from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from poststelle.core.signature import Chain
from poststelle.inspection.cms.der import UTF8, encode
from support.certificates import Holder, key
from support.paths import ROOT, a_list, chain, constrained, extension, issuer, leaf, made, policies, same, usage

UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
POLICY, OTHER = (x509.ObjectIdentifier(f"1.3.6.1.4.1.99999.{number}") for number in (2, 3))
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
    explicit = issuer(ROOT, "With policy", EXPLICIT, policies(POLICY))
    assert chain(leaf(explicit, policies(POLICY)), explicit) is Chain.OK


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


def utf8(address: str) -> x509.OtherName:
    return x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), encode(UTF8, address.encode()))


MUNICH = x509.RFC822Name("xn--mnchen-3ya.example")
STREET = "xn--strae-oqa.example"
ALL_ADDRESSES = x509.IPAddress(ip_network("0.0.0.0/0"))


@pytest.mark.parametrize(
    ("change", "names", "expected"),
    [
        (constrained(permitted=[MAIL]), [utf8("müller@example.org")], Chain.OK),
        (constrained(permitted=[MAIL]), [utf8("müller@evil.example")], Chain.INVALID),
        (constrained(permitted=[MAIL]), [x509.RFC822Name("erika@example.org"), utf8("ü@evil.example")], Chain.INVALID),
        (constrained(excluded=[MAIL]), [utf8("müller@example.org")], Chain.INVALID),
        (constrained(excluded=[HOST]), [utf8("müller@amt.example.org")], Chain.INVALID),
        (constrained(excluded=[MUNICH]), [utf8("müller@münchen.example")], Chain.INVALID),
        (constrained(permitted=[MUNICH]), [x509.RFC822Name(f"erika@{MUNICH.value}")], Chain.OK),
        (constrained(excluded=[MUNICH]), [x509.RFC822Name(f"erika@{MUNICH.value}")], Chain.INVALID),
        (same, [x509.RFC822Name(f"erika@{STREET}"), x509.DNSName(STREET)], Chain.OK),
        (constrained(excluded=[x509.RFC822Name(STREET)]), [x509.RFC822Name(f"erika@{STREET}")], Chain.INVALID),
        (constrained(excluded=[ALL_ADDRESSES]), [x509.RFC822Name("erika@example.org")], Chain.OK),
        (constrained(excluded=[ALL_ADDRESSES]), [x509.IPAddress(ip_address("192.0.2.1"))], Chain.INVALID),
    ],
    ids=[
        "utf8-permitted",
        "utf8-not-permitted",
        "utf8-beside-a-good-one",
        "utf8-excluded",
        "utf8-excluded-below",
        "utf8-excluded-domain",
        "a-label-permitted",
        "a-label-excluded",
        "a-label-of-newer-rules",
        "a-label-of-newer-rules-excluded",
        "no-name-of-that-form",
        "a-form-nobody-compares",
    ],
)
def test_issuers_name_only_mailboxes_that_they_may_in_whatever_field_and_alphabet(change, names, expected) -> None:
    by = issuer(ROOT, "Constrained", change)
    assert chain(leaf(by, names=names), by) is expected


def test_policies_that_do_not_meet_and_unknown_critical_extensions_of_the_leaf_count() -> None:
    explicit = issuer(ROOT, "One policy", EXPLICIT, policies(POLICY))
    assert chain(leaf(explicit, policies(OTHER)), explicit) is Chain.INVALID
    assert chain(leaf(HONEST, extension(UNKNOWN)), HONEST) is not Chain.OK
    assert chain(leaf(HONEST, extension(UNKNOWN, critical=False)), HONEST) is Chain.OK


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
        (OF_ROOT, a_list(HONEST, more=((PARTIAL, True),))),
        (OF_ROOT, a_list(HONEST, more=((UNKNOWN, True),))),
    ):
        assert said(*bad) is not Chain.OK
