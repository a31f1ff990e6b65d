# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How often one address may ask, or fail: a bucket of tokens for each, in memory only and forgotten when full again."""

import threading
from dataclasses import dataclass
from datetime import datetime

from poststelle.core.neighbourhood import neighbourhood


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: datetime


class Quota:
    """So many at once, and one more every few seconds. Safe for use from many threads."""

    def __init__(self, burst: int = 20, refill_seconds: float = 15.0, most_addresses: int = 20_000) -> None:
        self._burst = burst
        self._refill_seconds = refill_seconds
        self._most_addresses = most_addresses
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, address: str, now: datetime) -> float:
        """Take one token: 0.0 where there was one, else the seconds until the next."""
        with self._lock:
            self._forget(now)
            bucket = self._buckets.setdefault(neighbourhood(address), _Bucket(self._burst, now))
            self._fill(bucket, now)
            if bucket.tokens >= 1:
                bucket.tokens -= 1
                return 0.0
            return (1 - bucket.tokens) * self._refill_seconds

    def give_back(self, address: str) -> None:
        """The token that was taken last, where what was counted did not happen after all."""
        with self._lock:
            bucket = self._buckets.get(neighbourhood(address))
            if bucket is not None:
                bucket.tokens += 1

    def __len__(self) -> int:
        return len(self._buckets)

    def _fill(self, bucket: _Bucket, now: datetime) -> None:
        passed = max(0.0, (now - bucket.filled_at).total_seconds())
        bucket.tokens = min(self._burst, bucket.tokens + passed / self._refill_seconds)
        bucket.filled_at = now

    def _forget(self, now: datetime) -> None:
        """Full buckets say nothing; under a flood of addresses the oldest go too, so that memory stays bounded."""
        if len(self._buckets) < self._most_addresses:
            return
        full_after = self._burst * self._refill_seconds
        self._buckets = {
            key: one for key, one in self._buckets.items() if (now - one.filled_at).total_seconds() < full_after
        }
        while len(self._buckets) >= self._most_addresses:
            del self._buckets[next(iter(self._buckets))]
