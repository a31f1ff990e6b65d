# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Chores that come round at their own intervals, done by one role in its rounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from poststelle.application.ports import Clock


@dataclass(frozen=True, slots=True)
class Chore:
    """One thing to be done again and again; ``act`` says how much it did."""

    every: timedelta
    act: Callable[[], int]


class Rhythm:
    """Which chore is due when. A chore that fails comes again at its next time, and takes no other with it."""

    def __init__(self, chores: Sequence[Chore], clock: Clock) -> None:
        self._clock = clock
        self._due: list[tuple[datetime, Chore]] = [(clock.now(), chore) for chore in chores]

    def one_round(self) -> int:
        """Do what is due; how much was done. The first failure is raised after all were tried."""
        done, failures = 0, []
        for number, (due_at, chore) in enumerate(self._due):
            now = self._clock.now()
            if now < due_at:
                continue
            self._due[number] = (now + chore.every, chore)
            try:
                done += chore.act()
            except Exception as error:  # noqa: BLE001 - raised below
                failures.append(error)
        if failures:
            raise failures[0]
        return done
