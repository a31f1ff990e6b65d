# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Two switches for hard days: observe (judge everything, change nothing) and bypass (hold where we would refuse).

Both are stored, so that every node and the desk see them at once, and both stand in the journal. The verdict itself
stays what it is: these decide what follows from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from poststelle.core.arrival import AuthorityId
from poststelle.core.verdict import Disposition, Objection, SenderTold, Task, TaskKind, Verdict, Verdicts


class Switch(StrEnum):
    """The switches. The strings are public: they name commands, flags of verdicts and rows."""

    OBSERVE = "observe"
    """Everything is judged and journaled, answered 250 and delivered as it came: nothing refused, withheld or told."""
    BYPASS = "bypass"
    """Nothing is refused or deleted for what was concluded: it waits for a clerk instead."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A switch set by somebody; the newest of a name counts."""

    authority: AuthorityId
    switch: Switch
    is_on: bool
    at: datetime
    by: str
    why: str = ""


NONE_ON: frozenset[Switch] = frozenset()


class SwitchBook(Protocol):
    """Where the switches are kept."""

    def on(self, authority: AuthorityId) -> frozenset[Switch]:
        """The switches that are on. UnavailableError: nothing is taken in while nobody knows."""
        ...

    def flip(self, flips: Sequence[Flip]) -> None:
        """Set them and journal it, in one transaction."""
        ...

    def standing(self, authority: AuthorityId) -> tuple[Flip, ...]:
        """How each switch that was ever set stands, since when and by whom."""
        ...


def without_refusal(verdicts: Verdicts) -> Verdicts:
    """Bypass: every refusal and deletion is a hold. Who wrote hears nothing of it; the clerk who decides tells."""
    return Verdicts(tuple(_held(verdict) for verdict in verdicts.by_recipient))


def without_effect(verdicts: Verdicts) -> Verdicts:
    """Observe: what was concluded stays on record, and nobody has anything to do about it."""
    return Verdicts(
        tuple(replace(verdict, tasks=(), flags=(*verdict.flags, Switch.OBSERVE)) for verdict in verdicts.by_recipient)
    )


_HARSH = frozenset({Disposition.REFUSE, Disposition.DELETE})


def _held(verdict: Verdict) -> Verdict:
    if verdict.disposition not in _HARSH:
        return verdict
    softened = tuple(_softened(entry) for entry in verdict.objections)
    codes = dict.fromkeys(entry.code.value for entry in verdict.objections if entry.disposition in _HARSH)
    decision = Task(TaskKind.DECIDE_HOLD, f"{Switch.BYPASS}: {', '.join(codes)}", text_key="decide-hold")
    return replace(
        verdict,
        disposition=Disposition.HOLD,
        objections=softened,
        sender_told=SenderTold.NOBODY,
        tasks=(*verdict.tasks, decision),
        flags=(*verdict.flags, Switch.BYPASS),
    )


def _softened(objection: Objection) -> Objection:
    is_harsh = objection.disposition in _HARSH
    return replace(objection, disposition=Disposition.HOLD, told=False) if is_harsh else replace(objection, told=False)
