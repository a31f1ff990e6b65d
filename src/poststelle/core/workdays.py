# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Working days, Monday to Friday. Holidays differ by Land and are not counted out: a date is rather early than late."""

from datetime import date, timedelta

_SATURDAY = 5


def working_day_after(day: date, count: int) -> date:
    """The day ``count`` working days later; with 0 the day itself, or the Monday where it falls on a weekend."""
    current = day if count else _not_weekend(day)
    for _ in range(count):
        current = _not_weekend(current + timedelta(days=1))
    return current


def _not_weekend(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= _SATURDAY else day
