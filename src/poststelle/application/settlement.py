# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What one accepted, refused or deleted message leaves behind, as one value; and the ports of the book it goes into.

A settlement is written in one transaction: message, facts, verdicts, tasks, journal entries and effects, or nothing.
The order is: the body is secured in the blob store, then the settlement is committed, then the door answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from poststelle.application.ports import Body
from poststelle.core.arrival import Arrival, AuthorityId, Channel, Envelope, Peer
from poststelle.core.facts import Facts
from poststelle.core.journal import Event
from poststelle.core.verdict import Verdicts

ANSWERED_OK = 250
"""RFC 5321, 4.2.3: the mail action was completed."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to be done after the commit, by the outbox."""

    kind: str
    """``deliver``, ``notice`` or ``collective``."""
    message_id: str
    """Stable over all attempts and unique over all effects: a receiver that deduplicates sees one."""
    payload: str
    """JSON, by kind."""
    not_before: datetime | None
    """None means at once."""
    recipient: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """All that is recorded of one message."""

    reference: str
    arrival: Arrival
    body: Body | None
    """Already secured; None where the content is not kept, because the message was refused or deleted."""
    fingerprint: str
    """What a second attempt of the same client with the same message has in common with the first."""
    facts: Facts | None
    verdicts: Verdicts | None
    events: tuple[Event, ...]
    effects: tuple[Effect, ...]
    is_observed: bool = False
    """Observe-only mode: judged and journaled, and everything is passed on unchanged."""
    reply_code: int = ANSWERED_OK
    """What the door answers once this is committed; where each recipient has its own answer, the mildest."""
    reply_text: str = ""
    """First line of the answer; where there are several, a line each with its code (application.answers)."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The settlement of an earlier attempt: the retry is answered in the same way and not recorded as new mail."""

    reference: str
    received_at: datetime
    reply_code: int
    reply_text: str


class Store(Protocol):
    """The book of messages."""

    def settle(self, settlement: Settlement, retries_since: datetime | None = None) -> Earlier | None:
        """Record it; durable on return. Settling the same reference and fingerprint again changes nothing.

        Where another attempt at the same message, received at or after ``retries_since``, was settled while this one
        was judged, nothing is written and that one comes back: of attempts side by side, one becomes a case.
        Raises UnavailableError where the book cannot be written, or not in time.
        """
        ...

    def find_retry(self, authority: AuthorityId, fingerprint: str, since: datetime) -> Earlier | None:
        """The latest settlement with this fingerprint received at or after ``since``."""
        ...


CAUSE_CHARS = 40


@dataclass(frozen=True, slots=True)
class Deferral:
    """A message answered 451 after its last byte: evidence of a first attempt, should a deadline hang on it."""

    channel: Channel
    authority: AuthorityId
    envelope: Envelope
    peer: Peer
    received_at: datetime
    size_bytes: int
    sha256: str
    """Of the whole content in lower-case hex; empty where it was not read to its end."""
    fingerprint: str
    """As in Settlement: joins the deferral to the later successful attempt."""
    cause: str
    """Which part of the world was missing, such as ``scanner``; the beginning of its sentence, at most CAUSE_CHARS."""
    events: tuple[Event, ...] = field(default=())


class AttemptLog(Protocol):
    """The book of attempts that failed by our fault."""

    def deferred(self, deferral: Deferral) -> None:
        """Record it with its events; durable on return. Raises UnavailableError."""
        ...


class JournalBook(Protocol):
    """The journal, for what happens outside the settlement of a message."""

    def append(self, events: Sequence[Event]) -> None:
        """Write the entries in one transaction; durable on return. Raises UnavailableError."""
        ...
