# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""INSERT statements made from the models once, for the hot path: Django's own way costs ten times the processor time.

A row is a mapping of column attributes to values; what it leaves out takes the model's default.
"""

from collections.abc import Iterator, Mapping, Sequence

from django.db import models

from poststelle.records.driver import DriverCursor

Row = Mapping[str, object]

ROWS_PER_STATEMENT = 50
"""Each costs a way to the server and back; a statement of SQLite takes 32,766 values at most."""


class Table:
    """The INSERT of one model."""

    def __init__(self, model: type[models.Model], conflict: str = "") -> None:
        meta = model._meta  # noqa: SLF001 - Django's documented door to a model's columns
        fields = tuple(column for column in meta.concrete_fields if not isinstance(column, models.AutoField))
        self._defaults: dict[str, object] = {column.attname: column.get_default() for column in fields}
        names = ", ".join(f'"{column.column}"' for column in fields)
        self._into = f'INSERT INTO "{meta.db_table}" ({names}) VALUES'
        self._row = f"({', '.join(['%s'] * len(fields))})"
        self._conflict = conflict
        self._statements: dict[int, str] = {}
        """By the number of rows, at most ROWS_PER_STATEMENT."""

    def insert(self, cursor: DriverCursor, rows: Sequence[Row]) -> None:
        """Write the rows in the transaction under way."""
        for some in _portions(rows):
            cursor.execute(self._statement(some), self._values(some))

    def insert_returning(self, cursor: DriverCursor, rows: Sequence[Row], column: str) -> dict[object, object]:
        """Write the rows in the transaction under way; the id of each by its value of this column."""
        ids: dict[object, object] = {}
        for some in _portions(rows):
            returning = f'{self._statement(some)} RETURNING "{column}", "id"'
            ids.update((value, row_id) for value, row_id in cursor.ask_all(returning, self._values(some)))
        return ids

    def _statement(self, rows: Sequence[Row]) -> str:
        known = self._statements.get(len(rows))
        if known is None:
            known = f"{self._into} {', '.join([self._row] * len(rows))} {self._conflict}"
            self._statements[len(rows)] = known
        return known

    def _values(self, rows: Sequence[Row]) -> list[object]:
        found: list[object] = []
        for row in rows:
            merged = {**self._defaults, **row}
            if len(merged) != len(self._defaults):
                raise KeyError(f"no such columns: {sorted(row.keys() - self._defaults.keys())}")
            found.extend(merged.values())
        return found


def _portions(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        yield rows[start : start + ROWS_PER_STATEMENT]
