# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The machine's clock is set while mail comes in: the order of receipt holds, and the step is on record."""

import threading
from datetime import timedelta

import pytest

from poststelle.adapters.clock import ClockWatch, SteadyClock
from poststelle.compose.keeping import watching
from support.desk_house import MORNING, MUENSTER
from support.front_house import PLAIN, Front


class Machine:
    """A machine whose wall clock can be set."""

    def __init__(self) -> None:
        self.passed = timedelta()
        self.offset = timedelta()

    def wall(self):
        return MORNING + self.passed + self.offset

    def elapsed(self) -> float:
        return self.passed.total_seconds()


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def front(open_records, tmp_path, machine):
    records = open_records()
    watch = ClockWatch(lambda tell: SteadyClock(tell, wall=machine.wall, elapsed=machine.elapsed))
    with watching(watch, records, (MUENSTER,)), Front(records, tmp_path, clock=watch.clock).opened() as opened:
        yield opened


def steps(front):
    for _ in range(500):
        found = front.journal("clock-stepped")
        if found:
            return found
        threading.Event().wait(0.01)
    return []


@pytest.mark.parametrize("hours", [-1, 1], ids=["back", "forward"])
def test_a_step_is_journaled_with_how_far_it_went(front, machine, hours):
    machine.offset = timedelta(hours=hours)
    found = steps(front)
    assert len(found) == 1
    step, facts = found[0], dict(found[0].facts)
    assert float(facts["seconds"]) == 3600.0 * hours
    assert (step.authority, facts["expected"][:16]) == (MUENSTER, "2026-03-04T08:00")


def test_after_a_step_back_later_mail_is_never_received_earlier(front, machine):
    assert front.send().startswith("250")
    machine.passed += timedelta(seconds=10)
    machine.offset = timedelta(hours=-2)
    assert front.send(PLAIN + b"PS\r\n").startswith("250")
    first, second = front.messages()
    assert second.received_at > first.received_at
    assert steps(front)


def test_a_clock_that_goes_as_it_should_leaves_no_entry(front, machine):
    machine.passed += timedelta(hours=3)
    front.front.clock.now()
    assert front.send().startswith("250")
    assert front.journal("clock-stepped") == []
