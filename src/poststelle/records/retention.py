# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Erasure on the tables: implements the port RetentionBook. What a class holds, and how it goes, stands in two tables.

Bytes that other messages share stay until the last of them goes; the store is swept an hour later.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet

from poststelle.application.desk.holds import held_for
from poststelle.application.retention import Due, Term
from poststelle.core.codec import dump, load
from poststelle.core.journal import Event, EventKind
from poststelle.core.policy import RetentionClass
from poststelle.core.reasons import Reason
from poststelle.core.verdict import TaskKind, Verdict
from poststelle.records.database import Database, Transactions, reaching_database
from poststelle.records.journaling import entries_of, write_entries
from poststelle.records.models import (
    FactsRow,
    FileRow,
    Message,
    MessageState,
    OutboxRow,
    OutboxState,
    TaskRow,
    TaskState,
    VerdictRow,
)
from poststelle.records.store import drop_body, lock_message

ACTOR = "retention"
NO_PAYLOAD = "{}"
"""Of an effect that is over: notices name files in their text."""
_ENDED = (MessageState.DELIVERED.value, MessageState.DISCARDED.value)


class RetentionTable:
    """The records of one database."""

    def __init__(self, database: Database, transactions: Transactions) -> None:
        self._database = database
        self._using = database.alias
        self._transactions = transactions

    def due(self, term: Term, limit: int) -> Sequence[Due]:
        """What is to be erased now, the oldest first; see the port."""
        with reaching_database():
            rows = self._free(term).order_by("received_at", "id").values_list("reference", "received_at")
            found = (Due(reference, at) for reference, at in rows.iterator() if self._is_of(term, reference))
            return tuple(islice(found, max(0, limit)))

    def kept(self, term: Term) -> int:
        """How many are over their time and stay; see the port."""
        with reaching_database():
            return self._over(term).count() - self._free(term).count()

    def erase(self, term: Term, due: Due, at: datetime) -> bool:
        """Erase and journal it; False where it is needed by now."""
        return self._transactions.run(lambda: self._erase(term, due, at))

    def _erase(self, term: Term, due: Due, at: datetime) -> bool:
        """The row is locked first and asked about afterwards: what an act of the desk adds beside it counts then too.

        PostgreSQL answers a single statement that waited for the lock out of what it saw before, if the row is as it was.
        """
        lock_message(self._database, due.reference)
        if not self._free(term).filter(reference=due.reference).exists():
            return False
        _ACTS[term.holds](self, due.reference, at)
        kind = _KINDS[term.holds]
        facts = (("class", term.holds.value), ("days", str(term.days)))
        event = Event(kind, at, term.authority, due.reference, ACTOR, edition=term.edition, facts=facts)
        write_entries(self._database, entries_of([event]))
        return True

    def _over(self, term: Term) -> QuerySet[Message]:
        """Whatever of the class is there and over its time."""
        withheld = FileRow.objects.using(self._using).filter(message_id=OuterRef("reference"), is_withheld=True)
        is_late = Q(received_at__lt=term.received_before)
        is_late &= ~Exists(withheld) | Q(received_at__lt=term.withheld_before)
        found = Message.objects.using(self._using).filter(
            authority_id=term.authority, received_at__gte=term.received_from
        )
        if term.holds not in _ACTS:
            return found.none()
        return found.filter(is_late & _THERE[term.holds])

    def _free(self, term: Term) -> QuerySet[Message]:
        """Of these, what nobody has to do anything about any more."""
        same = OuterRef("reference")
        tasks = TaskRow.objects.using(self._using).filter(message_id=same, state=TaskState.OPEN)
        effects = OutboxRow.objects.using(self._using).filter(reference=same, state=OutboxState.OPEN)
        is_over = Q(state__in=_ENDED) | Q(done_at__isnull=False)
        if term.holds is RetentionClass.HELD_SPAM:
            # The hold itself is a task, and time decides it; a suspected deadline it does not decide.
            suspected = tasks.filter(kind=TaskKind.DEADLINE.value)
            return self._over(term).filter(Q(legal_hold=False) & ~Exists(suspected) & ~Exists(effects))
        return self._over(term).filter(Q(legal_hold=False) & is_over & ~Exists(tasks) & ~Exists(effects))

    def _is_of(self, term: Term, reference: str) -> bool:
        """Filtered advertising is what is held for nothing else."""
        if term.holds is not RetentionClass.HELD_SPAM:
            return True
        rows = VerdictRow.objects.using(self._using).filter(message_id=reference)
        return held_for(tuple(load(Verdict, row.verdict.encode()) for row in rows)) == {Reason.SPAM}

    def _drop_content(self, reference: str, at: datetime) -> None:
        drop_body(self._database, reference, at)

    def _drop_held(self, reference: str, at: datetime) -> None:
        self._drop_content(reference, at)
        TaskRow.objects.using(self._using).filter(message_id=reference, state=TaskState.OPEN).update(
            state=TaskState.DONE, done_at=at, done_by=ACTOR
        )
        Message.objects.using(self._using).filter(reference=reference).update(state=MessageState.DISCARDED, done_at=at)

    def _drop_facts(self, reference: str, _at: datetime) -> None:
        """What was found in the message, with every word of it that stands elsewhere; codes and clauses stay."""
        FactsRow.objects.using(self._using).filter(message_id=reference).delete()
        FileRow.objects.using(self._using).filter(message_id=reference).delete()
        OutboxRow.objects.using(self._using).filter(reference=reference).update(payload=NO_PAYLOAD)
        for row in VerdictRow.objects.using(self._using).filter(message_id=reference):
            row.verdict = dump(_impersonal(load(Verdict, row.verdict.encode()))).decode()
            row.aktenzeichen = row.keyword = ""
            row.save(using=self._using, update_fields=["verdict", "aktenzeichen", "keyword"])
        Message.objects.using(self._using).filter(reference=reference).update(
            subject="", header_from="", from_display="", message_id=""
        )


def _impersonal(verdict: Verdict) -> Verdict:
    objections = tuple(replace(one, path=(), inner=(), evidence="") for one in verdict.objections)
    route = replace(verdict.route, because=(), keyword="", aktenzeichen="")
    return replace(verdict, objections=objections, withheld=(), route=route)


_KEPT = (MessageState.ACCEPTED.value, *_ENDED)
_HAS_CONTENT = Q(body__isnull=False)
_THERE = {
    RetentionClass.MESSAGE: _HAS_CONTENT & Q(state__in=_KEPT),
    RetentionClass.HELD_SPAM: _HAS_CONTENT & Q(state=MessageState.HELD.value),
    RetentionClass.FACTS: Q(facts_row__isnull=False) & ~Q(state=MessageState.HELD.value),
}
"""By class: which messages still hold something of it."""
_ACTS: dict[RetentionClass, Callable[[RetentionTable, str, datetime], None]] = {
    RetentionClass.MESSAGE: RetentionTable._drop_content,  # noqa: SLF001 - our own
    RetentionClass.HELD_SPAM: RetentionTable._drop_held,  # noqa: SLF001 - our own
    RetentionClass.FACTS: RetentionTable._drop_facts,  # noqa: SLF001 - our own
}
_KINDS = {
    RetentionClass.MESSAGE: EventKind.CONTENT_ERASED,
    RetentionClass.HELD_SPAM: EventKind.CONTENT_ERASED,
    RetentionClass.FACTS: EventKind.FACTS_ERASED,
}
