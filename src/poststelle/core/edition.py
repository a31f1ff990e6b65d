# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Editions (Fassungen) of a policy: which one is in force at a moment, in German legal time.

A valid_from date begins at midnight in legal time (§ 4 EinhZeitG: CET, and CEST by the regulation on summer time), so
the two changes of the clock are computed here; no time zone data is read.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from poststelle.core.policy import Policy

_CET = timedelta(hours=1)
_CEST = timedelta(hours=2)
_MARCH, _OCTOBER = 3, 10
_LAST_DAY = 31
_DAYS_OF_WEEK = 7
_CHANGE = time(1)
_CHANGE_HOUR = 2
"""The clock goes forward at two on the wall, and back at three."""


class NoEditionError(LookupError):
    """No edition was in force at that moment: access had not been opened yet."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One immutable edition: the policy, its id such as ``muenster/2026-01-01``, and the hash of its file."""

    policy: Policy
    id: str
    hash: str
    """SHA-256 of the file's bytes in lower-case hex."""

    @property
    def valid_from_at(self) -> datetime:
        """The first moment of the edition, aware UTC."""
        return midnight(self.policy.valid_from)


def edition_of(policy: Policy, content: bytes) -> Edition:
    """The edition that this policy, read from these bytes, is."""
    return Edition(policy, f"{policy.authority}/{policy.valid_from}", hashlib.sha256(content).hexdigest())


def in_force(editions: Iterable[Edition], at: datetime) -> Edition:
    """The edition in force at this aware moment: the latest that had begun. NoEditionError where none had."""
    begun = [edition for edition in editions if edition.valid_from_at <= at]
    if not begun:
        raise NoEditionError(f"no edition was in force at {at.isoformat()}")
    return max(begun, key=lambda edition: edition.valid_from_at)


@lru_cache(maxsize=1024)
def midnight(day: date) -> datetime:
    """The beginning of this day in legal time, aware UTC."""
    begin, end = _last_sunday(day.year, _MARCH), _last_sunday(day.year, _OCTOBER)
    offset = _CEST if begin < day <= end else _CET
    return datetime.combine(day, time(), UTC) - offset


def legal_offset(wall: datetime) -> timedelta:
    """How far legal time is ahead of UTC when the clock on the wall shows this (its zone is passed over).

    Of the hour that comes twice in October the earlier one is meant: what was received counts as received early.
    """
    moment = wall.replace(tzinfo=UTC)
    begin = datetime.combine(_last_sunday(wall.year, _MARCH), time(_CHANGE_HOUR), UTC)
    end = datetime.combine(_last_sunday(wall.year, _OCTOBER), time(_CHANGE_HOUR + 1), UTC)
    return _CEST if begin <= moment < end else _CET


def legal_time(at: datetime) -> datetime:
    """This aware moment as clocks in Germany show it; they change at 01:00 UTC."""
    moment = at.astimezone(UTC)
    begin, end = (datetime.combine(_last_sunday(moment.year, month), _CHANGE, UTC) for month in (_MARCH, _OCTOBER))
    return moment.astimezone(timezone(_CEST if begin <= moment < end else _CET))


def legal_date(at: datetime) -> date:
    """The date in legal time at this aware moment."""
    return legal_time(at).date()


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, _LAST_DAY)
    return last - timedelta(days=last.isoweekday() % _DAYS_OF_WEEK)
