# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The supervisor of the embedded default: starts each role as a process of its own and starts it again when it ends.

Refuses to know what a role does and how its process is made. In production systemd does this work.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

RESTART_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Waits before a role that keeps ending is started again; the last one repeats."""
STEADY_SECONDS = 30.0
"""A role that ran this long starts over with the shortest wait."""
DRAIN_SECONDS = 20.0
"""For roles that are asked to end: above the grace of each of them."""


class Child(Protocol):
    """What a supervisor needs of a process; ``subprocess.Popen`` is one."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once there is one. Raises subprocess.TimeoutExpired."""
        ...

    def terminate(self) -> None:
        """Ask it to end."""
        ...

    def kill(self) -> None:
        """End it."""
        ...


Start = Callable[[], Child]


@dataclass(slots=True)
class _Running:
    start: Start
    process: Child | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    falls: int = 0


class Supervisor:
    """Keeps the roles running until SIGTERM, SIGINT or SIGHUP, then lets them drain in reverse order.

    ``bearers`` are those that others lean on to the end of what they have under way: they are asked when no other is left.
    """

    def __init__(
        self,
        starts: Mapping[str, Start],
        tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True),  # noqa: T201 - operator's view
        drain_seconds: float = DRAIN_SECONDS,
        bearers: frozenset[str] = frozenset(),
    ) -> None:
        self._roles = {name: _Running(start) for name, start in starts.items()}
        self._tell_operator = tell
        self._drain_seconds = drain_seconds
        self._bearers = bearers
        self._stopping = False

    def run(self, while_running: Callable[[], bool] = lambda: True) -> None:
        """Block until asked to end, or until ``while_running`` says no."""
        wake, ring = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        before = {number: signal.signal(number, self._stop) for number in _ending()}
        old_ring = signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(wake, selectors.EVENT_READ)
                while not self._stopping and while_running():
                    self._tend()
                    selector.select(0.1)
        finally:
            self._drain()
            signal.set_wakeup_fd(old_ring)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(wake)
            os.close(ring)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _tend(self) -> None:
        now = time.monotonic()
        for name, role in self._roles.items():
            code = role.process.poll() if role.process is not None else None
            if code is not None:
                self._mourn(name, role, f"ended with {code}", now)
            if role.process is None and now >= role.due_at:
                self._begin(name, role, now)

    def _begin(self, name: str, role: _Running, now: float) -> None:
        """A machine that gives no process at this moment ends nothing that runs."""
        role.started_at = now
        try:
            role.process = role.start()
        except OSError as error:
            self._mourn(name, role, f"could not be started ({error.strerror})", now)

    def _mourn(self, name: str, role: _Running, how: str, now: float) -> None:
        role.falls = 0 if now - role.started_at > STEADY_SECONDS else role.falls
        wait = RESTART_SECONDS[min(role.falls, len(RESTART_SECONDS) - 1)]
        role.falls += 1
        role.process, role.due_at = None, now + wait
        self._tell(f"role {name} {how}; it starts again in {wait} s")

    def _tell(self, line: str) -> None:
        """Where nobody takes what we say, such as on a full disk, the roles run on all the same."""
        with suppress(OSError):
            self._tell_operator(line)

    def _drain(self) -> None:
        until = time.monotonic() + self._drain_seconds
        names = tuple(reversed(self._roles))
        self._end((name for name in names if name not in self._bearers), until)
        self._end((name for name in names if name in self._bearers), until)

    def _end(self, names: Iterable[str], until: float) -> None:
        """Ask them all, then wait for each; who has not ended by then is ended."""
        ending = {name: self._roles[name] for name in names}
        for role in ending.values():
            if role.process is not None:
                role.process.terminate()
        for name, role in ending.items():
            if role.process is None:
                continue
            try:
                role.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._tell(f"role {name} did not drain in time and is ended")
                role.process.kill()
                role.process.wait()


def _ending() -> tuple[signal.Signals, ...]:
    """What asks us to end; a terminal that hangs up does so too, unless we were started to outlive it (nohup)."""
    hung_up = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)
    return (signal.SIGTERM, signal.SIGINT, *hung_up)
