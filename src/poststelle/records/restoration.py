# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A restoration into a PostgreSQL database: marked from before its first table until after its last check.

A dump loads whole or not at all, but what it holds can be looked at only once it is there. So a table marks the database
until everything was found right; where something was not, what came is taken away again. Where the process ends in
between, the mark stays: nobody starts on such a database, and the next restoration clears it away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from poststelle.application.backup import BackupError
from poststelle.application.ports import UnavailableError

if TYPE_CHECKING:
    from psycopg import Connection

MARK = "poststelle_restoring"
"""Lists the tables that were there before."""
_LOCK = 0x706F7376
"""Names our locks among those of other programs on the same PostgreSQL."""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> %s"
_CAME = f"{_TABLES} AND tablename NOT IN (SELECT tablename FROM {MARK})"  # noqa: S608 - constants


@contextmanager
def restoring(url: str) -> Iterator[None]:
    """Inside, the database takes the restoration; left with an error, it is again as it was, and without one it counts.

    BackupError where records are there, or another restoration is under way; UnavailableError.
    """
    import psycopg  # noqa: PLC0415 - optional, and not loaded where it is not wanted

    try:
        with psycopg.connect(url, autocommit=True) as connection:
            _be_alone(connection)
            with connection.transaction():
                _begin(connection)
            try:
                yield
            except BaseException:
                with connection.transaction():
                    _undo(connection)
                raise
            connection.execute(f"DROP TABLE {MARK}")
    except psycopg.Error as error:
        raise UnavailableError(f"database: {type(error).__name__}") from error


def refuse_unfinished(url: str) -> None:
    """BackupError where a restoration into this database did not come to its end. UnavailableError."""
    if is_unfinished(url):
        raise BackupError(
            "a restoration into this database did not come to its end: what it holds was not checked",
            "Empty the data folder and restore again: poststelle restore FILE clears away what is there.",
        )


def is_unfinished(url: str) -> bool:
    """Whether the mark is there. UnavailableError."""
    import psycopg  # noqa: PLC0415 - as above

    try:
        with psycopg.connect(url) as connection:
            return _has(connection, MARK)
    except psycopg.Error as error:
        raise UnavailableError(f"database: {type(error).__name__}") from error


def _be_alone(connection: "Connection") -> None:
    """Until the connection ends."""
    if connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() != (True,):
        raise BackupError("another restoration into this database is under way", "Wait for its end.")


def _begin(connection: "Connection") -> None:
    if _has(connection, MARK):
        _undo(connection)
    if _has(connection, "records_message"):
        raise BackupError("the database holds records already", "Nothing is restored over anything: name an empty one.")
    connection.execute(f"CREATE TABLE {MARK} AS {_TABLES}", [MARK])


def _undo(connection: "Connection") -> None:
    from psycopg.sql import SQL, Identifier  # noqa: PLC0415 - as above

    came = connection.execute(_CAME, [MARK]).fetchall()
    for (name,) in came:
        connection.execute(SQL("DROP TABLE {} CASCADE").format(Identifier(name)))
    connection.execute(f"DROP TABLE {MARK}")


def _has(connection: "Connection", table: str) -> bool:
    return connection.execute("SELECT to_regclass(%s)", [table]).fetchone() != (None,)
