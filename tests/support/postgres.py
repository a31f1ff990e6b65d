# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A throw-away PostgreSQL server on a Unix socket, and stores on databases of their own in it."""

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from poststelle.records.database import attach, detach
from poststelle.records.opening import Records, records_on
from support.programs import require_program
from support.records import HandClock

_names = itertools.count()


class PostgresServer:
    """Keeps nothing: without flushes, in a folder that is removed at the end."""

    def __init__(self, pg_ctl: Path, folder: Path) -> None:
        self._pg_ctl = pg_ctl
        self._folder = folder
        self._as_user = {"user": "postgres"} if os.getuid() == 0 else {}
        if self._as_user:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres", "postgres")

    def start(self) -> "PostgresServer":
        self._run("initdb", "-o", "-U poststelle --auth=trust --no-sync --encoding=UTF8 --locale=C")
        self.restart()
        self.create("template_store", "template1")
        database = attach(self.url("template_store"), "postgres-template")
        database.migrate()
        detach(database)
        return self

    def restart(self) -> None:
        """Start on what is there."""
        options = f"-k {self._folder} -c listen_addresses= -c fsync=off"
        self._run("start", "-w", "-l", str(self._folder / "log"), "-o", options)

    def stop(self) -> None:
        self._run("stop", "-w", "-m", "immediate")

    def create(self, name: str, template: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def url(self, name: str) -> str:
        return f"postgresql:///{name}?host={self._folder}&user=poststelle"

    def _run(self, act: str, *arguments: str) -> None:
        subprocess.run(
            [self._pg_ctl, act, "-s", "-D", self._folder / "data", *arguments],
            check=True, cwd=self._folder, stdout=subprocess.DEVNULL, timeout=60, **self._as_user,
        )  # fmt: skip


def new_postgres_server(stack: contextlib.ExitStack) -> PostgresServer:
    """A server of one's own, which may be stopped; gone with the stack."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))  # Debian keeps it out of the PATH
    pg_ctl = installed[-1] if installed else Path(require_program("pg_ctl", "postgresql"))
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="poststelle-pg-"))
    server = PostgresServer(pg_ctl, Path(folder)).start()
    stack.callback(server.stop)
    return server


@pytest.fixture(scope="session")
def postgres_server(django_db_blocker) -> Iterator[PostgresServer]:
    """Shared by the tests that do not stop it."""
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        yield new_postgres_server(stack)


@pytest.fixture
def open_postgres_records(postgres_server, django_db_blocker) -> Iterator[Callable[..., Records]]:
    """As open_records, on a PostgreSQL database."""
    name = f"store_{next(_names)}"
    postgres_server.create(name, "template_store")
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:

        def opened(clock: HandClock | None = None) -> Records:
            database = attach(postgres_server.url(name), f"postgres-{next(_names)}")
            records = records_on(database, clock or HandClock())
            stack.callback(detach, records.database)
            stack.callback(records.writer.close)
            return records

        yield opened
