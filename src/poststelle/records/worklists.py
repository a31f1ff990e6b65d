# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the desk's lists show, and to whom.

Every query starts from ``visible``: an office sees its own messages, and of a sealed office's message nobody outside it
gets, or can search, more than the envelope. Nothing here is left to the faces to hide.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from poststelle.application.desk.lists import COUNT_LIMIT, COUNTED, TASKS, Sought, WorkList
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.core.edition import midnight
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import FileRow, Message, MessageState, TaskRow, TaskState, VerdictRow

PAGE_ROWS = 50
NEWEST_FIRST = ("-received_at", "-id")
FEW = 2_000
"""Up to so many rows it is quicker to list an office's messages than to ask each message for its offices."""
TRIAGE = "-"
"""How an address asks for messages without an office."""
_IN_WORK = (MessageState.ACCEPTED.value, MessageState.DELIVERED.value)
_ENVELOPE = ("sender", "reference", "recipients")
_CONTENT = ("subject", "header_from", "from_display")


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One line of a list. Of a veiled message everything but the envelope is empty."""

    row: int
    reference: str
    channel: str
    sender: str
    recipients: tuple[str, ...]
    from_display: str
    subject: str
    received_at: datetime
    size_bytes: int
    state: str
    disposition: str
    reply_code: int
    reply_text: str
    offices: tuple[str, ...]
    """Office ids, each once; an empty one is triage."""
    has_withheld: bool
    is_signed: bool
    """With an accepted signature."""
    is_read: bool
    is_done: bool
    is_veiled: bool
    assigned_to: str
    due_on: date | None
    """Of the earliest open task with a date."""
    legal_hold: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list, newest first."""

    lines: tuple[DeskLine, ...]
    has_more: bool


def work_list(database: Database, viewer: Viewer, which: WorkList, sought: Sought, limit: int = PAGE_ROWS) -> ListPage:
    """One page of a work list, as this viewer may see it."""
    return _page(database, viewer, narrowed(database, viewer, which, sought), limit)


def whereabouts(database: Database, viewer: Viewer, sought: Sought, limit: int = PAGE_ROWS) -> ListPage:
    """Verbleib: every message that came, the refused and deleted ones too, by its envelope. Never content."""
    found = visible(database, viewer, Power.TRACK)
    if sought.text:
        found = found.filter(_says(_ENVELOPE, sought.text) | Q(sha256=sought.text.lower()))
    return _page(database, viewer, _narrowed_by_place(database, found, sought), limit)


def work_counts(database: Database, viewer: Viewer) -> dict[WorkList, int]:
    """How long each list is, up to COUNT_LIMIT + 1; counted in the lists' own order, so that their index is used."""
    with reaching_database():
        lists = {which: _members(database, viewer, which).order_by(*NEWEST_FIRST) for which in COUNTED}
        return {which: members[: COUNT_LIMIT + 1].count() for which, members in lists.items()}


def visible(database: Database, viewer: Viewer, power: Power = Power.READ) -> QuerySet[Message]:
    """The messages that this viewer may know of with this power."""
    found = Message.objects.using(database.alias).filter(authority_id=viewer.authority)
    if viewer.everywhere(power):
        return found
    return found.filter(_of_offices(database, viewer, viewer.where(power)))


def veiled(database: Database, viewer: Viewer) -> Q:
    """Holds for the messages of which this viewer gets the envelope only."""
    if not viewer.closed:
        return Q(pk__in=())
    closed = _of_offices(database, viewer, viewer.closed)
    return closed & ~_of_offices(database, viewer, viewer.offices) if viewer.offices else closed


def narrowed(database: Database, viewer: Viewer, which: WorkList, sought: Sought) -> QuerySet[Message]:
    """The messages of a list that match; a veiled one matches by its envelope only."""
    found = _members(database, viewer, which)
    if sought.text:
        content = _says(_CONTENT, sought.text) | _by_parts(database, viewer, which, sought.text)
        if viewer.closed:
            content &= ~veiled(database, viewer)
        found = found.filter(_says(_ENVELOPE, sought.text) | content)
    return _narrowed_by_place(database, found, sought)


def _narrowed_by_place(database: Database, found: QuerySet[Message], sought: Sought) -> QuerySet[Message]:
    if sought.office:
        office = "" if sought.office == TRIAGE else sought.office
        rows = VerdictRow.objects.using(database.alias).filter(office=office)
        found = found.filter(reference__in=rows.values("message_id"))
    return found.filter(arrived_as(sought))


def arrived_as(sought: Sought) -> Q:
    """Holds for what came by this channel, on these days, and before the last line shown; messages and attempts alike."""
    wanted = Q()
    if sought.channel:
        wanted &= Q(channel=sought.channel)
    if sought.since:
        wanted &= Q(received_at__gte=midnight(sought.since))
    if sought.until:
        wanted &= Q(received_at__lt=midnight(sought.until + timedelta(days=1)))
    if sought.before:
        at, row = sought.before
        wanted &= Q(received_at__lte=at) & ~Q(received_at=at, id__gte=row)
    return wanted


def _members(database: Database, viewer: Viewer, which: WorkList) -> QuerySet[Message]:
    found = visible(database, viewer)
    if which in TASKS:
        kinds = [kind.value for kind in TASKS[which]]
        tasks = TaskRow.objects.using(database.alias).filter(
            authority_id=viewer.authority, state=TaskState.OPEN, kind__in=kinds
        )
        return found.filter(reference__in=tasks.values("message_id"))
    return found.filter(_condition(database, viewer, which))


