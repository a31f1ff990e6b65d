# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The rows at one moment, in a file, and back again: SQLite's own backup, or pg_dump and pg_restore.

Others go on writing meanwhile. On SQLite the copy is one step under one read transaction (in several steps it would
begin anew after every commit of another process); on PostgreSQL list and dump share one exported snapshot.
"""

import os
import secrets
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db.backends.base.base import BaseDatabaseWrapper

from poststelle.application.backup import BackupError, Snapshot
from poststelle.application.ports import UnavailableError
from poststelle.core.arrival import BlobKey
from poststelle.records.database import Database, reaching_database

if TYPE_CHECKING:
    from psycopg import ConnectionInfo

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_OUTSIDE = "SELECT key FROM records_blob WHERE inline IS NULL ORDER BY key"
CLIENT_MISSING = "Install postgresql-client, of the server's version or later."


class DatabaseSnapshots:
    """Implements the port Snapshots; ``room`` is a folder with space for one copy of the database."""

    def __init__(self, database: Database, room: Path) -> None:
        self._database = database
        self._room = room

    def bodies(self) -> tuple[BlobKey, ...]:
        """Every body outside the database that the rows refer to now."""
        return _keys(self._database.connection)

    @contextmanager
    def take(self) -> Iterator[Snapshot]:
        """The rows at one moment; the copy is gone when the context is left."""
        connection = self._database.connection
        with TemporaryDirectory(prefix=".snapshot-", dir=self._room) as folder:
            copy = Path(folder) / "database"
            if connection.vendor == SQLITE:
                keys, kind = _copy_sqlite(connection, copy), SQLITE
            else:
                keys, kind = _dump_postgresql(connection, copy), POSTGRESQL
            with copy.open("rb") as content:
                yield Snapshot(kind, content, keys)


@contextmanager
def scratch_database(url: str) -> Iterator[str]:
    """The address of an empty database on the server of this one; gone when the context is left.

    BackupError where its user may not make one.
    """
    import psycopg  # noqa: PLC0415 - optional, and not loaded where it is not wanted
    from psycopg.sql import SQL, Identifier  # noqa: PLC0415 - as above

    name = f"poststelle_verify_{secrets.token_hex(8)}"
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
            try:
                yield _with_name(url, name)
            finally:
                connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError("no database may be made on this server", "Name a user with CREATEDB.") from error
    except psycopg.Error as error:
        raise UnavailableError(f"database: {type(error).__name__}") from error


def _with_name(url: str, name: str) -> str:
    """The address of another database of the same server; the host may stand behind the question mark alone."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


def load_postgresql(url: str, dump: Path) -> None:
    """The dump into a database without tables of ours, whole or not at all."""
    import psycopg  # noqa: PLC0415 - optional, and not loaded where it is not wanted

    try:
        with psycopg.connect(url) as connection:
            server = _server_of(connection.info)
    except psycopg.Error as error:
        raise UnavailableError(f"database: {type(error).__name__}") from error
    options = ("--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction")
    _run_client(server, "pg_restore", *options, str(dump))


def check_sqlite(file: Path) -> None:
    """BackupError where SQLite finds the file damaged, or a row without the row it refers to."""
    try:
        with closing(sqlite3.connect(file)) as opened:
            found = [row[0] for row in opened.execute("PRAGMA integrity_check(1)")]
            dangling = opened.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"the database of the backup cannot be read: {error}", "Take another backup.") from error
    if found != ["ok"] or dangling:
        raise BackupError("the database of the backup is damaged", "Take another backup.")


def _keys(connection: BaseDatabaseWrapper) -> tuple[BlobKey, ...]:
    with reaching_database(), connection.cursor() as cursor:
        cursor.execute(_OUTSIDE)
        return tuple(BlobKey(key) for (key,) in cursor.fetchall())


def _copy_sqlite(connection: BaseDatabaseWrapper, copy: Path) -> tuple[BlobKey, ...]:
    with reaching_database():
        connection.ensure_connection()
    try:
        with closing(sqlite3.connect(copy)) as target:
            connection.connection.backup(target, pages=-1)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            return tuple(BlobKey(key) for (key,) in target.execute(_OUTSIDE))
    except sqlite3.Error as error:
        raise UnavailableError(f"database: {type(error).__name__}") from error


def _dump_postgresql(connection: BaseDatabaseWrapper, copy: Path) -> tuple[BlobKey, ...]:
    with reaching_database(), connection.cursor() as cursor:
        server = _server_of(connection.connection.info)
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
            cursor.execute(_OUTSIDE)
            keys = tuple(BlobKey(key) for (key,) in cursor.fetchall())
            options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={name}", f"--file={copy}")
            _run_client(server, "pg_dump", *options)
        finally:
            cursor.execute("ROLLBACK")
    return keys


@dataclass(frozen=True, slots=True)
class _Server:
    """A database as PostgreSQL's own clients are told of it."""

    dsn: str
    """Without the password."""
    password: str


_NEWER_THAN_CLIENT = "sslcertmode"
"""Named by libpq 16 although it is the default, and refused by the clients before it."""


def _server_of(found: "ConnectionInfo") -> _Server:
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - optional, and not loaded where it is not wanted

    parameters = {key: value for key, value in found.get_parameters().items() if key != _NEWER_THAN_CLIENT}
    return _Server(make_conninfo("", **parameters), found.password)


def _run_client(server: _Server, program: str, *options: str) -> None:
    """Run PostgreSQL's own client; the password goes by the environment, where no list of processes shows it."""
    secret = {"PGPASSWORD": server.password} if server.password else {}
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments only
            (program, f"--dbname={server.dsn}", *options),
            env={**os.environ, **secret},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise BackupError(f"{program} is not installed", CLIENT_MISSING) from error
    if done.returncode:
        raise BackupError(f"{program}: {done.stderr.strip()[-500:]}", CLIENT_MISSING)
