# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The outgoing queue on the tables: implements the ports OutboxQueue and KeyUses, on SQLite and PostgreSQL alike.

A claim leases items with a fresh token; only the holder of the token may settle them. What ends here is journaled in
the same transaction, and what is given up becomes a task that somebody sees.
"""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from poststelle.application.outbox import MAY_REPEAT
from poststelle.application.ports import Clock, OutboxItem
from poststelle.core.arrival import AuthorityId
from poststelle.core.edition import legal_date
from poststelle.core.journal import Event, EventKind
from poststelle.core.verdict import SenderTold, TaskKind
from poststelle.core.workdays import working_day_after
from poststelle.records.database import Database, Transactions, reaching_database
from poststelle.records.journaling import entries_of, write_entries
from poststelle.records.models import Message, OutboxRow, OutboxState, TaskRow, VerdictRow
from poststelle.records.store import lock_message

_DONE_EVENTS = {"deliver": EventKind.DELIVERED}
"""By kind of effect; every other kind is a notice."""
_CLAIM = """
    WITH chosen AS MATERIALIZED (
        SELECT id FROM records_outboxrow WHERE state = 'open' AND due_at <= %s {besides}
        ORDER BY due_at, id LIMIT %s {lock}
    )
    UPDATE records_outboxrow SET token = %s, attempt = attempt + 1, due_at = %s WHERE id IN (SELECT id FROM chosen)
    RETURNING id, authority_id, kind, reference, message_id, attempt, payload, recipient
"""
"""One statement, by hand like the others here: they are asked once for every message while others wait for their turn
to write, and Django needs longer to word them than the database to carry them out (November 2026)."""
_DELIVERED = """
    UPDATE records_message SET state = 'delivered' WHERE reference = %s AND state = 'accepted' AND NOT EXISTS (
        SELECT 1 FROM records_outboxrow WHERE reference = %s AND kind = 'deliver' AND state <> 'done'
    )
