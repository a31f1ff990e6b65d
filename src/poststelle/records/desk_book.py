# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The desk's book: a case read for an act, and an act written in one transaction.

Every change says what it expects to find; where that is no longer so, the whole act is refused and nothing is written.
"""

import json
from collections.abc import Sequence
from functools import singledispatchmethod
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.db.models.functions import Lower

from poststelle.application.desk.acts import (
    Act,
    Case,
    CaseTask,
    Change,
    ConsentEnd,
    ConsentEntry,
    ContentDropped,
    ErasedError,
    IdentityEntry,
    Mark,
    NewFacts,
    NewOffice,
    NewTasks,
    NewVerdicts,
    OvertakenError,
    Proposal,
    StateChange,
    TasksDone,
)
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Envelope, Peer
from poststelle.core.codec import dump, load
from poststelle.core.facts import Facts
from poststelle.core.journal import EventKind, read_leaf
from poststelle.core.reasons import Reason
from poststelle.core.verdict import TaskKind, Verdict
from poststelle.records.database import Database, Transactions, reaching_database
from poststelle.records.journaling import entries_of, write_entries
from poststelle.records.models import (
    ConsentRow,
    FactsRow,
    FileRow,
    IdentityRow,
    JournalLeaf,
    Message,
    OutboxRow,
    RouteProposalRow,
    TaskRow,
    TaskState,
    VerdictRow,
)
from poststelle.records.settling import due_day, effect_row, file_rows
from poststelle.records.store import drop_body, lock_message
from poststelle.records.tables import Table

_OUTBOX = Table(OutboxRow)
_FILES = Table(FileRow)
M = TypeVar("M", bound=Model)
_REASONS = {reason.value: reason for reason in Reason}


class RecordedDesk:
    """Implements DeskBook."""

    def __init__(self, database: Database, transactions: Transactions) -> None:
        self._database = database
        self._transactions = transactions

    def case(self, authority: AuthorityId, reference: str) -> Case | None:
        """The message with what an act needs; None where this authority has none such."""
        with reaching_database():
            message = self._of(Message).filter(authority_id=authority, reference=reference).first()
            return None if message is None else self._case(message)

    def same_signer(self, authority: AuthorityId, spki_sha256: str, addresses: Sequence[str]) -> tuple[int, ...]:
        """Open identity tasks of the messages that this key signed."""
        with reaching_database():
            tasks = self._of(TaskRow).filter(
                authority_id=authority,
                state=TaskState.OPEN,
                kind=TaskKind.CHECK_IDENTITY.value,
            )
            tasks = tasks.annotate(written_by=Lower("message__header_from"))
            tasks = tasks.filter(written_by__in=[address.casefold() for address in addresses])
            found = tasks.values_list("id", "message__facts_row__facts")
            return tuple(task for task, facts in found if facts and _signer_key(facts) == spki_sha256)

    def record(self, act: Act) -> None:
        """Write the act, or raise OvertakenError and write nothing."""
        entries = entries_of(act.events)

        def write() -> None:
            lock_message(self._database, act.reference)
            self._must_be_kept(act)
            for change in act.changes:
                self._write(change, act)
            with self._database.cursor() as cursor:
                effects = [effect_row(act.authority, act.reference, effect, act.at) for effect in act.effects]
                _OUTBOX.insert(cursor, effects)
            write_entries(self._database, entries)

        self._transactions.run(write)

    def _must_be_kept(self, act: Act) -> None:
        """Retention may have come between the reading of the case and this: it waits for acts, and acts for it."""
        if any(effect.kind == "deliver" for effect in act.effects):
            _must_be_there(self._message(act).exclude(body=None))
        if any(isinstance(change, _OF_FACTS) for change in act.changes):
            _must_be_there(self._of(FactsRow).filter(message_id=act.reference))

    def _case(self, message: Message) -> Case:
        reference = message.reference
        facts = self._of(FactsRow).filter(message_id=reference).values_list("facts", flat=True).first()
        verdicts = tuple(self._of(VerdictRow).filter(message_id=reference).order_by("position"))
        deliveries = self._of(OutboxRow).filter(reference=reference, kind="deliver")
        return Case(
            reference=reference,
            state=message.state,
            arrival=_arrival(message),
            body=BlobKey(message.body_id) if message.body_id else None,
            facts=load(Facts, facts.encode()) if facts else None,
            verdicts=tuple(load(Verdict, row.verdict.encode()) for row in verdicts),
            offices=tuple(row.office for row in verdicts),
            tasks=tuple(
                CaseTask(row.id, row.kind, row.office, row.recipient, row.state == TaskState.OPEN)
                for row in self._of(TaskRow).filter(message_id=reference).order_by("id")
            ),
            released=self._released(message),
            mailboxes=frozenset(deliveries.values_list("recipient", flat=True)),
        )

    def _released(self, message: Message) -> frozenset[Reason]:
        """What the journal says of earlier releases: the one place where it is kept."""
        leaves = self._of(JournalLeaf).filter(
            authority_id=message.authority_id, reference=message.reference, kind=EventKind.HOLD_RELEASED.value
        )
        facts = (dict(read_leaf(bytes(leaf)).facts) for leaf in leaves.values_list("leaf", flat=True))
        codes = (code for entry in facts for code in entry.get("reasons", "").split(", "))
        return frozenset(_REASONS[code] for code in codes if code in _REASONS)

    @singledispatchmethod
    def _write(self, change: Change, act: Act) -> None:  # noqa: ARG002 - the form of every writer
        """Write one change in the transaction under way."""
        raise TypeError(type(change).__name__)

    @_write.register
    def _state(self, change: StateChange, act: Act) -> None:
        message = self._of(Message).filter(reference=act.reference, state=change.was)
        _must(message.update(state=change.becomes), act)

    @_write.register
    def _facts(self, change: NewFacts, act: Act) -> None:
        columns = {"facts_version": change.facts.version, "facts": dump(change.facts).decode()}
        _must(self._of(FactsRow).filter(message_id=act.reference).update(**columns), act)
        files = self._of(FileRow).filter(message_id=act.reference)
        files.delete()
        of = {"message_id": act.reference, "authority_id": act.authority}
        with self._database.cursor() as cursor:
            _FILES.insert(cursor, file_rows(of, change.facts, change.verdicts))

    @_write.register
    def _dropped(self, change: ContentDropped, act: Act) -> None:  # noqa: ARG002 - the form of every writer
        drop_body(self._database, act.reference, act.at)

    @_write.register
    def _verdicts(self, change: NewVerdicts, act: Act) -> None:
        rows = self._of(VerdictRow).filter(message_id=act.reference)
        for position, verdict in enumerate(change.verdicts):
            columns = {
                "disposition": str(verdict.disposition),
                "sender_told": str(verdict.sender_told),
                "verdict": dump(verdict).decode(),
            }
            _must(rows.filter(position=position).update(**columns), act)
        strictest = max(change.verdicts, key=lambda verdict: verdict.disposition.severity)
        self._message(act).update(disposition=str(strictest.disposition))
        self._files(act, change.verdicts)

    def _files(self, act: Act, verdicts: tuple[Verdict, ...]) -> None:
        withheld = {json.dumps(path, ensure_ascii=False) for verdict in verdicts for path in verdict.withheld}
        for row in self._of(FileRow).filter(message_id=act.reference, is_withheld=True):
            if row.path not in withheld:
                row.is_withheld = False
                row.save(using=self._database.alias, update_fields=["is_withheld"])

    @_write.register
    def _office(self, change: NewOffice, act: Act) -> None:
        rows = self._of(VerdictRow).filter(message_id=act.reference, position=change.position, office=change.was)
        recipients = list(rows.values_list("recipient", flat=True))
        _must(rows.update(office=change.becomes), act)
        mine = self._of(TaskRow).filter(message_id=act.reference, recipient__in=recipients, state=TaskState.OPEN)
        of_offices = [TaskKind.FEEDBACK.value, TaskKind.DECRYPTION.value, TaskKind.CHECK_IDENTITY.value]
        mine.filter(kind__in=[*of_offices, TaskKind.DEADLINE.value]).update(office=change.becomes)

    @_write.register
    def _tasks(self, change: NewTasks, act: Act) -> None:
        self._of(TaskRow).bulk_create(
            TaskRow(
                message_id=act.reference,
                authority_id=act.authority,
                kind=task.kind.value,
                reason=task.reason,
                text_key=task.text_key,
                office=task.office,
                recipient=recipient,
                due_on=due_day(task),
                created_at=act.at,
            )
            for recipient, task in change.tasks
        )

    @_write.register
    def _done(self, change: TasksDone, act: Act) -> None:
        if not change.ids:
            return
        tasks = self._of(TaskRow).filter(id__in=change.ids, authority_id=act.authority, state=TaskState.OPEN)
        done = tasks.update(state=TaskState.DONE, done_at=act.at, done_by=act.actor)
        if done != len(change.ids):
            raise OvertakenError(act.reference)

    @_write.register
    def _mark(self, change: Mark, act: Act) -> None:
        at = act.at if change.value else None
        columns: dict[str, dict[str, object]] = {
            "read": {"read_at": at},
            "done": {"done_at": at},
            "assigned": {"assigned_to": change.value},
            "legal-hold": {"legal_hold": bool(change.value)},
        }
        _must(self._message(act).update(**columns[change.name]), act)

    @_write.register
    def _identity(self, change: IdentityEntry, act: Act) -> None:
        check = change.check
        self._of(IdentityRow).create(
            authority_id=act.authority,
            spki_sha256=check.spki_sha256,
            addresses=json.dumps(check.addresses, ensure_ascii=False),
            state=check.state.value,
            person=check.person,
            checked_by=check.checked_by,
            checked_at=check.checked_at,
            method=change.method,
            certificate=change.certificate,
            remark=change.remark,
        )

    @_write.register
    def _consent(self, change: ConsentEntry, act: Act) -> None:
        consent = change.consent
        self._of(ConsentRow).create(
            reference=consent.reference,
            authority_id=act.authority,
            sender=consent.sender,
            formats=json.dumps(sorted(one.value for one in consent.formats)),
            office=consent.office,
            valid_from=consent.valid_from,
            valid_until=consent.valid_until,
            granted_by=consent.granted_by,
            remark=change.remark,
        )

    @_write.register
    def _consent_end(self, change: ConsentEnd, act: Act) -> None:
        rows = self._of(ConsentRow).filter(authority_id=act.authority, reference=change.reference, revoked_at=None)
        _must(rows.update(revoked_at=act.at), act)

    @_write.register
    def _proposal(self, change: Proposal, act: Act) -> None:
        self._of(RouteProposalRow).create(
            authority_id=act.authority,
            reference=act.reference,
            clue=change.clue,
            value=change.value,
            office=change.office,
            proposed_by=act.actor,
            proposed_at=act.at,
        )

    def _message(self, act: Act) -> QuerySet[Message]:
        return self._of(Message).filter(authority_id=act.authority, reference=act.reference)

    def _of(self, model: type[M]) -> QuerySet[M]:
        return model._default_manager.using(self._database.alias)  # noqa: SLF001 - Django's documented name


_OF_FACTS = (NewFacts, NewVerdicts, Proposal)
"""Changes that write down what was found in a message."""


def _must_be_there(rows: QuerySet[M]) -> None:
    if not rows.exists():
        raise ErasedError


def _must(changed: int, act: Act) -> None:
    if not changed:
        raise OvertakenError(act.reference)


def _arrival(message: Message) -> Arrival:
    recipients = tuple(address_of(text) for text in json.loads(message.recipients))
    sender = address_of(message.sender) if message.sender else None
    peer = load(Peer, message.peer.encode())
    return Arrival(
        Channel(message.channel),
        AuthorityId(message.authority_id),
        Envelope(sender, recipients, message.smtputf8, answered_each=peer.speaks_lmtp),
        BlobKey(message.sha256),
        message.size_bytes,
        message.received_at,
        peer,
    )


def address_of(text: str) -> Address:
    """The address that was stored as this text."""
    local, _, domain = text.rpartition("@")
    return Address(local, domain)


def _signer_key(facts: str) -> str:
    inspection = load(Facts, facts.encode()).inspection
    signer = inspection.crypto.signer if inspection else None
    return signer.spki_sha256 if signer else ""
