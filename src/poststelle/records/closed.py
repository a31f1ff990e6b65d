# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Messages that stayed closed because no key of ours was named in them, and whose task is still open. Reads only."""

from poststelle.core.arrival import AuthorityId
from poststelle.core.signature import Encryption
from poststelle.core.verdict import TaskKind
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import TaskRow, TaskState


def waiting_for_a_key(database: Database) -> tuple[tuple[AuthorityId, str], ...]:
    """(authority, reference) of each, oldest first."""
    tasks = TaskRow.objects.using(database.alias).filter(
        kind=TaskKind.DECRYPTION.value, state=TaskState.OPEN, reason=Encryption.NO_KEY.value
    )
    with reaching_database():
        found = tasks.order_by("created_at", "id").values_list("authority_id", "message_id")
        return tuple(dict.fromkeys((AuthorityId(authority), str(reference)) for authority, reference in found))
