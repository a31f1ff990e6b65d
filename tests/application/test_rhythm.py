# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Chores at their intervals."""

from datetime import timedelta

import pytest

from poststelle.application.ports import UnavailableError
from poststelle.application.rhythm import Chore, Rhythm
from support.records import HandClock


def test_each_chore_comes_round_at_its_own_interval():
    clock, done = HandClock(), []
    always = Chore(timedelta(0), lambda: done.append("always") or 1)
    hourly = Chore(timedelta(hours=1), lambda: done.append("hourly") or 0)
    rhythm = Rhythm((always, hourly), clock)
    for _ in range(3):
        rhythm.one_round()
        clock.advance(minutes=20)
    assert done == ["always", "hourly", "always", "always"]
    rhythm.one_round()
    assert done[-1] == "hourly"


def test_a_chore_that_fails_is_told_and_keeps_no_other_from_its_turn():
    clock, done = HandClock(), []

    def fails() -> int:
        raise UnavailableError("database")

    rhythm = Rhythm((Chore(timedelta(hours=1), fails), Chore(timedelta(0), lambda: done.append(1) or 1)), clock)
    with pytest.raises(UnavailableError):
        rhythm.one_round()
    assert done == [1]
    assert rhythm.one_round() == 1
    clock.advance(hours=1)
    with pytest.raises(UnavailableError):
        rhythm.one_round()
