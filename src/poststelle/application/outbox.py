# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The outbox: claim what is due, carry it out, record the outcome. Everything that leaves the house leaves here.

An effect may be carried out twice when we die between the receiver's answer and our record of it; its Message-ID is
the same both times. Nothing is dropped: what is given up becomes a task on the desk.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from poststelle.application.destinations import Destinations
from poststelle.application.ports import (
    Clock,
    LostAfterDotError,
    NoConnectionError,
    OutboxItem,
    OutboxQueue,
    Submitted,
    UnavailableError,
)

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=2)
MAY_REPEAT = "may repeat: "
"""Begins the remark on an attempt whose outcome only the receiver knows; the next one has the same Message-ID."""

_LOG = logging.getLogger("poststelle.outbox")

Carrier = Callable[[OutboxItem], Submitted | None]
"""Carries out one kind of effect and says what the receiver answered; None where it put the item aside itself."""


@dataclass(frozen=True, slots=True)
class OutboxRules:
    """How patient the outbox is."""

    lease: timedelta
    give_up_after: timedelta
    jitter: Callable[[], float] = lambda: 0.5
    """Between 0 and 1; many nodes must not retry in step."""
    most_at_once: int = 2
    """For one mailbox, so that a slow one does not hold every thread."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is to be recorded of one attempt; without ``retry_at`` a failure is for good."""

    item: OutboxItem
    remark: str
    is_done: bool
    retry_at: datetime | None = None


class Outbox:
    """One process's share of the outgoing work. Several threads may call ``carry_out_next``."""

    def __init__(self, queue: OutboxQueue, carriers: Mapping[str, Carrier], clock: Clock, rules: OutboxRules) -> None:
        self._queue = queue
        self._carriers = carriers
        self._clock = clock
        self._rules = rules
        self._destinations = Destinations(rules.most_at_once)
        self._choosing = Lock()
        self._unrecorded: deque[_Outcome] = deque()

    def carry_out_next(self) -> int:
        """Carry out one due effect; 0 where there was none.

        UnavailableError where the queue does not answer. An outcome that could not be recorded is kept and recorded
        before anything else is begun: what was sent is not sent again for want of a database.
        """
        self._record_the_rest()
        item = self._choose()
        if item is None:
            return 0
        try:
            outcome = self._attempt(item)
        finally:
            self._destinations.ended(item.recipient)
        if outcome is not None:
            self._unrecorded.append(outcome)
            self._record_the_rest()
        return 1

    def _choose(self) -> OutboxItem | None:
        with self._choosing:
            now = self._clock.now()
            if not self._destinations.is_reachable(now):
                return None
            items = self._queue.claim(1, self._rules.lease, self._destinations.closed(now))
            for item in items:
                self._destinations.begun(item.recipient)
            return items[0] if items else None

    def _attempt(self, item: OutboxItem) -> _Outcome | None:
        try:
            answer = self._carriers[item.kind](item)
        except LostAfterDotError as error:
            return self._later(item, f"{MAY_REPEAT}{error}")
        except NoConnectionError as error:
            self._destinations.rest_all(self._clock.now())
            return self._later(item, str(error))
        except UnavailableError as error:
            return self._later(item, str(error))
        except Exception as error:  # noqa: BLE001 - one item must not stop the others; in the end somebody sees it
            _LOG.error(
                "event=carrier-failed reference=%s kind=%s error=%s", item.reference, item.kind, type(error).__name__
            )
            return self._later(item, f"our fault: {type(error).__name__}")
        return None if answer is None else self._concluded(item, answer)

    def _concluded(self, item: OutboxItem, answer: Submitted) -> _Outcome:
        remark = f"{answer.code} {answer.text}".strip()
        if answer.is_accepted or answer.is_permanent:
            return _Outcome(item, remark, answer.is_accepted)
        return self._later(item, remark)

    def _later(self, item: OutboxItem, remark: str) -> _Outcome:
        now = self._clock.now()
        at = retry_at(item.attempt, now, self._rules)
        if at is not None:
            self._destinations.rest(item.recipient, now, at)
        return _Outcome(item, remark, is_done=False, retry_at=at)

    def _record_the_rest(self) -> None:
        while self._unrecorded:
            try:
                outcome = self._unrecorded.popleft()
            except IndexError:  # another thread records it
                return
            try:
                self._record(outcome)
            except UnavailableError:
                self._unrecorded.appendleft(outcome)
                raise

    def _record(self, outcome: _Outcome) -> None:
        if outcome.is_done:
            was_heard = self._queue.done(outcome.item, outcome.remark)
        else:
            was_heard = self._queue.failed(outcome.item, outcome.remark, outcome.retry_at)
        if not was_heard:
            _LOG.warning("event=lease-lost reference=%s message_id=%s", outcome.item.reference, outcome.item.message_id)


def retry_at(attempt: int, now: datetime, rules: OutboxRules) -> datetime | None:
    """When to try again after this many attempts; None when the time for trying is over.

    Doubles from half a minute to two hours, spread by a jitter of a quarter.
    """
    waited, wait = timedelta(0), FIRST_RETRY
    for _ in range(attempt - 1):
        waited += wait
        wait = min(wait * 2, LONGEST_RETRY)
    if waited + wait > rules.give_up_after:
        return None
    return now + wait * (0.875 + rules.jitter() / 4)
