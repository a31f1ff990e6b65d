# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where the outbox is sending at this moment, and where it had better not: one process's view, kept in memory.

A mailbox that did not take something rests for a while, and the others go on; where the next server cannot be reached
at all, everything rests. What rests stays in the queue untouched: no attempt is used up.
"""

from collections import Counter
from datetime import datetime, timedelta
from threading import Lock

LONGEST_REST = timedelta(minutes=5)
"""What comes anew to a mailbox that failed waits no longer than this for its first attempt."""
UNREACHABLE_REST = timedelta(seconds=15)


class Destinations:
    """Safe to be asked from several threads."""

    def __init__(self, most_at_once: int) -> None:
        self._most_at_once = most_at_once
        self._lock = Lock()
        self._under_way: Counter[str] = Counter()
        self._resting: dict[str, datetime] = {}
        self._all_rest_until: datetime | None = None

    def is_reachable(self, now: datetime) -> bool:
        """The next server may be tried."""
        with self._lock:
            return self._all_rest_until is None or now >= self._all_rest_until

    def closed(self, now: datetime) -> frozenset[str]:
        """Mailboxes that nothing new may be begun for: they rest, or have as many under way as they should."""
        with self._lock:
            self._resting = {name: until for name, until in self._resting.items() if until > now}
            full = {name for name, count in self._under_way.items() if count >= self._most_at_once}
            return frozenset(self._resting) | full

    def begun(self, name: str) -> None:
        """Something is on its way there."""
        with self._lock:
            self._under_way[name] += 1

    def ended(self, name: str) -> None:
        """It is not on its way any more, whatever came of it."""
        with self._lock:
            self._under_way[name] -= 1
            if self._under_way[name] <= 0:
                del self._under_way[name]

    def rest(self, name: str, now: datetime, until: datetime) -> None:
        """This mailbox did not take something for now."""
        with self._lock:
            self._resting[name] = min(until, now + LONGEST_REST)

    def rest_all(self, now: datetime) -> None:
        """The next server cannot be reached."""
        with self._lock:
            self._all_rest_until = now + UNREACHABLE_REST
