# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import queue
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.adapters.clock import ClockStep, ClockWatch, SteadyClock
from poststelle.application.ports import UnavailableError

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Machine:
    """A machine whose wall clock can be set."""

    def __init__(self) -> None:
        self.elapsed_seconds = 100.0
        self.offset_seconds = 0.0

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.elapsed_seconds - 100.0 + self.offset_seconds)

    def elapsed(self) -> float:
        return self.elapsed_seconds


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def steps():
    return []


@pytest.fixture
def clock(machine, steps):
    return SteadyClock(steps.append, wall=machine.wall, elapsed=machine.elapsed)


def test_an_undisturbed_clock_says_the_time(clock, machine, steps):
    for _ in range(5):
        machine.elapsed_seconds += 3600
        assert clock.now() == machine.wall()
    assert steps == []


def test_two_readings_in_one_tick_still_differ(clock):
    assert clock.now() < clock.now()


@pytest.mark.parametrize(("seconds", "told"), [(-2.0, 0), (2.0, 0), (-2.1, 1), (2.1, 1), (-86400.0, 1), (86400.0, 1)])
def test_a_step_over_the_tolerance_is_told_once(clock, machine, steps, seconds, told):
    machine.elapsed_seconds += 10
    machine.offset_seconds += seconds
    clock.now()
    machine.elapsed_seconds += 10
    clock.now()
    assert len(steps) == told
    assert [round(step.seconds, 3) for step in steps] == [seconds] * told


def test_a_step_says_what_was_expected_and_what_was_found(clock, machine, steps):
    machine.elapsed_seconds += 10
    machine.offset_seconds = -3600
    clock.now()
    assert steps[0].expected_at == NOON + timedelta(seconds=10)
    assert steps[0].found_at == NOON + timedelta(seconds=10 - 3600)


def test_after_a_step_back_time_runs_at_half_speed_until_the_wall_has_caught_up(clock, machine):
    machine.elapsed_seconds += 10
    before = clock.now()
    machine.offset_seconds = -60
    machine.elapsed_seconds += 20
    assert clock.now() == before + timedelta(seconds=10)
    assert clock.is_suspect
    machine.elapsed_seconds += 200
    assert clock.now() == machine.wall()
    assert not clock.is_suspect


def test_after_a_step_forward_the_new_time_is_taken(clock, machine, steps):
    machine.offset_seconds = 3600
    assert clock.now() == machine.wall()
    assert not clock.is_suspect
    assert steps[0].seconds == pytest.approx(3600)


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(-1e5, 1e5)), max_size=30))
def test_time_never_goes_back(changes):
    machine = Machine()
    clock = SteadyClock(lambda _: None, wall=machine.wall, elapsed=machine.elapsed)
    said = []
    for elapsed, offset in changes:
        machine.elapsed_seconds += elapsed
        machine.offset_seconds += offset
        said.append(clock.now())
    assert all(earlier < later for earlier, later in pairwise(said))


def test_the_real_clock_is_aware_and_near_the_machines():
    said = SteadyClock(lambda _: None).now()
    assert said.utcoffset() == timedelta(0)
    assert abs(said - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_watch_tells_of_a_step_that_nobody_else_saw(machine):
    told = queue.Queue()
    watch = ClockWatch(lambda tell: SteadyClock(tell, wall=machine.wall, elapsed=machine.elapsed))
    watch.start(told.put, look_seconds=0.005)
    machine.offset_seconds = -3600.0
    assert told.get(timeout=10).seconds == pytest.approx(-3600.0)
    watch.close()
    assert told.empty()


def test_a_step_that_could_not_be_told_is_told_later(machine):
    told, failures = queue.Queue(), iter([UnavailableError("database")] * 2)

    def tell(step: ClockStep) -> None:
        for failure in failures:
            raise failure
        told.put(step)

    watch = ClockWatch(lambda note: SteadyClock(note, wall=machine.wall, elapsed=machine.elapsed))
    machine.offset_seconds = 60.0
    watch.start(tell, look_seconds=0.005)
    assert told.get(timeout=10).seconds == pytest.approx(60.0)
    watch.close()


def test_a_step_is_told_before_the_watch_closes(machine):
    told = []
    watch = ClockWatch(lambda note: SteadyClock(note, wall=machine.wall, elapsed=machine.elapsed))
    watch.start(told.append, look_seconds=3600.0)
    machine.offset_seconds = 60.0
    watch.close()
    assert len(told) == 1
