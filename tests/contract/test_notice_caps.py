# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The caps on notices (Clause policy.notices), on both databases: what waits, what goes together, and nothing is lost."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.application.caps import DAY, HOUR, Caps, Collected, capped
from poststelle.application.outbox import Outbox, OutboxRules
from poststelle.application.ports import Submitted, UnavailableError
from poststelle.application.settlement import Effect
from poststelle.core.address import Address
from poststelle.core.arrival import AuthorityId
from poststelle.records.database import detach
from poststelle.records.models import JournalLeaf, OutboxRow, TaskRow
from poststelle.records.opening import records_on
from poststelle.records.vitals import RecordedVitals
from support.records import AUTHORITY, NOON, HandClock, a_settlement, attached, in_a_thread

RULES = OutboxRules(lease=timedelta(minutes=10), give_up_after=timedelta(days=3))
DUE = date(2026, 3, 5)
ERIKA, OTTO = "erika@buerger.example", "otto@buerger.example"


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
class Post:
    """An outbox whose next server keeps what it takes; collective notices say what they stand for."""

    records: object
    clock: HandClock
    caps: Caps
    sent: list[tuple[datetime, str, tuple[str, ...]]] = field(default_factory=list)
    """When, to whom, and the messages it was about."""
    is_down: bool = False

    def __post_init__(self) -> None:
        carry = capped(self.carry, self.records.notices, lambda _item: self.caps, self.collect)
        self.outbox = Outbox(self.records.outbox, {"notice": carry, "collective": self.carry}, self.clock, RULES)

    def carry(self, item):
        if self.is_down:
            raise UnavailableError("down")
        references = json.loads(item.payload).get("references", [item.reference])
        self.sent.append((self.clock.now(), item.recipient, tuple(references)))
        return Submitted(250, "taken")

    def collect(self, items):
        references = [item.reference for item in items]
        payload = json.dumps({"references": references})
        effect = Effect("collective", f"<{'.'.join(references)}@c>", payload, None, items[0].recipient)
        return Collected(tuple(items), effect)

    def owe(self, reference: str, to: str = ERIKA, authority: str = ""):
        settlement = a_settlement(
            reference=reference,
            received_at=self.clock.now(),
            effects=(Effect("notice", f"<{reference}@n>", "{}", None, to),),
        )
        local, _, domain = to.partition("@")
        envelope = replace(settlement.arrival.envelope, sender=Address(local, domain))
        owner = AuthorityId(authority) if authority else settlement.arrival.authority
        arrival = replace(settlement.arrival, envelope=envelope, authority=owner)
        self.records.store.settle(replace(settlement, arrival=arrival))

    def work(self):
        while self.outbox.carry_out_next():
            pass

    def work_until(self, at: datetime):
        """Go on from one due moment to the next."""
        while True:
            self.work()
            rows = OutboxRow.objects.using(self.records.database.alias).filter(state="open", due_at__lte=at)
            following = rows.order_by("due_at").values_list("due_at", flat=True).first()
            if following is None:
                self.clock.at = max(self.clock.at, at)
                return
            self.clock.at = max(self.clock.at + timedelta(microseconds=1), following)

    def named(self) -> list[str]:
        return sorted(reference for _, _, references in self.sent for reference in references)


def kinds(records, *wanted: str):
    leaves = JournalLeaf.objects.using(records.database.alias).filter(kind__in=wanted).order_by("id")
    return [(leaf.kind, leaf.reference) for leaf in leaves]


def tasks(records):
    return list(TaskRow.objects.using(records.database.alias).order_by("id"))


def test_up_to_the_cap_of_a_sender_each_message_has_a_notice_of_its_own(records, clock):
    post = Post(records, clock, Caps(2, 50, DUE))
    for name in ("P-1", "P-2"):
        post.owe(name)
    post.work()
    assert post.named() == ["P-1", "P-2"]
    assert tasks(records) == []


def test_above_the_cap_of_a_sender_they_wait_and_then_go_together(records, clock):
    post = Post(records, clock, Caps(2, 50, DUE))
    for number in range(1, 6):
        post.owe(f"P-{number}")
    post.work()
    assert post.named() == ["P-1", "P-2"]
    clock.advance(hours=23, minutes=59)
    post.work()
    assert len(post.sent) == 2
    clock.advance(minutes=1)
    post.work()
    assert post.sent[2] == (NOON + DAY, ERIKA, ("P-3", "P-4", "P-5"))
    states = OutboxRow.objects.using(records.database.alias).order_by("id").values_list("state", flat=True)
    assert list(states) == ["done", "done", "merged", "merged", "merged", "done"]


def test_the_mailroom_learns_at_once_and_once_that_a_sender_waits(records, clock):
    post = Post(records, clock, Caps(1, 50, DUE))
    for number in range(1, 5):
        post.owe(f"P-{number}")
    post.work()
    (task,) = tasks(records)
    assert (task.kind, task.reason, task.message_id, task.office, task.due_on) == (
        "feedback",
        "notice-cap",
        "P-2",
        "",
        DUE,
    )


