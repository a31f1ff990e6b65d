# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The cursor of the database's own driver, for the statements of the hot path.

Django's layers over it cost a settlement more processor time than SQLite itself needs for it (November 2026).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations

Value = str | int | float | bytes | datetime | date | None
"""What the database drivers take."""


class _OfDriver(Protocol):
    """What the drivers of both databases offer alike (PEP 249)."""

    rowcount: int

    def execute(self, statement: str, values: Sequence[Value], /) -> object: ...

    def fetchone(self) -> tuple[object, ...] | None: ...

    def fetchall(self) -> list[tuple[object, ...]]: ...

    def close(self) -> None: ...


class DriverCursor:
    """Takes statements that are written with ``%s`` for each value, and values as the models hold them."""

    def __init__(self, cursor: _OfDriver, operations: BaseDatabaseOperations, *, asks_with_marks: bool) -> None:
        self._cursor = cursor
        self._operations = operations
        self._asks_with_marks = asks_with_marks

    def execute(self, statement: str, values: Iterable[object]) -> int:
        """Carry it out; how many rows it changed."""
        worded = _with_question_marks(statement) if self._asks_with_marks else statement
        self._cursor.execute(worded, [storable(self._operations, value) for value in values])
        return self._cursor.rowcount

    def ask(self, statement: str, values: Iterable[object]) -> tuple[object, ...] | None:
        """The first row of the answer; None where there is none."""
        self.execute(statement, values)
        return self._cursor.fetchone()

    def ask_all(self, statement: str, values: Iterable[object]) -> list[tuple[object, ...]]:
        """Every row of the answer."""
        self.execute(statement, values)
        return self._cursor.fetchall()


@contextmanager
def driver_cursor(connection: BaseDatabaseWrapper) -> Iterator[DriverCursor]:
    """A cursor on this thread's connection; the errors of the driver are told as Django's."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, closing(connection.connection.cursor()) as cursor:
        yield DriverCursor(cursor, connection.ops, asks_with_marks=connection.vendor == "sqlite")


@cache
def _with_question_marks(statement: str) -> str:
    return statement.replace("%s", "?")


def storable(operations: BaseDatabaseOperations, value: object) -> Value:
    """The value as this database's driver takes it. Raises TypeError on what no column holds."""
    if type(value) is str and value.isascii() and "\0" not in value:  # most values there are
        return value
    match value:
        case str():
            return _text(value)
        case int() | float() | bytes() | None:
            return value
        case datetime():
            return _moment(operations, value)
        case date():
            return _adapted(operations.adapt_datefield_value(value))
        case _:
            raise TypeError(f"no column holds a {type(value).__name__}")


@lru_cache(maxsize=256)
def _moment(operations: BaseDatabaseOperations, value: datetime) -> Value:
    """Kept, since the rows of one message hold the same few moments a dozen times."""
    return _adapted(operations.adapt_datetimefield_value(value))


def _adapted(value: Value) -> Value:
    """A time as text for SQLite, as itself for PostgreSQL."""
    return value


def _text(value: str) -> str:
    """Without what a database refuses: NUL (PostgreSQL) and lone surrogates (both)."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")
