# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is kept without content has an end too, on both databases: refusals, envelopes, journal values, attempts, sign-ins.

Of the journal nothing but salts and values goes: its tree stands, and its proofs hold.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import F

from poststelle.application.desk.acts import Act, Mark
from poststelle.application.retention import Kept, sign_in_term, terms_now
from poststelle.core.arrival import AuthorityId
from poststelle.core.journal import Event, EventKind
from poststelle.core.policy import Retention, RetentionClass, Text
from poststelle.records.accounts import take_try
from poststelle.records.desk_book import RecordedDesk
from poststelle.records.journal_proofs import prove_entries
from poststelle.records.models import (
    DeferralRow,
    JournalLeaf,
    JournalValue,
    Message,
    RouteProposalRow,
    SignInRow,
    TaskRow,
    VerdictRow,
)
from poststelle.records.queries import journal_of, message_by_reference
from poststelle.records.retention import RetentionTable
from support.desk_house import MORNING, MUENSTER
from support.front_house import PLAIN, SENDER, Front, OpenFront
from support.kept import (
    DAYS,
    EDITIONS,
    Switched,
    deliver_everything,
    erase_after,
    everything,
    fault_of,
    journaled,
    kept_after,
    rows,
    sequence_and_sign,
    terms_after,
)
from support.records import GIVE_UP_SECONDS, HandClock, Lingering, in_a_thread

REFUSED = PLAIN.replace(b"text/plain; charset=utf-8", b'application/x-msdownload; name="geheim.exe"')
YEARS = DAYS[RetentionClass.JOURNAL]


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def front(request, tmp_path) -> Iterator[OpenFront]:
    made = Front(request.getfixturevalue(request.param)(), tmp_path, HandClock(MORNING))
    made.malware = Switched(made.malware)
    with made.opened() as opened:
        yield opened


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


def refuse(front) -> str:
    """A message that is on record as refused, with its facts; its reference."""
    front.send(REFUSED)
    deliver_everything(front)
    rows(front, Message).update(state="refused", done_at=F("received_at"), body=None)
    return rows(front, Message).get().reference


def test_of_a_refused_message_nothing_that_names_anybody_outlives_its_term(front, key):
    reference = refuse(front)
    rows(front, RouteProposalRow).create(
        authority_id=MUENSTER, reference=reference, clue="subject", value="Geheim", office="32", proposed_by="user:1",
        proposed_at=MORNING,
    )  # fmt: skip
    assert erase_after(front, DAYS[RetentionClass.REFUSED]) == 0
    assert SENDER in everything(front)
    assert erase_after(front, DAYS[RetentionClass.REFUSED] + 1) == 1
    left = everything(front)
    assert not [word for word in (SENDER, "erika", "geheim", "stadtverwaltung") if word in left.lower()]
    assert "127.0.0.1" not in rows(front, Message).get().peer
    assert journaled(front, "personal-erased") == [{"class": "refused", "days": "90", "actor": "retention"}]
    view = message_by_reference(front.front.records.database, MUENSTER, reference)
    assert (view.line.state, view.line.sender, view.recipients, view.facts) == ("refused", "", (), None)
    assert [one.code for verdict in view.verdicts for one in verdict.objections], "why it was refused stays"
    assert erase_after(front, DAYS[RetentionClass.REFUSED] + 1) == 0, "once"
    sequence_and_sign(front, key)
    assert fault_of(front, key) == ""


REFUSAL_NEEDS = {
    "a legal hold": lambda front: rows(front, Message).update(legal_hold=True),
    "an open task": lambda front: rows(front, TaskRow).create(
        message_id=rows(front, Message).get().reference, authority_id=MUENSTER, kind="deadline", reason="", created_at=MORNING
    ),
}  # fmt: skip


@pytest.mark.parametrize("need", REFUSAL_NEEDS)
def test_a_refused_message_that_somebody_still_needs_stays_on_record(front, need):
    refuse(front)
    REFUSAL_NEEDS[need](front)
    assert erase_after(front, 2 * YEARS) == 0
    assert SENDER in everything(front)
    assert kept_after(front, DAYS[RetentionClass.REFUSED] + 1)[RetentionClass.REFUSED] == 1, "and the dry run counts it"


