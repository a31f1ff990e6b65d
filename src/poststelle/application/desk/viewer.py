# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Who may see and do what at the desk.

One table gives every role its powers. An office sees its own messages only; of a sealed office nobody outside it sees
more than the envelope, whatever the role. Knows no account store: a viewer is made of what was granted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from poststelle.core.arrival import AuthorityId


class Role(StrEnum):
    """What somebody is at the desk. The strings are public."""

    MAILROOM = "mailroom"
    """Poststelle: every message of the authority."""
    CLERK = "clerk"
    """Sachbearbeitung: the messages of one office."""
    LEAD = "lead"
    """Leitung: reads the messages of one office, counts, and decides nothing."""
    ADMIN = "admin"
    """Administration: accounts and the whereabouts of messages, never content."""
    AUDIT = "audit"
    """Prüfung: reads everything, changes nothing, for a period."""


class Power(StrEnum):
    """One thing somebody may do with a message."""

    READ = "read"
    WORK = "work"
    """Tasks, assignments, read and done marks, form decisions."""
    ROUTE = "route"
    DECIDE_HOLD = "decide-hold"
    CHECK_IDENTITY = "check-identity"
    GRANT_CONSENT = "grant-consent"
    LEGAL_HOLD = "legal-hold"
    TRACK = "track"
    """Learn where a message went, without its content."""


_WORKING = frozenset(Power)
POWERS: dict[Role, frozenset[Power]] = {
    Role.MAILROOM: _WORKING,
    Role.CLERK: _WORKING,
    Role.LEAD: frozenset({Power.READ, Power.TRACK}),
    Role.ADMIN: frozenset({Power.TRACK}),
    Role.AUDIT: frozenset({Power.READ, Power.TRACK}),
}
OFFICE_BOUND = frozenset({Role.CLERK, Role.LEAD})
"""Roles that are nothing without an office."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role; ``office`` is empty where it holds for the whole authority."""

    role: Role
    office: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody signed in, for one authority, with the grants that hold today."""

    account: str
    """``user:<id>``, as the journal names people."""
    name: str
    authority: AuthorityId
    grants: tuple[Grant, ...]
    sealed: frozenset[str] = frozenset()
    """Every sealed office of the authority, the viewer's own included."""

    @property
    def offices(self) -> frozenset[str]:
        """The offices whose messages are the viewer's own."""
        return frozenset(grant.office for grant in self.grants if grant.office)

    @property
    def closed(self) -> frozenset[str]:
        """The sealed offices that the viewer does not belong to."""
        return self.sealed - self.offices

    def everywhere(self, power: Power) -> bool:
        """A grant for the whole authority carries this power."""
        return any(not grant.office and power in POWERS[grant.role] for grant in self.grants)

    def where(self, power: Power) -> frozenset[str]:
        """The offices in which a grant carries this power."""
        return frozenset(grant.office for grant in self.grants if grant.office and power in POWERS[grant.role])

    def is_veiled(self, offices: Iterable[str]) -> bool:
        """A message of these offices shows its envelope only: it is a sealed office's, and none of them is ours."""
        found = frozenset(offices)
        return bool(found & self.closed) and not found & self.offices

    def sees(self, offices: Iterable[str]) -> bool:
        """The viewer may know that a message of these offices exists."""
        return self.everywhere(Power.TRACK) or bool(self.where(Power.TRACK) & frozenset(offices))

    def may(self, power: Power, offices: Iterable[str]) -> bool:
        """The viewer may do this with a message of these offices."""
        found = frozenset(offices)
        if power is Power.TRACK:
            return self.sees(found)
        if self.is_veiled(found):
            return False
        return self.everywhere(power) or bool(self.where(power) & found)
