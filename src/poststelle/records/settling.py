# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A settlement as rows: what goes into which table. Computed in the caller's thread, before the writer's turn."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from poststelle.application.identity import Habit, certificate_of, habit
from poststelle.application.settlement import Effect, Settlement
from poststelle.core.address import Address
from poststelle.core.arrival import AuthorityId
from poststelle.core.codec import dump
from poststelle.core.facts import Facts, File
from poststelle.core.register import IdentityState
from poststelle.core.signature import Identity
from poststelle.core.verdict import Disposition, Task, Verdict
from poststelle.records.driver import DriverCursor
from poststelle.records.journaling import Entry, entries_of, insert_entries
from poststelle.records.models import (
    Blob,
    FactsRow,
    FileRow,
    KnownSignerRow,
    Message,
    MessageState,
    OutboxRow,
    TaskRow,
    VerdictRow,
)
from poststelle.records.tables import Row, Table

_BLOBS = Table(Blob, "ON CONFLICT DO NOTHING")
_MESSAGES = Table(Message)
_FACTS = Table(FactsRow)
_VERDICTS = Table(VerdictRow)
_FILES = Table(FileRow)
_TASKS = Table(TaskRow)
_OUTBOX = Table(OutboxRow)
_KNOWN_SIGNERS = Table(
    KnownSignerRow,
    "ON CONFLICT (authority_id, address) DO UPDATE SET spki_sha256 = excluded.spki_sha256, "
    "certificate_sha256 = excluded.certificate_sha256, seen_at = excluded.seen_at",
)
_RENEWED = (
    "UPDATE records_identityrow SET renewed = %s WHERE authority_id = %s AND spki_sha256 = %s AND state = %s "
    "AND (certificate IS NULL OR certificate <> %s) AND (renewed IS NULL OR renewed <> %s)"
)
_STOPPED = "DELETE FROM records_knownsignerrow WHERE authority_id = %s AND address = %s"

_STATES = {
    Disposition.ACCEPT: MessageState.ACCEPTED,
    Disposition.NOTIFY: MessageState.ACCEPTED,
    Disposition.HOLD: MessageState.HELD,
    Disposition.REFUSE: MessageState.REFUSED,
    Disposition.DELETE: MessageState.DELETED,
}
_CLOSED = frozenset({MessageState.REFUSED, MessageState.DELETED})
"""States in which there is nothing left to do."""
_PERMANENT = 500
"""The first reply code that refuses for good (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything one settlement writes, table by table, in an order that foreign keys allow."""

    by_table: tuple[tuple[Table, tuple[Row, ...]], ...]
    entries: tuple[Entry, ...]
    habit: "_Habit | None" = None
    signed_with: "_SignedWith | None" = None


def write_rows(cursor: DriverCursor, settlements: Sequence[Rows]) -> None:
    """Write them in the transaction under way, each table once for all of them."""
    for parts in zip(*(rows.by_table for rows in settlements), strict=True):
        table = parts[0][0]
        table.insert(cursor, [row for _, rows in parts for row in rows])
    for rows in settlements:
        if rows.habit is not None:
            rows.habit.write(cursor)
        if rows.signed_with is not None:
            rows.signed_with.write(cursor)
    insert_entries(cursor, [entry for rows in settlements for entry in rows.entries])


def rows_of(settlement: Settlement) -> Rows:
    """The rows of this settlement."""
    verdicts = settlement.verdicts.by_recipient if settlement.verdicts else ()
    return Rows(
        (
            (_BLOBS, _blob_rows(settlement)),
            (_MESSAGES, (_message_row(settlement),)),
            (_FACTS, _facts_rows(settlement)),
            (_VERDICTS, tuple(_verdict_row(settlement, at, verdict) for at, verdict in enumerate(verdicts))),
            (_FILES, _file_rows(settlement, verdicts)),
            (_TASKS, tuple(_task_rows(settlement, verdicts))),
            (_OUTBOX, _outbox_rows(settlement)),
        ),
        entries_of(settlement.events),
        _habit_of(settlement),
        _signed_with(settlement),
    )


