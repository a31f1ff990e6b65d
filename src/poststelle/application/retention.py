# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Retention: what the page promises to erase, and when. The terms are those of the edition in force at receipt.

The journal outlives what it speaks of, and says of each erasure by which term it came; of itself it gives up personal
values only. Nothing goes that somebody still has to do something about: while a legal hold, an open task or an unfinished
delivery lasts, the message stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import Protocol

from poststelle.core.arrival import AuthorityId
from poststelle.core.edition import Edition, NoEditionError, in_force
from poststelle.core.journal import Event, EventKind
from poststelle.core.policy import RetentionClass

ACTOR = "retention"
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


class Kept(StrEnum):
    """What a term can come to, of which each has a table and a rule of its own."""

    MESSAGE = "message"
    ATTEMPT = "attempt"
    """An attempt that we put off."""
    ENTRY = "entry"
    """The personal values of a journal entry that is about no message."""
    SIGN_INS = "sign-ins"


@dataclass(frozen=True, slots=True)
class Due:
    """One message whose time has come, or one other thing."""

    reference: str
    """Of the message; of anything else its row."""
    received_at: datetime
    kept: Kept = Kept.MESSAGE
    count: int = 1
    """How many rows go together, with one entry in the journal."""


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


def proof(kind: EventKind, term: Term, at: datetime, reference: str = "", *facts: tuple[str, str]) -> Event:
    """The journal's entry on an erasure: by which class and term of which edition it came."""
    said = (("class", term.holds.value), ("days", str(term.days)), *facts)
    return Event(kind, at, term.authority, reference, ACTOR, edition=term.edition, facts=said)


def surely(now: datetime, recorded_at: datetime, passed: timedelta) -> datetime:
    """The moment that terms are counted up to: a clock that was set forward erases nothing.

    ``recorded_at``: the latest time on record when the process began; ``passed``: since then, by a clock that nobody sets.
    After a long standstill the rest is erased once the next process begins.
    """
    return min(now, recorded_at + passed + DOUBT)


def terms_now(authority: AuthorityId, editions: Sequence[Edition], now: datetime) -> Iterator[Term]:
    """Every term of this authority by which something can be due at this moment; for sign-ins see sign_in_term."""
    for edition, later in zip_longest(editions, editions[1:]):
        kept = [one for one in edition.policy.keeps if one.holds is not RetentionClass.SIGN_IN]
        ends = {one.holds: now - timedelta(days=one.days) for one in kept}
        for one in kept:
            before = min(ends[one.holds], later.valid_from_at) if later else ends[one.holds]
            withheld = min(before, ends.get(RetentionClass.WITHHELD, before))
            if before > edition.valid_from_at:
                begins = edition.valid_from_at
                yield Term(authority, one.holds, one.days, edition.id, begins, before, withheld)


def sign_in_term(editions: Mapping[AuthorityId, Sequence[Edition]], now: datetime) -> Term | None:
    """Sign-ins belong to the installation: the longest term that an authority has for them now holds for all."""
    found: list[Term] = []
    for authority, dated in editions.items():
        try:
            edition = in_force(dated, now)
        except NoEditionError:
            continue
        days = next(one.days for one in edition.policy.keeps if one.holds is RetentionClass.SIGN_IN)
        before, since = now - timedelta(days=days), datetime.min.replace(tzinfo=now.tzinfo)
        found.append(Term(authority, RetentionClass.SIGN_IN, days, edition.id, since, before, before))
    return max(found, key=lambda term: term.days, default=None)


def erase_due(terms: Sequence[Term], book: RetentionBook, now: datetime, limit: int = AT_ONCE) -> int:
    """Erase up to so many; how many went."""
    done = 0
    for term in terms:
        done += sum(book.erase(term, due, now) for due in book.due(term, limit - done))
        if done >= limit:
            break
    return done
