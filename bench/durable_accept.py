# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a 250 costs that survives a power cut: the door with its records beside aiosmtpd that flushes one file a message.

``python -m bench.durable_accept [--clients 8] [--messages 800] [--rounds 3]``: so many clients at once, each on one
connection. The door commits body, row and journal in groups; aiosmtpd writes, flushes and closes a file, and flushes
its directory, in the handler and in a thread of its own. Nothing is inspected.
"""

import argparse
import asyncio
import os
import statistics
import threading
import time
from itertools import count
from pathlib import Path

from bench.settle import SystemClock, settle_body
from bench.smtp_accept import (
    HOST,
    connect,
    content,
    cpu_seconds,
    free_port,
    reply,
    send_grouped,
    send_singly,
    server,
    tell,
)

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.smtp_door import Door, DoorSettings, Known, Reception, loop_factory
from poststelle.application.ports import Body
from poststelle.core.arrival import Arrival, AuthorityId
from poststelle.protocol.smtp import Reply, replies
from poststelle.records.opening import Records, open_records

SERVERS = ("door, uvloop", "door", "aiosmtpd, inline", "aiosmtpd, threads")
SIZES = (("2 KB", 2_000), ("200 KB", 200_000))


async def serve_door(records: Records, folder: Path) -> None:
    blobs = FileBlobs(folder / "blobs", records.bodies.read_inline)
    numbers = count()

    def accept(_arrival: Arrival, body: Body) -> tuple[Reply, ...]:
        settle_body(records, blobs, f"M{next(numbers)}", body)
        return (replies.ACCEPTED,)

    door = Door(
        DoorSettings(HOST, 0, "bench.example"),
        blobs,
        lambda _address: Known(AuthorityId("muster")),
        Reception(accept),
        SystemClock(),
    )
    await door.open()
    print(door.port, flush=True)
    await asyncio.Event().wait()


def keep(folder: Path, number: int, octets: bytes) -> None:
    """One file, and its name, durable."""
    descriptor = os.open(folder / f"{number}.eml", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    os.write(descriptor, octets)
    os.fsync(descriptor)
    os.close(descriptor)
    directory = os.open(folder, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def serve_aiosmtpd(folder: Path, *, in_threads: bool) -> None:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import Envelope

    numbers = count()

    class Handler:
        async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
            octets = envelope.content if isinstance(envelope.content, bytes) else b""
            if in_threads:
                await asyncio.to_thread(keep, folder, next(numbers), octets)
            else:
                keep(folder, next(numbers), octets)
            return "250 OK"

    port = free_port()
    Controller(Handler(), hostname=HOST, port=port, data_size_limit=60_000_000).start()
    print(port, flush=True)
    time.sleep(3600)


def serve(name: str, folder: Path) -> None:
    if name.startswith("aiosmtpd"):
        serve_aiosmtpd(folder, in_threads=name.endswith("threads"))
    records = open_records(folder, SystemClock())
    with asyncio.Runner(loop_factory=loop_factory(wants_uvloop=name == "door, uvloop")) as runner:
        runner.run(serve_door(records, folder))


def rate(name: str, message: bytes, clients: int, messages: int) -> tuple[float, float]:
    """Messages per second, and processor seconds of the server per message."""
    with server(name, "bench.durable_accept") as (pid, port):

        def send() -> None:
            with connect(port) as client, client.makefile("rb") as said:
                reply(said)
                offered = tell(client, said, b"EHLO client.example\r\n")
                grouped = any(b"PIPELINING" in line for line in offered)
                for _ in range(messages // clients):
                    (send_grouped if grouped else send_singly)(client, said, message)

        threads = [threading.Thread(target=send) for _ in range(clients)]
        begun, cpu = time.perf_counter(), cpu_seconds(pid)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return messages / (time.perf_counter() - begun), (cpu_seconds(pid) - cpu) / messages


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--messages", type=int, default=800)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--serve", help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve(chosen.serve, chosen.folder)
    for label, size_bytes in SIZES:
        print(f"\n{label}, {chosen.messages} messages, {chosen.clients} clients", flush=True)
        report(content(size_bytes) + b".\r\n", chosen.clients, chosen.messages, chosen.rounds)


def report(message: bytes, clients: int, messages: int, rounds: int) -> None:
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in SERVERS}
    for _ in range(rounds):
        for name in SERVERS:
            measured[name].append(rate(name, message, clients, messages))
    own = statistics.median(per_second for per_second, _ in measured[SERVERS[0]])
    for name in SERVERS:
        per_second, cpu = (statistics.median(column) for column in zip(*measured[name], strict=True))
        print(f"  {name:20} {per_second:8.0f} a second {cpu * 1e3:8.3f} ms CPU   {own / per_second:6.2f} x by the door")


if __name__ == "__main__":
    main()
