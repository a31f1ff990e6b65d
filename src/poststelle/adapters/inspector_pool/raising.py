# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where a pool gets its workers from: a nursery, forked from the one that is common to all pools, or a program of its own.

Refuses to know what workers are for.
"""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from poststelle.adapters.inspector_pool.common import PROGRAM, ask_for_nursery, started
from poststelle.adapters.inspector_pool.frames import BrokenPeerError, Kind, receive_frame, send_frame, without_file
from poststelle.adapters.inspector_pool.world import World
from poststelle.application.ports import UnavailableError

TRIES = 2
START_SECONDS = 20.0


@dataclass(slots=True)
class Worker:
    """One worker process: its end of the pair, and a handle on the process that no other can reuse."""

    link: socket.socket
    pid: int
    handle: int
    confinement: tuple[str, ...]
    world: World
    served: int = 0

    def end(self) -> None:
        """End the process, whatever it does."""
        self.link.close()
        try:
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        except ProcessLookupError:
            pass
        finally:
            os.close(self.handle)


class Nursery:
    """The one fork server of a pool, had when first needed and again when it is gone.

    ``common`` is where one may be asked for; where that does not answer in time, the pool starts the program itself.
    """

    def __init__(self, program: Sequence[str] = PROGRAM, common: int | None = None) -> None:
        self._program = program
        self._common = common
        self._process: subprocess.Popen[bytes] | None = None
        self._pair: socket.socket | None = None
        self._knows: World | None = None

    def raise_worker(self, world: World) -> Worker:
        """A fresh, confined worker. UnavailableError where the machine gives none."""
        for _ in range(TRIES):
            try:
                return self._ask(world)
            except (BrokenPeerError, OSError) as error:
                if isinstance(error, TimeoutError):
                    self._common = None
                self.close()
                fault = error
        raise UnavailableError(f"no inspector can be started: {fault}")

    def close(self) -> None:
        """End the process; the next worker has another."""
        if self._pair is not None:
            self._pair.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._pair = None

    def _ask(self, world: World) -> Worker:
        if self._pair is None or (self._process is not None and self._process.poll() is not None):
            self.close()
            self._pair, self._knows = self._begin(), None
        if self._knows is not world:
            send_frame(self._pair, Kind.WORLD, world.packed())
            self._knows = world
        ours, theirs = socket.socketpair()
        with ExitStack() as undone:
            undone.callback(ours.close)
            with theirs:
                send_frame(self._pair, Kind.JOB, b"", theirs.fileno())
            born = receive_frame(self._pair)
            if born.handle is None:
                raise BrokenPeerError("the nursery named no process")
            undone.callback(os.close, born.handle)
            active, _ = json.loads(without_file(receive_frame(ours, time.monotonic() + START_SECONDS)).content)
            undone.pop_all()
        return Worker(ours, int(born.content), born.handle, tuple(active), world)

    def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        ours.settimeout(START_SECONDS)
        with theirs:
            if self._common is None or not ask_for_nursery(self._common, theirs.fileno()):
                self._process = started(self._program, theirs.fileno())
        return ours
