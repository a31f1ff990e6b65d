# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The ports of the application: what it needs of the world, as protocols of one to three methods.

Adapters implement them; compose.py wires them. Every method that reaches the world may raise UnavailableError, which
the door answers with 451 and everybody else with a later attempt.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, Protocol

from poststelle.core.arrival import Arrival, AuthorityId, BlobKey
from poststelle.core.facts import Inspection, MalwareFound, SenderFacts, SpamFacts
from poststelle.core.register import Register


class UnavailableError(Exception):
    """A part of the world we need does not answer. Never the sender's fault; 451 or try again later."""


class NoConnectionError(UnavailableError):
    """The next server cannot be reached at all: whatever else goes there need not try."""


class LostAfterDotError(UnavailableError):
    """The connection broke after the final dot: the next server may have taken the message, or not."""


class Clock(Protocol):
    """The time, monotonic per node: never earlier than it said before."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...


class BlobWriter(Protocol):
    """One body on its way in."""

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises UnavailableError when the disk is full."""
        ...

    def finish(self) -> "Body":
        """Close the body and say its key. It is readable, and not yet durable."""
        ...

    def discard(self) -> None:
        """Forget the body; also allowed after finish, before it was secured."""
        ...


@dataclass(frozen=True, slots=True)
class Body:
    """A received body, readable and byte for byte as sent."""

    key: BlobKey
    size_bytes: int
    inline: bytes | None
    """The content itself where it is small enough to be stored with its row; otherwise it lies in the blob store."""


class Blobs(Protocol):
    """Content-addressed bodies. Order: secure before the row, the row before the 250."""

    def writer(self) -> BlobWriter:
        """Start a new body."""
        ...

    def secure(self, body: Body) -> None:
        """Make it durable (file and directory flushed). Does nothing for inline bodies."""
        ...

    def open(self, key: BlobKey) -> BinaryIO:
        """The stored content as a real file, positioned at its start. Raises KeyError when there is none."""
        ...


class BlobSweep(Protocol):
    """Removal of bodies no row refers to any more."""

    def remove(self, key: BlobKey) -> None:
        """Delete the content; nothing happens when it is gone already."""
        ...


class Malware(Protocol):
    """A virus scanner."""

    def scan(self, content: BinaryIO, deadline_seconds: float) -> tuple[MalwareFound, ...]:
        """What was found in the bytes from the current position. UnavailableError when unsure: never unscanned."""
        ...

    def engine(self) -> str:
        """Name and database version, or ``none``."""
        ...


class Spam(Protocol):
    """A spam filter."""

    def rate(self, content: BinaryIO, arrival: Arrival, deadline_seconds: float) -> SpamFacts:
        """The engine's opinion of the whole message."""
        ...


class SenderAuth(Protocol):
    """SPF, DKIM and DMARC."""

    def check(self, content: BinaryIO, arrival: Arrival, from_domain: str) -> SenderFacts:
        """What the sender's domain says of this message. DNS trouble is a result (temperror), not an error."""
        ...


@dataclass(frozen=True, slots=True)
class Inspected:
    """What an inspection gave, and what the scanner found in the layers it was shown meanwhile."""

    inspection: Inspection | None
    """None where a worker died over it twice: our fault, to be held for a clerk."""
    layers_found: tuple[MalwareFound, ...]
    remarks: tuple[str, ...] = ()
    """What the journal should know of the looking itself: ``worker-died``, ``timed-out``, ``unwrap-used`` (one each)."""


class NoContentKey(StrEnum):
    """Why a recipient entry gives no content key at all: what anybody can see, and nothing that depends on a secret."""

    NO_KEY = "no-key"
    """No key of ours is named."""
    UNSUPPORTED = "unsupported"
    """A key of ours is named, and a method that we do not have."""


class Keyholder(Protocol):
    """The process that holds the private keys and parses no mail."""

    def unwrap(self, recipient_info: bytes, key_bytes: int, authority: str) -> bytes | NoContentKey:
        """The content key (right or made up, always ``key_bytes`` long), or why there is none.

        A key of another authority than this one is none.
        """
        ...


class DigestSigner(Protocol):
    """The same process, for what one authority signs itself."""

    def sign(self, address: str, digest: bytes) -> bytes | None:
        """A signature over a SHA-256 digest with the current key of this address; None where it has none."""
        ...


class Inspector(Protocol):
    """The pool of confined workers."""

    def inspect(self, content: BinaryIO, arrival: Arrival, deadline_seconds: float) -> Inspected:
        """Look into the whole message. UnavailableError when no worker can be had in time."""
        ...


class Registers(Protocol):
    """Read access to what people recorded."""

    def register(self, authority: AuthorityId) -> Register:
        """A snapshot, at most a few seconds old."""
        ...


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One effect to be carried out, leased to one worker."""

    id: int
    authority: AuthorityId
    kind: str
    """``deliver`` or ``notice``."""
    reference: str
    """Reference of the message it belongs to."""
    message_id: str
    """Stable over all attempts: a receiver that deduplicates sees one."""
    attempt: int
    token: str
    """Of this lease; a late worker's token is refused."""
    payload: str
    """JSON: what to do, by kind (see application.outbox)."""
    recipient: str = ""
    """Where it goes: one mailbox."""


class OutboxQueue(Protocol):
    """The outgoing queue: claim, then settle the claim."""

    def claim(self, limit: int, lease: timedelta, resting: Collection[str] = ()) -> Sequence[OutboxItem]:
        """Up to ``limit`` due items, each leased until now + lease; none for a recipient in ``resting``."""
        ...

    def done(self, item: OutboxItem, remark: str) -> bool:
        """Record success; False when the lease was lost meanwhile."""
        ...

    def failed(self, item: OutboxItem, remark: str, retry_at: datetime | None) -> bool:
        """Record a failure: try again at ``retry_at``, or give up visibly where it is None."""
        ...


class KeyUses(Protocol):
    """The record of what our keys signed."""

    def signed(self, item: OutboxItem, address: str, certificate_sha256: str) -> None:
        """Journal that the key of this certificate signed what is about to leave. UnavailableError where it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class Submitted:
    """What the next mail server answered to a submission."""

    code: int
    text: str
    is_unfit: bool = False
    """Nobody was asked: that server does not take such a message as it is, for want of SMTPUTF8 or 8BITMIME."""

    @property
    def is_accepted(self) -> bool:
        """2xx after the final dot."""
        return 200 <= self.code < 300

    @property
    def is_permanent(self) -> bool:
        """5xx: trying again would not help."""
        return 500 <= self.code < 600


class Submission(Protocol):
    """Outgoing SMTP."""

    def submit(self, sender: str, recipients: Sequence[str], message: bytes) -> Submitted:
        """Hand one message over. ``sender`` empty means the null reverse-path. UnavailableError: no connection.

        One answer for all recipients: where one is refused, nothing is handed over to anybody.
        """
        ...
