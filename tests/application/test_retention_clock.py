# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A clock that was set wrong erases nothing; one that is right erases what is due, so much in one round."""

from datetime import UTC, datetime, timedelta

import pytest

from poststelle.application.retention import DOUBT, Due, erase_due, surely, terms_now
from poststelle.core.arrival import AuthorityId
from support.policies import policy_folder

SIGNED = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
YEARS = timedelta(days=3650)


@pytest.mark.parametrize(
    ("ahead", "passed", "counted"),
    [
        (timedelta(minutes=1), timedelta(0), timedelta(minutes=1)),
        (DOUBT, timedelta(0), DOUBT),
        (YEARS, timedelta(0), DOUBT),
        (YEARS, timedelta(days=3), timedelta(days=3) + DOUBT),
        (YEARS, YEARS, YEARS),
        (-YEARS, timedelta(0), -YEARS),
    ],
    ids=[
        "restarted",
        "off for a week",
        "set forward while off",
        "set forward while running",
        "in use for years",
        "set back",
    ],
)
def test_terms_are_counted_up_to_what_the_record_and_an_unsettable_clock_bear_out(ahead, passed, counted):
    assert surely(SIGNED + ahead, SIGNED, passed) == SIGNED + counted


class Full:
    """A book in which many are due by every term."""

    def due(self, _term, limit):
        return [Due(f"P-{number}", SIGNED) for number in range(100)][:limit]

    def erase(self, _term, _due, _at):
        return True


@pytest.mark.parametrize("limit", [1, 99, 100, 101, 150])
def test_a_round_erases_no_more_than_its_share_by_however_many_terms(limit):
    now = SIGNED + YEARS
    terms = tuple(terms_now(AuthorityId("muenster"), policy_folder().editions, now))
    assert len(terms) > 1
    assert erase_due(terms, Full(), now, limit) == limit
