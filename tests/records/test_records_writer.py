# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The group writer does in one go what is of one kind, and answers everybody for himself."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from poststelle.records.database import Together
from support.gateway import eventually

WAIT_SECONDS = 30


@pytest.fixture
def held(open_records):
    """A writer in the middle of a job, what lets it go on, and a way to put jobs behind it."""
    writer, may_go, begun = open_records().writer, Event(), Event()

    def hold():
        begun.set()
        return may_go.wait(WAIT_SECONDS)

    with ThreadPoolExecutor(9) as threads:
        first = threads.submit(writer.run, hold)
        assert begun.wait(WAIT_SECONDS)

        def all_at_once(jobs):
            behind = [threads.submit(writer.run, job) for job in jobs]
            eventually(lambda: writer._queue.qsize() == len(jobs))
            may_go.set()
            assert first.result()
            return behind

        try:
            yield all_at_once
        finally:
            may_go.set()


def test_jobs_of_one_kind_that_wait_are_done_in_one_go(held):
    seen = []

    def double(numbers):
        seen.append(sorted(numbers))
        return [2 * number for number in numbers]

    promises = held([Together(double, number) for number in range(5)])
    assert [promise.result() for promise in promises] == [0, 2, 4, 6, 8]
    assert seen == [[0, 1, 2, 3, 4]]


def test_jobs_of_two_kinds_and_of_none_are_answered_each_by_its_own(held):
    def double(numbers):
        return [2 * number for number in numbers]

    def shout(words):
        return [word.upper() for word in words]

    promises = held([Together(double, 1), lambda: "alone", Together(shout, "yes"), Together(double, 4)])
    assert [promise.result() for promise in promises] == [2, "alone", "YES", 8]


def test_where_one_of_a_kind_fails_the_others_are_done_without_it(held):
    def invert(numbers):
        return [1 / number for number in numbers]

    good, bad, also_good = held([Together(invert, number) for number in (2, 0, 4)])
    assert (good.result(), also_good.result()) == (0.5, 0.25)
    with pytest.raises(ZeroDivisionError):
        bad.result()
