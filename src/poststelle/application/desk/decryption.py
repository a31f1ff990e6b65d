# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A message is looked into once more with the keys of today: after a key was added, or an inspector was mended.

The moment of receipt and the edition stay what they were; what is seen now is judged, and only what follows newly from
it is done. No automatic notice comes of what was decrypted, save towards an accepted signature, as at the door.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from poststelle.application.desk.acts import (
    Case,
    Change,
    ContentDropped,
    Mark,
    NewFacts,
    NewTasks,
    NewVerdicts,
    StateChange,
    TasksDone,
    UnusableError,
)
from poststelle.application.desk.holds import ACCEPTED, HELD, new_tasks
from poststelle.application.desk.house import Desk, DeskHouse, at_desk
from poststelle.application.desk.owed import Share, deliveries, queued, released_notice
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.application.ports import Inspected
from poststelle.application.settlement import Effect
from poststelle.core.arrival import Arrival, BlobKey
from poststelle.core.facts import Facts
from poststelle.core.journal import Event, EventKind
from poststelle.core.judgement import judge
from poststelle.core.signature import Encryption
from poststelle.core.verdict import Disposition, SenderTold, TaskKind, Verdict, Verdicts

Look = Callable[[BlobKey, Arrival], Inspected]
"""Into the stored body, as at its receipt. UnavailableError where no worker or no keyholder answers."""
DELETED = "deleted"
_OPEN_STATES = frozenset({ACCEPTED, HELD, "delivered"})
_STATES = {Disposition.DELETE: DELETED, Disposition.HOLD: HELD, Disposition.REFUSE: HELD}
"""What the strictest verdict makes of a message that was taken in; it was answered 250 and cannot be refused any more."""


def retry_decryption(house: DeskHouse, viewer: Viewer, reference: str, look: Look) -> Encryption:
    """What became of the encryption this time. Where nothing new is seen, only the attempt is on record."""
    desk = at_desk(house, viewer, reference, Power.WORK)
    case = desk.case
    if case.body is None or case.facts is None:
        raise UnusableError("Der Inhalt dieser Nachricht ist nicht mehr vorhanden.")
    if case.state not in _OPEN_STATES:
        raise UnusableError("Diese Nachricht ist abgeschlossen.")
    inspected = look(case.body, case.arrival)
    if inspected.inspection is None:
        raise UnusableError("Die Nachricht konnte auch diesmal nicht geprüft werden.")
    facts = _seen_now(case.facts, inspected)
    _record(desk, facts)
    return inspected.inspection.crypto.encryption


def _seen_now(before: Facts, inspected: Inspected) -> Facts:
    """The engines' words on the message as it came stay; those on decrypted layers are of today."""
    outside = tuple(found for found in before.malware.found if not found.layer)
    malware = replace(before.malware, found=outside + inspected.layers_found)
    return replace(before, inspection=inspected.inspection, malware=malware)


def _record(desk: Desk, facts: Facts) -> None:
    case = desk.case
    outcome = facts.inspection.crypto.encryption if facts.inspection else Encryption.NONE
    tried = desk.event(EventKind.DECRYPTION_RETRIED, ("outcome", outcome.value))
    if facts == case.facts:
        desk.record((), (tried,))
        return
    verdicts = _judged(desk, facts)
    seen = replace(desk, case=replace(case, facts=facts))
    strictest = Verdicts(verdicts).strictest.disposition
    effects = () if strictest is Disposition.DELETE else tuple(_effects(seen, verdicts))
    changes: tuple[Change, ...] = (
        *_state_changes(case, strictest),
        NewFacts(facts, verdicts),
        NewVerdicts(verdicts),
        TasksDone(_answered(case, outcome, strictest)),
        NewTasks(() if strictest is Disposition.DELETE else tuple(new_tasks(seen, verdicts))),
    )
    desk.record(changes, (tried, *_deleted(desk, strictest), *queued(desk, effects)), effects)


def _judged(desk: Desk, facts: Facts) -> tuple[Verdict, ...]:
    case = desk.case
    register = desk.house.registers.register(desk.viewer.authority)
    terms = replace(desk.terms(), released=case.released)
    return judge(terms, facts, case.arrival.envelope, register, case.arrival.received_at).by_recipient


def _state_changes(case: Case, strictest: Disposition) -> tuple[Change, ...]:
    becomes = _STATES.get(strictest, ACCEPTED)
    if strictest is Disposition.DELETE:
        return (StateChange(case.state, DELETED), ContentDropped())
    if becomes == HELD and case.state != HELD:  # also what an office has, or somebody had finished with
        return (StateChange(case.state, HELD), Mark("done", ""))
    return (StateChange(HELD, ACCEPTED),) if becomes == ACCEPTED and case.state == HELD else ()


def _answered(case: Case, outcome: Encryption, strictest: Disposition) -> tuple[int, ...]:
    """Tasks that end with this: those about decryption where it worked, decisions where nothing is held, all of malware."""
    ended = {TaskKind.DECRYPTION.value} if outcome in {Encryption.OK, Encryption.NONE} else set()
    ended |= {TaskKind.DECIDE_HOLD.value} if strictest not in _STATES else set()
    return tuple(
        task.id for task in case.tasks if task.is_open and (task.kind in ended or strictest is Disposition.DELETE)
    )


def _effects(desk: Desk, verdicts: tuple[Verdict, ...]) -> Iterator[Effect]:
    case = desk.case
    shares = tuple(Share(verdict, office) for verdict, office in zip(verdicts, case.offices, strict=True))
    yield from (one for one in deliveries(desk, shares, "d") if one.recipient not in case.mailboxes)
    newly = tuple(
        after for after, before in zip(verdicts, case.verdicts, strict=True) if before.sender_told is SenderTold.NOBODY
    )
    yield from released_notice(desk, newly)


def _deleted(desk: Desk, strictest: Disposition) -> Iterator[Event]:
    if strictest is Disposition.DELETE:
        yield desk.event(EventKind.MALWARE_DELETED)