def _condition(database: Database, viewer: Viewer, which: WorkList) -> Q:
    withheld = FileRow.objects.using(database.alias).filter(message_id=OuterRef("reference"), is_withheld=True)
    undone = Q(done_at=None)
    conditions: dict[WorkList, Q] = {
        WorkList.INBOX: Q(state__in=_IN_WORK) & undone,
        WorkList.MINE: Q(assigned_to=viewer.account) & undone,
        WorkList.HOLD: Q(state=MessageState.HELD.value) & undone,
        WorkList.WITHHELD: Q(Exists(withheld)) & Q(state__in=_IN_WORK) & undone,
        WorkList.DONE: Q(done_at__isnull=False, state__in=(*_IN_WORK, MessageState.DISCARDED.value)),
    }
    return conditions[which]


def _of_offices(database: Database, viewer: Viewer, offices: frozenset[str]) -> Q:
    """Holds for the messages of these offices: asked of each message, or, where they have few, of the offices once."""
    rows = VerdictRow.objects.using(database.alias).filter(authority_id=viewer.authority, office__in=sorted(offices))
    with reaching_database():
        has_few = rows[:FEW].count() < FEW
    if has_few:
        return Q(reference__in=rows.values("message_id"))
    return Q(Exists(rows.filter(message_id=OuterRef("reference"))))


def _by_parts(database: Database, viewer: Viewer, which: WorkList, text: str) -> Q:
    """Messages with a file name or an Aktenzeichen that contains the text.

    Of what is open each message is asked; of all that was ever done the names are read through once.
    """
    mine = {"authority_id": viewer.authority}
    files = FileRow.objects.using(database.alias).filter(**mine, name__icontains=text)
    verdicts = VerdictRow.objects.using(database.alias).filter(**mine, aktenzeichen__icontains=text)
    if which is WorkList.DONE:
        return Q(reference__in=files.values("message_id")) | Q(reference__in=verdicts.values("message_id"))
    same = OuterRef("reference")
    return Q(Exists(files.filter(message_id=same))) | Q(Exists(verdicts.filter(message_id=same)))


def _says(columns: Sequence[str], text: str) -> Q:
    return reduce(or_, (Q(**{f"{column}__icontains": text}) for column in columns))


def _page(database: Database, viewer: Viewer, found: QuerySet[Message], limit: int) -> ListPage:
    with reaching_database():
        messages = tuple(found.order_by(*NEWEST_FIRST)[: limit + 1])
        return ListPage(desk_lines(database, viewer, messages[:limit]), len(messages) > limit)


def desk_lines(database: Database, viewer: Viewer, messages: Sequence[Message]) -> tuple[DeskLine, ...]:
    """The messages as lines, each with as much as this viewer may see."""
    references = [message.reference for message in messages]
    verdicts = _verdicts(database, references)
    due = _due(database, references)
    withheld = FileRow.objects.using(database.alias).filter(message_id__in=references, is_withheld=True)
    kept_back = frozenset(row.message_id for row in withheld.only("message_id"))
    lines = []
    for message in messages:
        reference = message.reference
        line = _line(message, verdicts.get(reference, []), has_withheld=reference in kept_back)
        line = replace(line, due_on=due.get(reference), is_veiled=viewer.is_veiled(line.offices))
        lines.append(envelope_only(line) if line.is_veiled or not viewer.may(Power.READ, line.offices) else line)
    return tuple(lines)


def envelope_only(line: DeskLine) -> DeskLine:
    """What is left of a line where its viewer may see the envelope only."""
    return replace(line, from_display="", subject="", has_withheld=False, is_signed=False, disposition="", due_on=None)


def _line(message: Message, verdicts: list[VerdictRow], *, has_withheld: bool) -> DeskLine:
    return DeskLine(
        row=message.pk,
        reference=message.reference,
        channel=message.channel,
        sender=message.sender,
        recipients=tuple(json.loads(message.recipients)),
        from_display=message.from_display,
        subject=message.subject,
        received_at=message.received_at,
        size_bytes=message.size_bytes,
        state=message.state,
        disposition=message.disposition,
        reply_code=message.reply_code,
        reply_text=message.reply_text,
        offices=tuple(dict.fromkeys(verdict.office for verdict in verdicts)),
        has_withheld=has_withheld,
        is_signed=any(bool(json.loads(verdict.verdict).get("accepted_signature")) for verdict in verdicts),
        is_read=message.read_at is not None,
        is_done=message.done_at is not None,
        is_veiled=False,
        assigned_to=message.assigned_to,
        due_on=None,
        legal_hold=message.legal_hold,
    )


def _verdicts(database: Database, references: Sequence[str]) -> dict[str, list[VerdictRow]]:
    found: dict[str, list[VerdictRow]] = {}
    rows = VerdictRow.objects.using(database.alias).filter(message_id__in=references).order_by("position")
    for row in rows.only("message_id", "office", "verdict"):
        found.setdefault(row.message_id, []).append(row)
    return found


def _due(database: Database, references: Sequence[str]) -> dict[str, date]:
    tasks = TaskRow.objects.using(database.alias).filter(
        message_id__in=references, state=TaskState.OPEN, due_on__isnull=False
    )
    return {reference: on for reference, on in tasks.values_list("message_id").annotate(Min("due_on")) if on}
