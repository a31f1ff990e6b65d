# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is held about one person is shown to it, and erased where it asks for it and nothing speaks against it.

Erasure wants four eyes: one account asks, another confirms, and the journal keeps both. What came after the request is
not erased by it. The leaves of the journal stay as commitments that say nothing about anybody.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from poststelle.application.settlement import JournalBook
from poststelle.core.arrival import AuthorityId
from poststelle.core.journal import Event, EventKind
from poststelle.core.person import Holding

LAPSES = timedelta(days=30)
"""A request that nobody confirmed for so long: Art. 12(3) GDPR wants an answer within a month."""


class RequestError(ValueError):
    """The request cannot be made or confirmed; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """That somebody's data be erased, as one account asked for it."""

    id: str
    authority: AuthorityId
    address: str
    asked_by: str
    asked_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a request comes to if it is confirmed now."""

    request: Request
    goes: tuple[Holding, ...]
    stays: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """What a confirmed request came to."""

    request: Request
    count: int
    kept: tuple[Holding, ...]


class PersonBook(Protocol):
    """The records, by person."""

    def held(self, authority: AuthorityId, address: str) -> Sequence[Holding]:
        """Everything under this address, whatever the case of its letters. UnavailableError."""
        ...

    def erase(self, request: Request, holding: Holding, proof: Event) -> bool:
        """Erase it with its proof in one transaction; False where it is needed by now, or gone. UnavailableError."""
        ...

    def requests(self, authority: AuthorityId) -> Sequence[Request]:
        """Those that nobody confirmed yet, the oldest first. UnavailableError."""
        ...


def ask(journal: JournalBook, request: Request) -> None:
    """Put the request on record; nothing is erased by it."""
    if "@" not in request.address.strip("@"):
        raise RequestError(f"{request.address} is no address")
    if not request.why:
        raise RequestError("no reason is given")
    said = (("address", request.address), ("why", request.why))
    journal.append([_event(EventKind.ERASURE_ASKED, request, request.asked_by, request.asked_at, personal=said)])


def open_requests(book: PersonBook, authority: AuthorityId, now: datetime) -> tuple[Request, ...]:
    """Those that can be confirmed."""
    return tuple(one for one in book.requests(authority) if now - one.asked_at <= LAPSES)


def confirm(book: PersonBook, journal: JournalBook, request: Request, account: str, now: datetime) -> Erased:
    """Erase what was held when it was asked for, one thing at a time. Done again after a failure, it does the rest."""
    if account == request.asked_by:
        raise RequestError("you asked for it yourself: another person has to confirm")
    count = 0
    for holding in preview(book, request).goes:
        proof = _event(EventKind.PERSONAL_ERASED, request, account, now, ("kind", holding.kind.value))
        count += book.erase(request, holding, proof)
    kept = tuple(book.held(request.authority, request.address))
    why = Counter(one.stays.value for one in kept if one.stays is not None)
    told = (("erased", str(count)), *((f"kept.{ground}", str(number)) for ground, number in sorted(why.items())))
    journal.append([_event(EventKind.ERASURE_CONFIRMED, request, account, now, *told)])
    return Erased(request, count, kept)


def preview(book: PersonBook, request: Request) -> Preview:
    """What goes and what stays; what came after the request stays as well."""
    held = book.held(request.authority, request.address)
    goes = tuple(one for one in held if one.stays is None and (one.at is None or one.at <= request.asked_at))
    return Preview(request, goes, tuple(one for one in held if one not in goes))


def _event(
    kind: EventKind,
    request: Request,
    actor: str,
    at: datetime,
    *facts: tuple[str, str],
    personal: tuple[tuple[str, str], ...] = (),
) -> Event:
    return Event(kind, at, request.authority, actor=actor, facts=(("request", request.id), *facts), personal=personal)