def test_waiting_and_merging_stand_in_the_journal_of_every_message(records, clock):
    post = Post(records, clock, Caps(1, 50, DUE))
    for number in range(1, 4):
        post.owe(f"P-{number}")
    post.work()
    assert kinds(records, "notice-waiting") == [("notice-waiting", "P-2"), ("notice-waiting", "P-3")]
    clock.advance(days=1)
    post.work()
    assert kinds(records, "notice-merged") == [("notice-merged", "P-2"), ("notice-merged", "P-3")]


def test_one_sender_at_the_cap_does_not_keep_another_waiting(records, clock):
    post = Post(records, clock, Caps(1, 50, DUE))
    post.owe("P-1")
    post.owe("P-2")
    post.owe("P-3", OTTO)
    post.work()
    assert post.named() == ["P-1", "P-3"]


def test_each_authority_counts_waits_and_collects_for_itself(records, clock):
    """The same sender at two authorities: as if each had an installation of its own."""
    post = Post(records, clock, Caps(1, 50, DUE))
    for name in ("stadt-1", "kreis-1", "stadt-2", "kreis-2", "stadt-3", "kreis-3"):
        post.owe(name, authority=name.partition("-")[0])
    post.work()
    assert post.named() == ["kreis-1", "stadt-1"]
    assert {(task.authority_id, task.message_id) for task in tasks(records)} == {
        ("stadt", "stadt-2"),
        ("kreis", "kreis-2"),
    }
    clock.advance(days=1)
    post.work()
    together = sorted(references for _, _, references in post.sent[2:])
    assert together == [("kreis-2", "kreis-3"), ("stadt-2", "stadt-3")]
    merged = JournalLeaf.objects.using(records.database.alias).filter(kind="notice-merged")
    assert all(leaf.reference.startswith(leaf.authority_id) for leaf in merged)


def test_the_hour_of_one_authority_is_not_that_of_another(records, clock):
    post = Post(records, clock, Caps(9, 1, DUE))
    for name, sender in (("stadt-1", ERIKA), ("stadt-2", OTTO), ("kreis-1", ERIKA)):
        post.owe(name, sender, name.partition("-")[0])
    post.work()
    assert post.named() == ["kreis-1", "stadt-1"]


def test_the_same_mailbox_in_other_letters_is_the_same_sender(records, clock):
    post = Post(records, clock, Caps(1, 50, DUE))
    post.owe("P-1")
    post.owe("P-2", ERIKA.upper())
    post.work()
    assert post.named() == ["P-1"]


def test_above_the_hourly_cap_notices_wait_for_the_next_hour_and_go_alone(records, clock):
    post = Post(records, clock, Caps(5, 2, DUE))
    for number in range(1, 5):
        post.owe(f"P-{number}", f"{number}@buerger.example")
    post.work()
    assert len(post.sent) == 2
    clock.advance(hours=1)
    post.work()
    assert [references for _, _, references in post.sent] == [("P-1",), ("P-2",), ("P-3",), ("P-4",)]
    assert tasks(records) == []


def test_waiting_uses_up_no_attempt(records, clock):
    post = Post(records, clock, Caps(1, 50, DUE))
    post.owe("P-1")
    post.owe("P-2")
    post.work()
    row = OutboxRow.objects.using(records.database.alias).get(reference="P-2")
    assert (row.attempt, row.token, row.due_at) == (0, "", NOON + DAY)


def test_a_notice_that_is_tried_again_is_counted_once(records, clock):
    post = Post(records, clock, Caps(1, 50, DUE), is_down=True)
    post.owe("P-1")
    post.work()
    post.is_down = False
    clock.advance(minutes=5)
    post.work()
    assert post.named() == ["P-1"]


def test_where_no_collective_notice_can_be_written_they_go_one_by_one(records, clock):
    post = Post(records, clock, Caps(1, 50, DUE))
    post.collect = lambda _items: None
    post.__post_init__()
    for number in range(1, 4):
        post.owe(f"P-{number}")
    post.work_until(NOON + 3 * DAY)
    assert [at for at, _, _ in post.sent] == [NOON, NOON + DAY, NOON + 2 * DAY]
    assert post.named() == ["P-1", "P-2", "P-3"]


def test_a_collective_notice_that_is_given_up_becomes_a_task_on_every_message_it_names(records, clock):
    post = Post(records, clock, Caps(1, 50, DUE))
    for number in range(1, 4):
        post.owe(f"P-{number}")
    post.work()
    clock.advance(days=1)
    (item,) = records.outbox.claim(1, RULES.lease)
    admission = records.notices.admit(item, post.caps)
    merged = (item, *admission.merges)
    assert records.notices.merge(merged, post.collect(merged).effect)
    (collective,) = records.outbox.claim(9, RULES.lease)
    records.outbox.failed(collective, "550 5.1.1", None)
    given_up = [task for task in tasks(records) if task.reason == "given-up:collective"]
    assert [(task.message_id, task.kind, task.text_key) for task in given_up] == [
        ("P-2", "feedback", "feedback"),
        ("P-3", "feedback", "feedback"),
    ]


