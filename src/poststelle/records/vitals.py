# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The vital signs out of the tables: implements the port VitalSigns. Reads only, by indexes where there are many rows.

What happened is counted from the journal, whose places are gapless and never change: each time only what came since.
"""

from collections import Counter
from datetime import timedelta

from django.db.models import Count, Max, Min, Q, QuerySet

from poststelle.application.caps import WAITING
from poststelle.application.ports import Clock
from poststelle.application.vitals import AuthorityVitals, JournalVitals, Tallied, Vitals
from poststelle.core.journal import EventKind, read_leaf
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import (
    DeferralRow,
    JournalLeaf,
    Message,
    MessageState,
    OutboxRow,
    OutboxState,
    SwitchRow,
    TaskRow,
    TaskState,
    TreeHeadRow,
)

LATELY = timedelta(hours=24)
AT_ONCE = 5000
"""Leaves read at a time."""


class RecordedVitals:
    """The numbers of these authorities."""

    def __init__(self, database: Database, authorities: tuple[str, ...], clock: Clock) -> None:
        self._using = database.alias
        self._authorities = authorities
        self._clock = clock
        self._events: Counter[tuple[str, str]] = Counter()
        self._objections: Counter[tuple[str, str, str]] = Counter()
        self._next = self._size()

    def read(self) -> Vitals:
        """As they are now."""
        with reaching_database():
            return Vitals(tuple(self._of(name) for name in self._authorities), self._journal())

    def tally(self) -> Tallied:
        """Counted on since the last time."""
        with reaching_database():
            leaves = self._leaves().filter(index__gte=self._next).order_by("index")
            for authority, kind, leaf in leaves.values_list("authority_id", "kind", "leaf")[:AT_ONCE]:
                self._events[authority, kind] += 1
                if kind == EventKind.JUDGED:
                    facts = dict(read_leaf(bytes(leaf)).facts)
                    self._objections[authority, facts.get("disposition", ""), facts.get("code", "")] += 1
                self._next += 1
        return Tallied(dict(self._events), dict(self._objections))

    def _of(self, authority: str) -> AuthorityVitals:
        tasks = TaskRow.objects.using(self._using).filter(authority_id=authority, state=TaskState.OPEN)
        effects = OutboxRow.objects.using(self._using).filter(authority_id=authority)
        waiting = effects.filter(state=OutboxState.OPEN)
        # Once its moment has come, a notice waits for the outbox again.
        is_capped = Q(kind="notice", admitted_at=None, remark__startswith=WAITING, due_at__gt=self._clock.now())
        messages = Message.objects.using(self._using).filter(authority_id=authority, state=MessageState.HELD)
        deferrals = DeferralRow.objects.using(self._using).filter(authority_id=authority)
        return AuthorityVitals(
            authority,
            tasks=dict(tasks.values_list("kind").annotate(Count("id"))),
            oldest_task_at=tasks.aggregate(at=Min("created_at"))["at"],
            held=messages.count(),
            effects=dict(waiting.values_list("kind").annotate(Count("id"))),
            oldest_effect_at=waiting.exclude(is_capped).aggregate(at=Min("created_at"))["at"],
            capped=waiting.filter(is_capped).count(),
            given_up=effects.filter(state=OutboxState.GIVEN_UP).count(),
            deferred_today=deferrals.filter(received_at__gte=self._clock.now() - LATELY).count(),
            switches=self._switches(authority),
        )

    def _switches(self, authority: str) -> tuple[str, ...]:
        rows = SwitchRow.objects.using(self._using).filter(authority_id=authority).order_by("id")
        standing = dict(rows.values_list("name", "is_on"))
        return tuple(sorted(name for name, is_on in standing.items() if is_on))

    def _journal(self) -> JournalVitals:
        waiting = self._leaves().filter(index=None).aggregate(count=Count("id"), since=Min("at"))
        head = TreeHeadRow.objects.using(self._using).order_by("-id").first()
        return JournalVitals(
            leaves=self._size(),
            waiting=waiting["count"],
            waiting_since=waiting["since"],
            newest_at=self._leaves().order_by("-id").values_list("at", flat=True).first(),
            head_at=head.at if head else None,
            head_leaves=head.size if head else 0,
        )

    def _size(self) -> int:
        with reaching_database():
            last = self._leaves().aggregate(last=Max("index"))["last"]
        return 0 if last is None else int(last) + 1

    def _leaves(self) -> QuerySet[JournalLeaf]:
        return JournalLeaf.objects.using(self._using)
