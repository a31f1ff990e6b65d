# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signers of documents against trust lists, through the real inspection: who issued, in what standing, by which issue."""

from dataclasses import replace
from datetime import datetime

import pytest

from inspection.test_signed_documents import attached, signed_pdf
from poststelle.adapters.inspector_pool.world import World, surroundings_of
from poststelle.core.document_signature import DocumentSignature, Listing, ListStanding, Qualified
from poststelle.core.signature import Chain, Signature
from poststelle.inspection.cms.certificates import Brought
from poststelle.inspection.cms.chain import Trust
from poststelle.inspection.listed import ListedServices
from poststelle.inspection.message import inspect_message
from poststelle.inspection.trust_list import ServiceKind
from poststelle.inspection.trust_list_xml import read_trust_list
from support.certificates import DAY, NOW, Holder, Wish, authority, issued, revocation_list
from support.cms_maker import Keyholder, driven
from support.trust_lists import (
    COMPLIANCE,
    DEVICE,
    GRANTED,
    QTST,
    SEAL,
    WEBSITE,
    WITHDRAWN,
    Listed,
    a_trust_list,
    statements,
)

CA = authority("Listed CA")
SIGNER = Wish(name="Notarin Muster", email="", usages=(), statements=statements(COMPLIANCE, DEVICE))
NOTARY = issued(CA, SIGNER)
HEAD = b"From: Erika <erika@example.org>\r\nTo: post@example.org\r\nSubject: Antrag\r\nMIME-Version: 1.0\r\n"


def seen(holder: Holder, *lists: bytes, trust: Trust | None = None, at: datetime = NOW) -> DocumentSignature:
    """A PDF signed by the holder, looked at as a worker does that was told of these lists."""
    world = World(trust=trust or Trust(()), lists=tuple(map(read_trust_list, lists)))
    mail = HEAD + attached("antrag.pdf", signed_pdf(holder), "application/pdf")
    around = replace(surroundings_of(world.packed()), received_at=at)
    (one,) = driven(inspect_message(mail, None, around), Keyholder()).document_signatures
    assert one.signature is Signature.OK
    return one


def test_a_granted_service_and_the_certificates_claim_make_it_qualified() -> None:
    one = seen(NOTARY, a_trust_list(Listed(CA)))
    assert one.listing == Listing(
        Qualified.YES,
        ListStanding.GRANTED,
        Chain.OK,
        service="Muster qualified certificates",
        since=(NOW - 400 * DAY).date().isoformat(),
        list_name="DE (Test Supervisor)",
        issued_on=(NOW - 30 * DAY).date().isoformat(),
        next_update_on=(NOW + 60 * DAY).date().isoformat(),
    )
    assert (one.claims_qualified, one.claims_device) == (True, True)
    assert one.chain is Chain.UNTRUSTED, "a list is no anchor of the house"


def test_without_a_list_nothing_is_said_whatever_the_certificate_claims() -> None:
    one = seen(NOTARY)
    assert (one.claims_qualified, one.listing) == (True, Listing())


def test_a_listed_issuer_does_not_make_an_ordinary_certificate_qualified() -> None:
    one = seen(issued(CA, replace(SIGNER, statements=b"")), a_trust_list(Listed(CA)))
    assert (one.listing.qualified, one.listing.standing) == (Qualified.NO, ListStanding.GRANTED)


def test_a_claim_without_a_listed_issuer_is_not_qualified_and_a_borrowed_name_is_no_issuer() -> None:
    for ca in (authority("Own CA"), authority("Listed CA", kind="p384")):
        one = seen(issued(ca, SIGNER), a_trust_list(Listed(CA)))
        assert one.claims_qualified
        assert (one.listing.qualified, one.listing.standing) == (Qualified.NO, ListStanding.ABSENT)
        assert one.listing.service == ""


def test_a_withdrawn_service_is_named_with_its_day_and_history_answers_for_earlier_mail() -> None:
    content = a_trust_list(Listed(CA, states=((WITHDRAWN, NOW - DAY / 4), (GRANTED, NOW - 400 * DAY))))
    now, before = seen(NOTARY, content).listing, seen(NOTARY, content, at=NOW - DAY / 2).listing
    assert (now.qualified, now.standing) == (Qualified.NO, ListStanding.WITHDRAWN)
    assert now.since == (NOW - DAY / 4).date().isoformat()
    assert (before.qualified, before.standing) == (Qualified.YES, ListStanding.GRANTED)


