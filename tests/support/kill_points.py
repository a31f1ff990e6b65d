# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Named places on the walk at which a process dies by SIGKILL, and ports that pass by them on their way to the real ones.

The program knows nothing of this: what dies is a composition of the tests, with each port wrapped.
"""

import os
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, TypeVar

from poststelle.adapters.blobs_fs import INLINE_BYTES
from poststelle.application.ports import (
    Blobs,
    BlobSweep,
    BlobWriter,
    Body,
    OutboxItem,
    OutboxQueue,
    Submission,
    Submitted,
)
from poststelle.application.settlement import Deferral, Earlier, Settlement, Store
from poststelle.core.arrival import AuthorityId, BlobKey
from poststelle.core.journal import Event
from poststelle.records.database import Database
from poststelle.records.driver import DriverCursor

T = TypeVar("T")


class Point(StrEnum):
    """Where the process dies, in the order of the walk."""

    NOWHERE = "nowhere"
    # the door
    SPOOLING = "spooling"
    SPOOLED = "spooled"
    SECURING = "securing"
    SECURED = "secured"
    SETTLING = "settling"
    IN_SETTLEMENT = "in-settlement"
    SETTLED = "settled"
    REPLIED = "replied"
    """By the client's hand, when it has read the reply."""
    # the outbox
    CLAIMING = "claiming"
    CLAIMED = "claimed"
    BEFORE_DOT = "before-dot"
    AFTER_DOT = "after-dot"
    RECORDING = "recording"
    IN_RECORD = "in-record"
    RECORDED = "recorded"
    # the sequencer
    IN_SEQUENCE = "in-sequence"
    SEQUENCED = "sequenced"
    SIGNING = "signing"
    REMOVING = "removing"
    REMOVED = "removed"


AT_THE_DOOR = tuple(Point)[1:9]
IN_THE_OUTBOX = tuple(Point)[9:16]
WHILE_KEEPING = tuple(Point)[16:]
MAY_REPEAT = frozenset({Point.AFTER_DOT, Point.RECORDING, Point.IN_RECORD})
"""Between the receiver's 250 and our record of it."""


@dataclass(frozen=True)
class Fate:
    """The one point at which this process ends."""

    point: Point

    def pass_by(self, here: Point) -> None:
        """Returns, unless this is the place."""
        if here is self.point:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class FatedWriter:
    inner: BlobWriter
    fate: Fate
    size_bytes: int = 0

    def write(self, chunk: bytes) -> None:
        self.inner.write(chunk)
        self.size_bytes += len(chunk)
        if self.size_bytes > INLINE_BYTES:
            self.fate.pass_by(Point.SPOOLING)

    def finish(self) -> Body:
        body = self.inner.finish()
        self.fate.pass_by(Point.SPOOLED)
        return body

    def discard(self) -> None:
        self.inner.discard()


@dataclass(frozen=True)
class FatedBlobs:
    inner: Blobs
    sweep: BlobSweep
    fate: Fate

    def writer(self) -> BlobWriter:
        return FatedWriter(self.inner.writer(), self.fate)

    def secure(self, body: Body) -> None:
        self.fate.pass_by(Point.SECURING)
        self.inner.secure(body)
        self.fate.pass_by(Point.SECURED)

    def open(self, key: BlobKey) -> BinaryIO:
        return self.inner.open(key)

    def remove(self, key: BlobKey) -> None:
        self.fate.pass_by(Point.REMOVING)
        self.sweep.remove(key)
        self.fate.pass_by(Point.REMOVED)


HALF_WRITTEN = {
    Point.IN_SETTLEMENT: "INSERT INTO records_journalleaf",
    Point.IN_RECORD: "INSERT INTO records_journalleaf",
    Point.IN_SEQUENCE: "UPDATE records_journaltree",
}
"""The statement before which a transaction dies: what it wrote until then is in it, the rest is not."""


class Transacting:
    """Transactions that die half-written, whether the statement goes through Django or to the driver itself."""

    def __init__(self, database: Database, run: Callable[[Callable[[], T]], T], fate: Fate, point: Point) -> None:
        self._database = database
        self._run = run
        self._fate = fate
        self._point = point

    def run(self, job: Callable[[], T]) -> T:
        def fated() -> T:
            with self._database.connection.execute_wrapper(self._pass_by), hearing_drivers(self._listen):
                return job()

        return self._run(fated)

    def _pass_by(self, execute: Callable[..., object], sql: str, *rest: object) -> object:
        self._listen(sql)
        return execute(sql, *rest)

    def _listen(self, sql: str) -> None:
        if sql.replace('"', "").startswith(HALF_WRITTEN[self._point]):
            self._fate.pass_by(self._point)


@contextmanager
def hearing_drivers(listen: Callable[[str], None]) -> Iterator[None]:
    """Inside, every statement that is to go to the driver itself is heard before. In a process with one writing thread."""
    execute = DriverCursor.execute

    def heard(cursor: DriverCursor, statement: str, values: Iterable[object]) -> int:
        listen(statement)
        return execute(cursor, statement, values)

    DriverCursor.execute = heard  # type: ignore[method-assign]
    try:
        yield
    finally:
        DriverCursor.execute = execute  # type: ignore[method-assign]


@dataclass(frozen=True)
class FatedStore:
    inner: Store
    fate: Fate

    def settle(self, settlement: Settlement, retries_since: datetime | None = None) -> Earlier | None:
        self.fate.pass_by(Point.SETTLING)
        earlier = self.inner.settle(settlement, retries_since)
        self.fate.pass_by(Point.SETTLED)
        return earlier

    def find_retry(self, authority: AuthorityId, fingerprint: str, since: datetime) -> Earlier | None:
        return self.inner.find_retry(authority, fingerprint, since)

    def deferred(self, deferral: Deferral) -> None:
        raise AssertionError(f"nothing is away: {deferral.cause}")

    def append(self, events: Sequence[Event]) -> None:
        self.inner.append(events)


@dataclass(frozen=True)
class FatedQueue:
    inner: OutboxQueue
    fate: Fate

    def claim(self, limit: int, lease: timedelta, resting: Collection[str] = ()) -> Sequence[OutboxItem]:
        self.fate.pass_by(Point.CLAIMING)
        items = self.inner.claim(limit, lease, resting)
        if items:
            self.fate.pass_by(Point.CLAIMED)
        return items

    def done(self, item: OutboxItem, remark: str) -> bool:
        self.fate.pass_by(Point.RECORDING)
        was_heard = self.inner.done(item, remark)
        self.fate.pass_by(Point.RECORDED)
        return was_heard

    def failed(self, item: OutboxItem, remark: str, retry_at: datetime | None) -> bool:
        return self.inner.failed(item, remark, retry_at)


@dataclass(frozen=True)
class FatedSubmission:
    inner: Submission
    fate: Fate

    def submit(self, sender: str, recipients: Sequence[str], message: bytes) -> Submitted:
        self.fate.pass_by(Point.BEFORE_DOT)
        answer = self.inner.submit(sender, recipients, message)
        self.fate.pass_by(Point.AFTER_DOT)
        return answer