def test_who_wrote_goes_from_record_and_journal_after_the_journals_term_and_every_proof_holds(front, key):
    front.send()
    deliver_everything(front)
    reference = rows(front, Message).get().reference
    sequence_and_sign(front, key)
    before = prove_entries(front.front.records.database, front.front.clock, reference)
    erase_after(front, YEARS)
    assert rows(front, Message).get().sender == SENDER
    assert erase_after(front, YEARS + 1) == 1
    assert not [word for word in (SENDER, "erika") if word in everything(front).lower()]
    assert "127.0.0.1" not in rows(front, Message).get().peer
    last = {"class": "journal", "days": str(YEARS), "actor": "retention"}
    assert journaled(front, "personal-erased") == [last]
    assert rows(front, VerdictRow).get().recipient == ""
    assert all(line.values == () for line in journal_of(front.front.records.database, MUENSTER, reference))
    sequence_and_sign(front, key)
    assert fault_of(front, key) == ""
    after = prove_entries(front.front.records.database, front.front.clock, reference)
    assert [one.leaf for one in after.entries][: len(before.entries)] == [one.leaf for one in before.entries]
    assert not any(one.opened for one in after.entries)


def test_who_wrote_stays_while_the_content_does(front):
    front.send()
    deliver_everything(front)
    table = RetentionTable(front.front.records.database, front.front.records.database)
    (term,) = (one for one in terms_after(YEARS + 1) if one.holds is RetentionClass.JOURNAL)
    assert list(table.due(term, 10)) == []
    rows(front, Message).update(body=None)
    assert len(table.due(term, 10)) == 1


def test_values_of_entries_about_no_message_go_by_their_own_time(front, key):
    for day in (0, 100):
        at = MORNING + timedelta(days=day)
        event = Event(EventKind.OBSERVE_SET, at, MUENSTER, actor="user:1", personal=(("why", f"für Erika {day}"),))
        front.front.records.store.append([event])
    assert erase_after(front, YEARS + 1) == 0, "what has no place in the tree yet is not named in a proof"
    sequence_and_sign(front, key)
    assert erase_after(front, YEARS + 1) == 1
    assert [value.value for value in rows(front, JournalValue)] == ["für Erika 100"]
    (said,) = journaled(front, "personal-erased")
    assert (said["class"], said["leaf"]) == ("journal", "0")
    sequence_and_sign(front, key)
    assert fault_of(front, key) == ""


def defer_and_take(front) -> None:
    """Put off at first, and taken in when it came again."""
    front.front.malware.is_away = True
    assert front.send().startswith("451")
    front.front.malware.is_away = False
    assert front.send().startswith("250")
    deliver_everything(front)


def test_an_attempt_goes_after_its_term_and_then_what_the_journal_says_of_it(front, key):
    defer_and_take(front)
    sequence_and_sign(front, key)
    days, deferred = DAYS[RetentionClass.DEFERRED], rows(front, JournalLeaf).filter(kind="deferred")
    erase_after(front, days)
    assert rows(front, DeferralRow).count() == 1
    assert rows(front, JournalValue).filter(leaf__in=deferred).exists()
    assert [erase_after(front, days + 1) for _ in range(3)] == [1, 1, 0], "its row, then its entry"
    assert rows(front, DeferralRow).count() == 0
    assert not rows(front, JournalValue).filter(leaf__in=deferred).exists()
    said = journaled(front, "personal-erased")
    assert [(one["class"], one["days"]) for one in said] == [("deferred", "365")] * 2
    assert [sorted(one.keys() - {"actor", "class", "days"}) for one in said] == [["fingerprint"], ["leaf"]]
    assert rows(front, JournalValue).exists(), "the message that came of it has a term of its own"
    sequence_and_sign(front, key)
    assert fault_of(front, key) == ""


ATTEMPT_NEEDS = {
    **REFUSAL_NEEDS,
    "an office that has not finished": lambda front: rows(front, Message).update(state="accepted", done_at=None),
    "a decision that is not made": lambda front: rows(front, Message).update(state="held"),
}


@pytest.mark.parametrize("need", ATTEMPT_NEEDS)
def test_an_attempt_stays_while_the_message_that_came_of_it_is_needed(front, key, need):
    defer_and_take(front)
    sequence_and_sign(front, key)
    ATTEMPT_NEEDS[need](front)
    assert erase_after(front, YEARS) == 0
    assert rows(front, DeferralRow).count() == 1
    assert kept_after(front, DAYS[RetentionClass.DEFERRED] + 1)[RetentionClass.DEFERRED] == 2, "its row and its entry"
    assert kept_after(front, YEARS + 1)[RetentionClass.JOURNAL] == 0, "each is counted once"


