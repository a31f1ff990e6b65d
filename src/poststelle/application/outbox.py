# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The outbox: claim what is due, carry it out, record the outcome. Everything that leaves the house leaves here.

An effect may be carried out twice when we die between the receiver's answer and our record of it; its Message-ID is
the same both times. Nothing is dropped: what is given up becomes a task on the desk.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from poststelle.application.ports import Clock, OutboxItem, OutboxQueue, Submitted, UnavailableError

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=2)

Carrier = Callable[[OutboxItem], Submitted]
"""Carries out one kind of effect and says what the receiver answered."""


@dataclass(frozen=True, slots=True)
class OutboxRules:
    """How patient the outbox is."""

    lease: timedelta
    give_up_after: timedelta
    batch: int = 8
    jitter: Callable[[], float] = lambda: 0.5
    """Between 0 and 1; many nodes must not retry in step."""


def carry_out_due(queue: OutboxQueue, carriers: Mapping[str, Carrier], clock: Clock, rules: OutboxRules) -> int:
    """Carry out one batch of due effects; how many there were."""
    items = queue.claim(rules.batch, rules.lease)
    for item in items:
        _carry_out(item, queue, carriers[item.kind], clock, rules)
    return len(items)


def _carry_out(item: OutboxItem, queue: OutboxQueue, carrier: Carrier, clock: Clock, rules: OutboxRules) -> None:
    try:
        answer = carrier(item)
    except UnavailableError as error:
        answer = Submitted(0, str(error))
    remark = f"{answer.code} {answer.text}".strip()
    if answer.is_accepted:
        queue.done(item, remark)
    elif answer.is_permanent:
        queue.failed(item, remark, None)
    else:
        queue.failed(item, remark, retry_at(item.attempt, clock.now(), rules))


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
