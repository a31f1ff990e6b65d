# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One message as the desk shows it, cut to what its viewer may see."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from email import message_from_string
from email import policy as email_policy

from poststelle.application.desk.house import CLOSED
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.core.arrival import AuthorityId, BlobKey, Channel
from poststelle.core.journal import JournalLine
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import IdentityRow, Message, OutboxRow, TaskRow, VerdictRow
from poststelle.records.queries import EffectLine, MessageView, journal_of, message_by_reference
from poststelle.records.worklists import DeskLine, desk_lines


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task of a message, open or done."""

    id: int
    kind: str
    is_open: bool
    reason: str
    text_key: str
    office: str
    recipient: str
    due_on: date | None
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice that went, or is to go, to the sender."""

    recipient: str
    state: str
    created_at: datetime
    settled_at: datetime | None
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class IdentityView:
    """One entry of the identity register about the signer's key, newest first."""

    state: str
    person: str
    method: str
    checked_by: str
    checked_at: datetime
    remark: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the desk shows of one message to one person."""

    line: DeskLine
    powers: frozenset[Power]
    message: MessageView | None
    """None where the viewer gets the envelope only."""
    offices: tuple[str, ...]
    """Where the message is now, in the order of the recipients."""
    tasks: tuple[TaskView, ...]
    notices: tuple[NoticeView, ...]
    effects: tuple[EffectLine, ...]
    identities: tuple[IdentityView, ...]
    history: tuple[JournalLine, ...]
    deferrals: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class ReadableBody:
    """Stored content that somebody may read, and the channel that says how to open it."""

    key: BlobKey
    channel: Channel
    authority: AuthorityId


def case_view(database: Database, viewer: Viewer, reference: str) -> CaseView | None:
    """The message for this viewer; None where there is none that the viewer may know of."""
    with reaching_database():
        message = _message(database, viewer, reference)
        if message is None:
            return None
        (line,) = desk_lines(database, viewer, [message])
        offices = _offices(database, reference)
    powers = frozenset(power for power in Power if viewer.may(power, offices))
    if message.state in CLOSED:
        powers &= {Power.READ, Power.TRACK, Power.LEGAL_HOLD}
    history = journal_of(database, viewer.authority, reference)
    view = message_by_reference(database, viewer.authority, reference)
    deferrals = view.deferrals if view else ()
    if Power.READ not in powers:
        return CaseView(line, powers, None, offices, (), (), (), (), tuple(map(_bare, history)), deferrals)
    return CaseView(
        line=line,
        powers=powers,
        message=view,
        offices=offices,
        tasks=_tasks(database, reference),
        notices=_notices(database, reference),
        effects=view.effects if view else (),
        identities=_identities(database, viewer.authority, view),
        history=history,
        deferrals=deferrals,
    )


def readable_body(database: Database, viewer: Viewer, reference: str) -> ReadableBody | None:
    """The stored content of a message that this viewer may read; None otherwise, or where it is not kept."""
    with reaching_database():
        message = _message(database, viewer, reference)
        if message is None or not viewer.may(Power.READ, _offices(database, reference)):
            return None
    return (
        ReadableBody(BlobKey(message.body_id), Channel(message.channel), viewer.authority) if message.body_id else None
    )


def _message(database: Database, viewer: Viewer, reference: str) -> Message | None:
    found = Message.objects.using(database.alias).filter(authority_id=viewer.authority, reference=reference).first()
    return found if found is not None and viewer.sees(_offices(database, reference)) else None


def _offices(database: Database, reference: str) -> tuple[str, ...]:
    rows = VerdictRow.objects.using(database.alias).filter(message_id=reference).order_by("position")
    return tuple(rows.values_list("office", flat=True))


def _bare(line: JournalLine) -> JournalLine:
    """What happened and when, without whatever may speak of the content."""
    return replace(line, leaf=replace(line.leaf, facts=(), personal=(), clause=""), values=())


def _tasks(database: Database, reference: str) -> tuple[TaskView, ...]:
    rows = TaskRow.objects.using(database.alias).filter(message_id=reference).order_by("state", "due_on", "id")
    ordered = sorted(rows, key=lambda row: row.state != "open")
    return tuple(
        TaskView(
            row.pk, row.kind, row.state == "open", row.reason, row.text_key, row.office, row.recipient, row.due_on,
            row.done_at, row.done_by,
        )
        for row in ordered
    )  # fmt: skip


def _notices(database: Database, reference: str) -> tuple[NoticeView, ...]:
    with reaching_database():
        rows = tuple(OutboxRow.objects.using(database.alias).filter(reference=reference, kind="notice").order_by("id"))
    return tuple(_notice(row) for row in rows)


def _notice(row: OutboxRow) -> NoticeView:
    """Our own finished message, read back: subject and plain text."""
    payload = json.loads(row.payload)
    written = message_from_string(str(payload.get("message", "")), policy=email_policy.default)
    body = written.get_body(preferencelist=("plain",))
    text = str(body.get_content()) if body is not None else ""
    return NoticeView(row.recipient, row.state, row.created_at, row.settled_at, str(written["Subject"] or ""), text)


def _identities(database: Database, authority: AuthorityId, view: MessageView | None) -> tuple[IdentityView, ...]:
    inspection = view.facts.inspection if view and view.facts else None
    signer = inspection.crypto.signer if inspection else None
    if signer is None:
        return ()
    rows = IdentityRow.objects.using(database.alias).filter(authority_id=authority, spki_sha256=signer.spki_sha256)
    with reaching_database():
        return tuple(
            IdentityView(row.state, row.person, row.method, row.checked_by, row.checked_at, row.remark)
            for row in rows.defer("certificate", "renewed").order_by("-checked_at", "-id")
        )