def address_text(address: Address | None) -> str:
    """``local@domain``; empty for the null reverse-path."""
    return "" if address is None else str(address)


def _blob_rows(settlement: Settlement) -> tuple[Row, ...]:
    body = settlement.body
    return ({"key": body.key, "size_bytes": body.size_bytes, "inline": body.inline},) if body else ()


def _message_row(settlement: Settlement) -> Row:
    arrival, head = settlement.arrival, _head_columns(settlement)
    envelope = arrival.envelope
    return head | {
        "reference": settlement.reference,
        "authority_id": arrival.authority,
        "channel": str(arrival.channel),
        "sender": address_text(envelope.sender),
        "recipients": json.dumps([str(address) for address in envelope.recipients], ensure_ascii=False),
        "smtputf8": envelope.smtputf8,
        "peer": dump(arrival.peer).decode(),
        "received_at": arrival.received_at,
        "size_bytes": arrival.size_bytes,
        "sha256": arrival.body,
        "body_id": settlement.body.key if settlement.body else None,
        "fingerprint": settlement.fingerprint,
        "disposition": str(settlement.verdicts.strictest.disposition) if settlement.verdicts else "",
        "state": str(_state(settlement)),
        "done_at": arrival.received_at if _state(settlement) in _CLOSED else None,
        "is_observed": settlement.is_observed,
        "reply_code": settlement.reply_code,
        "reply_text": settlement.reply_text,
    }


def _head_columns(settlement: Settlement) -> dict[str, object]:
    if settlement.facts is None or settlement.facts.inspection is None:
        return {}
    head = settlement.facts.inspection.head
    return {
        "subject": head.subject,
        "header_from": ", ".join(head.from_addresses),
        "from_display": head.from_display,
        "message_id": head.message_id,
    }


def _state(settlement: Settlement) -> MessageState:
    if settlement.reply_code >= _PERMANENT:
        return MessageState.REFUSED
    if settlement.verdicts is None or settlement.is_observed:
        return MessageState.ACCEPTED
    return _STATES[settlement.verdicts.prevailing.disposition]


def _facts_rows(settlement: Settlement) -> tuple[Row, ...]:
    facts = settlement.facts
    if facts is None:
        return ()
    return (_of(settlement) | {"facts_version": facts.version, "facts": dump(facts).decode()},)


def _verdict_row(settlement: Settlement, position: int, verdict: Verdict) -> Row:
    return _of(settlement) | {
        "position": position,
        "recipient": str(verdict.recipient),
        "disposition": str(verdict.disposition),
        "office": verdict.route.office,
        "keyword": verdict.route.keyword,
        "aktenzeichen": verdict.route.aktenzeichen,
        "sender_told": str(verdict.sender_told),
        "edition": verdict.edition,
        "edition_hash": verdict.edition_hash,
        "verdict": dump(verdict).decode(),
    }


def _file_rows(settlement: Settlement, verdicts: tuple[Verdict, ...]) -> tuple[Row, ...]:
    if settlement.facts is None:
        return ()
    return file_rows(_of(settlement), settlement.facts, verdicts)


def file_rows(of: Row, facts: Facts, verdicts: tuple[Verdict, ...]) -> tuple[Row, ...]:
    """One row for each file seen; ``of`` holds the columns that say which message."""
    if facts.inspection is None:
        return ()
    codes: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for verdict in verdicts:
        for objection in verdict.objections:
            codes[objection.path].add(str(objection.code))
    withheld = {path for verdict in verdicts for path in verdict.withheld}
    return tuple(
        {**of, **_file_row(file, " ".join(sorted(codes[file.path]))), "is_withheld": file.path in withheld}
        for file in facts.inspection.files
    )


