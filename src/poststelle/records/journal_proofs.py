# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Proofs out of the journal's tables, as they are handed out (core.journal_proof). Reads only."""

from poststelle.application.ports import Clock
from poststelle.core.journal import SignedHead
from poststelle.core.journal_proof import EntriesProof, GrowthProof, Opened, ProvenEntry
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import JournalLeaf, JournalValue, TreeHeadRow
from poststelle.records.sequencer import Sequencer


def prove_growth(database: Database, clock: Clock, older: SignedHead | None) -> GrowthProof | None:
    """The newest signed head, and that it grew out of the older one; None where there is no head.

    An older one that is not of this journal gives a proof that does not hold, which is what there is to show.
    """
    sequencer = _sequencer(database, clock)
    head = sequencer.latest_head() if sequencer else None
    if sequencer is None or head is None:
        return None
    if older is None:
        return GrowthProof(head)
    is_older = 0 < older.head.size <= head.head.size
    return GrowthProof(head, older, sequencer.prove_growth(older.head.size, head.head.size) if is_older else ())


def prove_entries(database: Database, clock: Clock, reference: str) -> EntriesProof | None:
    """Every entry about one message under the newest signed head; None where that does not cover them all yet."""
    sequencer = _sequencer(database, clock)
    head = sequencer.latest_head() if sequencer else None
    if sequencer is None or head is None:
        return None
    size = head.head.size
    with reaching_database():
        rows = tuple(JournalLeaf.objects.using(database.alias).filter(reference=reference).order_by("id"))
    if any(row.index is None or row.index >= size for row in rows):
        return None
    entries = [
        ProvenEntry(place, bytes(row.leaf), sequencer.prove_inclusion(place, size), _opened(database, row))
        for row in rows
        if (place := row.index) is not None
    ]
    return EntriesProof(reference, head, tuple(entries))


def _sequencer(database: Database, clock: Clock) -> Sequencer | None:
    """Of the journal that has heads here; None where none has."""
    with reaching_database():
        log = TreeHeadRow.objects.using(database.alias).order_by("-id").values_list("log", flat=True).first()
    return None if log is None else Sequencer(database, database, clock, log)


def _opened(database: Database, row: JournalLeaf) -> tuple[Opened, ...]:
    with reaching_database():
        values = JournalValue.objects.using(database.alias).filter(leaf=row).order_by("key")
        return tuple(Opened(one.key, bytes(one.salt), one.value) for one in values)
