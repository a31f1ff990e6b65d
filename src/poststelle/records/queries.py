# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the faces read: typed, frozen rows and nothing of the tables behind them. Reads only."""

import json
from dataclasses import dataclass
from datetime import datetime

from poststelle.core.codec import load
from poststelle.core.facts import Facts
from poststelle.core.journal import JournalLine, read_leaf
from poststelle.core.verdict import Verdict
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import (
    DeferralRow,
    FactsRow,
    JournalLeaf,
    JournalValue,
    Message,
    OutboxRow,
    VerdictRow,
)


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One line of a work list."""

    reference: str
    channel: str
    sender: str
    from_display: str
    subject: str
    received_at: datetime
    size_bytes: int
    disposition: str
    state: str
    reply_code: int
    offices: tuple[str, ...]
    """Office ids of its verdicts, each once; an empty one is triage."""
    is_read: bool


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as a whole."""

    line: MessageLine
    recipients: tuple[str, ...]
    header_from: str
    message_id: str
    sha256: str
    peer: str
    """JSON."""
    is_content_kept: bool
    facts: Facts | None
    verdicts: tuple[Verdict, ...]
    effects: tuple["EffectLine", ...]
    deferrals: tuple[datetime, ...]
    """Earlier attempts that we answered 451, oldest first."""


@dataclass(frozen=True, slots=True)
class EffectLine:
    """What became of one delivery or notice."""

    kind: str
    recipient: str
    state: str
    attempt: int
    due_at: datetime
    remark: str


def message_by_reference(database: Database, authority: str, reference: str) -> MessageView | None:
    """The message with this reference, of this authority only."""
    using = database.alias
    with reaching_database():
        message = Message.objects.using(using).filter(authority_id=authority, reference=reference).first()
        if message is None:
            return None
        facts = FactsRow.objects.using(using).filter(message_id=reference).values_list("facts", flat=True).first()
        verdicts = VerdictRow.objects.using(using).filter(message_id=reference).order_by("position")
        deferrals = DeferralRow.objects.using(using).filter(
            authority_id=authority, fingerprint=message.fingerprint, received_at__lte=message.received_at
        )
        return MessageView(
            line=_line(message, tuple(dict.fromkeys(verdict.office for verdict in verdicts))),
            recipients=tuple(json.loads(message.recipients)),
            header_from=message.header_from,
            message_id=message.message_id,
            sha256=message.sha256,
            peer=message.peer,
            is_content_kept=message.body_id is not None,
            facts=load(Facts, facts.encode()) if facts else None,
            verdicts=tuple(load(Verdict, verdict.verdict.encode()) for verdict in verdicts),
            effects=_effects(database, reference),
            deferrals=tuple(deferrals.order_by("received_at").values_list("received_at", flat=True)),
        )


def journal_of(database: Database, authority: str, reference: str) -> tuple[JournalLine, ...]:
    """Every journal entry about one message, oldest first; also where the message itself is gone."""
    with reaching_database():
        leaves = JournalLeaf.objects.using(database.alias).filter(authority_id=authority, reference=reference)
        found = tuple(leaves.order_by("id"))
        values = JournalValue.objects.using(database.alias).filter(leaf_id__in=[leaf.id for leaf in found])
        by_leaf: dict[int, list[tuple[str, str]]] = {leaf.id: [] for leaf in found}
        for value in values.order_by("key"):
            by_leaf[value.leaf_id].append((value.key, value.value))
    return tuple(JournalLine(leaf.index, read_leaf(bytes(leaf.leaf)), tuple(by_leaf[leaf.id])) for leaf in found)


def _line(message: Message, offices: tuple[str, ...]) -> MessageLine:
    return MessageLine(
        reference=message.reference,
        channel=message.channel,
        sender=message.sender,
        from_display=message.from_display,
        subject=message.subject,
        received_at=message.received_at,
        size_bytes=message.size_bytes,
        disposition=message.disposition,
        state=message.state,
        reply_code=message.reply_code,
        offices=offices,
        is_read=message.read_at is not None,
    )


def _effects(database: Database, reference: str) -> tuple[EffectLine, ...]:
    rows = OutboxRow.objects.using(database.alias).filter(reference=reference).order_by("id")
    return tuple(EffectLine(row.kind, row.recipient, row.state, row.attempt, row.due_at, row.remark) for row in rows)
