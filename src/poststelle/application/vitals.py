# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How much waits, and for how long: the numbers behind doctor and metrics. Counts and moments, never content or addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AuthorityVitals:
    """What waits at one authority."""

    authority: str
    tasks: Mapping[str, int] = field(default_factory=dict)
    """Open tasks by kind."""
    oldest_task_at: datetime | None = None
    held: int = 0
    """Messages that wait for a clerk's decision."""
    effects: Mapping[str, int] = field(default_factory=dict)
    """What the outbox has not carried out yet, by kind."""
    oldest_effect_at: datetime | None = None
    """Of these, but for notices that wait for a cap."""
    capped: int = 0
    """Notices that wait until a cap lets them through."""
    given_up: int = 0
    """Effects that were given up, and are tasks."""
    deferred_today: int = 0
    """Attempts answered 451 within 24 hours."""
    switches: tuple[str, ...] = ()
    """Those that are on."""


@dataclass(frozen=True, slots=True)
class JournalVitals:
    """How far the journal is."""

    leaves: int = 0
    """With their place in the tree."""
    waiting: int = 0
    waiting_since: datetime | None = None
    newest_at: datetime | None = None
    head_at: datetime | None = None
    """Of the newest signed head."""
    head_leaves: int = 0


@dataclass(frozen=True, slots=True)
class TablesState:
    """How the tables of a database are, beside those that this version wants."""

    kind: str
    """Name of the database program."""
    are_there: bool
    missing: frozenset[str] = frozenset()
    """Changes that this version would still make."""
    unknown: frozenset[str] = frozenset()
    """What a later version of this program did to them."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """The whole installation."""

    authorities: tuple[AuthorityVitals, ...]
    journal: JournalVitals


@dataclass(frozen=True, slots=True)
class Tallied:
    """What was written into the journal since this process began to count."""

    events: Mapping[tuple[str, str], int]
    """By (authority, kind)."""
    objections: Mapping[tuple[str, str, str], int]
    """By (authority, disposition, reason code)."""


class VitalSigns(Protocol):
    """Where the numbers come from."""

    def read(self) -> Vitals:
        """As they are now. UnavailableError."""
        ...

    def tally(self) -> Tallied:
        """Counted on since the last time. UnavailableError."""
        ...
