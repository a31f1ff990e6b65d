# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The rows of a backup against each other and against the bodies beside them: whether they are one consistent set."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from poststelle.core.arrival import BlobKey
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import Blob, JournalLeaf, Message


@dataclass(frozen=True, slots=True)
class RowsState:
    """What the check found; ``fault`` is empty where everything holds."""

    messages: int
    bodies_inside: int
    """That lie with their rows."""
    bodies_outside: int
    fault: str = ""


def check_rows(database: Database, outside: Mapping[BlobKey, int]) -> RowsState:
    """``outside`` are the bodies that came with the rows, and their sizes. Reads only; UnavailableError."""
    using = database.alias
    with reaching_database():
        messages, blobs = Message.objects.using(using), Blob.objects.using(using)
        inside = blobs.exclude(inline=None)
        fault = _inside_fault(database) or _outside_fault(database, outside) or _unjournaled(database)
        return RowsState(messages.count(), inside.count(), blobs.count() - inside.count(), fault)


def _inside_fault(database: Database) -> str:
    rows = Blob.objects.using(database.alias).exclude(inline=None)
    for row in rows.iterator(chunk_size=200):
        content = bytes(row.inline or b"")
        if hashlib.sha256(content).hexdigest() != row.key or len(content) != row.size_bytes:
            return f"the body {row.key} in its row is not what its name says"
    return ""


def _outside_fault(database: Database, outside: Mapping[BlobKey, int]) -> str:
    rows = Blob.objects.using(database.alias).filter(inline=None)
    for key, size_bytes in rows.values_list("key", "size_bytes").iterator():
        if BlobKey(key) not in outside:
            return f"a row refers to the body {key}, which is not there"
        if outside[BlobKey(key)] != size_bytes:
            return f"the body {key} is of another size than its row says"
    return ""


def _unjournaled(database: Database) -> str:
    """What came in and has no entry in the journal was not recorded by us, or its record was taken away."""
    leaves = JournalLeaf.objects.using(database.alias).filter(reference=OuterRef("reference"))
    alone = Message.objects.using(database.alias).exclude(Exists(leaves)).order_by("id")
    reference = alone.values_list("reference", flat=True).first()
    return f"the journal knows nothing of message {reference}" if reference else ""
