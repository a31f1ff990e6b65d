# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A bounded stream of messages over SMTP to a server on this machine, one connection for each as strangers have it."""

import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.workloads import SENDER, TOKEN, Shape

LONGEST_RUN_SECONDS = 60.0


@dataclass
class Run:
    """What a stream met."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    replies: Counter[str] = field(default_factory=Counter)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def stream(port: int, shapes: list[Shape], clients: int = 4) -> Run:
    """Send every message once, with so many clients at a time; loopback only."""
    run, lock, waiting = Run(), threading.Lock(), list(enumerate(shapes))[::-1]
    begun = time.perf_counter()

    def client() -> None:
        while True:
            with lock:
                if not waiting or time.perf_counter() - begun > LONGEST_RUN_SECONDS:
                    return
                number, shape = waiting.pop()
            start = time.perf_counter()
            reply = _send(port, shape, _token(begun, number))
            with lock:
                run.latencies.append(time.perf_counter() - start)
                run.replies[reply] += 1

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.seconds = time.perf_counter() - begun
    return run


def _token(begun: float, number: int) -> bytes:
    return f"B{int(begun * 1000) % 10**9:09d}x{number:09d}"[: len(TOKEN)].encode()


def _send(port: int, shape: Shape, token: bytes) -> str:
    content = shape.message(token).replace(b"\r\n.", b"\r\n..")
    with socket.create_connection(("127.0.0.1", port), timeout=120) as link, link.makefile("rb") as answers:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = _answer(answers)
        for line in (
            b"EHLO bench.example",
            f"MAIL FROM:<{SENDER}>".encode(),
            f"RCPT TO:<{shape.recipient}>".encode(),
            b"DATA",
        ):
            link.sendall(line + b"\r\n")
            code = _answer(answers)
            if code[0] not in "23":
                return code
        link.sendall(content + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code = _answer(answers)
        link.sendall(b"QUIT\r\n")
        return code


def _answer(answers: object) -> str:
    while True:
        line = answers.readline()  # type: ignore[attr-defined]
        if not line:
            return "EOF"
        if line[3:4] != b"-":
            return line[:3].decode()
