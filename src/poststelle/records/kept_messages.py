# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is kept of messages, and how it goes by each class: content, findings, envelope.

Bytes that other messages share stay until the last of them goes; the store is swept an hour later.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet

from poststelle.application.desk.holds import held_for
from poststelle.application.retention import ACTOR, Due, Term, proof
from poststelle.core.address import Address
from poststelle.core.arrival import Peer
from poststelle.core.codec import dump, load
from poststelle.core.journal import EventKind
from poststelle.core.policy import RetentionClass
from poststelle.core.reasons import Reason
from poststelle.core.verdict import TaskKind, Verdict
from poststelle.records.database import Database
from poststelle.records.journaling import entries_of, write_entries
from poststelle.records.models import (
    FactsRow,
    FileRow,
    JournalValue,
    Message,
    MessageState,
    OutboxRow,
    OutboxState,
    RouteProposalRow,
    TaskRow,
    TaskState,
    VerdictRow,
)
from poststelle.records.store import drop_body, lock_message

NO_PAYLOAD = "{}"
"""Of an effect that is over: notices name files in their text."""
NO_RECIPIENTS = "[]"
"""Of a message whose envelope was erased: every other has one at least."""
NO_ADDRESS = Address("", "")
_ENDED = (MessageState.DELIVERED.value, MessageState.DISCARDED.value)


class KeptMessages:
    """The messages of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._using = database.alias

    def due(self, term: Term, limit: int) -> Sequence[Due]:
        """What is to be erased now, the oldest first."""
        rows = self._free(term).order_by("received_at", "id").values_list("reference", "received_at")
        found = (Due(reference, at) for reference, at in rows.iterator() if self._is_of(term, reference))
        return tuple(islice(found, limit))

    def over(self, term: Term) -> tuple[int, int]:
        """How many are over their time, and how many of these nobody needs any more."""
        return self._over(term).count(), self._free(term).count()

    def erase(self, term: Term, due: Due, at: datetime) -> bool:
        """The row is locked first and asked about afterwards: what an act of the desk adds beside it counts then too.

        PostgreSQL answers a single statement that waited for the lock out of what it saw before, if the row is as it was.
        """
        lock_message(self._database, due.reference)
        if not self._free(term).filter(reference=due.reference).exists():
            return False
        _ACTS[term.holds](self, due.reference, at)
        event = proof(_KINDS[term.holds], term, at, due.reference)
        write_entries(self._database, entries_of([event]))
        return True

    def drop_all(self, reference: str, at: datetime) -> None:
        """Content, findings and envelope, in the transaction under way; whether anybody needs it was asked before."""
        self._drop_content(reference, at)
        self._drop_record(reference, at)

    def _over(self, term: Term) -> QuerySet[Message]:
        """Whatever of the class is there and over its time."""
        withheld = FileRow.objects.using(self._using).filter(message_id=OuterRef("reference"), is_withheld=True)
        is_late = Q(received_at__lt=term.received_before)
        is_late &= ~Exists(withheld) | Q(received_at__lt=term.withheld_before)
        found = Message.objects.using(self._using).filter(
            authority_id=term.authority, received_at__gte=term.received_from
        )
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
        RouteProposalRow.objects.using(self._using).filter(reference=reference).delete()
        OutboxRow.objects.using(self._using).filter(reference=reference).update(payload=NO_PAYLOAD)
        self._rewrite_verdicts(reference, _impersonal)
        VerdictRow.objects.using(self._using).filter(message_id=reference).update(aktenzeichen="", keyword="")
        Message.objects.using(self._using).filter(reference=reference).update(
            subject="", header_from="", from_display="", message_id=""
        )

    def _drop_envelope(self, reference: str, _at: datetime) -> None:
        """Who wrote to whom from where, here and in the journal, whose leaves keep their commitments and say nothing."""
        self._rewrite_verdicts(reference, lambda verdict: replace(verdict, recipient=NO_ADDRESS))
        VerdictRow.objects.using(self._using).filter(message_id=reference).update(recipient="")
        TaskRow.objects.using(self._using).filter(message_id=reference).update(recipient="")
        OutboxRow.objects.using(self._using).filter(reference=reference).update(recipient="", remark="")
        message = Message.objects.using(self._using).get(reference=reference)
        peer = load(Peer, message.peer.encode())
        message.peer = dump(Peer("", protocol=peer.protocol, tls=peer.tls)).decode()
        message.sender, message.recipients = "", NO_RECIPIENTS
        message.save(using=self._using, update_fields=["peer", "sender", "recipients"])
        JournalValue.objects.using(self._using).filter(leaf__reference=reference).delete()

    def _drop_record(self, reference: str, at: datetime) -> None:
        self._drop_facts(reference, at)
        self._drop_envelope(reference, at)

    def _rewrite_verdicts(self, reference: str, rewritten: Callable[[Verdict], Verdict]) -> None:
        for row in VerdictRow.objects.using(self._using).filter(message_id=reference):
            row.verdict = dump(rewritten(load(Verdict, row.verdict.encode()))).decode()
            row.save(using=self._using, update_fields=["verdict"])


def _impersonal(verdict: Verdict) -> Verdict:
    objections = tuple(replace(one, path=(), inner=(), evidence="") for one in verdict.objections)
    route = replace(verdict.route, because=(), keyword="", aktenzeichen="")
    return replace(verdict, objections=objections, withheld=(), route=route)


_KEPT = (MessageState.ACCEPTED.value, *_ENDED)
_HAS_CONTENT = Q(body__isnull=False)
_HAS_ENVELOPE = ~Q(recipients=NO_RECIPIENTS)
_THERE = {
    RetentionClass.MESSAGE: _HAS_CONTENT & Q(state__in=_KEPT),
    RetentionClass.HELD_SPAM: _HAS_CONTENT & Q(state=MessageState.HELD.value),
    RetentionClass.FACTS: Q(facts_row__isnull=False) & ~Q(state=MessageState.HELD.value),
    RetentionClass.REFUSED: _HAS_ENVELOPE & Q(state=MessageState.REFUSED.value),
    RetentionClass.JOURNAL: _HAS_ENVELOPE & ~_HAS_CONTENT,
}
"""By class: which messages still hold something of it. Content never outlives its envelope."""
_ACTS: dict[RetentionClass, Callable[[KeptMessages, str, datetime], None]] = {
    RetentionClass.MESSAGE: KeptMessages._drop_content,  # noqa: SLF001 - our own
    RetentionClass.HELD_SPAM: KeptMessages._drop_held,  # noqa: SLF001 - our own
    RetentionClass.FACTS: KeptMessages._drop_facts,  # noqa: SLF001 - our own
    RetentionClass.REFUSED: KeptMessages._drop_record,  # noqa: SLF001 - our own
    RetentionClass.JOURNAL: KeptMessages._drop_envelope,  # noqa: SLF001 - our own
}
_KINDS = {
    RetentionClass.MESSAGE: EventKind.CONTENT_ERASED,
    RetentionClass.HELD_SPAM: EventKind.CONTENT_ERASED,
    RetentionClass.FACTS: EventKind.FACTS_ERASED,
    RetentionClass.REFUSED: EventKind.PERSONAL_ERASED,
    RetentionClass.JOURNAL: EventKind.PERSONAL_ERASED,
}
