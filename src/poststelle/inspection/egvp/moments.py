# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Times as the papers write them: ISO 8601, German with the clock on the wall, and milliseconds since 1970."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from poststelle.core.edition import legal_offset

_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}),?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_MILLISECONDS = re.compile(r"\d{12,14}", re.ASCII)
_EARLIEST, _LATEST = datetime(2004, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""EGVP has been running since 2004; what lies outside is no time of receipt."""


def read_moment(text: str) -> datetime | None:
    """The moment, aware UTC; None where the text says none. Wall clock times are German legal time."""
    for read in _READERS:
        try:
            moment = read(text.strip())
        except (ValueError, OverflowError):
            continue
        if moment is not None and _EARLIEST <= moment < _LATEST:
            return moment.astimezone(UTC)
    return None


def _iso(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else _on_the_wall(moment)


def _german(text: str) -> datetime | None:
    match = _GERMAN.fullmatch(text)
    if match is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
    return _on_the_wall(datetime(year, month, day, hour, minute, second))  # noqa: DTZ001 - made aware at once


def _milliseconds(text: str) -> datetime | None:
    if _MILLISECONDS.fullmatch(text) is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text))


def _on_the_wall(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) - legal_offset(moment.replace(tzinfo=UTC))


_READERS: tuple[Callable[[str], datetime | None], ...] = (_milliseconds, _german, _iso)
