# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The rows of a PostgreSQL dump in a SQLite file, to be examined where there is no server.

pg_restore writes the rows of an archive as COPY statements (PostgreSQL 14, COPY, text format) without any server. They
go into tables that our own migrations made, as of the dump's version, and are brought up to date like any others.
"""

import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.apps import apps
from django.core.management import call_command
from django.db import models

from poststelle.application.backup import BackupError
from poststelle.records.database import Database, attach, detach, reaching_database
from poststelle.records.snapshot import CLIENT_MISSING
from poststelle.records.target import FILE_NAME

MIGRATIONS = "django_migrations"
BATCH_ROWS = 500
_COPY = re.compile(r'COPY (?:"?\w+"?\.)?"?(\w+)"? \((.+)\) FROM stdin;\n')
_END = "\\.\n"
_NULL = "\\N"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

Stored = str | int | bytes | None
Read = Callable[[str], Stored]
"""A value of COPY's text format as SQLite stores it."""


def read_dump(dump: Path, folder: Path) -> None:
    """The rows of the dump in a SQLite file of this folder. BackupError where it cannot be read to its end."""
    known = _applied(dump)
    database = attach(folder, f"dump-{folder.name}")
    try:
        _make_tables(database, known)
        with closing(sqlite3.connect(folder / FILE_NAME)) as opened:
            opened.execute(
                "PRAGMA foreign_keys=OFF"
            )  # rows come table by table; they are held against each other later
            _fill(opened, dump)
        database.migrate()
    finally:
        detach(database)


def _applied(dump: Path) -> tuple[str, ...]:
    with _rows_of(dump, f"--table={MIGRATIONS}") as lines:
        for table, columns, rows in _tables(lines):
            if table == MIGRATIONS:
                found = [dict(zip(columns, row, strict=True)) for row in rows]
                return tuple(sorted(str(one["name"]) for one in found if one["app"] == "records"))
    return ()


def _make_tables(database: Database, known: tuple[str, ...]) -> None:
    if not known:
        raise BackupError("the dump has no tables of ours", "Take another backup.")
    with reaching_database():
        ours = database.tables()
        if unknown := {f"records.{name}" for name in known} - ours.missing:
            raise BackupError(f"the dump is of a later version ({min(unknown)})", "Use the version that wrote it.")
        call_command("migrate", "records", known[-1], database=database.alias, interactive=False, verbosity=0)
        call_command("migrate", "auth", database=database.alias, interactive=False, verbosity=0)
        call_command("migrate", "sessions", database=database.alias, interactive=False, verbosity=0)
    database.close()


def _fill(opened: sqlite3.Connection, dump: Path) -> None:
    readers = {model._meta.db_table: _readers(model) for model in apps.get_models(include_auto_created=True)}  # noqa: SLF001 - Django's documented door
    with _rows_of(dump) as lines:
        for table, columns, rows in _tables(lines):
            if table not in readers:  # of Django's own book-keeping, which the migrations above wrote anew
                for _ in rows:
                    pass
                continue
            opened.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a table of ours
            _insert(opened, table, columns, (_read(readers[table], columns, row) for row in rows))
    opened.commit()


def _insert(opened: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Iterator[list[Stored]]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    try:
        while batch := list(islice(rows, BATCH_ROWS)):
            opened.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', batch)  # noqa: S608 - as above
    except (sqlite3.Error, ValueError) as error:
        raise BackupError(f"the rows of {table} cannot be read: {error}", "Take another backup.") from error


def _readers(model: type[models.Model]) -> dict[str, Read]:
    return {str(column.column): _reader(column) for column in model._meta.concrete_fields}  # noqa: SLF001 - as above


def _reader(column: "models.Field[object, object]") -> Read:
    match column:
        case models.BinaryField():
            return lambda text: bytes.fromhex(text.removeprefix("\\x"))
        case models.BooleanField():
            return lambda text: int(text == "t")
        case models.DateTimeField():
            return lambda text: str(datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None))
        case _:
            return str


def _read(readers: dict[str, Read], columns: tuple[str, ...], row: tuple[str | None, ...]) -> list[Stored]:
    return [None if value is None else readers[name](value) for name, value in zip(columns, row, strict=True)]


def _tables(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...], Iterator[tuple[str | None, ...]]]]:
    """Table, columns and rows, one after the other; the rows of one are to be read before the next is asked for."""
    for line in lines:
        if begun := _COPY.fullmatch(line):
            columns = tuple(name.strip('" ') for name in begun[2].split(","))
            yield begun[1], columns, _values(lines)


def _values(lines: Iterable[str]) -> Iterator[tuple[str | None, ...]]:
    for line in lines:
        if line == _END:
            return
        yield tuple(None if value == _NULL else _meant(value) for value in line.rstrip("\n").split("\t"))
    raise BackupError("the dump ends in the middle of its rows", "Take another backup.")


def _meant(value: str) -> str:
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), value) if "\\" in value else value


@contextmanager
def _rows_of(dump: Path, *options: str) -> Iterator[Iterator[str]]:
    """What pg_restore would tell a server, line by line."""
    command = ("pg_restore", "--data-only", "--file=-", *options, str(dump))
    with TemporaryFile() as said:  # a file never fills up, as a pipe does that nobody reads while there are rows
        try:
            running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said)  # noqa: S603 - our own arguments only
        except FileNotFoundError as error:
            raise BackupError("pg_restore is not installed", CLIENT_MISSING) from error
        with running as process:
            out: IO[bytes] | None = process.stdout
            yield iter(()) if out is None else (line.decode("utf-8") for line in out)
            process.communicate()
        if process.returncode:
            said.seek(0)
            told = said.read().decode("utf-8", "replace").strip()[-500:]
            raise BackupError(f"pg_restore: {told}", "Take another backup: this one cannot be restored.")
