# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A clock that was set wrong erases nothing; one that is right erases what is due."""

from datetime import UTC, datetime, timedelta

import pytest

from poststelle.application.retention import DOUBT, surely

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
