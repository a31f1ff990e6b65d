# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The beBPo door's round: what was claimed before first, then what became complete; each message for itself.

A message that cannot be taken in now stays claimed and is tried again later; it holds up no other one.
"""

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from poststelle.adapters.bebpo_door.drop import Claimed, DropFolder
from poststelle.adapters.bebpo_door.packing import pack_into
from poststelle.application.ports import Blobs, Body, UnavailableError

HandIn = Callable[[Body, datetime], None]
"""Takes one packed message in, with the time its newest file was written; durable on return. UnavailableError."""

WAITS_SECONDS = (2.0, 10.0, 60.0, 300.0, 1800.0)
"""Before a message that could not be taken in is tried again; the last one repeats."""
CLEAR_SECONDS = 3600.0
"""Between two looks for sources that were kept long enough."""
_LOG = logging.getLogger("poststelle.bebpo")


@dataclass(slots=True)
class _Trouble:
    tries: int
    due_at: float


@dataclass(slots=True)
class BebpoDoor:
    """One drop folder and the way in."""

    drop: DropFolder
    blobs: Blobs
    hand_in: HandIn
    seconds: Callable[[], float] = time.monotonic
    _troubles: dict[str, _Trouble] = field(default_factory=dict)
    _clears_at: float = 0.0

    def one_round(self) -> int:
        """Hand in what is there; how many messages. UnavailableError where the folder itself is away."""
        if not self.drop.is_open:
            self.drop.open()
        self.drop.claim_complete()
        taken = sum(self._try(claimed) for claimed in self.drop.claimed() if self._is_due(claimed))
        if self.seconds() >= self._clears_at:
            self._clear()
        return taken

    def _clear(self) -> None:
        self._clears_at = self.seconds() + CLEAR_SECONDS
        try:
            self.drop.clear_done()
        except UnavailableError as error:  # no reason to leave a message waiting
            _LOG.warning("event=done-not-cleared cause=%s", error)

    def _is_due(self, claimed: Claimed) -> bool:
        trouble = self._troubles.get(claimed.token)
        return trouble is None or self.seconds() >= trouble.due_at

    def _try(self, claimed: Claimed) -> int:
        try:
            self._take(claimed)
        except UnavailableError as error:
            self._put_off(claimed, f"unavailable: {error}")
            return 0
        except Exception as error:  # noqa: BLE001 - a bug of ours must not stop the other messages, nor lose this one
            frames = traceback.extract_tb(error.__traceback__)
            place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
            self._put_off(claimed, f"{type(error).__name__} at {place}")
            return 0
        self._troubles.pop(claimed.token, None)
        return 1

    def _take(self, claimed: Claimed) -> None:
        writer = self.blobs.writer()
        try:
            written_at = pack_into(writer, claimed.place)
            self.hand_in(writer.finish(), written_at)
        finally:
            writer.discard()  # takes nothing away from a body that was secured
        self.drop.finish(claimed)

    def _put_off(self, claimed: Claimed, cause: str) -> None:
        tries = self._troubles[claimed.token].tries + 1 if claimed.token in self._troubles else 1
        wait = WAITS_SECONDS[min(tries, len(WAITS_SECONDS)) - 1]
        self._troubles[claimed.token] = _Trouble(tries, self.seconds() + wait)
        _LOG.warning("event=put-off token=%s try=%d again_in_seconds=%d cause=%s", claimed.token, tries, wait, cause)
