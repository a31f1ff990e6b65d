# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.edition import Edition, NoEditionError, in_force, legal_date, legal_time, midnight
from support.policies import policy_folder

BERLIN = ZoneInfo("Europe/Berlin")
EDITION = policy_folder().editions[0]


def beginning(day: str) -> Edition:
    policy = EDITION.policy.model_copy(update={"valid_from": date.fromisoformat(day)})
    return replace(EDITION, policy=policy, id=f"muenster/{day}")


@given(st.dates(date(1997, 1, 1), date(2037, 12, 31)))
def test_midnight_is_that_of_the_time_zone_data(day):
    assert midnight(day) == datetime(day.year, day.month, day.day, tzinfo=BERLIN)


@given(st.datetimes(datetime(1997, 1, 2), datetime(2037, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_legal_time_is_that_of_the_time_zone_data(at):
    assert legal_time(at).replace(tzinfo=None) == at.astimezone(BERLIN).replace(tzinfo=None)
    assert legal_date(at) == at.astimezone(BERLIN).date()


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        pytest.param("2026-01-01", "2025-12-31T23:00+00:00", id="winter"),
        pytest.param("2026-07-01", "2026-06-30T22:00+00:00", id="summer"),
        pytest.param("2026-03-29", "2026-03-28T23:00+00:00", id="the day the clocks go forward begins in winter time"),
        pytest.param("2026-10-25", "2026-10-24T22:00+00:00", id="the day the clocks go back begins in summer time"),
    ],
)
def test_an_edition_begins_at_midnight_in_legal_time(day, begins):
    editions = (beginning("2020-01-01"), beginning(day))
    first = datetime.fromisoformat(begins)
    assert in_force(editions, first).id == f"muenster/{day}"
    assert in_force(editions, first - timedelta(microseconds=1)).id == "muenster/2020-01-01"


def test_the_order_of_the_files_does_not_matter():
    editions = [beginning("2026-01-01"), beginning("2024-05-01"), beginning("2025-03-03")]
    at = datetime(2025, 12, 1, tzinfo=UTC)
    assert in_force(editions, at).id == in_force(reversed(editions), at).id == "muenster/2025-03-03"


def test_before_the_first_edition_no_access_was_open():
    with pytest.raises(NoEditionError):
        in_force((EDITION,), datetime(2025, 12, 31, 22, 59, tzinfo=UTC))


def test_the_hash_is_of_the_bytes_so_that_a_later_program_says_the_same():
    assert len(EDITION.hash) == 64
    assert EDITION.id == "muenster/2026-01-01"
