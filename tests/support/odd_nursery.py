# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Nurseries whose workers misbehave, forked from one program as ``support.nurseries`` starts it.

Before a pool asks for one, a message says the oddities of its workers: one for each birth, and the last one stays for all
that follow. ``honest`` is a worker as it should be.
"""

import mmap
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress

from poststelle.adapters.inspector_pool import worker
from poststelle.adapters.inspector_pool.confinement import LARGEST_WRITE_BYTES, Restraints, confine
from poststelle.adapters.inspector_pool.frames import BrokenPeerError, Kind, receive_frame, send_frame
from poststelle.inspection.cms.layer import Surroundings


def _ready(link: socket.socket) -> None:
    send_frame(link, Kind.READY, b"[[], []]")


def _after_a_job(act: Callable[[socket.socket], object]) -> Callable[[socket.socket], None]:
    def odd(link: socket.socket) -> None:
        _ready(link)
        receive_frame(link)
        act(link)

    return odd


def _dribble(link: socket.socket) -> None:
    """An octet of a promised frame every tenth of a second, for ever."""
    link.sendall(struct.pack("=BBI", Kind.RESULT, 0, 1000))
    link.settimeout(0.1)
    while True:
        link.sendall(b"x")
        with suppress(TimeoutError):
            link.recv(1)


def _scan_too_often(link: socket.socket) -> None:
    while True:
        layer = os.memfd_create("layer")
        send_frame(link, Kind.SCAN, b"1", layer)
        os.close(layer)
        receive_frame(link)


def _with_file(kind: Kind, open_one: Callable[[], int]) -> Callable[[socket.socket], None]:
    """A frame with a descriptor that no honest worker sends with it; the other end of a pipe stays open here."""

    def act(link: socket.socket) -> None:
        send_frame(link, kind, b"0" * 16, open_one())
        receive_frame(link)

    return _after_a_job(act)


def _a_pipe() -> int:
    return os.pipe()[0]


def _no_end() -> int:
    return os.open("/dev/urandom", os.O_RDONLY)


def _beyond_the_limits() -> int:
    handle = os.memfd_create("layer")
    os.truncate(handle, LARGEST_WRITE_BYTES + 1)  # holes: costs no memory
    return handle


def _confined(act: Callable[[], object]) -> Callable[[socket.socket], None]:
    """A worker as it should be, taken over by its first message; it says so where nothing stopped it."""

    def odd(link: socket.socket) -> None:
        confine()
        _ready(link)
        receive_frame(link)
        worker._allow_cpu(1)
        act()
        send_frame(link, Kind.FAULT, b"nothing stopped it")

    return odd


def _spin() -> None:
    while True:
        pass


ODDITIES: dict[str, Callable[[socket.socket], None]] = {
    "honest": lambda link: worker.serve(link, Surroundings(recipients=()), Restraints()),
    "dies": _after_a_job(lambda _: os.kill(os.getpid(), signal.SIGKILL)),
    "hangs": _after_a_job(lambda _: signal.pause()),
    "dribbles": _after_a_job(_dribble),
    "says-nonsense": _after_a_job(lambda link: link.sendall(b"\xff" * 64)),
    "promises-gigabytes": _after_a_job(lambda link: link.sendall(struct.pack("=BBI", Kind.RESULT, 0, 0xFFFFFFFF))),
    "sends-a-job": _after_a_job(lambda link: send_frame(link, Kind.JOB, b"")),
    "answers-other-facts": _after_a_job(lambda link: send_frame(link, Kind.RESULT, b'{"tier": "spotless"}')),
    "scans-nothing": _after_a_job(lambda link: send_frame(link, Kind.SCAN, b"1")),
    "scans-too-often": _after_a_job(_scan_too_often),
    "eats-memory": _confined(lambda: mmap.mmap(-1, 2 << 30)),  # asked for and not touched: costs no time
    "spins": _confined(_spin),
    "names-a-fault": _after_a_job(lambda link: send_frame(link, Kind.FAULT, b"ValueError at pdf.py:1")),
    "scans-a-pipe": _with_file(Kind.SCAN, _a_pipe),
    "scans-without-end": _with_file(Kind.SCAN, _no_end),
    "scans-beyond-the-limits": _with_file(Kind.SCAN, _beyond_the_limits),
    "answers-by-a-pipe": _with_file(Kind.RESULT, _a_pipe),
    "answers-without-end": _with_file(Kind.RESULT, _no_end),
    "answers-beyond-the-limits": _with_file(Kind.RESULT, _beyond_the_limits),
    "unwraps-with-a-file": _with_file(Kind.UNWRAP, _a_pipe),
    "sends-a-job-with-a-file": _with_file(Kind.JOB, _a_pipe),
    "names-a-fault-with-a-file": _with_file(Kind.FAULT, _a_pipe),
    "dies-unborn": lambda _: None,
}


def main() -> None:
    """Fork a nursery for each pool that asks, until nobody is left who could."""
    common = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    oddities: list[str] = []
    while (asked := socket.recv_fds(common, 1024, 1))[0]:
        said, handles = asked[:2]
        if not handles:
            oddities = said.decode().split(",")
        elif os.fork() == 0:
            common.close()
            _serve(socket.socket(fileno=handles[0]), oddities)
            os._exit(0)
        else:
            os.close(handles[0])


def _serve(pool: socket.socket, oddities: list[str]) -> None:
    with suppress(BrokenPeerError):
        while True:
            order = receive_frame(pool)
            if order.kind is Kind.WORLD or order.handle is None:
                continue
            _raise_one(pool, order.handle, oddities.pop(0) if len(oddities) > 1 else oddities[0])


def _raise_one(pool: socket.socket, handle: int, oddity: str) -> None:
    pid = os.fork()
    if pid == 0:
        pool.close()
        try:
            with socket.socket(fileno=handle) as link:
                ODDITIES[oddity](link)
        finally:
            os._exit(0)
    os.close(handle)
    born = os.pidfd_open(pid)
    send_frame(pool, Kind.ANSWER, str(pid).encode(), born)
    os.close(born)


if __name__ == "__main__":
    main()
