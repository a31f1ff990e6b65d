# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What every implementation of DeskBook, and of the questions the desk's lists ask, holds to."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from poststelle.application.desk.acts import Act, Mark, NewOffice, NewTasks, OvertakenError, StateChange, TasksDone
from poststelle.application.desk.lists import Sought, WorkList
from poststelle.application.desk.viewer import Grant, Role, Viewer
from poststelle.application.ports import Body
from poststelle.core.address import Address
from poststelle.core.arrival import BlobKey
from poststelle.core.journal import Event, EventKind
from poststelle.core.verdict import Disposition, Route, Task, TaskKind, Verdicts
from poststelle.records.casefile import case_view
from poststelle.records.desk_book import RecordedDesk
from poststelle.records.worklists import whereabouts, work_counts, work_list
from support.builders import a_macro_file, a_policy, some_facts, the_terms, the_verdict
from support.records import AUTHORITY, NOON, a_settlement, an_effect

PAULA = Viewer("user:1", "Paula", AUTHORITY, (Grant(Role.MAILROOM),), frozenset({"amt-11"}))
OTTO = Viewer("user:2", "Otto", AUTHORITY, (Grant(Role.CLERK, "amt-32"),), frozenset({"amt-11"}))

CONTENT = Body(BlobKey(hashlib.sha256(b"x").hexdigest()), 1, b"x")


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def records(request):
    return request.getfixturevalue(request.param)()


@pytest.fixture
def book(records):
    return RecordedDesk(records.database, records.database)


def settled(records, reference: str, office: str = "amt-32", **changes: object) -> str:
    """A message of this office with a file that cannot be processed."""
    facts = some_facts(a_macro_file())
    recipient = Address("post", "muster.example")
    verdict = replace(the_verdict(facts, terms=the_terms(a_policy())), recipient=recipient, route=Route(office, ()))
    disposition = changes.pop("disposition", verdict.disposition)
    tasks = changes.pop("tasks", ())
    verdict = replace(verdict, disposition=disposition, tasks=tasks)
    records.store.settle(a_settlement(reference=reference, facts=facts, verdicts=Verdicts((verdict,)), **changes))
    return reference


def an_act(reference: str, *changes: object, effects: tuple = ()) -> Act:
    event = Event(EventKind.TASK_DONE, NOON, AUTHORITY, reference, actor="user:1", personal=(("why", "so"),))
    return Act(reference, AUTHORITY, "user:1", NOON, changes, (event,), effects)


def shown(records, viewer=PAULA, which=WorkList.INBOX, **sought: object):
    return [line.reference for line in work_list(records.database, viewer, which, Sought(**sought)).lines]


def test_a_case_is_read_as_it_was_settled(records, book):
    settled(records, "P-one", tasks=(Task(TaskKind.FEEDBACK, "email"),))
    case = book.case(AUTHORITY, "P-one")
    assert (case.state, case.offices, case.arrival.received_at) == ("accepted", ("amt-32",), NOON)
    assert [(task.kind, task.is_open) for task in case.tasks] == [("feedback", True)]
    assert case.verdicts[0].withheld == (("formular.docx",),)
    assert book.case(AUTHORITY, "P-two") is None
    assert book.case("other", "P-one") is None


@pytest.mark.parametrize("protocol", ["ESMTPS", "LMTP", "LMTPS"])
def test_a_case_knows_whether_each_recipient_was_answered(records, book, protocol):
    came = a_settlement().arrival
    envelope = replace(came.envelope, answered_each=protocol.startswith("LMTP"))
    came = replace(came, envelope=envelope, peer=replace(came.peer, protocol=protocol))
    settled(records, "P-one", arrival=came)
    assert book.case(AUTHORITY, "P-one").arrival == came


def test_an_act_writes_changes_entries_and_effects_together(records, book):
    settled(records, "P-one", body=CONTENT)
    task = Task(TaskKind.DELIVERY, "lost", due_on="2026-03-05")
    changes = (NewOffice(0, "amt-32", "amt-36"), NewTasks((("post@muster.example", task),)), Mark("assigned", "user:1"))
    book.record(an_act("P-one", *changes, effects=(an_effect("<a@x>"),)))
    view = case_view(records.database, PAULA, "P-one")
    assert (view.offices, view.line.assigned_to, [task.kind for task in view.tasks]) == (
        ("amt-36",), "user:1", ["delivery"],
    )  # fmt: skip
    assert [effect.state for effect in view.effects] == ["open"]
    assert view.history[-1].leaf.actor == "user:1"
    assert dict(view.history[-1].values) == {"why": "so"}


@pytest.mark.parametrize(
    "late",
    [StateChange("held", "accepted"), NewOffice(0, "amt-36", "amt-10"), TasksDone((1_000_000,))],
    ids=["state", "office", "task"],
)
def test_where_one_change_comes_too_late_nothing_is_written(records, book, late):
    settled(records, "P-one", body=CONTENT)
    with pytest.raises(OvertakenError):
        book.record(an_act("P-one", Mark("assigned", "user:1"), late, effects=(an_effect(),)))
    view = case_view(records.database, PAULA, "P-one")
    assert (view.line.assigned_to, view.effects, view.history[-1].leaf.kind) == ("", (), "accepted")


def test_of_two_at_once_one_decides(records, book):
    settled(records, "P-one", disposition=Disposition.HOLD)

    def decide(becomes: str) -> str:
        try:
            book.record(an_act("P-one", StateChange("held", becomes)))
        except OvertakenError:
            return ""
        finally:
            records.database.close()
        return becomes

    with ThreadPoolExecutor(2) as pool:
        decided = [one for one in pool.map(decide, ("accepted", "discarded")) if one]
    assert decided == [book.case(AUTHORITY, "P-one").state]


def test_lists_counts_and_whereabouts_are_cut_to_the_viewer(records):
    settled(records, "P-32")
    settled(records, "P-11", "amt-11")
    settled(records, "P-refused", "amt-32", disposition=Disposition.REFUSE, reply_code=550)
    assert (shown(records), shown(records, OTTO)) == (["P-11", "P-32"], ["P-32"])
    assert work_counts(records.database, OTTO)[WorkList.WITHHELD] == 1
    found = {line.reference: line for line in whereabouts(records.database, PAULA, Sought()).lines}
    assert sorted(found) == ["P-11", "P-32", "P-refused"]
    assert (found["P-11"].subject, found["P-11"].is_veiled) == ("", True)
    assert found["P-32"].subject


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({"text": "ANTRAG"}, ["P-32"]),
        ({"text": "formular.DOCX"}, ["P-32"]),
        ({"text": "erika@buerger.example"}, ["P-11", "P-32"]),
        ({"text": "_"}, []),
        ({"office": "amt-11"}, ["P-11"]),
        ({"since": NOON.date(), "until": NOON.date()}, ["P-11", "P-32"]),
        ({"until": NOON.date() - timedelta(days=1)}, []),
    ],
    ids=["subject", "file name", "sender", "a pattern character", "office", "that day", "the day before"],
)
def test_a_search_finds_what_the_viewer_may_see(records, sought, found):
    settled(records, "P-32")
    settled(records, "P-11", "amt-11")
    assert shown(records, **sought) == found


def test_an_office_with_many_messages_is_asked_message_by_message_with_the_same_answer(records):
    from poststelle.records import worklists

    for number in range(3):
        settled(records, f"P-{number}", "amt-32" if number else "amt-36")
    usual, worklists.FEW = worklists.FEW, 1
    try:
        few = shown(records, OTTO)
    finally:
        worklists.FEW = usual
    assert few == shown(records, OTTO) == ["P-2", "P-1"]
