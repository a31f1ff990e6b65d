# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One open database: its transactions, its migrations, and its errors told as the world's.

``setup`` is called once per process and makes the database Django's default one; ``attach`` adds further ones under
names of their own, which is how several lie open in one test run. All code of the records names its database.
"""

import fcntl
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary

import django
from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, Error, IntegrityError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from poststelle.application.ports import UnavailableError
from poststelle.application.vitals import TablesState
from poststelle.records.driver import DriverCursor, driver_cursor
from poststelle.records.target import FILE_NAME, Connection, connection_to, connection_to_look, is_at_rest, stamp_of

T = TypeVar("T")
Item = TypeVar("Item")

SETTINGS = "poststelle.records.settings"
_MIGRATION_LOCK = 0x706F7374
"""Names our locks among those of other programs on the same PostgreSQL."""
_SEQUENCER_LOCK = 0x706F7375
_ASK = {
    "postgresql": "SELECT current_setting('transaction_read_only') = 'off'",
    "sqlite": "SELECT count(*) >= 0 FROM records_journaltree",
}
"""What a database answers with true where it is at work."""
_looks = itertools.count()


@dataclass(frozen=True, slots=True)
class Together(Generic[Item, T]):
    """A job that is done once for all of its kind that wait: what one statement can do is not done in eight."""

    work: Callable[[Sequence[Item]], Sequence[T]]
    """The answers in the order of the items. Jobs of the same work are of one kind."""
    item: Item

    def __call__(self) -> T:
        """Do it for this item alone."""
        (answer,) = self.work([self.item])
        return answer


class Transactions(Protocol):
    """Runs a job in a transaction; durable on return. A job may be run again after a failure of the database."""

    def run(self, job: Callable[[], T]) -> T:
        """What the job returned. Raises UnavailableError; what the job itself raises passes through."""
        ...


@dataclass(frozen=True, slots=True)
class Database:
    """A database under its Django alias. Connections are per thread; every thread that ends closes its own."""

    alias: str = DEFAULT_DB_ALIAS

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """This thread's connection."""
        return connections[self.alias]

    def run(self, job: Callable[[], T]) -> T:
        """The job in a transaction of its own."""
        with self.writing(), reaching_database(), transaction.atomic(using=self.alias):
            result = job()
        self.check_place()
        return result

    def check_place(self) -> None:
        """Raises UnavailableError where what was just committed or read is in a file that has lost its name.

        SQLite would go on writing into it, and with the process everything in it would be gone. Where another file
        has taken the name, the next transaction opens that one.
        """
        opened = _FILES.get(self.connection)
        if opened is None:
            return
        found = _file_identity(self.connection)
        if found == opened:
            return
        if found is not None:
            self.connection.close()
        raise UnavailableError("database: the file was taken away or replaced")

    def ask(self) -> None:
        """Raises UnavailableError where it does not answer, or answers and would take nothing, as a standby."""
        with reaching_database(), self.connection.cursor() as cursor:
            cursor.execute(_ASK[self.connection.vendor])
            (takes_writes,) = cursor.fetchone()
        if not takes_writes:
            raise UnavailableError("database: it takes no writes")
        self.check_place()

    def migrate(self) -> None:
        """Bring the tables up to date; does nothing where they are. Processes that start together take turns."""
        with reaching_database():
            if _is_up_to_date(self.connection):
                return
            with _one_at_a_time(self.connection), _all_or_nothing(self.connection):
                call_command("migrate", database=self.alias, interactive=False, verbosity=0)

    def tables(self) -> TablesState:
        """Whether the tables are those of this version. Reads only."""
        with reaching_database():
            loader = MigrationLoader(self.connection, ignore_no_migrations=True)
        applied, known = _of_records(loader.applied_migrations), _of_records(loader.disk_migrations)
        return TablesState(self.connection.display_name, bool(applied), known - applied, applied - known)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """This thread's turn to write, before its transaction; PostgreSQL needs none.

        SQLite lets whoever finds its lock taken sleep longer and longer, up to 100 ms, while another process takes it
        again and again: beside a busy outbox, single messages waited 2.4 s (November 2026). Waiting for a file lock ends
        as soon as it is let go.
        """
        if self.connection.vendor == "postgresql" or self.connection.in_atomic_block:
            yield
            return
        with _locked(self.connection, "writing"):
            yield

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """True inside while nobody else on this database, on whatever node, keeps its records; False where one does.

        On PostgreSQL a lock of this thread's session, which goes with its connection; on SQLite one on a file.
        """
        take = _alone_on_server if self.connection.vendor == "postgresql" else _alone_on_file
        with take(self.connection) as is_alone:
            yield is_alone

    def cursor(self) -> AbstractContextManager[DriverCursor]:
        """The driver's own cursor on this thread's connection, for statements of the hot path."""
        return driver_cursor(self.connection)

    def close(self) -> None:
        """Close this thread's connection."""
        self.connection.close()


_FILES: "WeakKeyDictionary[BaseDatabaseWrapper, tuple[int, int]]" = WeakKeyDictionary()
"""Device and inode that each open SQLite connection of each thread was opened on."""


