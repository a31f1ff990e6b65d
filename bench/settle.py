# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The store at its port: producers that each settle 20 KB messages, one after the other, as the door's threads do.

``python -m bench.settle [--producers 8] [--messages 2000] [--folder DIR]`` prints rate, percentiles and processor time.
"""

import argparse
import os
import statistics
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from poststelle.adapters.blobs_fs import FileBlobs
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
    body = writer.finish()
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
    records.store.find_retry(AUTHORITY, body.key, at)
    blobs.secure(body)
    records.store.settle(Settlement(name, arrival, body, body.key, facts(), verdicts(at), events, (effect,)))
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--producers", type=int, default=8)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--folder", type=Path, default=None)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        records = open_records(Path(folder), SystemClock())
        blobs = FileBlobs(Path(folder) / "blobs", records.bodies.read_inline)
        each = arguments.messages // arguments.producers
        times: list[float] = []

        def produce(producer: int) -> None:
            mine = [settle_one(records, blobs, f"P-{producer}-{number}") for number in range(each)]
            times.extend(mine)
            records.database.close()

        threads = [threading.Thread(target=produce, args=(number,)) for number in range(arguments.producers)]
        started, cpu = time.perf_counter(), time.process_time()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
        records.close()
        report(times, seconds, cpu_seconds)


def report(times: list[float], seconds: float, cpu_seconds: float) -> None:
    cuts = statistics.quantiles(times, n=1000)
    print(
        f"{len(times)} settled, {len(times) / seconds:.0f}/s, {cpu_seconds / len(times) * 1000:.2f} ms CPU each; "
        f"p50 {cuts[499] * 1000:.1f} ms, p99 {cuts[989] * 1000:.1f} ms, p99.9 {cuts[998] * 1000:.1f} ms, "
        f"max {max(times) * 1000:.1f} ms"
    )


if __name__ == "__main__":
    main()