def test_an_outdated_list_still_answers_and_is_named() -> None:
    one = seen(NOTARY, a_trust_list(Listed(CA), next_update=NOW - DAY)).listing
    assert (one.qualified, one.is_outdated) == (Qualified.YES, True)


def test_an_ended_certificate_has_no_path_and_unknown_revocation_leaves_it_open() -> None:
    ended = seen(issued(CA, replace(SIGNER, end=NOW - DAY / 2)), a_trust_list(Listed(CA))).listing
    assert (ended.qualified, ended.chain) == (Qualified.NO, Chain.EXPIRED)
    elsewhere = Trust((), crls=(revocation_list(authority("Elsewhere")),))
    one = seen(NOTARY, a_trust_list(Listed(CA)), trust=elsewhere).listing
    assert (one.qualified, one.standing) == (Qualified.UNKNOWN, ListStanding.UNPROVEN)
    for revoked, chain in (((), Chain.OK), ((NOTARY,), Chain.REVOKED)):
        told = Trust((), crls=(revocation_list(CA, *revoked),))
        assert seen(NOTARY, a_trust_list(Listed(CA)), trust=told).listing.chain is chain


@pytest.mark.parametrize(
    ("kind", "uses", "qualified"),
    [
        ("", ("ForeSignatures",), Qualified.YES),
        ("", ("ForeSeals",), Qualified.NO),
        (SEAL, ("ForeSeals",), Qualified.YES),
        (SEAL, ("ForeSignatures",), Qualified.NO),
        (SEAL, (), Qualified.YES),
        (WEBSITE, ("ForWebSiteAuthentication",), Qualified.NO),
    ],
    ids=["signature", "seals only", "seal", "signatures only", "any use", "website"],
)
def test_a_service_counts_only_for_the_use_it_is_listed_for(
    kind: str, uses: tuple[str, ...], qualified: Qualified
) -> None:
    holder = issued(CA, replace(SIGNER, statements=statements(COMPLIANCE, kind=kind)))
    assert seen(holder, a_trust_list(Listed(CA, uses=uses))).listing.qualified is qualified


def test_criteria_that_may_overrule_a_certificate_leave_it_open() -> None:
    open_ones = ("NotQualified", "QCStatement", "QCForWSA")
    for qualifier, expected in (*((one, Qualified.UNKNOWN) for one in open_ones), ("QCWithSSCD", Qualified.YES)):
        one = seen(NOTARY, a_trust_list(Listed(CA, qualifiers=(qualifier,)))).listing
        assert (one.qualified, one.standing) == (expected, ListStanding.GRANTED)


def test_an_issuer_below_a_listed_one_is_reached_through_what_is_enclosed() -> None:
    below = issued(CA, Wish(name="Issuing CA"), ca=True)
    listed = ListedServices((read_trust_list(a_trust_list(Listed(CA))),), Trust(()))
    signer = issued(below, SIGNER).read
    enclosed = listed(signer, Brought((below.read,)), NOW, ServiceKind.CERTIFICATES)
    assert enclosed.qualified is Qualified.YES
    assert listed(signer, Brought(), NOW, ServiceKind.CERTIFICATES).standing is ListStanding.ABSENT


def test_services_for_time_stamps_and_for_certificates_are_never_taken_for_each_other() -> None:
    stamping = issued(CA, replace(SIGNER, statements=b""))
    for named in (CA, stamping):
        listed = ListedServices((read_trust_list(a_trust_list(Listed(named, QTST))),), Trust(()))
        assert listed(stamping.read, Brought(), NOW, ServiceKind.TIME_STAMPS).qualified is Qualified.YES
        assert listed(stamping.read, Brought(), NOW, ServiceKind.CERTIFICATES).standing is ListStanding.ABSENT
    listed = ListedServices((read_trust_list(a_trust_list(Listed(stamping, QTST))),), Trust(()))
    late = listed(stamping.read, Brought(), NOW + 99 * DAY, ServiceKind.TIME_STAMPS)
    assert (late.qualified, late.chain) == (Qualified.NO, Chain.EXPIRED)
