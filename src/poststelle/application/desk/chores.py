# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The daily acts: read, done, assigned, tasks, form and deadline, legal hold."""

from enum import StrEnum

from poststelle.application.desk.acts import Mark, OvertakenError, TasksDone, UnusableError
from poststelle.application.desk.house import Desk, DeskHouse, at_desk, at_open_desk, remark
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.core.journal import EventKind
from poststelle.core.verdict import TaskKind


class FormDecision(StrEnum):
    """What a person decided about form and deadline. The strings are public."""

    NO_QUESTION = "no-question"
    KEPT = "kept"
    TO_BE_SUPPLIED = "to-be-supplied"
    PASSED_ON = "passed-on"


DECISIONS = frozenset(decision.value for decision in FormDecision)


def mark_read(house: DeskHouse, viewer: Viewer, reference: str) -> None:
    """The message was opened by somebody who works with it. Not journaled: it changes nothing."""
    desk = at_open_desk(house, viewer, reference, Power.WORK)
    desk.record((Mark("read", viewer.account),), ())


def mark_unread(house: DeskHouse, viewer: Viewer, reference: str) -> None:
    """Back to unread."""
    at_open_desk(house, viewer, reference, Power.WORK).record((Mark("read", ""),), ())


def mark_done(house: DeskHouse, viewer: Viewer, reference: str, why: str = "") -> None:
    """Out of the inbox. UnusableError while it still waits for a decision."""
    desk = at_open_desk(house, viewer, reference, Power.WORK)
    if desk.case.state == "held":
        raise UnusableError("Über die Quarantäne ist noch nicht entschieden.")
    event = desk.event(EventKind.TASK_DONE, ("kind", "message"), why=remark(why))
    desk.record((Mark("done", viewer.account),), (event,))


def reopen(house: DeskHouse, viewer: Viewer, reference: str) -> None:
    """Back into the inbox."""
    desk = at_open_desk(house, viewer, reference, Power.WORK)
    desk.record((Mark("done", ""),), (desk.event(EventKind.TASK_ASSIGNED, ("kind", "reopened")),))


def assign(house: DeskHouse, viewer: Viewer, reference: str) -> None:
    """The person takes the message."""
    desk = at_open_desk(house, viewer, reference, Power.WORK)
    event = desk.event(EventKind.TASK_ASSIGNED, ("to", viewer.account))
    desk.record((Mark("assigned", viewer.account),), (event,))


def give_back(house: DeskHouse, viewer: Viewer, reference: str) -> None:
    """Nobody has the message."""
    desk = at_open_desk(house, viewer, reference, Power.WORK)
    desk.record((Mark("assigned", ""),), (desk.event(EventKind.TASK_ASSIGNED, ("kind", "given-back")),))


def finish_task(house: DeskHouse, viewer: Viewer, reference: str, task_id: int, why: str = "") -> None:
    """The task is done, otherwise than by its answer. A decision on a hold is made by deciding, not by this."""
    desk = at_open_desk(house, viewer, reference, Power.WORK)
    kind = _open_task(desk, task_id)
    if kind == TaskKind.DECIDE_HOLD.value:
        raise UnusableError("Diese Aufgabe endet mit der Freigabe oder dem Verwerfen der Nachricht.")
    desk.record((TasksDone((task_id,)),), (desk.event(EventKind.TASK_DONE, ("kind", kind), why=remark(why)),))


def answered(house: DeskHouse, viewer: Viewer, reference: str, task_id: int, why: str = "") -> None:
    """The sender was answered by hand, with the ready text or otherwise; the task is done."""
    desk = at_open_desk(house, viewer, reference, Power.WORK)
    kind = _open_task(desk, task_id)
    event = desk.event(EventKind.ANSWERED_BY_HAND, ("kind", kind), why=remark(why))
    desk.record((TasksDone((task_id,)),), (event,))


def decide_form(house: DeskHouse, viewer: Viewer, reference: str, decision: str, why: str) -> None:
    """What the person says of form and deadline; the suspicion is settled by it."""
    desk = at_open_desk(house, viewer, reference, Power.WORK)
    if decision not in DECISIONS:
        raise UnusableError("Bitte wählen Sie eine der Entscheidungen.")
    suspected = tuple(task.id for task in desk.case.tasks if task.is_open and task.kind == TaskKind.DEADLINE.value)
    desk.record((TasksDone(suspected),), (desk.event(EventKind.FORM_DECIDED, ("decision", decision), why=remark(why)),))


def set_legal_hold(house: DeskHouse, viewer: Viewer, reference: str, why: str) -> None:
    """Nothing of the message is erased until the hold is lifted. A reason is wanted."""
    desk = at_desk(house, viewer, reference, Power.LEGAL_HOLD)
    if not remark(why):
        raise UnusableError("Bitte begründen Sie die Löschsperre.")
    desk.record((Mark("legal-hold", "on"),), (desk.event(EventKind.LEGAL_HOLD_SET, why=remark(why)),))


def lift_legal_hold(house: DeskHouse, viewer: Viewer, reference: str, why: str = "") -> None:
    """The ordinary periods run again."""
    desk = at_desk(house, viewer, reference, Power.LEGAL_HOLD)
    desk.record((Mark("legal-hold", ""),), (desk.event(EventKind.LEGAL_HOLD_LIFTED, why=remark(why)),))


def _open_task(desk: Desk, task_id: int) -> str:
    kind = next((task.kind for task in desk.case.tasks if task.is_open and task.id == task_id), "")
    if not kind:
        raise OvertakenError(desk.case.reference)
    return kind
