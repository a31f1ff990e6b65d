# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the page promises to erase is erased when its time has come, on both databases, and the journal says so."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db.models import F

from poststelle.application.desk.acts import Act, Mark, NewTasks
from poststelle.application.retention import erase_due, terms_now
from poststelle.application.settlement import Effect
from poststelle.core.codec import dump, load
from poststelle.core.edition import Edition
from poststelle.core.policy import RetentionClass
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Task, TaskKind, Verdict
from poststelle.records.desk_book import RecordedDesk
from poststelle.records.models import (
    Blob,
    BlobToSweep,
    FactsRow,
    FileRow,
    Message,
    OutboxRow,
    TaskRow,
    VerdictRow,
)
from poststelle.records.retention import RetentionTable
from support.desk_house import MORNING, MUENSTER
from support.front_house import PLAIN, Front, OpenFront
from support.kept import DAYS, EDITIONS, deliver_everything, erase_after, journaled, kept_after, rows
from support.records import GIVE_UP_SECONDS, HandClock, Lingering, in_a_thread

A_TASK = Task(TaskKind.DEADLINE, "by-hand", "32")
GTUBE = PLAIN.replace(b"Guten Tag", b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X")


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def front(request, tmp_path) -> Iterator[OpenFront]:
    with Front(request.getfixturevalue(request.param)(), tmp_path, HandClock(MORNING)).opened() as opened:
        yield opened


def test_the_original_goes_after_its_term_and_not_a_moment_before(front):
    assert front.send().startswith("250")
    deliver_everything(front)
    assert erase_after(front, DAYS[RetentionClass.MESSAGE]) == 0
    assert rows(front, Message).get().body_id is not None
    assert erase_after(front, DAYS[RetentionClass.MESSAGE] + 1) == 1
    assert (rows(front, Message).get().body_id, rows(front, Blob).count(), rows(front, BlobToSweep).count()) == (
        None,
        0,
        1,
    )
    assert journaled(front, "content-erased") == [{"class": "message", "days": "180", "actor": "retention"}]
    assert rows(front, Message).get().subject, "what was found goes by a term of its own"
    assert erase_after(front, DAYS[RetentionClass.MESSAGE] + 1) == 0, "once"


NEEDS = {
    "a legal hold": lambda front: rows(front, Message).update(legal_hold=True),
    "an open task": lambda front: rows(front, TaskRow).create(
        message_id=rows(front, Message).get().reference, authority_id=MUENSTER, kind="deadline", reason="", created_at=MORNING
    ),
    "a delivery that is not done": lambda front: rows(front, OutboxRow).update(state="open"),
    "an office that has not finished": lambda front: rows(front, Message).update(state="accepted", done_at=None),
    "a decision that is not made": lambda front: rows(front, Message).update(state="held"),
}  # fmt: skip


@pytest.mark.parametrize("need", NEEDS)
def test_what_somebody_still_needs_stays_however_old_it_is(front, need):
    front.send()
    deliver_everything(front)
    NEEDS[need](front)
    assert erase_after(front, 3000) == 0
    assert rows(front, Message).get().body_id is not None
    assert journaled(front, "content-erased") == []
    if need != "a decision that is not made":
        assert kept_after(front, 3000)[RetentionClass.MESSAGE] == 1, "and the dry run counts it"


def test_of_what_was_found_only_codes_and_clauses_outlive_their_term(front):
    front.send(PLAIN.replace(b"text/plain; charset=utf-8", b'application/x-msdownload; name="geheim.exe"'))
    deliver_everything(front)
    rows(front, Message).update(done_at=F("received_at"), state="delivered")
    before = [load(Verdict, row.verdict.encode()) for row in rows(front, VerdictRow)]
    for row, verdict in zip(rows(front, VerdictRow), before, strict=True):
        seen = tuple(replace(one, evidence="geheim") for one in verdict.objections)
        row.verdict, row.aktenzeichen, row.keyword = dump(replace(verdict, objections=seen)).decode(), "32-7", "Parken"
        row.save(using=front.front.records.database.alias)
    erase_after(front, DAYS[RetentionClass.FACTS] + 1)
    assert (rows(front, FactsRow).count(), rows(front, FileRow).count()) == (0, 0)
    message = rows(front, Message).get()
    assert (message.subject, message.header_from, message.from_display, message.message_id) == ("", "", "", "")
    after = [load(Verdict, row.verdict.encode()) for row in rows(front, VerdictRow)]
    assert [[one.code for one in verdict.objections] for verdict in after] == [
        [one.code for one in verdict.objections] for verdict in before
    ]
    assert not any("geheim" in row.verdict for row in rows(front, VerdictRow))
    assert {(row.aktenzeichen, row.keyword) for row in rows(front, VerdictRow)} == {("", "")}
    assert journaled(front, "facts-erased") == [{"class": "facts", "days": "730", "actor": "retention"}]


def test_filtered_advertising_goes_undecided_and_what_is_held_for_more_does_not(front):
    front.send(GTUBE)
    assert rows(front, Message).get().state == "held"
    assert erase_after(front, DAYS[RetentionClass.HELD_SPAM] + 1) == 1
    message = rows(front, Message).get()
    assert (message.state, message.body_id, message.done_at is not None) == ("discarded", None, True)
    assert journaled(front, "content-erased") == [{"class": "held-spam", "days": "30", "actor": "retention"}]
    front.send()
    rows(front, Message).filter(state="accepted").update(state="held")
    assert erase_after(front, 3000) == 1, "the facts of the first; the second is held for something else"
    assert rows(front, Message).filter(state="held").get().body_id is not None


def test_filtered_advertising_in_which_a_deadline_is_suspected_stays(front):
    front.send(GTUBE.replace(b"XJS", b"hiermit lege ich Widerspruch ein. XJS"))
    assert rows(front, TaskRow).filter(kind="deadline", state="open").count() == 1
    assert erase_after(front, 3000) == 0
    assert rows(front, Message).get().body_id is not None


def held_for_more(front) -> None:
    """As the policy holds what the scanner is not sure of."""
    for row in rows(front, VerdictRow):
        verdict = load(Verdict, row.verdict.encode())
        more = tuple(replace(one, code=Reason.MALWARE_SUSPECTED) for one in verdict.objections)
        row.verdict = dump(replace(verdict, objections=(*verdict.objections, *more))).decode()
        row.save(using=front.front.records.database.alias)


NEEDS_OF_ADVERTISING = {
    "a legal hold": NEEDS["a legal hold"],
    "a delivery that is not done": lambda front: rows(front, OutboxRow).create(
        reference=rows(front, Message).get().reference, authority_id=MUENSTER, kind="deliver", message_id="<x@x>",
        recipient="amt@x", payload="{}", due_at=MORNING, created_at=MORNING,
    ),
    "another reason to hold it": held_for_more,
}  # fmt: skip


@pytest.mark.parametrize("need", NEEDS_OF_ADVERTISING)
def test_filtered_advertising_that_is_still_needed_stays(front, need):
    front.send(GTUBE)
    NEEDS_OF_ADVERTISING[need](front)
    assert erase_after(front, DAYS[RetentionClass.HELD_SPAM] + 1) == 0
    assert rows(front, Message).get().body_id is not None


def test_terms_are_of_one_authority_and_of_the_edition_that_a_message_came_under(front):
    """Two editions, of which one keeps a message for ten days and the other for a thousand."""
    begin, change = date(2025, 1, 1), date(2026, 3, 1)
    longer, shorter = (kept_for(10, begin), kept_for(1000, change)), (kept_for(1000, begin), kept_for(10, change))
    front.send()
    deliver_everything(front)
    database = front.front.records.database
    table = RetentionTable(database, database)

    def after(days: float, *editions: Edition) -> int:
        now = MORNING + timedelta(days=days)
        return erase_due(tuple(terms_now(MUENSTER, editions, now)), table, now)

    assert after(999, *longer) == 0
    rows(front, Message).update(authority_id="strict")
    assert after(1001, *longer) == 0
    rows(front, Message).update(authority_id=MUENSTER, received_at=MORNING - timedelta(days=30))
    assert after(100, *shorter) == 0, "it came under the first"
    assert after(-15, *longer) == 1


def kept_for(days: int, begins: date) -> Edition:
    retention = [one.model_copy(update={"days": days}) for one in EDITIONS[-1].policy.retention]
    kept = tuple(one for one in retention if one.holds is RetentionClass.MESSAGE)
    policy = EDITIONS[-1].policy.model_copy(update={"retention": kept, "valid_from": begins})
    return replace(EDITIONS[-1], policy=policy)


def test_an_original_with_files_that_were_withheld_stays_for_the_longer_of_the_two_terms(front):
    retention = [
        one.model_copy(update={"days": 400}) if one.holds is RetentionClass.WITHHELD else one
        for one in EDITIONS[-1].policy.retention
    ]
    policy = EDITIONS[-1].policy.model_copy(update={"retention": tuple(retention)})

    longer = (replace(EDITIONS[-1], policy=policy),)
    front.send()
    deliver_everything(front)
    rows(front, FileRow).update(is_withheld=True)
    if not rows(front, FileRow).exists():
        rows(front, FileRow).create(
            message_id=rows(front, Message).get().reference,
            authority_id=MUENSTER,
            path="[]",
            name="a",
            format="exe",
            size_bytes=1,
            sha256="0" * 64,
            role="attachment",
            codes="",
            is_withheld=True,
        )
    database = front.front.records.database
    table = RetentionTable(database, database)

    def after(days: float) -> int:
        now = MORNING + timedelta(days=days)
        return erase_due(
            [one for one in terms_now(MUENSTER, longer, now) if one.holds is RetentionClass.MESSAGE], table, now
        )

    assert (after(399), after(401)) == (0, 1)


ACTS = {
    "asks somebody": {"changes": (NewTasks((("post@stadt-muenster.example", A_TASK),)),)},
    "sends once more": {"changes": (), "effects": (Effect("deliver", "<again@x>", "{}", None, "amt@x"),)},
    "holds it for a court": {"changes": (Mark("legal-hold", "true"),)},
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_of_the_desk_at_the_same_moment_is_waited_for_and_counts(front, act):
    front.send()
    deliver_everything(front)
    records, reference = front.front.records, rows(front, Message).get().reference
    lingering = Lingering(records.database)
    clerk = RecordedDesk(records.database, lingering)
    act_now = Act(reference, MUENSTER, "user:1", MORNING, events=(), **ACTS[act])
    with ThreadPoolExecutor() as threads:
        acted = threads.submit(in_a_thread, records, lambda: clerk.record(act_now))
        assert lingering.has_written.wait(GIVE_UP_SECONDS)
        erased = threads.submit(in_a_thread, records, lambda: erase_after(front, 3000))
        waits = not wait([erased], timeout=0.5).done
        lingering.may_commit.set()
        acted.result(GIVE_UP_SECONDS)
        assert (waits, erased.result(GIVE_UP_SECONDS)) == (True, 0)
    assert rows(front, Message).get().body_id is not None
