# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What came back, on the tables: implements the port BounceBook."""

from poststelle.application.bounces import Bounce
from poststelle.core.journal import Event, EventKind
from poststelle.core.verdict import TaskKind
from poststelle.protocol.dsn import DeliveryReport
from poststelle.records.database import Database, Transactions
from poststelle.records.journaling import entries_of, write_entries
from poststelle.records.models import Message, OutboxRow, TaskRow, TaskState, VerdictRow

REASON = "bounced"


class BounceTable:
    """Bounces as tasks of their cases and entries of the journal."""

    def __init__(self, database: Database, transactions: Transactions) -> None:
        self._database = database
        self._transactions = transactions

    def bounced(self, bounce: Bounce) -> bool:
        """Record it with its task; see the port."""
        return self._transactions.run(lambda: self._bounced(bounce))

    def _bounced(self, bounce: Bounce) -> bool:
        using = self._database.alias
        message = Message.objects.using(using).filter(reference=bounce.reference).first()
        deliveries = tuple(OutboxRow.objects.using(using).filter(reference=bounce.reference, kind="deliver"))
        if message is None or not deliveries:
            return False
        mailbox = _mailbox(deliveries, bounce.report)
        kind = EventKind.BOUNCED if bounce.wants_somebody else EventKind.BOUNCE_NOTED
        events = [_event(kind, bounce, message.authority_id, mailbox)]
        if bounce.wants_somebody and not self._is_asked(bounce.reference, mailbox):
            self._ask(bounce, message.authority_id, mailbox)
            facts = (("kind", TaskKind.DELIVERY.value), ("reason", REASON))
            events.append(Event(EventKind.TASK_CREATED, bounce.at, message.authority_id, bounce.reference, facts=facts))
        write_entries(self._database, entries_of(events))
        return True

    def _is_asked(self, reference: str, mailbox: str) -> bool:
        tasks = TaskRow.objects.using(self._database.alias).filter(message_id=reference, state=TaskState.OPEN)
        return tasks.filter(kind=TaskKind.DELIVERY.value, reason__startswith=REASON, recipient=mailbox).exists()

    def _ask(self, bounce: Bounce, authority: str, mailbox: str) -> None:
        using = self._database.alias
        offices = VerdictRow.objects.using(using).filter(message_id=bounce.reference).order_by("position")
        status = bounce.report.status if bounce.report else ""
        TaskRow.objects.using(using).create(
            message_id=bounce.reference,
            authority_id=authority,
            kind=TaskKind.DELIVERY.value,
            reason=f"{REASON}:{status}" if status else REASON,
            office=offices.values_list("office", flat=True).first() or "",
            recipient=mailbox,
            created_at=bounce.at,
        )


def _mailbox(deliveries: tuple[OutboxRow, ...], report: DeliveryReport | None) -> str:
    """The mailbox of ours that the report names; the only one there is; else nobody can say."""
    sent_to = {row.recipient.casefold(): row.recipient for row in deliveries}
    if len(sent_to) == 1:
        return deliveries[0].recipient
    return sent_to.get(report.recipient.casefold(), "") if report else ""


def _event(kind: EventKind, bounce: Bounce, authority: str, mailbox: str) -> Event:
    report = bounce.report
    facts = (
        ("action", report.action.value if report else "unreadable"),
        ("sha256", bounce.sha256),
        ("status", report.status if report else ""),
    )
    personal = (("diagnostic", report.diagnostic if report else ""), ("mailbox", mailbox))
    return Event(kind, bounce.at, authority, bounce.reference, facts=facts, personal=personal)
