# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The store at its port: producers that each settle 20 KB messages, one after the other, as the door's threads do.

``python -m bench.settle [--producers 8] [--messages 2000] [--folder DIR] [--database URL] [--alone]`` prints rate,
percentiles and processor time, beside what a bare flush costs on this machine in the same run. An outbox and a desk are
at work meanwhile, in a process of their own.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.application.desk import viewer as desk
from poststelle.application.desk.lists import Sought, WorkList
from poststelle.application.house import RETRY_WINDOW
from poststelle.application.ports import Body
from poststelle.application.settlement import Effect, Settlement
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, Channel, Envelope, Peer
from poststelle.core.facts import Facts, File, Head, Inspection, MalwareFacts, Role, SenderFacts, SpamFacts, Tier
from poststelle.core.formats import Format
from poststelle.core.journal import Event, EventKind
from poststelle.core.signature import CryptoFacts
from poststelle.core.verdict import Disposition, Route, SenderTold, Verdict, Verdicts
from poststelle.records.opening import Records, open_records

AUTHORITY = AuthorityId("muster")
RECIPIENT = Address("post", "muster.example")
BODY_BYTES = 20 * 1024
FLUSHES = 200
SPIKE_SECONDS = 0.1
IDLE_SECONDS = 0.3
DESK_SECONDS = 0.2
"""How often somebody at the desk asks for a list."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def facts() -> Facts:
    head = Head(
        1, ("erika@buerger.example",), (), "Erika", "Amt 32 - Hinweis", "<1@x>", "", (), "", "", "", False, 2, False
    )
    files = tuple(
        File((f"datei-{number}.pdf",), (f"datei-{number}.pdf",), f"{number:064d}", 7000, Format.PDF, Role.ATTACHMENT)
        for number in range(2)
    )
    inspection = Inspection(head, Tier.CLEAN, (), files, 14000, CryptoFacts())
    return Facts(inspection, MalwareFacts("none"), SpamFacts("none", None), SenderFacts())


def verdicts(at: datetime) -> Verdicts:
    route = Route("ordnung", (("number", "32"),))
    verdict = Verdict(
        RECIPIENT, Disposition.ACCEPT, (), (), SenderTold.NOBODY, (), (), route, "muster/2026-01-01", "e" * 64, at
    )
    return Verdicts((verdict,))


def settle_one(records: Records, blobs: FileBlobs, name: str) -> float:
    writer = blobs.writer()
    writer.write(os.urandom(BODY_BYTES))
    return settle_body(records, blobs, name, writer.finish())


def settle_body(records: Records, blobs: FileBlobs, name: str, body: Body) -> float:
    """The seconds until body and row are durable."""
    at = datetime.now(UTC)
    arrival = Arrival(
        Channel.EMAIL, AUTHORITY, Envelope(Address("erika", "buerger.example"), (RECIPIENT,)), body.key, body.size_bytes,
        at, Peer("192.0.2.7"),
    )  # fmt: skip
    sender = (("sender", "erika@buerger.example"),)
    arrived = Event(EventKind.ARRIVED, at, AUTHORITY, name, personal=sender)
    events = (
        arrived,
        replace(arrived, kind=EventKind.JUDGED, personal=()),
        replace(arrived, kind=EventKind.ACCEPTED, personal=()),
        replace(arrived, kind=EventKind.DELIVERY_QUEUED, personal=(("recipient", str(RECIPIENT)),)),
    )
    effect = Effect("deliver", f"<{name}@muster.example>", "{}", None, str(RECIPIENT))
    started = time.perf_counter()
    records.store.find_retry(AUTHORITY, body.key, at - RETRY_WINDOW)
    blobs.secure(body)
    settlement = Settlement(name, arrival, body, body.key, facts(), verdicts(at), events, (effect,))
    records.store.settle(settlement, at - RETRY_WINDOW)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--producers", type=int, default=8)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--database", default="", help="postgresql://… instead of a SQLite file; an empty one")
    parser.add_argument("--alone", action="store_true", help="no outbox and no desk beside the producers")
    parser.add_argument("--neighbour", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.neighbour:
        be_neighbours(arguments.database or arguments.folder)
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        target = arguments.database or Path(folder)
        records = open_records(target, SystemClock())
        blobs = FileBlobs(Path(folder) / "blobs", records.bodies.read_inline)
        flushes = flush_times(Path(folder))
        with nullcontext() if arguments.alone else neighbours(target, Path(folder)):
            times, seconds, cpu_seconds = produce(records, blobs, arguments.producers, arguments.messages)
        flushes += flush_times(Path(folder))
        records.close()
        report(times, seconds, cpu_seconds, flushes)


def produce(records: Records, blobs: FileBlobs, producers: int, messages: int) -> tuple[list[float], float, float]:
    """The time of each settlement, of the whole, and of the processor in this process; all in seconds."""
    times: list[float] = []

    def one_after_the_other(producer: int) -> None:
        mine = [
            settle_one(records, blobs, f"P{os.getpid()}-{producer}-{number}") for number in range(messages // producers)
        ]
        times.extend(mine)
        records.database.close()

    threads = [threading.Thread(target=one_after_the_other, args=(number,)) for number in range(producers)]
    started, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, time.perf_counter() - started, time.process_time() - cpu


def flush_times(folder: Path) -> list[float]:
    """What the machine needs to write as much as one message and flush it, with nothing else to do; in seconds."""
    found = []
    with (folder / "flushed").open("ab", buffering=0) as file:
        for _ in range(FLUSHES):
            started = time.perf_counter()
            file.write(os.urandom(BODY_BYTES))
            os.fdatasync(file.fileno())
            found.append(time.perf_counter() - started)
    return found


@contextmanager
def neighbours(target: Path | str, folder: Path) -> Iterator[None]:
    """An outbox that carries out every effect at once, and a desk that shows its list, in a process of their own."""
    place = ["--database", target] if isinstance(target, str) else ["--folder", str(folder)]
    command = [sys.executable, "-m", "bench.settle", "--neighbour", *place]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.communicate(timeout=30)


def be_neighbours(target: Path | str) -> None:
    records = open_records(target, SystemClock())
    from poststelle.records.worklists import work_list  # needs Django set up

    mailroom = desk.Viewer("user:1", "Paula Post", AUTHORITY, (desk.Grant(desk.Role.MAILROOM),))

    stopping = threading.Event()

    def send() -> None:
        while not stopping.is_set():
            items = records.outbox.claim(1, timedelta(minutes=10))
            for item in items:
                records.outbox.done(item, "250 ok")
            stopping.wait(0 if items else IDLE_SECONDS)
        records.database.close()

    def show() -> None:
        while not stopping.wait(DESK_SECONDS):
            work_list(records.database, mailroom, WorkList.INBOX, Sought())
        records.database.close()

    threads = [threading.Thread(target=one) for one in (send, show)]
    for thread in threads:
        thread.start()
    print("at work", flush=True)
    sys.stdin.read()
    stopping.set()
    for thread in threads:
        thread.join()
    records.close()


def report(times: list[float], seconds: float, cpu_seconds: float, flushes: list[float]) -> None:
    cuts, flush_cuts = statistics.quantiles(times, n=1000), statistics.quantiles(flushes, n=100)
    slow = sum(one > SPIKE_SECONDS for one in times)
    print(
        f"{len(times)} settled, {len(times) / seconds:.0f}/s, {cpu_seconds / len(times) * 1000:.2f} ms CPU each; "
        f"p50 {cuts[499] * 1000:.1f} ms, p99 {cuts[989] * 1000:.1f} ms, p99.9 {cuts[998] * 1000:.1f} ms, "
        f"max {max(times) * 1000:.1f} ms, {slow} over {SPIKE_SECONDS * 1000:.0f} ms"
    )
    print(
        f"a bare write and flush of {BODY_BYTES} bytes: p50 {flush_cuts[49] * 1000:.2f} ms, "
        f"p99 {flush_cuts[98] * 1000:.2f} ms; a settlement's p99 is {cuts[989] / flush_cuts[98]:.1f} of the latter"
    )


if __name__ == "__main__":
    main()
