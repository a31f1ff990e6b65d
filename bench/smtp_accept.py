# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What receiving costs: processor time of the door per message, beside Postfix's smtp-sink and aiosmtpd.

``python -m bench.smtp_accept [--rounds 3]`` sends the same messages by the same client to one process each, one
command at a time and then in groups where PIPELINING is offered, and prints the median of the rounds. Nothing is judged; only ``door, files`` hashes and keeps the content.
"""

import argparse
import asyncio
import base64
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.smtp_door import Door, DoorSettings, Known, Reception, loop_factory
from poststelle.application.ports import BlobWriter, Body
from poststelle.core.arrival import AuthorityId, BlobKey
from poststelle.protocol.smtp import BodyChunk, BodyEnded, RecipientGiven, Session, SessionSettings, replies

HOST = "127.0.0.1"
LOADS = (("2 KB", 2_000, 2_000), ("200 KB", 200_000, 150), ("27 MB", 27_000_000, 3))
SERVERS = ("door, nothing kept", "door, uvloop", "door, files", "smtp-sink", "aiosmtpd")
TICKS = os.sysconf("SC_CLK_TCK")


# The servers, each in a process of its own


class NoBlobs:
    """Keeps nothing and hashes nothing, like the others."""

    def writer(self) -> BlobWriter:
        return NoWriter()

    def secure(self, body: Body) -> None: ...

    def open(self, key: BlobKey) -> BinaryIO:
        raise KeyError(key)


class NoWriter:
    def write(self, chunk: bytes) -> None: ...

    def finish(self) -> Body:
        return Body(BlobKey(""), 0, b"")

    def discard(self) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def serve_door(name: str, folder: Path) -> None:
    blobs = FileBlobs(folder, lambda _key: None) if name == "door, files" else NoBlobs()
    door = Door(
        DoorSettings(HOST, 0, "bench.example"),
        blobs,
        lambda _address: Known(AuthorityId("bench")),
        Reception(lambda _arrival, _body: (replies.ACCEPTED,)),
        SystemClock(),
    )
    await door.open()
    print(door.port, flush=True)
    await asyncio.Event().wait()


def serve_aiosmtpd() -> None:
    from aiosmtpd.controller import Controller

    class Handler:
        async def handle_DATA(self, _server: object, _session: object, _envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
            return "250 OK"

    port = free_port()
    Controller(Handler(), hostname=HOST, port=port, data_size_limit=60_000_000).start()
    print(port, flush=True)
    time.sleep(3600)


def serve(name: str, folder: Path) -> None:
    if name == "aiosmtpd":
        serve_aiosmtpd()
    with asyncio.Runner(loop_factory=loop_factory(wants_uvloop=name == "door, uvloop")) as runner:
        runner.run(serve_door(name, folder))


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def server(name: str, module: str = "bench.smtp_accept") -> Iterator[tuple[int, int]]:
    """Process id and port of the server that the module runs under this name."""
    with tempfile.TemporaryDirectory() as folder:
        if name == "smtp-sink":
            port = free_port()
            user = ["-u", "nobody"] if os.getuid() == 0 else []
            child = subprocess.Popen([sink() or "", *user, f"{HOST}:{port}", "100"])
        else:
            command = [sys.executable, "-m", module, "--serve", name, "--folder", folder]
            child = subprocess.Popen(command, stdout=subprocess.PIPE)
            port = int(child.stdout.readline()) if child.stdout else 0
        try:
            yield child.pid, port
        finally:
            child.kill()
            child.wait()


def sink() -> str | None:
    return shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


# The client


@dataclass(frozen=True, slots=True)
class Cost:
    cpu_seconds: float
    wall_seconds: float


def measure(address: tuple[int, int], message: bytes, count: int, *, in_groups: bool) -> Cost:
    """Of one message, at the server with this process id and port."""
    pid, port = address
    with connect(port) as client, client.makefile("rb") as said:
        reply(said)
        offered = tell(client, said, b"EHLO client.example\r\n")
        may_group = in_groups and any(b"PIPELINING" in line for line in offered)
        send_one = send_grouped if may_group else send_singly
        send_one(client, said, message)
        cpu, wall = cpu_seconds(pid), time.perf_counter()
        for _ in range(count):
            send_one(client, said, message)
        return Cost((cpu_seconds(pid) - cpu) / count, (time.perf_counter() - wall) / count)


def connect(port: int) -> socket.socket:
    for _ in range(100):
        try:
            client = socket.create_connection((HOST, port), 30)
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return client
    raise SystemExit("the server does not listen")


ENVELOPE = (b"MAIL FROM:<a@example.net>\r\n", b"RCPT TO:<post@example.org>\r\n", b"DATA\r\n")


def send_singly(client: socket.socket, said: BinaryIO, message: bytes) -> None:
    for line in (*ENVELOPE, message):
        tell(client, said, line)


def send_grouped(client: socket.socket, said: BinaryIO, message: bytes) -> None:
    client.sendall(b"".join(ENVELOPE))
    for _ in ENVELOPE:
        reply(said)
    tell(client, said, message)


def tell(client: socket.socket, said: BinaryIO, wire: bytes) -> list[bytes]:
    client.sendall(wire)
    return reply(said)


def reply(said: BinaryIO) -> list[bytes]:
    lines = [said.readline()]
    while lines[-1][3:4] == b"-":
        lines.append(said.readline())
    if lines[-1][:1] not in {b"2", b"3"}:
        raise SystemExit(f"refused: {lines[-1]!r}")
    return lines


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def content(size_bytes: int) -> bytes:
    noise = base64.encodebytes(random.Random(1).randbytes(100_000)).replace(b"\n", b"\r\n")
    text = b"Subject: bench\r\n\r\n" + noise * (size_bytes // len(noise) + 1)
    return text[: size_bytes - 2].rstrip(b"\r\n") + b"\r\n"


# The session without a socket


def session_rate() -> float:
    """Megabytes per second through the session alone, in reads of 64 KiB."""
    session = Session(SessionSettings("bench.example", 60_000_000))
    session.greet()
    for line in (b"EHLO x\r\n", b"MAIL FROM:<>\r\n"):
        session.receive(line)
    if isinstance(session.receive(b"RCPT TO:<post@example.org>\r\n")[-1], RecipientGiven):
        session.answer(replies.RECIPIENT_OK)
    session.receive(b"DATA\r\n")
    wire = content(27_000_000) + b".\r\n"
    begun, got = time.perf_counter(), 0
    for at in range(0, len(wire), 65536):
        for event in session.receive(wire[at : at + 65536]):
            got += len(event.content) if isinstance(event, BodyChunk) else 0
            if isinstance(event, BodyEnded) and got != event.size_bytes:
                raise SystemExit("octets were lost")
    return got / (time.perf_counter() - begun) / 1e6


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--serve", help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve(chosen.serve, chosen.folder)
    print(f"session alone: {statistics.median(session_rate() for _ in range(chosen.rounds)):.0f} MB/s")
    names = [name for name in SERVERS if name != "smtp-sink" or sink()]
    for label, size_bytes, count in LOADS:
        for in_groups in (False, True):
            print(f"\n{label}, {count} messages, {'in groups where offered' if in_groups else 'command by command'}")
            report(names, content(size_bytes) + b".\r\n", (count, chosen.rounds), in_groups=in_groups)


def report(names: list[str], message: bytes, effort: tuple[int, int], *, in_groups: bool) -> None:
    count, rounds = effort
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            with server(name) as address:
                costs[name].append(measure(address, message, count, in_groups=in_groups))
    own = statistics.median(cost.cpu_seconds for cost in costs[SERVERS[0]])
    for name in names:
        cpu = statistics.median(cost.cpu_seconds for cost in costs[name])
        wall = statistics.median(cost.wall_seconds for cost in costs[name])
        print(f"  {name:20} {cpu * 1e3:9.3f} ms CPU {wall * 1e3:9.3f} ms wall   {cpu / own:6.2f} x door")


if __name__ == "__main__":
    main()
