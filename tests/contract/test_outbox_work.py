# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How the outbox works off its queue: patience, destinations, faults of ours, and outcomes that find no database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from poststelle.application.outbox import FIRST_RETRY, LONGEST_RETRY, Outbox, OutboxRules, retry_at
from poststelle.application.ports import LostAfterDotError, NoConnectionError, OutboxItem, Submitted, UnavailableError
from poststelle.core.journal import read_leaf
from poststelle.records.models import JournalLeaf, OutboxRow, TaskRow
from support.records import NOON, HandClock, a_settlement, an_effect, in_a_thread

RULES = OutboxRules(lease=timedelta(minutes=10), give_up_after=timedelta(hours=72))
TAKEN = Submitted(250, "2.0.0 taken")


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def open_store(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def records(open_store, clock):
    return open_store(clock)


@dataclass
class Carrier:
    """Answers by recipient; an exception is raised."""

    answers: dict[str, object] = field(default_factory=dict)
    seen: list[OutboxItem] = field(default_factory=list)

    def __call__(self, item: OutboxItem) -> Submitted:
        self.seen.append(item)
        answer = self.answers.get(item.recipient, TAKEN)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def recipients(self) -> list[str]:
        return [item.recipient for item in self.seen]


def queue(records, *recipients: str):
    for recipient in recipients:
        records.store.settle(a_settlement(effects=(an_effect(recipient=recipient),)))


def work(outbox: Outbox) -> int:
    count = 0
    while outbox.carry_out_next():
        count += 1
    return count


def an_outbox(records, clock, carrier, rules: OutboxRules = RULES) -> Outbox:
    return Outbox(records.outbox, {"deliver": carrier}, clock, rules)


def facts_of(records, kind: str) -> list[dict[str, str]]:
    leaves = JournalLeaf.objects.using(records.database.alias).filter(kind=kind).order_by("id")
    return [dict(read_leaf(bytes(leaf.leaf)).facts) for leaf in leaves]


def test_a_mailbox_that_fails_rests_and_the_others_go_on(records, clock):
    queue(records, "full@x", "full@x", "fine@x", "fine@x")
    carrier = Carrier({"full@x": Submitted(452, "4.2.2 full")})
    assert work(an_outbox(records, clock, carrier)) == 3
    assert carrier.recipients == ["full@x", "fine@x", "fine@x"]


def test_a_mailbox_that_rested_is_tried_again_with_all_that_waits_for_it(records, clock):
    queue(records, "full@x", "full@x")
    carrier = Carrier({"full@x": Submitted(452, "4.2.2 full")})
    outbox = an_outbox(records, clock, carrier)
    work(outbox)
    carrier.answers.clear()
    clock.advance(minutes=1)
    assert work(outbox) == 2
    assert [item.attempt for item in carrier.seen[1:]] == [1, 2]


def test_what_rests_uses_up_no_attempt(records, clock):
    queue(records, "full@x", "full@x")
    work(an_outbox(records, clock, Carrier({"full@x": Submitted(452, "4.2.2 full")})))
    rows = OutboxRow.objects.using(records.database.alias).order_by("id").values_list("attempt", flat=True)
    assert list(rows) == [1, 0]


def test_where_the_next_server_cannot_be_reached_nothing_else_is_tried_for_a_while(records, clock):
    queue(records, "a@x", "b@x", "c@x")
    carrier = Carrier({"a@x": NoConnectionError("refused")})
    outbox = an_outbox(records, clock, carrier)
    assert work(outbox) == 1
    clock.advance(seconds=15)
    assert work(outbox) == 2


def test_a_fault_of_ours_in_one_item_does_not_stop_the_others(records, clock):
    queue(records, "odd@x", "fine@x")
    carrier = Carrier({"odd@x": KeyError("recipient")})
    assert work(an_outbox(records, clock, carrier)) == 2
    row = OutboxRow.objects.using(records.database.alias).get(recipient="odd@x")
    assert (row.state, row.remark) == ("open", "our fault: KeyError")


def test_an_effect_of_a_kind_nobody_carries_is_tried_again_and_in_the_end_given_up(records, clock):
    records.store.settle(a_settlement(effects=(an_effect(kind="pigeon"),)))
    outbox = an_outbox(records, clock, Carrier())
    while OutboxRow.objects.using(records.database.alias).filter(state="open").exists():
        work(outbox)
        clock.advance(hours=3)
    assert [task.reason for task in TaskRow.objects.using(records.database.alias)] == ["given-up:pigeon"]


def test_a_connection_lost_after_the_dot_may_repeat_with_the_same_message_id(records, clock):
    queue(records, "a@x")
    carrier = Carrier({"a@x": LostAfterDotError("reset")})
    outbox = an_outbox(records, clock, carrier)
    work(outbox)
    (facts,) = facts_of(records, "delivery-failed")
    assert facts["may-repeat"] == "true"
    carrier.answers.clear()
    clock.advance(minutes=1)
    work(outbox)
    assert len({item.message_id for item in carrier.seen}) == 1
    assert len(carrier.seen) == 2


def test_an_attempt_that_failed_before_the_dot_is_not_said_to_repeat(records, clock):
    queue(records, "a@x")
    work(an_outbox(records, clock, Carrier({"a@x": UnavailableError("reset")})))
    (facts,) = facts_of(records, "delivery-failed")
    assert "may-repeat" not in facts


class FailingQueue:
    """The queue of a database that is gone for a while after something was sent."""

    def __init__(self, queue, failures: int) -> None:
        self._queue = queue
        self.failures = failures

    def claim(self, limit, lease, resting=()):
        return self._queue.claim(limit, lease, resting)

    def done(self, item, remark):
        if self.failures:
            self.failures -= 1
            raise UnavailableError("database: OperationalError")
        return self._queue.done(item, remark)

    def failed(self, item, remark, retry_at):
        return self._queue.failed(item, remark, retry_at)


def test_what_was_sent_is_not_sent_again_because_the_database_was_gone(records, clock):
    queue(records, "a@x", "b@x")
    carrier = Carrier()
    outbox = Outbox(FailingQueue(records.outbox, failures=2), {"deliver": carrier}, clock, RULES)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            outbox.carry_out_next()
    assert carrier.recipients == ["a@x"]
    clock.advance(hours=1)
    work(outbox)
    assert carrier.recipients == ["a@x", "b@x"]


def test_one_mailbox_never_holds_every_thread(records, clock):
    queue(records, *["slow@x"] * 4, "quick@x")
    entered, go_on, quick = threading.Semaphore(0), threading.Event(), threading.Event()

    def carrier(item: OutboxItem) -> Submitted:
        if item.recipient == "quick@x":
            quick.set()
            return TAKEN
        entered.release()
        assert go_on.wait(10)
        return TAKEN

    outbox = an_outbox(records, clock, carrier, replace(RULES, most_at_once=2))

    def one_more() -> int:
        return in_a_thread(records, outbox.carry_out_next)

    with ThreadPoolExecutor(3) as threads:
        slow = [threads.submit(one_more) for _ in range(2)]
        assert all(entered.acquire(timeout=10) for _ in range(2))
        assert threads.submit(one_more).result(10) == 1
        assert quick.is_set()
        assert threads.submit(one_more).result(10) == 0
        go_on.set()
        assert [turn.result(10) for turn in slow] == [1, 1]


def test_workers_racing_on_several_nodes_carry_everything_out_once(records, open_store, clock):
    queue(records, *[f"{number}@x" for number in range(30)])
    carrier = Carrier()
    stores = [records, open_store(clock)]
    outboxes = [an_outbox(store, clock, carrier) for store in stores]
    with ThreadPoolExecutor(6) as threads:
        done = sum(threads.map(lambda turn: in_a_thread(stores[turn % 2], lambda: work(outboxes[turn % 2])), range(6)))
    assert done == 30
    assert sorted(carrier.recipients) == sorted(f"{number}@x" for number in range(30))


def test_the_wait_doubles_from_half_a_minute_to_two_hours_and_ends_with_the_policy():
    waits = [retry_at(attempt, NOON, RULES) for attempt in range(1, 60)]
    tried = [at - NOON for at in waits if at is not None]
    assert tried[:3] == [FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY]
    assert max(tried) == LONGEST_RETRY
    assert sum(tried, timedelta()) <= RULES.give_up_after
    assert waits[-1] is None


@pytest.mark.parametrize(("drawn", "share"), [(0.0, 0.875), (1.0, 1.125)])
def test_many_nodes_do_not_retry_in_step(drawn, share):
    rules = replace(RULES, jitter=lambda: drawn)
    assert retry_at(1, NOON, rules) - NOON == FIRST_RETRY * share
