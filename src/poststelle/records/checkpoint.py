# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Carries SQLite's write-ahead log over into the database file in a thread of its own, so that no commit waits for it.

SQLite would do it within every thousandth page's commit: measured in November 2026, 110 ms for the messages that hit
it. Under a steady load this thread never meets the end of a log that goes on growing, so the writer carries over the
small rest itself, between two transactions, when the log has become long. Does nothing on PostgreSQL.
"""

import threading

from poststelle.application.ports import UnavailableError
from poststelle.records.database import Database, reaching_database

JOBS_PER_CHECKPOINT = 200
"""Some 20 MB of log with messages of 20 KB."""
LONG_LOG_PAGES = 16_384
"""64 MiB of pages of 4 KiB: from here on the log is to begin again from its start."""


class Checkpointer:
    """Told of every commit by the writing thread, which also closes it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs = 0
        self._is_due = threading.Event()
        self._is_long = threading.Event()
        self._is_closed = False
        self._is_needed = database.connection.vendor == "sqlite"
        self._thread = threading.Thread(target=self._work, name="poststelle-checkpoint", daemon=True)
        if self._is_needed:
            self._thread.start()

    def take_over(self) -> None:
        """No automatic checkpoints on this thread's connection any more: to be called by the writing thread."""
        if self._is_needed:
            self._ask("PRAGMA wal_autocheckpoint=0")

    def committed(self, jobs: int) -> None:
        """So many jobs were written. Called by the writing thread between its transactions."""
        self._jobs += jobs
        if self._is_long.is_set():
            self._is_long.clear()
            self._carry_over()
        elif self._is_needed and self._jobs >= JOBS_PER_CHECKPOINT:
            self._jobs = 0
            self._is_due.set()

    def close(self) -> None:
        """End the thread."""
        self._is_closed = True
        self._is_due.set()
        if self._is_needed:
            self._thread.join()

    def _work(self) -> None:
        while self._is_due.wait() and not self._is_closed:
            self._is_due.clear()
            if self._carry_over() > LONG_LOG_PAGES:
                self._carry_over()  # what came during the first round, so that the writer is left with next to nothing
                self._is_long.set()
        self._database.close()

    def _carry_over(self) -> int:
        """Copies what no reader still needs; waits for nobody. The length of the log in pages."""
        _, log_pages, _ = self._ask("PRAGMA wal_checkpoint(PASSIVE)")
        return log_pages

    def _ask(self, statement: str) -> tuple[int, ...]:
        """The one row of answer; empty-handed where the disk fails, which the next commit will say louder."""
        try:
            with reaching_database(), self._database.connection.cursor() as cursor:
                cursor.execute(statement)
                return tuple(cursor.fetchone())
        except UnavailableError:
            return (0, 0, 0)
