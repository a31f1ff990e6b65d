# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What every implementation of OutboxQueue holds to, whatever the order of claims, losses and restarts."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poststelle.application.settlement import Effect
from poststelle.core.journal import read_leaf
from poststelle.core.workdays import working_day_after
from poststelle.records.models import JournalLeaf, Message, OutboxRow, TaskRow
from poststelle.records.outbox import OutboxTable
from support.records import GIVE_UP_SECONDS, NOON, HandClock, Lingering, a_settlement, an_effect, in_a_thread

LEASE = timedelta(minutes=5)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def open_store(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def records(open_store, clock):
    return open_store(clock)


def queue(records, *effects: Effect, **changes: object):
    records.store.settle(a_settlement(effects=effects, **changes))


def events(records):
    leaves = JournalLeaf.objects.using(records.database.alias).order_by("id")
    return [leaf.kind for leaf in leaves if leaf.kind not in {"arrived", "accepted"}]


def test_an_item_says_what_is_to_be_done(records):
    queue(records, an_effect("<a@b>", payload='{"to":1}'), reference="P-one")
    (item,) = records.outbox.claim(10, LEASE)
    assert (item.kind, item.reference, item.message_id, item.attempt) == ("deliver", "P-one", "<a@b>", 1)
    assert (item.authority, item.payload) == ("muster", '{"to":1}')


def test_a_leased_item_is_given_to_nobody_else(records):
    queue(records, an_effect(), an_effect())
    assert len(records.outbox.claim(1, LEASE)) == 1
    assert len(records.outbox.claim(10, LEASE)) == 1
    assert records.outbox.claim(10, LEASE) == ()


def test_an_effect_waits_for_its_time(records, clock):
    queue(records, an_effect(not_before=NOON + timedelta(hours=1)))
    assert records.outbox.claim(10, LEASE) == ()
    clock.advance(hours=1)
    assert len(records.outbox.claim(10, LEASE)) == 1


def test_the_longest_due_goes_first(records, clock):
    queue(records, an_effect("<late@x>", not_before=NOON + timedelta(minutes=2)))
    queue(records, an_effect("<early@x>", not_before=NOON + timedelta(minutes=1)))
    clock.advance(hours=1)
    assert [item.message_id for item in records.outbox.claim(1, LEASE)] == ["<early@x>"]


def test_what_is_done_never_comes_again(records, clock):
    queue(records, an_effect())
    (item,) = records.outbox.claim(1, LEASE)
    assert records.outbox.done(item, "250 2.0.0 queued")
    clock.advance(days=9)
    assert records.outbox.claim(1, LEASE) == ()
    assert events(records) == ["delivered"]


def test_what_failed_comes_again_at_its_time_with_the_same_message_id(records, clock):
    queue(records, an_effect("<a@b>"))
    (item,) = records.outbox.claim(1, LEASE)
    assert records.outbox.failed(item, "421 later", NOON + timedelta(minutes=10))
    assert records.outbox.claim(1, LEASE) == ()
    clock.advance(minutes=10)
    (again,) = records.outbox.claim(1, LEASE)
    assert (again.message_id, again.attempt) == ("<a@b>", 2)
    assert events(records) == ["delivery-failed"]


def test_after_the_lease_another_worker_gets_the_item_and_the_late_one_is_refused(records, clock):
    queue(records, an_effect("<a@b>"))
    (late,) = records.outbox.claim(1, LEASE)
    clock.advance(minutes=5)
    (other,) = records.outbox.claim(1, LEASE)
    assert (other.message_id, other.attempt) == ("<a@b>", 2)
    assert not records.outbox.done(late, "250")
    assert not records.outbox.failed(late, "421", NOON)
    assert not records.outbox.failed(late, "550", None)
    assert records.outbox.done(other, "250")


def test_an_item_is_settled_once(records):
    queue(records, an_effect())
    (item,) = records.outbox.claim(1, LEASE)
    assert records.outbox.done(item, "250")
    assert not records.outbox.done(item, "250")
    assert events(records) == ["delivered"]


def test_what_is_given_up_becomes_a_task_that_somebody_sees(records):
    queue(records, an_effect(), reference="P-one")
    (item,) = records.outbox.claim(1, LEASE)
    assert records.outbox.failed(item, "550 5.1.1 unknown", None)
    task = TaskRow.objects.using(records.database.alias).get()
    assert (task.kind, task.state, task.message_id, task.recipient) == (
        "delivery",
        "open",
        "P-one",
        "post@muster.example",
    )
    assert events(records) == ["given-up", "task-created"]


def test_a_notice_that_is_given_up_is_to_be_written_by_hand_on_the_working_day_the_policy_names(records):
    payload = json.dumps({"to": "a@x", "by_hand_working_days": 2})
    queue(records, replace(an_effect(kind="notice"), payload=payload), reference="P-one")
    (item,) = records.outbox.claim(1, LEASE)
    assert records.outbox.failed(item, "550 5.6.7 no SMTPUTF8", None)
    task = TaskRow.objects.using(records.database.alias).get()
    assert (task.kind, task.text_key, task.reason) == ("feedback", "feedback", "given-up:notice")
    assert task.due_on == working_day_after(NOON.date(), 2)


def test_a_message_is_delivered_when_its_last_delivery_is_done(records):
    queue(records, an_effect(), an_effect(), an_effect(kind="notice"))
    message = Message.objects.using(records.database.alias)
    for item in sorted(records.outbox.claim(10, LEASE), key=lambda item: item.kind):
        assert message.get().state == "accepted"
        records.outbox.done(item, "250")
        if message.get().state == "delivered":
            break
    assert events(records) == ["delivered", "delivered"]


def test_the_last_two_deliveries_that_end_at_once_leave_the_message_delivered(records, clock):
    queue(records, an_effect(), an_effect())
    one, other = records.outbox.claim(10, LEASE)
    lingering = Lingering(records.database)
    beside = OutboxTable(records.database, lingering, clock)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(in_a_thread, records, lambda: beside.done(one, "250"))
        assert lingering.has_written.wait(GIVE_UP_SECONDS)
        second = threads.submit(in_a_thread, records, lambda: records.outbox.done(other, "250"))
        assert not wait([second], timeout=0.5).done
        lingering.may_commit.set()
        assert first.result(GIVE_UP_SECONDS)
        assert second.result(GIVE_UP_SECONDS)
    assert Message.objects.using(records.database.alias).get().state == "delivered"


def test_a_sent_notice_is_journaled_as_such(records):
    queue(records, an_effect(kind="notice"))
    (item,) = records.outbox.claim(1, LEASE)
    records.outbox.done(item, "250")
    assert events(records) == ["notice-sent"]


def test_a_use_of_the_signing_key_is_journaled_with_the_address_and_the_certificate(records):
    queue(records, an_effect(kind="notice"))
    (item,) = records.outbox.claim(1, LEASE)
    records.outbox.signed(item, "post@muster.example", "ab" * 32)
    assert events(records) == ["signing-used"]
    leaf = read_leaf(JournalLeaf.objects.using(records.database.alias).latest("id").leaf)
    said = {"address": "post@muster.example", "certificate": "ab" * 32, "message-id": item.message_id}
    assert (dict(leaf.facts), leaf.reference) == (said, item.reference)


def test_workers_racing_for_the_queue_never_hold_the_same_item(records):
    for _ in range(30):
        queue(records, an_effect(), an_effect())
    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda _: in_a_thread(records, lambda: records.outbox.claim(5, LEASE)), range(24)))
    claimed = [item.id for claim in claims for item in claim]
    assert len(claimed) == len(set(claimed)) == 60


