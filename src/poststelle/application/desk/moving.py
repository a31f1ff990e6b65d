# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where a message belongs: corrected by hand, or handed over to another authority."""

from poststelle.application.desk.acts import (
    CaseTask,
    Mark,
    NewOffice,
    OvertakenError,
    Proposal,
    TasksDone,
    UnusableError,
)
from poststelle.application.desk.house import Desk, DeskHouse, at_open_desk, remark
from poststelle.application.desk.owed import Share, deliveries, queued
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.application.settlement import Effect
from poststelle.core.journal import EventKind
from poststelle.core.verdict import TaskKind

MAX_CLUE_CHARS = 120
_HELD = "held"


def route(house: DeskHouse, viewer: Viewer, reference: str, office: str, position: int = 0) -> None:
    """Give one recipient's part of the message to this office; the correction is kept as a proposed rule."""
    desk = at_open_desk(house, viewer, reference, Power.ROUTE)
    known = desk.terms().directory.office(office)
    if known is None:
        raise UnusableError("Dieses Amt gibt es im Verzeichnis nicht.")
    if not 0 <= position < len(desk.case.offices):
        raise OvertakenError(reference)
    was = desk.case.offices[position]
    if was == office:
        return
    verdict = desk.case.verdicts[position]
    triage = tuple(task.id for task in _open_triage(desk) if task.recipient == str(verdict.recipient))
    effects: tuple[Effect, ...] = ()
    if desk.case.state != _HELD:
        effects = tuple(deliveries(desk, (Share(verdict, office),), "m"))
    moved = desk.event(
        EventKind.ROUTED_BY_HAND, ("from", was), ("to", office), ("recipient", str(position)), ("rule", "proposed")
    )
    desk.record(
        (NewOffice(position, was, office), TasksDone(triage), *_proposals(desk, office)),
        (moved, *queued(desk, effects)),
        effects,
    )


def _open_triage(desk: Desk) -> tuple[CaseTask, ...]:
    return tuple(task for task in desk.case.tasks if task.is_open and task.kind == TaskKind.TRIAGE.value)


def _proposals(desk: Desk, office: str) -> tuple[Proposal, ...]:
    """What could be learnt from the correction; nothing of a message that is encrypted or of a sealed office."""
    inspection = desk.case.facts.inspection if desk.case.facts else None
    known = desk.terms().directory.office(office)
    is_secret = known is None or known.sealed or inspection is None or inspection.crypto.is_encrypted
    if is_secret or inspection is None or not inspection.head.subject.strip():
        return ()
    return (Proposal("subject", inspection.head.subject.strip()[:MAX_CLUE_CHARS], office),)


def hand_over(house: DeskHouse, viewer: Viewer, reference: str, to: str, why: str) -> None:
    """Record that the message was handed over to another authority (Abgabe); it is done here."""
    desk = at_open_desk(house, viewer, reference, Power.ROUTE)
    receiver = remark(to)
    if not receiver:
        raise UnusableError("Bitte nennen Sie die Stelle, an die abgegeben wurde.")
    desk.record(
        (Mark("done", desk.viewer.account), TasksDone(tuple(task.id for task in _open_triage(desk)))),
        (desk.event(EventKind.HANDED_OVER, why=remark(why), personal=(("to", receiver),)),),
    )