def _file_row(file: File, codes: str) -> dict[str, object]:
    return {
        "path": json.dumps(file.path, ensure_ascii=False),
        "name": file.path[-1] if file.path else "",
        "format": str(file.format),
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
        "role": str(file.role),
        "codes": codes,
    }


def _task_rows(settlement: Settlement, verdicts: tuple[Verdict, ...]) -> list[Row]:
    return [
        _of(settlement)
        | {
            "kind": str(task.kind),
            "reason": task.reason,
            "text_key": task.text_key,
            "office": task.office,
            "recipient": str(verdict.recipient),
            "due_on": due_day(task),
            "created_at": settlement.arrival.received_at,
        }
        for verdict in verdicts
        for task in verdict.tasks
    ]


def _outbox_rows(settlement: Settlement) -> tuple[Row, ...]:
    arrival = settlement.arrival
    return tuple(
        effect_row(arrival.authority, settlement.reference, effect, arrival.received_at)
        for effect in settlement.effects
    )


def effect_row(authority: AuthorityId, reference: str, effect: Effect, at: datetime) -> Row:
    """The outbox row of an effect queued at this moment."""
    return {
        "authority_id": authority,
        "reference": reference,
        "kind": effect.kind,
        "message_id": effect.message_id,
        "recipient": effect.recipient,
        "payload": effect.payload,
        "due_at": effect.not_before or at,
        "created_at": at,
    }


def due_day(task: Task) -> date | None:
    """The day a task is due; None where it has none."""
    return date.fromisoformat(task.due_on) if task.due_on else None


@dataclass(frozen=True, slots=True)
class _Habit:
    """What the message says of its sender's habit of signing; mostly nothing, since most never sign."""

    shown: Habit
    row: Row

    def write(self, cursor: DriverCursor) -> None:
        """Note an address that signs; of one that stopped, only where it was known to sign."""
        if self.shown is Habit.SIGNS:
            _KNOWN_SIGNERS.insert(cursor, (self.row,))
        else:
            cursor.execute(_STOPPED, [str(self.row["authority_id"]), str(self.row["address"])])


def _habit_of(settlement: Settlement) -> _Habit | None:
    facts = settlement.facts
    shown = habit(facts) if facts is not None else None
    if facts is None or facts.inspection is None or shown is None:
        return None
    signer = facts.inspection.crypto.signer
    row: dict[str, object] = {
        "authority_id": settlement.arrival.authority,
        "address": facts.inspection.head.from_addresses[0].casefold(),
        "spki_sha256": signer.spki_sha256 if signer else "",
        "certificate_sha256": signer.certificate_sha256 if signer else "",
        "seen_at": settlement.arrival.received_at,
    }
    return _Habit(shown, row)


@dataclass(frozen=True, slots=True)
class _SignedWith:
    """The certificate under which the key of a checked signer signed, be it trusted or not: its issuer is to be asked."""

    authority: str
    spki_sha256: str
    certificate: bytes

    def write(self, cursor: DriverCursor) -> None:
        """Note it beside the check of the key, where it is another than the one shown then."""
        of_key = (self.authority, self.spki_sha256, IdentityState.VERIFIED.value)
        cursor.execute(_RENEWED, [self.certificate, *of_key, self.certificate, self.certificate])


def _signed_with(settlement: Settlement) -> _SignedWith | None:
    facts, verdicts = settlement.facts, settlement.verdicts
    if facts is None or facts.inspection is None or verdicts is None:
        return None
    crypto = facts.inspection.crypto
    certificate = certificate_of(crypto)
    is_checked = any(verdict.identity is Identity.VERIFIED for verdict in verdicts.by_recipient)
    if crypto.signer is None or certificate is None or not is_checked:
        return None
    return _SignedWith(settlement.arrival.authority, crypto.signer.spki_sha256, certificate)


def _of(settlement: Settlement) -> dict[str, object]:
    return {"message_id": settlement.reference, "authority_id": settlement.arrival.authority}