def test_of_workers_racing_to_settle_one_item_exactly_one_is_heard(records):
    queue(records, an_effect())
    (item,) = records.outbox.claim(1, LEASE)
    with ThreadPoolExecutor(8) as threads:
        heard = list(threads.map(lambda number: records.outbox.done(item, str(number)), range(8)))
    assert sorted(heard) == [False] * 7 + [True]


def claim_one(store):
    return in_a_thread(store, lambda: store.outbox.claim(1, LEASE))


def test_two_stores_on_one_database_never_hold_the_same_item(records, open_store, clock):
    for _ in range(20):
        queue(records, an_effect())
    stores = [records, open_store(clock)]
    with ThreadPoolExecutor(4) as threads:
        claims = list(threads.map(lambda turn: claim_one(stores[turn % 2]), range(30)))
    claimed = [item.id for claim in claims for item in claim]
    assert len(claimed) == len(set(claimed)) == 20
    assert OutboxRow.objects.using(records.database.alias).filter(token="").count() == 0


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.integers(1, 3)),
        st.tuples(st.just("wait"), st.integers(1, 400)),
        st.tuples(st.just("done"), st.integers(0, 9)),
        st.tuples(st.just("failed"), st.integers(0, 9)),
        st.tuples(st.just("give-up"), st.integers(0, 9)),
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_workers_do_an_item_has_one_holder_one_end_and_is_never_lost(records, clock, acts):
    """Late workers, expired leases and repeated settlements in any order, against a model of what may be true."""
    OutboxRow.objects.using(records.database.alias).all().delete()
    effects = [an_effect() for _ in range(3)]
    queue(records, *effects)
    held, handed_out, ended, attempts = {}, [], set(), Counter()
    for act, number in acts:
        if act == "wait":
            clock.advance(seconds=number)
        elif act == "claim":
            for item in records.outbox.claim(number, LEASE):
                assert item.message_id not in ended
                assert item.message_id not in held or held[item.message_id][1] <= clock.now(), "two live leases"
                attempts[item.message_id] += 1
                assert item.attempt == attempts[item.message_id]
                held[item.message_id] = (item.token, clock.now() + LEASE)
                handed_out.append(item)
        elif handed_out:
            item = handed_out[number % len(handed_out)]
            is_holder = held.get(item.message_id, ("",))[0] == item.token
            heard = {
                "done": lambda item=item: records.outbox.done(item, "250"),
                "failed": lambda item=item: records.outbox.failed(item, "451", clock.now() + timedelta(seconds=30)),
                "give-up": lambda item=item: records.outbox.failed(item, "550", None),
            }[act]()
            assert heard == is_holder, "only who holds the newest lease is heard, and only once"
            if heard:
                del held[item.message_id]
                ended |= {item.message_id} if act != "failed" else set()
    clock.advance(days=1)
    rest = {item.message_id for item in records.outbox.claim(10, LEASE)}
    assert rest == {effect.message_id for effect in effects} - ended, "what did not end comes again"
