# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The walk in processes that may be killed: ``python -m support.walk_child`` forks one for each line of standard input.

A line is JSON: ``act`` (door, outbox, keeper, drop), ``point``, ``folder``, ``database``, ``bucket`` and ``relay`` (a port).
The answer is ``ready PORT PID`` of a door, and of everything ``ended CODE``.
"""

import hashlib
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.blobs_s3 import Bucket, BucketBlobs, open_bucket
from poststelle.adapters.demo_scanner import DemoScanner
from poststelle.adapters.submission import Relay, SmtpSubmission, Tls
from poststelle.application.carriers import delivery_carrier, notice_carrier
from poststelle.application.outbox import Outbox, OutboxRules
from poststelle.application.ports import OutboxItem
from poststelle.application.settings import Settings
from poststelle.core.facts import MalwareFound
from poststelle.records.database import attach
from poststelle.records.opening import Records, records_on
from support.kill_points import Fate, FatedBlobs, FatedQueue, FatedStore, FatedSubmission, Point, Transacting
from support.policies import policy_folder

NO_LEASE = timedelta(0)
"""What a killed outbox had claimed is due again at once."""
MOST_ROUNDS = 20
"""An outbox that forgets what it sent ends all the same."""
LATER = timedelta(hours=3)
"""The keeper comes when every grace is over."""


@dataclass(frozen=True)
class Clock:
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class Order:
    """One line, read."""

    act: str
    point: str
    folder: str
    database: str
    bucket: dict[str, str] | None
    relay: int
    reference: str = ""

    @property
    def fate(self) -> Fate:
        return Fate(Point(self.point))

    def records(self, clock: Clock) -> Records:
        return records_on(attach(self.database or Path(self.folder), "walk"), clock)

    def blobs(self, records: Records, grace_seconds: float = 3600.0) -> FatedBlobs:
        folder = Path(self.folder) / "blobs"
        kept: FileBlobs | BucketBlobs = FileBlobs(folder, records.bodies.read_inline, grace_seconds)
        if self.bucket:
            kept = BucketBlobs(open_bucket(Bucket(**self.bucket)), kept, folder / "spool", grace_seconds)
        return FatedBlobs(kept, kept, self.fate)


class Noting(DemoScanner):
    """Writes down what it saw to its end, before it says so."""

    def __init__(self, folder: str) -> None:
        self._path = Path(folder) / "scanned"

    def scan(self, content: BinaryIO, deadline_seconds: float) -> tuple[MalwareFound, ...]:
        found = super().scan(content, deadline_seconds)
        content.seek(0)
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        with self._path.open("a") as file:
            file.write(f"{digest} {'found' if found else 'clean'}\n")
        return found


def door(order: Order) -> None:
    from poststelle.records.store import RecordsStore
    from support.front_house import Front

    records = order.records(Clock())
    transacting = Transacting(records.database, records.writer.run, order.fate, Point.IN_SETTLEMENT)
    store = FatedStore(RecordsStore(records.database, transacting), order.fate)
    parts = {"malware": Noting(order.folder), "blobs": order.blobs(records), "clock": Clock()}
    with Front(replace(records, store=store), Path(order.folder), **parts).opened() as front:
        say(f"ready {front.port} {os.getpid()}")
        threading.Event().wait()


def outbox(order: Order) -> None:
    from poststelle.compose.outgoing import parcels
    from poststelle.records.outbox import OutboxTable

    records, clock = order.records(Clock()), Clock()
    transacting = Transacting(records.database, records.writer.run, order.fate, Point.IN_RECORD)
    # A claim is a transaction of its own; only those that settle one die inside.
    settling, claiming = OutboxTable(records.database, transacting, clock), records.outbox
    queue = FatedQueue(Queue(claiming.claim, settling.done, settling.failed), order.fate)
    post = FatedSubmission(SmtpSubmission(Relay("127.0.0.1", order.relay, Tls.NONE, "mx.example.org")), order.fate)
    packed = parcels(Settings(), order.blobs(records), records, None)
    carriers = {"deliver": delivery_carrier(post, packed, "mx.example.org"), "notice": notice_carrier(post, unsealed)}
    box = Outbox(queue, carriers, clock, OutboxRules(NO_LEASE, timedelta(hours=1)))
    for _ in range(MOST_ROUNDS):
        if not box.carry_out_next():
            break
    records.close()


def unsealed(item: OutboxItem) -> bytes:
    return str(json.loads(item.payload)["message"]).encode()


@dataclass(frozen=True)
class Queue:
    claim: Callable[..., object]
    done: Callable[..., object]
    failed: Callable[..., object]


def keeper(order: Order) -> None:
    from poststelle.records.sequencer import JournalKey, Sequencer

    clock, fate = Clock(LATER), order.fate
    records = order.records(clock)

    def sign(_content: bytes) -> bytes:
        fate.pass_by(Point.SIGNING)
        return b"signed"

    transacting = Transacting(records.database, records.database.run, fate, Point.IN_SEQUENCE)
    sequencer = Sequencer(records.database, transacting, clock, "walk")
    while sequencer.sequence():
        fate.pass_by(Point.SEQUENCED)
    Sequencer(records.database, records.database, clock, "walk").sign_head(JournalKey("key", sign))
    records.bodies.sweep(order.blobs(records, grace_seconds=0.0))
    records.close()


def drop(order: Order) -> None:
    """A clerk has a message deleted."""
    records = order.records(Clock())
    records.bodies.drop(order.reference, ())
    records.close()


ACTS: dict[str, Callable[[Order], None]] = {"door": door, "outbox": outbox, "keeper": keeper, "drop": drop}


def code_of(order: Order) -> int:
    """0 where the act came to its end."""
    try:
        ACTS[order.act](order)
    except Exception:  # noqa: BLE001 - for whoever reads the failed test
        traceback.print_exc()
        return 1
    return 0


def say(line: str) -> None:
    os.write(1, line.encode() + b"\n")


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poststelle.records.settings")
    django.setup()
    import support.front_house  # noqa: F401 - loaded once, for all

    policy_folder()
    say("at work")
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = os.fork()
        if not child:
            os._exit(code_of(order))
        _, status = os.waitpid(child, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
