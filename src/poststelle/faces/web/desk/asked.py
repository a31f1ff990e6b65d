# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a list is asked for: every filter is part of the address, so that a view can be kept as a bookmark."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Protocol
from urllib.parse import urlencode

from poststelle.application.desk.lists import Sought

MAX_TEXT_CHARS = 200
_NUMBER_DIGITS = 18
"""What every database takes as a whole number."""
_YEARS = range(1971, 9999)
"""Far from where the calendar ends: days are counted on from here, and moments moved between zones."""


def sought(query: Mapping[str, str]) -> Sought:
    """The filter of an address; what cannot be read asks for nothing."""
    return Sought(
        text=query.get("q", "").strip().replace("\0", "")[:MAX_TEXT_CHARS],
        office=query.get("amt", ""),
        channel=query.get("kanal", ""),
        since=_day(query.get("von", "")),
        until=_day(query.get("bis", "")),
        before=_before(query.get("vor", "")),
    )


def address(path: str, filters: Sought) -> str:
    """The address of this filter, without its page."""
    parts = {
        "q": filters.text,
        "amt": filters.office,
        "kanal": filters.channel,
        "von": filters.since.isoformat() if filters.since else "",
        "bis": filters.until.isoformat() if filters.until else "",
        "vor": f"{filters.before[0].isoformat()}~{filters.before[1]}" if filters.before else "",
    }
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{path}?{query}" if query else path


class Lined(Protocol):
    """A line of a list, as the address of the next page needs it."""

    @property
    def row(self) -> int:
        """Number of its row."""
        ...

    @property
    def received_at(self) -> datetime:
        """What the list is sorted by."""
        ...


class Paged(Protocol):
    """A page of any list."""

    @property
    def lines(self) -> Sequence[Lined]:
        """Newest first."""
        ...

    @property
    def has_more(self) -> bool:
        """There are older ones."""
        ...


def next_address(path: str, filters: Sought, page: Paged) -> str:
    """The address of the older page; empty where there is none."""
    if not page.has_more:
        return ""
    last = page.lines[-1]
    return address(path, replace(filters, before=(last.received_at, last.row)))


def first_address(path: str, filters: Sought) -> str:
    """The address of the newest page."""
    return address(path, replace(filters, before=None))


def number(text: str) -> int | None:
    """The whole number that was entered, counted from zero; None where it is none."""
    return int(text) if text.isdecimal() and len(text) <= _NUMBER_DIGITS else None


def page_number(text: str) -> int:
    """The page asked for, counted from one; the first where that cannot be read."""
    return number(text) or 1


def is_narrowed(filters: Sought) -> bool:
    """Something is asked for beside the page."""
    return replace(filters, before=None) != Sought()


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _before(text: str) -> tuple[datetime, int] | None:
    moment, _, row = text.partition("~")
    try:
        at, number = datetime.fromisoformat(moment), int(row)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC), number) if at.year in _YEARS else None
