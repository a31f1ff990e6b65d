# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The records of one data folder or database, opened: everything the composition root wires, in one value.

Modules that name models can be imported only after Django was set up; this one may be imported at any time.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from poststelle.application.ports import Clock
from poststelle.core.arrival import Peer
from poststelle.core.codec import prepare
from poststelle.core.facts import Facts
from poststelle.core.verdict import Verdict
from poststelle.records.database import SETTINGS, Database, setup

if TYPE_CHECKING:
    from poststelle.records.bounces import BounceTable
    from poststelle.records.notice_ledger import NoticeLedgerTable
    from poststelle.records.outbox import OutboxTable
    from poststelle.records.store import RecordedBodies, RecordedRegisters, RecordsStore
    from poststelle.records.switches import SwitchTable
    from poststelle.records.writer import GroupWriter


@dataclass(frozen=True, slots=True)
class Records:
    """An open store. Close it before the process ends."""

    database: Database
    writer: "GroupWriter"
    store: "RecordsStore"
    """Implements Store, AttemptLog and JournalBook."""
    outbox: "OutboxTable"
    registers: "RecordedRegisters"
    bodies: "RecordedBodies"
    notices: "NoticeLedgerTable"
    bounces: "BounceTable"
    switches: "SwitchTable"

    def close(self) -> None:
        """Commit what waits, end the writing thread, close this thread's connection."""
        self.writer.close()
        self.database.close()


def open_records(target: Path | str, clock: Clock, settings_module: str = SETTINGS) -> Records:
    """The records of a data folder (a path) or a PostgreSQL address, set up and migrated. Once per process."""
    return records_on(setup(target, settings_module), clock)


def records_on(database: Database, clock: Clock) -> Records:
    """The records of a database that is open and migrated."""
    from poststelle.records.bounces import BounceTable  # noqa: PLC0415 - as below
    from poststelle.records.notice_ledger import NoticeLedgerTable  # noqa: PLC0415 - as below
    from poststelle.records.outbox import OutboxTable  # noqa: PLC0415 - needs Django set up
    from poststelle.records.store import RecordedBodies, RecordedRegisters, RecordsStore  # noqa: PLC0415 - as above
    from poststelle.records.switches import SwitchTable  # noqa: PLC0415 - as above
    from poststelle.records.writer import GroupWriter  # noqa: PLC0415 - as above

    prepare(Facts, Verdict, Peer)
    writer = GroupWriter(database)
    return Records(
        database,
        writer,
        RecordsStore(database, writer),
        OutboxTable(database, writer, clock),
        RecordedRegisters(database, clock),
        RecordedBodies(database, writer, clock),
        NoticeLedgerTable(database, writer, clock),
        BounceTable(database, writer),
        SwitchTable(database, writer),
    )
