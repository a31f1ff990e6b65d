# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The port Clock: the machine's wall clock, never going back, with every step of it told to somebody.

After a step back the time runs at half speed until the wall clock has caught up: order is kept, and nobody waits for
a time that stands still. After a step forward the new time is taken at once. Both are told, so that a receipt may be
flagged: the moment of legal receipt is never silently wrong.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

TOLERANCE_SECONDS: Final = 2.0
"""Between two readings; slewing by NTP stays at 500 ppm, a leap second at one."""
_SLEWING: Final = 0.5
_TICK: Final = timedelta(microseconds=1)


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
