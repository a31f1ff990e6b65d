# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a leaf of the journal says for ever holds nothing that a sender wrote, whatever the message was routed by."""

from collections.abc import Iterator

import pytest

from poststelle.records.models import JournalLeaf, VerdictRow
from support.front_house import PLAIN, Front, OpenFront

SUBJECT = b"Subject: Amt 32 - Anwohnerparken"


@pytest.fixture
def front(open_records, tmp_path) -> Iterator[OpenFront]:
    with Front(open_records(), tmp_path).opened() as opened:
        yield opened


def routed(front: OpenFront) -> dict[str, str]:
    (leaf,) = front.journal("routed")
    return dict(leaf.facts)


SUBJECTS = {
    "a keyword": ("Amt 32 - Quasselstrippe", {"because.1.number": "32", "because.2.keyword": ""}),
    "another authority's reference": (
        "In Sachen 765 Js 4321/10 Quasselstrippe",
        {"because.1.foreign-reference": ""},
    ),
    "nothing": ("Quasselstrippe", {"because.1.nothing": ""}),
    "a near word": ("Ordnungamt - Quasselstrippe", {"because.1.near": "ordnungsamt"}),
}


@pytest.mark.parametrize("what", SUBJECTS)
def test_no_leaf_holds_a_word_of_the_subject(front, what):
    subject, because = SUBJECTS[what]
    front.send(PLAIN.replace(SUBJECT, f"Subject: {subject}".encode()))
    assert {key: value for key, value in routed(front).items() if key.startswith("because.")} == because
    for row in JournalLeaf.objects.using(front.front.records.database.alias):
        for word in (b"Quasselstrippe", b"quasselstrippe", b"4321", b"erika@", b"stadtverwaltung@"):
            assert word not in bytes(row.leaf), row.kind


def test_no_leaf_names_the_mailbox_that_a_message_was_routed_by_and_the_verdict_does(front):
    front.send(to="ordnungsamt@stadt-muenster.example")
    assert routed(front)["because.1.recipient"] == ""
    verdict = VerdictRow.objects.using(front.front.records.database.alias).get().verdict
    assert "ordnungsamt@stadt-muenster.example" in verdict
