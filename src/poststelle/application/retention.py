# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Retention: what the page promises to erase, and when. The terms are those of the edition in force at receipt.

The journal outlives what it speaks of, and says of each erasure by which term it came. Nothing goes that somebody still
has to do something about: while a legal hold, an open task or an unfinished delivery lasts, the content stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Protocol

from poststelle.core.arrival import AuthorityId
from poststelle.core.edition import Edition
from poststelle.core.policy import RetentionClass

AT_ONCE = 200
"""Messages erased in one round, each in a transaction of its own: mail goes on coming in."""
DOUBT = timedelta(days=7)
"""So far the clock may be ahead of what is on record and of what has passed since; beyond, it may have been set wrong."""


@dataclass(frozen=True, slots=True)
class Term:
    """One class of records under one edition, as far as its time has come."""

    authority: AuthorityId
    holds: RetentionClass
    days: int
    edition: str
    received_from: datetime
    received_before: datetime
    """Earlier than this, and under this edition, means due."""
    withheld_before: datetime
    """The same for messages with files that were withheld: the longer of the two terms holds for the whole original."""


@dataclass(frozen=True, slots=True)
class Due:
    """One message whose time has come."""

    reference: str
    received_at: datetime


class RetentionBook(Protocol):
    """The records, as retention sees them."""

    def due(self, term: Term, limit: int) -> Sequence[Due]:
        """What is to be erased now, the oldest first. UnavailableError."""
        ...

    def kept(self, term: Term) -> int:
        """How many are over their time, and stay because somebody still needs them. UnavailableError."""
        ...

    def erase(self, term: Term, due: Due, at: datetime) -> bool:
        """Erase and journal it in one transaction; False where it is needed by now. UnavailableError."""
        ...


def surely(now: datetime, recorded_at: datetime, passed: timedelta) -> datetime:
    """The moment that terms are counted up to: a clock that was set forward erases nothing.

    ``recorded_at``: the latest time on record when the process began; ``passed``: since then, by a clock that nobody sets.
    After a long standstill the rest is erased once the next process begins.
    """
    return min(now, recorded_at + passed + DOUBT)


def terms_now(authority: AuthorityId, editions: Sequence[Edition], now: datetime) -> Iterator[Term]:
    """Every term of this authority by which something can be due at this moment."""
    for edition, later in zip_longest(editions, editions[1:]):
        ends = {one.holds: now - timedelta(days=one.days) for one in edition.policy.retention}
        for one in edition.policy.retention:
            before = min(ends[one.holds], later.valid_from_at) if later else ends[one.holds]
            withheld = min(before, ends.get(RetentionClass.WITHHELD, before))
            if before > edition.valid_from_at:
                begins = edition.valid_from_at
                yield Term(authority, one.holds, one.days, edition.id, begins, before, withheld)


def erase_due(terms: Sequence[Term], book: RetentionBook, now: datetime, limit: int = AT_ONCE) -> int:
    """Erase up to so many; how many went."""
    done = 0
    for term in terms:
        done += sum(book.erase(term, due, now) for due in book.due(term, limit - done))
        if done >= limit:
            break
    return done
