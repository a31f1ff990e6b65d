# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is on record, for tests that look at all of it: the desk's own lists show what one viewer may see."""

from django.db.models import Q

from poststelle.records.database import Database, reaching_database
from poststelle.records.models import Message, TaskRow, TaskState
from poststelle.records.queries import MessageLine, message_by_reference


def message_list(database: Database, authority: str, text: str = "") -> tuple[MessageLine, ...]:
    """Every message of the authority with this text in subject or reference, newest first."""
    says = Q(subject__icontains=text) | Q(reference__icontains=text)
    rows = Message.objects.using(database.alias).filter(says, authority_id=authority).order_by("-received_at", "-id")
    with reaching_database():
        references = tuple(rows.values_list("reference", flat=True))
    found = (message_by_reference(database, authority, reference) for reference in references)
    return tuple(view.line for view in found if view is not None)


def open_tasks(database: Database, authority: str) -> tuple[TaskRow, ...]:
    """Every open task of the authority, the oldest first."""
    rows = TaskRow.objects.using(database.alias).filter(authority_id=authority, state=TaskState.OPEN)
    with reaching_database():
        return tuple(rows.order_by("created_at", "id"))


def tasks_of(database: Database, reference: str) -> tuple[TaskRow, ...]:
    """Every task of the message, open or done, the oldest first."""
    rows = TaskRow.objects.using(database.alias).filter(message_id=reference)
    with reaching_database():
        return tuple(rows.order_by("id"))