def _file_identity(connection: BaseDatabaseWrapper) -> tuple[int, int] | None:
    try:
        found = os.stat(connection.settings_dict["NAME"])  # noqa: PTH116 - once for every commit, and Path costs more than the call
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _note_file(connection: BaseDatabaseWrapper, **_: object) -> None:
    _FILES.pop(connection, None)
    found = _file_identity(connection) if connection.vendor == "sqlite" else None
    if found is not None:
        _FILES[connection] = found


connection_created.connect(_note_file)


def setup(target: Path | str, settings_module: str = SETTINGS) -> Database:
    """Set Django up on this data folder or PostgreSQL address and bring the tables up to date. Once per process."""
    name = "POSTSTELLE_DATABASE_URL" if str(target).startswith(("postgres://", "postgresql://")) else "POSTSTELLE_DATA"
    os.environ[name] = str(target)
    _make_place(target)
    set_up(settings_module)
    database = Database()
    database.migrate()
    return database


def set_up(settings_module: str = SETTINGS) -> None:
    """Django as a whole, without opening any database; models may be imported after it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module)
    django.setup()


def attach(target: Path | str, alias: str) -> Database:
    """A further database under an alias of its own; Django must be set up already. Tables are not touched."""
    if not apps.ready:
        raise RuntimeError("records.setup comes first")
    _make_place(target)
    return _attached(connection_to(target), alias)


def detach(database: Database) -> None:
    """Close this thread's connection and forget an attached database."""
    database.close()
    del connections[database.alias]
    del connections.settings[database.alias]


@contextmanager
def looking(target: Path | str) -> Iterator[Database]:
    """A database to be read and left as it is: nothing is made, brought up to date or written, whatever is tried.

    UnavailableError where there is none; what its tables lack says ``tables``. UnavailableError at the end where a gateway
    took up a file at rest meanwhile: the answers may be of two minds, and the next look is at a file that is at work.
    """
    set_up()
    at_rest = stamp_of(target) if is_at_rest(target) else None
    database = _attached(connection_to_look(target), f"look-{next(_looks)}")
    try:
        with reaching_database(), database.connection.cursor() as cursor:
            if database.connection.vendor == "postgresql":
                cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        yield database
    finally:
        detach(database)
    if at_rest is not None and at_rest != stamp_of(target):
        raise UnavailableError("database: it was taken up while it was looked at; ask again")


@contextmanager
def reaching_database() -> Iterator[None]:
    """Tells every failure of the database as UnavailableError, except the violation of a constraint: a fault of ours."""
    try:
        yield
    except IntegrityError:
        raise
    except Error as error:
        for connection in connections.all(initialized_only=True):
            # Outside requests nobody else does it: a thread would go on with a connection that is dead for ever.
            connection.close_if_unusable_or_obsolete()
        raise UnavailableError(f"database: {type(error).__name__}") from error


def _is_up_to_date(connection: BaseDatabaseWrapper) -> bool:
    """Costs a tenth of a migration that finds nothing to do: every role asks at its start (November 2026)."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _of_records(migrations: Iterable[tuple[str, str]]) -> frozenset[str]:
    return frozenset(f"{app}.{name}" for app, name in migrations if app == "records")


def _attached(connection: Connection, alias: str) -> Database:
    filled = connections.configure_settings({DEFAULT_DB_ALIAS: {}, alias: connection})
    connections.settings[alias] = filled[alias]
    return Database(alias)


@contextmanager
def _one_at_a_time(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Two processes that both found no tables would both make them, and one would fail."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
        return
    with _locked(connection, "migrating"):
        yield


@contextmanager
def _all_or_nothing(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One commit for every change: Django records most after theirs, and what is killed in between is tried again for ever.

    SQLite changes tables with constraints off, which is decided before a transaction begins.
    """
    with connection.constraint_checks_disabled(), transaction.atomic(using=connection.alias):
        yield


@contextmanager
def _alone_on_server(connection: BaseDatabaseWrapper) -> Iterator[bool]:
    with reaching_database(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SEQUENCER_LOCK])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with reaching_database(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_SEQUENCER_LOCK])


@contextmanager
def _alone_on_file(connection: BaseDatabaseWrapper) -> Iterator[bool]:
    with _lock_file(connection, "sequencing") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _locked(connection: BaseDatabaseWrapper, purpose: str) -> Iterator[None]:
    """Let go with the file, also by a process that is killed."""
    with _lock_file(connection, purpose) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_file(connection: BaseDatabaseWrapper, purpose: str) -> BinaryIO:
    folder, name = os.path.split(str(connection.settings_dict["NAME"]))
    try:
        return open(f"{folder}/.{name}.{purpose}", "ab", buffering=0)  # noqa: PTH123 - as above; the caller closes it
    except OSError as error:
        raise UnavailableError(f"database: {error.strerror or type(error).__name__}") from error


def _make_place(target: Path | str) -> None:
    """Folder and file for us alone: SQLite itself would make a file that others may read, and the folder may be older."""
    if not isinstance(target, Path):
        return
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (target / FILE_NAME).exists():
            os.close(os.open(target / FILE_NAME, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise UnavailableError(f"database: {target}: {error.strerror or type(error).__name__}") from error
