# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A role that works in rounds until SIGTERM or SIGINT, and then ends after the round under way."""

import logging
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


def run_rounds(role: str, one_round: Callable[[], int], idle_seconds: float = IDLE_SECONDS) -> None:
    """Call ``one_round`` again and again; it says how much it did. Blocks until asked to end. Main thread only."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not stopping.is_set():
        try:
            done = one_round()
        except UnavailableError as error:
            _LOG.warning("role=%s event=unavailable cause=%s", role, error)
            stopping.wait(TROUBLE_SECONDS)
        else:
            if done == 0:
                stopping.wait(idle_seconds)