def test_an_attempt_waits_for_an_act_on_the_message_that_came_of_it(front):
    defer_and_take(front)
    records, reference = front.front.records, rows(front, Message).get().reference
    rows(front, Message).update(body=None)
    lingering = Lingering(records.database)
    act = Act(reference, MUENSTER, "user:1", MORNING, changes=(Mark("legal-hold", "true"),), events=())
    days = DAYS[RetentionClass.DEFERRED] + 1
    with ThreadPoolExecutor() as threads:
        acted = threads.submit(in_a_thread, records, lambda: RecordedDesk(records.database, lingering).record(act))
        assert lingering.has_written.wait(GIVE_UP_SECONDS)
        erased = threads.submit(in_a_thread, records, lambda: erase_after(front, days))
        waits = not wait([erased], timeout=0.5).done
        lingering.may_commit.set()
        acted.result(GIVE_UP_SECONDS)
        assert (waits, erased.result(GIVE_UP_SECONDS)) == (True, 0)
    assert rows(front, DeferralRow).count() == 1


def test_failed_sign_ins_go_together_with_one_entry_and_a_lock_holds(front):
    database = front.front.records.database
    for _ in range(5):
        take_try(database, "paula", MORNING)
    take_try(database, "erika", MORNING + timedelta(hours=1))
    take_try(database, "arne", MORNING + timedelta(days=20))
    days = DAYS[RetentionClass.SIGN_IN]
    assert erase_after(front, days) == 0
    assert not take_try(database, "paula", MORNING)
    assert erase_after(front, days + 1) == 1
    assert [row.name for row in rows(front, SignInRow)] == ["arne"]
    assert journaled(front, "personal-erased") == [
        {"class": "sign-in", "days": str(days), "count": "2", "actor": "retention"}
    ]


def test_a_failure_counts_from_the_last_one_under_that_name(front):
    database = front.front.records.database
    for day in (0, 25):
        take_try(database, "erika", MORNING + timedelta(days=day))
    assert erase_after(front, DAYS[RetentionClass.SIGN_IN] + 1) == 0


def test_of_several_authorities_the_longest_term_holds_for_sign_ins():
    stated = Retention(holds=RetentionClass.SIGN_IN, days=90, because=Text(de="darum"))
    longer = replace(EDITIONS[-1], policy=EDITIONS[-1].policy.model_copy(update={"retention": (stated,)}))
    one, other = AuthorityId("muenster"), AuthorityId("andere")
    now = MORNING + timedelta(days=100)
    term = sign_in_term({one: EDITIONS, other: (longer,)}, now)
    assert (term.authority, term.days) == (other, 90)
    assert term.received_before == now - timedelta(days=90)
    assert sign_in_term({one: ()}, now) is None


def test_what_an_edition_states_counts_and_the_programs_terms_hold_for_the_rest():
    stated = {one.holds: one.days for one in terms_now(MUENSTER, EDITIONS, MORNING + timedelta(days=2 * YEARS))}
    assert stated[RetentionClass.REFUSED] == 90, "as the page says"
    assert stated[RetentionClass.DEFERRED] == 365
    none = EDITIONS[-1].policy.model_copy(update={"retention": ()})
    assert {one.holds: one.days for one in none.keeps} == {
        RetentionClass.REFUSED: 365,
        RetentionClass.JOURNAL: 3650,
        RetentionClass.DEFERRED: 365,
        RetentionClass.SIGN_IN: 30,
    }


def test_a_round_takes_no_more_than_it_is_given(front, key):
    for number in range(3):
        event = Event(EventKind.OBSERVE_SET, MORNING, MUENSTER, actor="user:1", personal=(("why", str(number)),))
        front.front.records.store.append([event])
    sequence_and_sign(front, key)
    table = RetentionTable(front.front.records.database, front.front.records.database)
    (term,) = (one for one in terms_after(YEARS + 1) if one.holds is RetentionClass.JOURNAL)
    assert [one.kept for one in table.due(term, 2)] == [Kept.ENTRY] * 2
    assert table.due(term, 0) == []
