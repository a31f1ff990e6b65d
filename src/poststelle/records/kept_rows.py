# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is kept beside messages, and how it goes: attempts that we put off, journal values of no message, failed sign-ins.

Of the journal itself only the salts go, and the values with them: its leaves are never touched.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet

from poststelle.application.retention import Due, Kept, Term, proof
from poststelle.core.journal import EventKind, read_leaf
from poststelle.core.policy import RetentionClass
from poststelle.records.database import Database
from poststelle.records.journaling import entries_of, write_entries
from poststelle.records.models import (
    DeferralRow,
    JournalLeaf,
    JournalValue,
    Message,
    OutboxRow,
    OutboxState,
    SignInRow,
    TaskRow,
    TaskState,
)
from poststelle.records.store import lock_message


class KeptAttempts:
    """Attempts answered 451. One that became a message stays while somebody still needs that message."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._using = database.alias

    def due(self, term: Term, limit: int) -> Sequence[Due]:
        """What is to be erased now, the oldest first."""
        rows = self._free(term).order_by("received_at", "id").values_list("id", "received_at")
        return tuple(Due(str(row), at, Kept.ATTEMPT) for row, at in rows[:limit])

    def over(self, term: Term) -> tuple[int, int]:
        """How many are over their time, and how many of these nobody needs any more."""
        return self._over(term).count(), self._free(term).count()

    def erase(self, term: Term, due: Due, at: datetime) -> bool:
        """Its row; the values in the journal follow as an entry of their own. Acts on its message are waited for."""
        lock_messages_of(self._database, int(due.reference))
        row = self._free(term).filter(id=int(due.reference)).first()
        if row is None:
            return False
        row.delete(using=self._using)
        event = proof(EventKind.PERSONAL_ERASED, term, at, "", ("fingerprint", row.fingerprint))
        write_entries(self._database, entries_of([event]))
        return True

    def _over(self, term: Term) -> QuerySet[DeferralRow]:
        rows = DeferralRow.objects.using(self._using).filter(authority_id=term.authority)
        return rows.filter(received_at__gte=term.received_from, received_at__lt=term.received_before)

    def _free(self, term: Term) -> QuerySet[DeferralRow]:
        same = OuterRef("reference")
        tasks = TaskRow.objects.using(self._using).filter(message_id=same, state=TaskState.OPEN)
        effects = OutboxRow.objects.using(self._using).filter(reference=same, state=OutboxState.OPEN)
        is_open = Q(state="held") | Q(state="accepted", done_at=None)
        needed = Message.objects.using(self._using).filter(
            Q(legal_hold=True) | is_open | Exists(tasks) | Exists(effects),
            authority_id=term.authority,
            fingerprint=OuterRef("fingerprint"),
        )
        return self._over(term).filter(~Exists(needed))


def lock_messages_of(database: Database, attempt: int) -> None:
    """Until the end of the transaction nobody else acts on what came of this attempt."""
    attempts = DeferralRow.objects.using(database.alias).filter(id=attempt)
    came = Message.objects.using(database.alias).filter(
        authority_id__in=attempts.values("authority_id"), fingerprint__in=attempts.values("fingerprint")
    )
    for reference in came.order_by("id").values_list("reference", flat=True):
        lock_message(database, reference)


class KeptEntries:
    """Personal values of journal entries that are about no message; those of a message go with its envelope."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._using = database.alias

    def due(self, term: Term, limit: int) -> Sequence[Due]:
        """What is to be erased now, the oldest first."""
        rows = self._over(term).order_by("index")
        found = (Due(str(row.index), row.at, Kept.ENTRY) for row in rows.iterator() if not self._is_needed(row))
        return tuple(islice(found, limit))

    def over(self, term: Term) -> tuple[int, int]:
        """How many are over their time, and how many of these nobody needs any more."""
        rows = tuple(self._over(term))
        return len(rows), sum(not self._is_needed(row) for row in rows)

    def erase(self, term: Term, due: Due, at: datetime) -> bool:
        """The salts with the values; the leaf says nothing about anybody from now on, and the tree stands."""
        row = self._over(term).filter(index=int(due.reference)).first()
        if row is None or self._is_needed(row):
            return False
        JournalValue.objects.using(self._using).filter(leaf=row).delete()
        event = proof(EventKind.PERSONAL_ERASED, term, at, "", ("leaf", due.reference))
        write_entries(self._database, entries_of([event]))
        return True

    def _over(self, term: Term) -> QuerySet[JournalLeaf]:
        """By the index on references: the journal is far too long to be read through by time."""
        values = JournalValue.objects.using(self._using).filter(leaf=OuterRef("id"))
        leaves = JournalLeaf.objects.using(self._using).filter(reference="", authority_id=term.authority)
        leaves = leaves.filter(at__gte=term.received_from, at__lt=term.received_before, index__isnull=False)
        is_attempt = Q(kind=EventKind.DEFERRED.value)
        return leaves.filter(is_attempt if term.holds is RetentionClass.DEFERRED else ~is_attempt).filter(
            Exists(values)
        )

    def _is_needed(self, row: JournalLeaf) -> bool:
        """The entry of an attempt stays as long as its row."""
        if row.kind != EventKind.DEFERRED:
            return False
        fingerprint = dict(read_leaf(bytes(row.leaf)).facts).get("fingerprint", "")
        attempts = DeferralRow.objects.using(self._using).filter(authority_id=row.authority_id)
        return attempts.filter(fingerprint=fingerprint).exists()


class KeptSignIns:
    """Names under which signing in failed. All go together: anybody can fill the table, and nobody the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._using = database.alias

    def due(self, term: Term, limit: int) -> Sequence[Due]:
        """All of them as one."""
        rows = self._over(term).order_by("failed_at")
        oldest = rows.first()
        if oldest is None or not limit:
            return ()
        return (Due("sign-ins", oldest.failed_at, Kept.SIGN_INS, rows.count()),)

    def over(self, term: Term) -> tuple[int, int]:
        """A lock lasts minutes and a term days: nobody needs them."""
        count = self._over(term).count()
        return count, count

    def erase(self, term: Term, _due: Due, at: datetime) -> bool:
        """The rows, and how many they were."""
        count, _ = self._over(term).delete()
        if not count:
            return False
        event = proof(EventKind.PERSONAL_ERASED, term, at, "", ("count", str(count)))
        write_entries(self._database, entries_of([event]))
        return True

    def _over(self, term: Term) -> QuerySet[SignInRow]:
        return SignInRow.objects.using(self._using).filter(failed_at__lt=term.received_before)
