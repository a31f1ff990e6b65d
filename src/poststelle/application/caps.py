# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The caps on notices (Clause policy.notices): how many go to one sender in a day, and how many in all in an hour.

Both are counted over the time that lies behind, not by the calendar, so that no span of that length ever holds more.
What meets the hourly cap waits. What meets its sender's cap waits too, somebody in the mailroom learns of it at once,
and when the next one may go, all that wait for this sender go together in one collective notice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from poststelle.application.outbox import Carrier
from poststelle.application.ports import OutboxItem, Submitted
from poststelle.application.settlement import Effect
from poststelle.core.policy import Notices
from poststelle.core.policy.conduct import working_days_by_hand
from poststelle.core.workdays import working_day_after

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOST_MERGED = 40
"""In one collective notice; what is left waits for the next. Some 2 KB of text for each."""


class Cap(StrEnum):
    """Which cap was met. The strings are public: they stand in the journal."""

    PER_SENDER = "per-sender-per-day"
    PER_HOUR = "per-hour"


WAITING = "waiting: "
"""Begins the remark on a notice that met a cap; the cap follows."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The caps in force, and when a Rückmeldung von Hand is due."""

    per_sender_per_day: int
    per_hour: int
    by_hand_due_on: date


def caps_of(notices: Notices | None, today: date) -> Caps:
    """The caps of a policy; where it says nothing of notices, what holds for one that leaves them as they are."""
    due_on = working_day_after(today, working_days_by_hand(notices))
    return Caps(notices.per_sender_per_day, notices.per_hour, due_on) if notices else Caps(5, 50, due_on)


@dataclass(frozen=True, slots=True)
class Met:
    """A cap that was met, and when it lets the next one through."""

    cap: Cap
    until: datetime


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a notice may go now."""

    is_admitted: bool
    merges: tuple[OutboxItem, ...] = ()
    """Notices to the same sender that wait for this moment, oldest first."""


class NoticeLedger(Protocol):
    """The count of notices, kept with the queue so that several workers never exceed a cap together."""

    def admit(self, item: OutboxItem, caps: Caps) -> Admission:
        """Count the notice in, or put it back until a cap lets it through, with its entries and tasks."""
        ...

    def merge(self, merged: Sequence[OutboxItem], collective: Effect) -> bool:
        """Put one collective notice in the place of these, the first of which was admitted; False where one has moved.

        The admission of the first counts for the collective notice.
        """
        ...


def met(to_sender: Sequence[datetime], in_all: Sequence[datetime], caps: Caps, now: datetime) -> Met | None:
    """The cap that these earlier notices leave no room under; their times in any order. The sender's cap goes first."""
    until = _full_until(to_sender, caps.per_sender_per_day, DAY, now)
    if until is not None:
        return Met(Cap.PER_SENDER, until)
    until = _full_until(in_all, caps.per_hour, HOUR, now)
    return None if until is None else Met(Cap.PER_HOUR, until)


def _full_until(times: Sequence[datetime], most: int, span: timedelta, now: datetime) -> datetime | None:
    lately = sorted((at for at in times if at > now - span), reverse=True)
    return None if len(lately) < most else lately[most - 1] + span


@dataclass(frozen=True, slots=True)
class Collected:
    """One collective notice, and the items it stands for."""

    items: tuple[OutboxItem, ...]
    effect: Effect


Collect = Callable[[Sequence[OutboxItem]], Collected | None]
"""Makes one collective notice of these or some of them, the first among them; None where that cannot be done."""


def capped(carrier: Carrier, ledger: NoticeLedger, caps: Callable[[OutboxItem], Caps], collect: Collect) -> Carrier:
    """Carries a notice where the caps allow it; else it waits, or goes with others of its sender."""

    def carry(item: OutboxItem) -> Submitted | None:
        admission = ledger.admit(item, caps(item))
        if not admission.is_admitted:
            return None
        collected = collect((item, *admission.merges)) if admission.merges else None
        if collected is not None and ledger.merge(collected.items, collected.effect):
            return None
        return carrier(item)

    return carry