"""
_TOKEN_BYTES = 12
_ACTOR = "outbox"


class OutboxTable:
    """The queue over one database."""

    def __init__(self, database: Database, transactions: Transactions, clock: Clock) -> None:
        self._database = database
        self._transactions = transactions
        self._clock = clock

    def claim(self, limit: int, lease: timedelta, resting: Collection[str] = ()) -> Sequence[OutboxItem]:
        """Up to ``limit`` due items, longest due first, each leased until now + lease.

        Where nothing is due it only reads, and waits for no writer: many outboxes ask several times a second.
        """
        set_aside = tuple(resting)
        with reaching_database():
            is_idle = not self._due(self._clock.now(), set_aside).exists()
        if is_idle:
            self._database.check_place()  # a file that was taken away has nothing due for ever
            return ()
        return self._transactions.run(lambda: self._claim(limit, lease, set_aside))

    def done(self, item: OutboxItem, remark: str) -> bool:
        """Record success; False when the lease was lost meanwhile."""
        return self._transactions.run(lambda: self._settle(item, remark, OutboxState.DONE))

    def failed(self, item: OutboxItem, remark: str, retry_at: datetime | None) -> bool:
        """Record a failure; without ``retry_at`` it is given up, and a task is created.

        A delivery becomes one to clear up, a notice one to be written by hand (Rückmeldung von Hand).
        """
        if retry_at is None:
            return self._transactions.run(lambda: self._settle(item, remark, OutboxState.GIVEN_UP))
        return self._transactions.run(lambda: self._put_back(item, remark, retry_at))

    def signed(self, item: OutboxItem, address: str, certificate_sha256: str) -> None:
        """Journal that the key of this certificate signed what is about to leave."""
        facts = (("address", address), ("certificate", certificate_sha256), ("message-id", item.message_id))
        at = self._clock.now()
        event = Event(EventKind.SIGNING_USED, at, item.authority, item.reference, actor=_ACTOR, facts=facts)
        self._transactions.run(lambda: self._write(event))

    def _claim(self, limit: int, lease: timedelta, resting: tuple[str, ...]) -> tuple[OutboxItem, ...]:
        now, token = self._clock.now(), secrets.token_hex(_TOKEN_BYTES)
        skips = self._database.connection.features.has_select_for_update_skip_locked
        statement = _CLAIM.format(
            besides=f"AND recipient NOT IN ({', '.join(['%s'] * len(resting))})" if resting else "",
            lock="FOR UPDATE SKIP LOCKED" if skips else "",
        )
        with self._database.cursor() as cursor:
            rows = cursor.ask_all(statement, [now, *resting, limit, token, now + lease])
        return tuple(_claimed(row, token) for row in rows)

    def _due(self, now: datetime, resting: tuple[str, ...]) -> QuerySet[OutboxRow]:
        due = self._rows().filter(state=OutboxState.OPEN, due_at__lte=now)
        return due.exclude(recipient__in=resting) if resting else due

    def _put_back(self, item: OutboxItem, remark: str, retry_at: datetime) -> bool:
        if not self._give_back(item, {"due_at": retry_at, "remark": remark}):
            return False
        self._journal(item, EventKind.DELIVERY_FAILED, remark)
        return True

    def _settle(self, item: OutboxItem, remark: str, state: OutboxState) -> bool:
        now = self._clock.now()
        if not self._give_back(item, {"state": state.value, "remark": remark, "settled_at": now}):
            return False
        if state is OutboxState.GIVEN_UP:
            self._journal(item, EventKind.GIVEN_UP, remark)
            self._create_tasks(item, now)
        else:
            self._journal(item, _DONE_EVENTS.get(item.kind, EventKind.NOTICE_SENT), remark)
            self._mark_delivered(item)
        return True

    def _mark_delivered(self, item: OutboxItem) -> None:
        """An accepted message is delivered when its last delivery is done; two that end at once ask one after the other."""
        if item.kind == "deliver":
            lock_message(self._database, item.reference)
            with self._database.cursor() as cursor:
                cursor.execute(_DELIVERED, [item.reference, item.reference])

    def _create_tasks(self, item: OutboxItem, now: datetime) -> None:
        """One for each message it was about: a collective notice is about several."""
        order = json.loads(item.payload)
        messages = Message.objects.using(self._database.alias).filter(authority_id=item.authority)
        for reference in order.get("references", [item.reference]):
            if messages.filter(reference=reference).exists():
                ask = self._ask_to_deliver if item.kind == "deliver" else self._ask_to_tell
                task = ask(item, order, VerdictRow.objects.using(self._database.alias).filter(message_id=reference))
                task.message_id, task.authority_id, task.reason = reference, item.authority, f"given-up:{item.kind}"
                task.created_at = now
                task.save(using=self._database.alias, force_insert=True)
                facts = (("kind", task.kind), ("reason", task.reason))
                self._write(Event(EventKind.TASK_CREATED, now, item.authority, reference, actor=_ACTOR, facts=facts))

    def _ask_to_deliver(self, item: OutboxItem, order: Mapping[str, object], verdicts: QuerySet[VerdictRow]) -> TaskRow:
        verdict = verdicts.filter(recipient=order.get("recipient", "")).first()
        return TaskRow(kind=TaskKind.DELIVERY.value, recipient=item.recipient, office=verdict.office if verdict else "")

    def _ask_to_tell(self, _item: OutboxItem, order: Mapping[str, object], verdicts: QuerySet[VerdictRow]) -> TaskRow:
        """A notice that cannot go by itself is written by hand: a sender is never left without word."""
        told = verdicts.filter(sender_told=SenderTold.NOTICE.value).order_by("position").first()
        days = order.get("by_hand_working_days")
        return TaskRow(
            kind=TaskKind.FEEDBACK.value,
            text_key="feedback",
            recipient=told.recipient if told else "",
            office=told.office if told else "",
            due_on=working_day_after(legal_date(self._clock.now()), days if isinstance(days, int) else 1),
        )

    def _journal(self, item: OutboxItem, kind: EventKind, remark: str) -> None:
        attempt = (("attempt", str(item.attempt)), ("effect", item.kind), ("message-id", item.message_id))
        repeat = (("may-repeat", "true"),) if remark.startswith(MAY_REPEAT) else ()
        event = Event(
            kind,
            self._clock.now(),
            item.authority,
            item.reference,
            actor=_ACTOR,
            facts=(*attempt, *repeat),
            personal=(("remark", remark),),
        )
        self._write(event)

    def _write(self, event: Event) -> None:
        write_entries(self._database, entries_of([event]))

    def _give_back(self, item: OutboxItem, columns: Mapping[str, object]) -> bool:
        """Write these and end the lease; False where the item is leased to another by now."""
        names = "".join(f", {name} = %s" for name in columns)
        statement = f"UPDATE records_outboxrow SET token = ''{names} WHERE id = %s AND state = 'open' AND token = %s"  # noqa: S608 - names of our own columns only
        with self._database.cursor() as cursor:
            return cursor.execute(statement, [*columns.values(), item.id, item.token]) == 1

    def _rows(self) -> QuerySet[OutboxRow]:
        return OutboxRow.objects.using(self._database.alias)


def _claimed(row: tuple[object, ...], token: str) -> OutboxItem:
    match row:
        case (
            int(row_id), str(authority), str(kind), str(reference), str(message_id), int(attempt), str(payload), str(to)
        ):  # fmt: skip
            return OutboxItem(row_id, AuthorityId(authority), kind, reference, message_id, attempt, token, payload, to)
        case _:
            raise TypeError(f"no row of the outbox: {row}")


def item_of(row: OutboxRow, token: str) -> OutboxItem:
    """The row as its worker sees it."""
    return OutboxItem(
        row.id,
        AuthorityId(row.authority_id),
        row.kind,
        row.reference,
        row.message_id,
        row.attempt,
        token,
        row.payload,
        row.recipient,
    )
