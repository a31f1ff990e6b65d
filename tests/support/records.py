# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Stores on files of their own, settlements with valid defaults, and a clock that is set by hand.

A conftest.py that wants the fixture says ``from support.records import open_records``.
"""

import contextlib
import itertools
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.application.ports import Body
from poststelle.application.settlement import Effect, Settlement
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, Channel, Envelope, Peer
from poststelle.core.journal import Event, EventKind
from poststelle.records.database import Database, attach, detach
from poststelle.records.opening import Records, records_on
from poststelle.records.target import FILE_NAME

T = TypeVar("T")

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
AUTHORITY = AuthorityId("muster")
GIVE_UP_SECONDS = 30
_aliases = itertools.count()


@dataclass
class HandClock:
    """Shows the time it was set to."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def advance(self, **parts: float) -> None:
        self.at += timedelta(**parts)


@pytest.fixture
def open_records(tmp_path, django_db_blocker) -> Iterator[Callable[..., Records]]:
    """Opens a store on a folder; a second call opens the same folder again, as another process would."""
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:

        def opened(clock: HandClock | None = None, folder: Path = tmp_path) -> Records:
            records = records_on(attached(folder), clock or HandClock())
            stack.callback(detach, records.database)
            stack.callback(records.writer.close)
            return records

        yield opened


def attached(folder: Path) -> Database:
    """A migrated database in this folder, under an alias nobody else uses."""
    copied_template(folder / FILE_NAME)
    return attach(folder, f"store-{next(_aliases)}")


def copied_template(path: Path) -> None:
    """A migrated, empty database at this path, unless there is one."""
    if not path.exists():
        shutil.copy(_template(), path)


@cache
def _template() -> Path:
    """Migrations run once per test run, not once per test."""
    folder = Path(tempfile.mkdtemp(prefix="poststelle-template-"))
    database = attach(folder, "template")
    database.migrate()
    detach(database)
    return folder / FILE_NAME


def in_a_thread(records: Records, job: Callable[[], T]) -> T:
    """What the job gives; then this thread's connection is closed, as by every thread that ends."""
    try:
        return job()
    finally:
        records.database.close()


@dataclass(frozen=True)
class Lingering:
    """Transactions that have written and are not committed yet."""

    database: Database
    has_written: threading.Event = field(default_factory=threading.Event)
    may_commit: threading.Event = field(default_factory=threading.Event)

    def run(self, job):
        def write():
            result = job()
            self.has_written.set()
            self.may_commit.wait(GIVE_UP_SECONDS)
            return result

        return self.database.run(write)


def file_blobs(records: Records, folder: Path, grace_seconds: float = 3600.0) -> FileBlobs:
    return FileBlobs(folder / "blobs", records.bodies.read_inline, grace_seconds)


def a_body(blobs: FileBlobs, content: bytes = b"Subject: hello\r\n\r\nhello\r\n") -> Body:
    writer = blobs.writer()
    writer.write(content)
    return writer.finish()


_references = itertools.count(1)


def a_settlement(body: Body | None = None, **changes: object) -> Settlement:
    reference = changes.pop("reference", f"P-{next(_references)}")
    received_at = changes.pop("received_at", NOON)
    authority = changes.pop("authority", AUTHORITY)
    arrival = Arrival(
        Channel.EMAIL,
        authority,
        Envelope(Address("erika", "buerger.example"), (Address("post", "muster.example"),)),
        body.key if body else "0" * 64,
        body.size_bytes if body else 0,
        received_at,
        Peer("192.0.2.7", "mx.buerger.example"),
    )
    events = (
        Event(EventKind.ARRIVED, received_at, authority, reference, personal=(("sender", "erika@buerger.example"),)),
        Event(EventKind.ACCEPTED, received_at, authority, reference),
    )
    settlement = Settlement(
        reference=reference,
        arrival=arrival,
        body=body,
        fingerprint=f"fingerprint of {reference}",
        facts=None,
        verdicts=None,
        events=events,
        effects=(),
    )
    return replace(settlement, **changes)


def an_effect(message_id: str = "", **changes: object) -> Effect:
    message_id = message_id or f"<{next(_references)}@muster.example>"
    return replace(Effect("deliver", message_id, "{}", None, "post@muster.example"), **changes)
