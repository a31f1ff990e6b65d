# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Quarantine: a held message is released or discarded by a person.

Releasing judges it again under the edition in force when it was received, with the reasons it was held for decided: the
first receipt time counts, and what was owed all along is sent now.
"""

from collections.abc import Iterator
from dataclasses import replace

from poststelle.application.desk.acts import (
    Mark,
    NewTasks,
    NewVerdicts,
    OvertakenError,
    StateChange,
    TasksDone,
    UnusableError,
)
from poststelle.application.desk.house import Desk, DeskHouse, at_desk, remark
from poststelle.application.desk.owed import Share, deliveries, queued, released_notice
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.core.journal import EventKind
from poststelle.core.judgement import judge
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition, Task, TaskKind, Verdict

HELD, ACCEPTED, DISCARDED = "held", "accepted", "discarded"
_DECISION = TaskKind.DECIDE_HOLD.value


def release(house: DeskHouse, viewer: Viewer, reference: str, why: str) -> None:
    """Let a held message go on. OvertakenError where it is not held any more."""
    desk = _at_held(house, viewer, reference)
    if desk.case.body is None or desk.case.facts is None:
        raise UnusableError("Der Inhalt dieser Nachricht ist nicht mehr vorhanden.")
    released = held_for(desk.case.verdicts)
    verdicts, released = judged_again(desk, released)
    before = desk.case.verdicts
    was_held = tuple(
        Share(after, office)
        for after, earlier, office in zip(verdicts, before, desk.case.offices, strict=True)
        if earlier.disposition is Disposition.HOLD
    )
    effects = (
        *(one for one in deliveries(desk, was_held, "r") if one.recipient not in desk.case.mailboxes),
        *released_notice(desk, tuple(share.verdict for share in was_held)),
    )
    codes = ", ".join(sorted(reason.value for reason in released))
    desk.record(
        (
            StateChange(HELD, ACCEPTED),
            NewVerdicts(verdicts),
            TasksDone(_open_decisions(desk)),
            NewTasks(tuple(new_tasks(desk, verdicts))),
        ),
        (desk.event(EventKind.HOLD_RELEASED, ("reasons", codes), why=remark(why)), *queued(desk, effects)),
        effects,
    )


def discard(house: DeskHouse, viewer: Viewer, reference: str, why: str) -> None:
    """Take a held message out of work; its content goes when its retention ends. A reason is wanted."""
    desk = _at_held(house, viewer, reference)
    if not remark(why):
        raise UnusableError("Bitte begründen Sie, warum die Nachricht verworfen wird.")
    desk.record(
        (
            StateChange(HELD, DISCARDED),
            Mark("done", viewer.account),
            TasksDone(tuple(task.id for task in desk.case.tasks if task.is_open)),
        ),
        (desk.event(EventKind.HOLD_DISCARDED, why=remark(why)),),
    )


def held_for(verdicts: tuple[Verdict, ...]) -> frozenset[Reason]:
    """The reasons why these verdicts hold the message."""
    return frozenset(
        entry.code
        for verdict in verdicts
        for entry in verdict.objections
        if entry.disposition is Disposition.HOLD and not entry.trimming
    )


def judged_again(desk: Desk, released: frozenset[Reason]) -> tuple[tuple[Verdict, ...], frozenset[Reason]]:
    """The verdicts with these reasons decided, and every reason decided in the end.

    A refusal that a released message is spared becomes a hold of its own: it is decided by the same act.
    """
    case, facts = desk.case, desk.case.facts
    if facts is None:
        raise UnusableError("Zu dieser Nachricht sind keine Prüfergebnisse gespeichert.")
    register = desk.house.registers.register(desk.viewer.authority)
    decided = released | case.released
    while True:
        terms = replace(desk.terms(), released=decided)
        verdicts = judge(terms, facts, case.arrival.envelope, register, case.arrival.received_at).by_recipient
        more = held_for(verdicts) - decided
        if not more:
            return verdicts, decided
        decided |= more


def _at_held(house: DeskHouse, viewer: Viewer, reference: str) -> Desk:
    desk = at_desk(house, viewer, reference, Power.DECIDE_HOLD)
    if desk.case.state != HELD:
        raise OvertakenError(reference)
    return desk


def _open_decisions(desk: Desk) -> tuple[int, ...]:
    return tuple(task.id for task in desk.case.tasks if task.is_open and task.kind == _DECISION)


def new_tasks(desk: Desk, verdicts: tuple[Verdict, ...]) -> Iterator[tuple[str, Task]]:
    """Tasks that the message has only now, each at the office it is at."""
    known = {(task.kind, task.recipient) for task in desk.case.tasks}
    for verdict, office in zip(verdicts, desk.case.offices, strict=True):
        recipient = str(verdict.recipient)
        for task in verdict.tasks:
            if (task.kind.value, recipient) not in known:
                yield recipient, replace(task, office=office if task.office else "")
