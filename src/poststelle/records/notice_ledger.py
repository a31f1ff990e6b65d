# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The count of notices in the outbox's own rows: implements the port NoticeLedger on SQLite and PostgreSQL.

One admission at a time for each authority, so that workers on several nodes together keep within the caps.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from poststelle.application.caps import DAY, HOUR, MOST_MERGED, WAITING, Admission, Cap, Caps, Met, met
from poststelle.application.ports import Clock, OutboxItem
from poststelle.application.settlement import Effect
from poststelle.core.journal import Event, EventKind
from poststelle.core.verdict import TaskKind
from poststelle.records.database import Database, Transactions
from poststelle.records.journaling import entries_of, write_entries
from poststelle.records.models import Message, OutboxRow, OutboxState, TaskRow, TaskState
from poststelle.records.outbox import item_of

CAP_REASON = "notice-cap"
"""Reason of the feedback task: notices to this sender wait, somebody may write by hand meanwhile."""
_REFUSED = Admission(is_admitted=False)


class NoticeLedgerTable:
    """The ledger over one database."""

    def __init__(self, database: Database, transactions: Transactions, clock: Clock) -> None:
        self._database = database
        self._transactions = transactions
        self._clock = clock

    def admit(self, item: OutboxItem, caps: Caps) -> Admission:
        """Count the notice in, or put it back; see the port."""
        return self._transactions.run(lambda: self._admit(item, caps))

    def merge(self, merged: Sequence[OutboxItem], collective: Effect) -> bool:
        """Put one collective notice in the place of these; see the port."""
        return self._transactions.run(lambda: self._merge(merged, collective))

    def _admit(self, item: OutboxItem, caps: Caps) -> Admission:
        self._take_turns(item.authority)
        row = self._leased(item).first()
        if row is None:
            return _REFUSED
        if row.admitted_at is not None:
            return Admission(is_admitted=True)
        now = self._clock.now()
        to_sender = Q(recipient__iexact=item.recipient)
        times = self._times(item, now - DAY, caps.per_sender_per_day, to_sender)
        found = met(times, self._times(item, now - HOUR, caps.per_hour), caps, now)
        if found is not None:
            self._put_back(item, row, found, caps)
            return _REFUSED
        self._leased(item).update(admitted_at=now)
        return Admission(is_admitted=True, merges=self._waiting(item, now))

    def _times(self, item: OutboxItem, since: datetime, most: int, which: Q | None = None) -> tuple[datetime, ...]:
        """When notices were admitted since then, newest first, no more than ``most``."""
        admitted = self._rows().filter(which or Q(), authority_id=item.authority, admitted_at__gt=since)
        # A merged notice was not sent: the collective one counts in its place.
        counted = admitted.exclude(state=OutboxState.MERGED).order_by("-admitted_at")
        return tuple(at for at in counted.values_list("admitted_at", flat=True)[:most] if at is not None)

    def _waiting(self, item: OutboxItem, now: datetime) -> tuple[OutboxItem, ...]:
        waiting = self._mergeable(now).filter(authority_id=item.authority, recipient=item.recipient)
        return tuple(item_of(row, row.token) for row in waiting.exclude(id=item.id).order_by("id")[: MOST_MERGED - 1])

    def _mergeable(self, now: datetime) -> QuerySet[OutboxRow]:
        """Notices that wait for their sender's cap and that no worker holds."""
        is_free = Q(token="") | Q(due_at__lte=now)
        return self._rows().filter(is_free, kind="notice", state=OutboxState.OPEN, admitted_at=None, is_capped=True)

    def _put_back(self, item: OutboxItem, row: OutboxRow, found: Met, caps: Caps) -> None:
        is_capped = found.cap is Cap.PER_SENDER
        remark = f"{WAITING}{found.cap}"
        self._leased(item).update(
            token="",
            due_at=found.until,
            attempt=row.attempt - 1,  # waiting is no attempt: it must not bring the end of trying nearer
            remark=remark,
            is_capped=row.is_capped or is_capped,
        )
        if row.remark != remark:
            facts = (("cap", found.cap.value), ("message-id", item.message_id))
            self._journal(EventKind.NOTICE_WAITING, item, facts)
        if is_capped:
            self._ask_mailroom(item, caps)

    def _ask_mailroom(self, item: OutboxItem, caps: Caps) -> None:
        """One feedback task for all that wait for this sender."""
        using = self._database.alias
        asked = TaskRow.objects.using(using).filter(
            authority_id=item.authority,
            state=TaskState.OPEN,
            kind=TaskKind.FEEDBACK.value,
            reason=CAP_REASON,
            message__sender__iexact=item.recipient,
        )
        if asked.exists() or not Message.objects.using(using).filter(reference=item.reference).exists():
            return
        TaskRow.objects.using(using).create(
            message_id=item.reference,
            authority_id=item.authority,
            kind=TaskKind.FEEDBACK.value,
            reason=CAP_REASON,
            text_key="feedback",
            due_on=caps.by_hand_due_on,
            created_at=self._clock.now(),
        )
        self._journal(EventKind.TASK_CREATED, item, (("kind", TaskKind.FEEDBACK.value), ("reason", CAP_REASON)))

    def _merge(self, merged: Sequence[OutboxItem], collective: Effect) -> bool:
        first, rest, now = merged[0], merged[1:], self._clock.now()
        self._take_turns(first.authority)
        admitted = self._leased(first).exclude(admitted_at=None).first()
        waiting = self._mergeable(now).filter(id__in=[item.id for item in rest])
        if admitted is None or waiting.count() != len(rest):
            return False
        remark = f"merged into {collective.message_id}"
        self._rows().filter(id__in=[item.id for item in merged]).update(
            state=OutboxState.MERGED, token="", settled_at=now, remark=remark
        )
        self._rows().create(
            authority_id=first.authority,
            reference=first.reference,
            kind=collective.kind,
            message_id=collective.message_id,
            recipient=collective.recipient,
            payload=collective.payload,
            due_at=now - timedelta(microseconds=1),
            created_at=now,
            admitted_at=admitted.admitted_at,
        )
        for item in merged:
            self._journal(
                EventKind.NOTICE_MERGED, item, (("into", collective.message_id), ("message-id", item.message_id))
            )
        return True

    def _take_turns(self, authority: str) -> None:
        """Until the end of the transaction nobody else counts for this authority. SQLite has one writer anyway."""
        if self._database.connection.vendor == "postgresql":
            with self._database.connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"notices of {authority}"])

    def _journal(self, kind: EventKind, item: OutboxItem, facts: tuple[tuple[str, str], ...]) -> None:
        event = Event(kind, self._clock.now(), item.authority, item.reference, actor="outbox", facts=facts)
        write_entries(self._database, entries_of([event]))

    def _leased(self, item: OutboxItem) -> QuerySet[OutboxRow]:
        return self._rows().filter(id=item.id, state=OutboxState.OPEN, token=item.token)

    def _rows(self) -> QuerySet[OutboxRow]:
        return OutboxRow.objects.using(self._database.alias)
