# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A role that works in rounds until SIGTERM or SIGINT, and then ends after the round under way."""

import logging
import os
import select
import signal
import threading
from collections.abc import Callable
from types import FrameType

from poststelle.application.ports import UnavailableError

IDLE_SECONDS = 0.3
"""Wait after a round that found nothing to do."""
TROUBLE_SECONDS = 2.0
"""Wait after a round in which a part of the world did not answer."""

_LOG = logging.getLogger("poststelle.rounds")


class _Stop:
    """Set once, also by the handler of a signal. It has no lock: the code that a signal interrupts may hold it."""

    def __init__(self) -> None:
        self.is_set = False
        self._heard, self._ring = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def set(self) -> None:
        """From now on nobody waits."""
        self.is_set = True
        os.write(self._ring, b".")

    def wait(self, seconds: float) -> None:
        """So long, or until it is set."""
        waiting = select.poll()  # one for each thread
        waiting.register(self._heard, select.POLLIN)
        waiting.poll(seconds * 1000)


def run_rounds(
    role: str,
    one_round: Callable[[], int],
    idle_seconds: float = IDLE_SECONDS,
    threads: int = 1,
    leave: Callable[[], None] = lambda: None,
) -> None:
    """Call ``one_round`` again and again; it says how much it did. Blocks until asked to end. Main thread only.

    With several threads each goes its own rounds, and calls ``leave`` at its end. What is under way is finished.
    """
    stopping = _Stop()
    faults: list[BaseException] = []

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)

    def rounds() -> None:
        try:
            while not stopping.is_set:
                stopping.wait(_seconds_after(role, one_round, idle_seconds))
        except BaseException as fault:  # noqa: BLE001 - raised again below: a thread would print it, with words of mail
            faults.append(fault)
        finally:
            leave()
            stopping.set()  # a thread that breaks ends the role: the supervisor starts it anew

    _go(rounds, role, threads)
    if faults:
        raise faults[0]


def _go(rounds: Callable[[], None], role: str, threads: int) -> None:
    """In this thread and so many more, until the last has ended."""
    others = [threading.Thread(target=rounds, name=f"{role}-{number}") for number in range(1, threads)]
    for thread in others:
        thread.start()
    rounds()
    for thread in others:
        thread.join()


def _seconds_after(role: str, one_round: Callable[[], int], idle_seconds: float) -> float:
    """Go one round; how long to wait before the next."""
    try:
        return 0.0 if one_round() else idle_seconds
    except UnavailableError as error:
        _LOG.warning("role=%s event=unavailable cause=%s", role, error)
        return TROUBLE_SECONDS
