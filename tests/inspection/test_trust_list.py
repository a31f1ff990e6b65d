# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Trust lists as they are published: read within bounds, dated, and of each territory the latest."""

import pytest

from poststelle.inspection.trust_list import ServiceKind, Use, newest_of_each
from poststelle.inspection.trust_list_xml import MAX_LIST_BYTES, TrustListError, read_trust_list
from support.certificates import DAY, NOW, authority
from support.trust_lists import GRANTED, QTST, WITHDRAWN, Listed, a_trust_list

CA = authority("Listed CA")


def test_a_list_gives_its_dates_and_its_qualified_services_with_their_history() -> None:
    states = ((WITHDRAWN, NOW - 2 * DAY), (GRANTED, NOW - 400 * DAY))
    stamps = Listed(CA, QTST, name="Stamps")
    other = Listed(CA, "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC")
    found = read_trust_list(a_trust_list(Listed(CA, states=states, uses=("ForeSeals",)), stamps, other))
    assert (found.title, found.issued_at, found.next_update_at) == (
        "DE (Test Supervisor)",
        NOW - 30 * DAY,
        NOW + 60 * DAY,
    )
    issuer, stamping = found.services
    assert (issuer.kind, stamping.kind) == (ServiceKind.CERTIFICATES, ServiceKind.TIME_STAMPS)
    assert issuer.uses == {Use.SEALS}
    assert len(issuer.certificates) == 1
    granted = [state and state.is_granted for state in map(issuer.state_at, (NOW, NOW - 3 * DAY, NOW - 500 * DAY))]
    assert granted == [False, True, None]


def test_a_list_is_outdated_after_its_next_update_and_a_closed_one_always() -> None:
    assert not read_trust_list(a_trust_list(Listed(CA))).is_outdated(NOW)
    assert read_trust_list(a_trust_list(Listed(CA))).is_outdated(NOW + 61 * DAY)
    assert read_trust_list(a_trust_list(Listed(CA), next_update=None)).is_outdated(NOW)


def test_of_two_issues_for_one_territory_the_latest_counts() -> None:
    newer, older, other = (
        read_trust_list(a_trust_list(Listed(CA), territory=territory, issued=NOW - days * DAY))
        for territory, days in (("DE", 1), ("DE", 200), ("AT", 300))
    )
    assert newest_of_each((newer, older, other)) == (other, newer)


GOOD = a_trust_list(Listed(CA))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (GOOD.replace(b"<TrustS", b"<!DOCTYPE x [<!ENTITY a 'b'>]><TrustS", 1), "document type"),
        (
            GOOD.replace(b"<TrustS", b"<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'><TrustS", 1),
            "no XML: failed to load|document type",
        ),
        (GOOD[:-5], "no XML"),
        (b"%PDF-1.7", "no XML"),
        (b"<html/>", "no trust list"),
        (a_trust_list(), "no qualified service"),
        (GOOD.replace(b"ListIssueDateTime", b"Other"), "when it was issued"),
        (b" " * (MAX_LIST_BYTES + 1), "larger"),
        (a_trust_list(*[Listed(CA)] * 5_001), "more than"),
    ],
    ids=["entities", "external", "cut", "pdf", "other", "no service", "undated", "too large", "too many"],
)
def test_what_is_no_usable_list_is_refused_with_the_reason(content: bytes, word: str) -> None:
    with pytest.raises(TrustListError, match=word):
        read_trust_list(content)
