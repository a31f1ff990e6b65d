# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Journal entries on their way into the tables: leaves with fresh nonces and salts, the personal values beside them."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

from poststelle.core.journal import NONCE_BYTES, SALT_BYTES, Event, leaf_bytes
from poststelle.core.merkle import leaf_hash
from poststelle.records.database import Database
from poststelle.records.driver import DriverCursor
from poststelle.records.models import JournalLeaf, JournalValue
from poststelle.records.tables import Row, Table

_LEAVES = Table(JournalLeaf)
_VALUES = Table(JournalValue)


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf ready to be written, and the rows of its personal values but for the leaf's id."""

    leaf: Row
    values: tuple[Row, ...]


def entries_of(events: Iterable[Event]) -> tuple[Entry, ...]:
    """The events as rows; every call draws new nonces and salts."""
    chosen = tuple(events)
    octets = sum(NONCE_BYTES + SALT_BYTES * len(event.personal) for event in chosen)
    drawn = BytesIO(secrets.token_bytes(octets))
    return tuple(_entry_of(event, drawn) for event in chosen)


def write_entries(database: Database, entries: Sequence[Entry]) -> None:
    """Write them, unsequenced, in the transaction under way."""
    with database.cursor() as cursor:
        insert_entries(cursor, entries)


def insert_entries(cursor: DriverCursor, entries: Sequence[Entry]) -> None:
    """The same through a cursor that is open already."""
    ids = _LEAVES.insert_returning(cursor, [entry.leaf for entry in entries], "leaf_hash")
    values = [{**row, "leaf_id": ids[entry.leaf["leaf_hash"]]} for entry in entries for row in entry.values]
    _VALUES.insert(cursor, values)


def _entry_of(event: Event, drawn: BytesIO) -> Entry:
    salts = {key: drawn.read(SALT_BYTES) for key, _ in event.personal}
    leaf = leaf_bytes(event, drawn.read(NONCE_BYTES), salts)
    row = {
        "authority_id": event.authority,
        "reference": event.reference,
        "kind": str(event.kind),
        "at": event.at,
        "leaf": leaf,
        "leaf_hash": leaf_hash(leaf),
    }
    return Entry(row, tuple({"key": key, "salt": salts[key], "value": value} for key, value in event.personal))