def test_nothing_is_merged_that_another_worker_holds(records, clock):
    post = Post(records, clock, Caps(1, 50, DUE))
    for number in range(1, 4):
        post.owe(f"P-{number}")
    post.work()
    clock.advance(days=1)
    first, second = records.outbox.claim(2, RULES.lease)
    assert records.notices.admit(first, post.caps).merges == ()
    assert not records.notices.merge((first, second), post.collect((first, second)).effect)


def test_a_lease_that_was_lost_admits_nothing(records, clock):
    post = Post(records, clock, Caps(1, 50, DUE))
    post.owe("P-1")
    (item,) = records.outbox.claim(1, RULES.lease)
    assert not records.notices.admit(replace(item, token="of another"), post.caps).is_admitted


def test_workers_on_several_nodes_together_keep_within_the_caps(records, open_store, clock):
    for number in range(24):
        Post(records, clock, Caps(99, 7, DUE)).owe(f"P-{number}", f"{number}@buerger.example")
    stores = [records, open_store(clock)]
    posts = [Post(store, clock, Caps(99, 7, DUE)) for store in stores]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda turn: in_a_thread(stores[turn % 2], posts[turn % 2].work), range(6)))
    assert sum(len(post.sent) for post in posts) == 7


def test_of_two_admissions_at_the_same_moment_the_second_counts_the_first(records, open_store, clock):
    caps, other = Caps(9, 1, DUE), open_store(clock)
    for name in ("P-1", "P-2"):
        Post(records, clock, caps).owe(name, f"{name}@buerger.example")
    first, second = records.outbox.claim(2, RULES.lease)
    inside, go_on = Event(), Event()

    def admit_slowly() -> bool:
        """The transaction stays open after the notice was counted in."""

        def job() -> bool:
            admission = records.notices._admit(first, caps)
            inside.set()
            go_on.wait(10)
            return admission.is_admitted

        try:
            return records.database.run(job)
        finally:
            records.database.close()

    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(admit_slowly)
        assert inside.wait(10)
        quick = threads.submit(lambda: other.notices.admit(second, caps).is_admitted)
        Event().wait(0.3)
        go_on.set()
        assert (slow.result(10), quick.result(10)) == (True, False)


ARRIVALS = st.lists(st.tuples(st.integers(0, 900), st.sampled_from([ERIKA, OTTO, "anna@buerger.example"])), max_size=14)
"""Minutes since the one before, and who wrote."""


@settings(max_examples=25)
@given(ARRIVALS, st.integers(1, 3), st.integers(1, 4))
def test_whatever_comes_every_notice_owed_goes_alone_or_is_named_in_a_collective_one(
    django_db_blocker, arrivals, per_day, per_hour
):
    with django_db_blocker.unblock(), TemporaryDirectory() as folder, ExitStack() as stack:
        clock = HandClock()
        records = records_on(attached(Path(folder)), clock)
        stack.callback(detach, records.database)
        stack.callback(records.writer.close)
        post = Post(records, clock, Caps(per_day, per_hour, DUE))
        for number, (minutes, sender) in enumerate(arrivals):
            post.work_until(clock.now() + timedelta(minutes=minutes))
            post.owe(f"P-{number}", sender)
        post.work_until(clock.now() + 30 * DAY)
        assert post.named() == sorted(f"P-{number}" for number in range(len(arrivals)))
        times = [at for at, _, _ in post.sent]
        assert most_within(times, HOUR) <= per_hour
        for sender in {sender for _, sender in arrivals}:
            assert most_within([at for at, to, _ in post.sent if to == sender], DAY) <= per_day


def most_within(times: list[datetime], span: timedelta) -> int:
    """The most that any span of this length holds; its end belongs to the next."""
    return max((sum(begin <= at < begin + span for at in times) for begin in times), default=0)


def test_a_notice_that_waits_for_a_cap_is_no_late_outbox_until_its_moment_has_come(records, clock):
    post = Post(records, clock, Caps(per_sender_per_day=1, per_hour=50, by_hand_due_on=DUE))
    for reference in ("P-sent", "P-waits"):
        post.owe(reference)
    post.work()

    def vitals():
        (one,) = RecordedVitals(records.database, (AUTHORITY,), clock).read().authorities
        return (one.effects, one.capped, one.oldest_effect_at)

    assert vitals() == ({"notice": 1}, 1, None)
    clock.advance(hours=25)
    assert vitals() == ({"notice": 1}, 0, NOON)
