# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The port Clock: the machine's wall clock, never going back, with every step of it told to somebody.

After a step back the time runs at half speed until the wall clock has caught up: order is kept, and nobody waits for
a time that stands still. After a step forward the new time is taken at once. Both are told, so that a receipt may be
flagged: the moment of legal receipt is never silently wrong.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from poststelle.application.ports import UnavailableError

TOLERANCE_SECONDS: Final = 2.0
"""Between two readings; slewing by NTP stays at 500 ppm, a leap second at one."""
LOOK_SECONDS: Final = 1.0
_SLEWING: Final = 0.5
_TICK: Final = timedelta(microseconds=1)

_LOG = logging.getLogger("poststelle.clock")


@dataclass(frozen=True, slots=True)
class ClockStep:
    """The wall clock was set. ``seconds`` is positive for a step forward."""

    seconds: float
    expected_at: datetime
    found_at: datetime


def wall_clock() -> datetime:
    """Aware UTC of the machine."""
    return datetime.now(UTC)


def elapsed_clock() -> float:
    """Seconds that nobody can set; time asleep counts (CLOCK_BOOTTIME)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class SteadyClock:
    """The port Clock. Safe to be asked from several threads; ``on_step`` is called in the asking one, outside the lock."""

    def __init__(
        self,
        on_step: Callable[[ClockStep], None],
        tolerance_seconds: float = TOLERANCE_SECONDS,
        wall: Callable[[], datetime] = wall_clock,
        elapsed: Callable[[], float] = elapsed_clock,
    ) -> None:
        self._on_step = on_step
        self._tolerance_seconds = tolerance_seconds
        self._wall = wall
        self._elapsed = elapsed
        self._lock = Lock()
        self._read_at = self._said = wall()
        self._read_elapsed = elapsed()
        self._suspect = False

    def now(self) -> datetime:
        """Later than every answer before."""
        with self._lock:
            step = self._advance()
            said = self._said
        if step is not None:
            self._on_step(step)
        return said

    @property
    def is_suspect(self) -> bool:
        """The clock was set back and has not caught up: what it says is ahead of the machine."""
        with self._lock:
            return self._suspect

    def _advance(self) -> ClockStep | None:
        found, elapsed = self._wall(), self._elapsed()
        passed = timedelta(seconds=max(0.0, elapsed - self._read_elapsed))
        expected = self._read_at + passed
        slowed = self._said + max(passed * _SLEWING, _TICK)
        self._suspect = found < slowed - timedelta(seconds=self._tolerance_seconds)
        self._said = max(found, slowed)
        self._read_at, self._read_elapsed = found, elapsed
        stepped_seconds = (found - expected).total_seconds()
        if abs(stepped_seconds) <= self._tolerance_seconds:
            return None
        return ClockStep(stepped_seconds, expected, found)


class ClockWatch:
    """Makes the clock of a process, looks at it every second and passes its steps on: none waits for traffic.

    Whoever reads the clock may find a step, also the thread that writes to the database: it only notes it here. What
    could not be told is told again with the next look. Close it before the process ends.
    """

    def __init__(self, make: Callable[[Callable[[ClockStep], None]], SteadyClock] = SteadyClock) -> None:
        self._steps: queue.SimpleQueue[ClockStep] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self.clock = make(self._steps.put)

    def start(self, tell: Callable[[ClockStep], None], look_seconds: float = LOOK_SECONDS) -> None:
        """Look every so often, and tell of every step from a thread of its own."""
        self._thread = threading.Thread(target=self._watch, args=(tell, look_seconds), name="clock-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread; what was noted is told first, if it can be."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self, tell: Callable[[ClockStep], None], look_seconds: float) -> None:
        is_open = True
        while is_open:
            is_open = not self._closing.wait(look_seconds)
            self.clock.now()
            self._tell_all(tell)

    def _tell_all(self, tell: Callable[[ClockStep], None]) -> None:
        while not self._steps.empty():
            step = self._steps.get()
            _LOG.warning("event=clock-stepped seconds=%.1f", step.seconds)
            try:
                tell(step)
            except UnavailableError:
                self._steps.put(step)
                return
