# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A backup verified on its own, or put back into an empty installation: all of it or nothing.

What is restored lies in a folder aside until the last byte was checked; the database comes under its name at the end.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from poststelle.adapters.backup import open_archive
from poststelle.adapters.journal_key import PUBLIC_NAME, verifier
from poststelle.application.backup import DATABASE, READ_BYTES, BackupError, Report, Tell
from poststelle.application.ports import Blobs
from poststelle.application.restoring import copied, read_backup
from poststelle.application.settings import House, Settings, Store
from poststelle.compose.storage import bodies, target
from poststelle.core.arrival import BlobKey
from poststelle.faces.cli.backup import Checked
from poststelle.records.database import Database, attach, detach, set_up
from poststelle.records.target import FILE_NAME

STAGE = ".restoring"
"""Below the data folder: everything of a restoration lies here until all of it was checked."""
_MAY_BE_THERE = frozenset({STAGE, "lost+found"})
_OWNER_ONLY = 0o600
_OTHER_STORE = "Give the settings of an installation of the same kind: docs/operations/backup.md."


@dataclass(frozen=True, slots=True)
class _Stage:
    """A place that keeps everything in one folder, but for bodies where a bucket keeps them."""

    folder: Path
    blobs: Blobs
    sizes: dict[BlobKey, int] = field(default_factory=dict)

    def body(self, key: BlobKey, content: BinaryIO) -> None:
        """Written and flushed under the hash of what was written."""
        writer = self.blobs.writer()
        while chunk := content.read(READ_BYTES):
            writer.write(chunk)
        body = writer.finish()
        if body.key != key:
            writer.discard()
            raise BackupError(f"the content of {key} is another one", "Take another backup.")
        self.blobs.secure(body)
        self.sizes[key] = body.size_bytes

    def file(self, name: str, content: BinaryIO) -> None:
        """Under the same path, readable by its owner only."""
        _write(self.folder / name, content)

    def database(self, content: BinaryIO) -> None:
        """Aside."""
        _write(self.folder / DATABASE, content)


@dataclass(frozen=True, slots=True)
class _Aside:
    """A place that keeps the database and the public half of the journal key, to be looked at, and nothing else."""

    folder: Path
    sizes: dict[BlobKey, int] = field(default_factory=dict)

    def body(self, key: BlobKey, content: BinaryIO) -> None:
        """Not kept: the walk compares it with its key."""
        self.sizes[key] = 0
        while chunk := content.read(READ_BYTES):
            self.sizes[key] += len(chunk)

    def file(self, name: str, content: BinaryIO) -> None:
        """Only what the journal is checked with."""
        if name == PUBLIC_NAME:
            _write(self.folder / name, content)

    def database(self, content: BinaryIO) -> None:
        """Aside."""
        _write(self.folder / DATABASE, content)


def verify(file: Path, passphrase: bytes, tell: Tell, server: str) -> Checked:
    """Every byte, and whether rows, bodies and journal are one set. Needs no installation.

    Rows of PostgreSQL are read out of their dump; with a server (an address), restored into a database made for that
    and dropped again.
    """
    with TemporaryDirectory(prefix="poststelle-verify-") as name:
        place = _Aside(Path(name))
        report, settings = _walk(file, passphrase, place, tell), Settings(house=House(data=place.folder))
        tell("tables")
        if report.kind == "sqlite":
            _take_sqlite(place.folder)
            return _checked(report, settings, tell, place.sizes)
        if not server:
            _read_postgresql(settings)
            return _checked(report, settings, tell, place.sizes)
        from poststelle.records.snapshot import load_postgresql, scratch_database  # noqa: PLC0415 - needs Django

        with scratch_database(server) as scratch:
            load_postgresql(scratch, place.folder / DATABASE)
            there = settings.model_copy(update={"store": Store(database=scratch)})
            return _checked(report, there, tell, place.sizes)


def _read_postgresql(settings: Settings) -> None:
    folder = settings.house.data
    set_up()
    from poststelle.records.dump_reading import read_dump  # noqa: PLC0415 - needs Django set up
    from poststelle.records.snapshot import check_sqlite  # noqa: PLC0415 - as above

    read_dump(folder / DATABASE, folder)
    check_sqlite(folder / FILE_NAME)


def restore(settings: Settings, file: Path, passphrase: bytes, tell: Tell) -> Checked:
    """The installation of the backup, in the place that the settings name. BackupError where something is there."""
    data = settings.house.data
    _must_be_empty(data)
    stage = data / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700, parents=True)
    staged = settings.model_copy(update={"house": settings.house.model_copy(update={"data": stage})})
    try:
        place = _Stage(stage, _bare_bodies(staged))
        report = _walk(file, passphrase, place, tell)
        with _taking(report, settings.store.database):
            checked = _loaded(staged, report, tell, place.sizes)
            _move_up(stage, data)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    return checked


def _taking(report: Report, server: str) -> AbstractContextManager[None]:
    """Inside, the database takes what is restored; a server's is marked until all of it was checked."""
    if report.kind != ("postgresql" if server else "sqlite"):
        raise BackupError(f"the backup is of {report.kind}, and the settings name another database", _OTHER_STORE)
    if not server:
        return nullcontext()
    from poststelle.records.restoration import restoring  # noqa: PLC0415 - needs Django

    return restoring(server)


def _loaded(settings: Settings, report: Report, tell: Tell, sizes: Mapping[BlobKey, int]) -> Checked:
    stage, server = settings.house.data, settings.store.database
    if not server:
        _take_sqlite(stage)
        return _checked(report, settings, tell, sizes)
    from poststelle.records.snapshot import load_postgresql  # noqa: PLC0415 - needs Django

    load_postgresql(server, stage / DATABASE)
    (stage / DATABASE).unlink()
    return _checked(report, settings, tell, sizes)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(file: Path, passphrase: bytes, place: _Stage | _Aside, tell: Tell) -> Report:
    try:
        with _opened(file) as source, open_archive(source, passphrase) as entries:
            return read_backup(entries, place, tell)
    except OSError as error:
        raise BackupError(
            f"{file}: {error.strerror or type(error).__name__}", "Make room where it is read to."
        ) from error


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise BackupError(
            f"{file}: {error.strerror or type(error).__name__}", "Name the file of a backup that can be read."
        ) from error


def _must_be_empty(data: Path) -> None:
    there = sorted(path.name for path in data.iterdir() if path.name not in _MAY_BE_THERE) if data.is_dir() else []
    if there:
        raise BackupError(
            f"{data} is not empty: {', '.join(there[:3])}", "Nothing is restored over anything: name an empty folder."
        )


def _take_sqlite(folder: Path) -> None:
    from poststelle.records.snapshot import check_sqlite  # noqa: PLC0415 - needs Django

    check_sqlite(folder / DATABASE)
    (folder / DATABASE).rename(folder / FILE_NAME)


def _checked(report: Report, settings: Settings, tell: Tell, sizes: Mapping[BlobKey, int]) -> Checked:
    """The report with the state of rows and journal. BackupError where they do not hold."""
    with _brought_up_to_date(settings) as database:
        from poststelle.records.journal_check import check_journal  # noqa: PLC0415 - needs Django set up
        from poststelle.records.rows_check import check_rows  # noqa: PLC0415 - as above

        rows = check_rows(database, sizes)
        tell("journal")
        key = settings.house.data / PUBLIC_NAME
        state = check_journal(database, verifier(key.read_bytes()) if key.is_file() else _unsigned)
    if rows.fault:
        raise BackupError(f"rows and bodies do not belong together: {rows.fault}", "Take another backup.")
    if state.fault:
        raise BackupError(f"the journal does not hold: {state.fault}", "Take another backup, and find out since when.")
    return Checked(report, rows, state)


@contextmanager
def _brought_up_to_date(settings: Settings) -> Iterator[Database]:
    """The restored database with the tables of this version, beside whatever else this process has open."""
    set_up()
    database = attach(target(settings), "restored")
    try:
        database.migrate()
        yield database
    finally:
        detach(database)


def _unsigned(_content: bytes, _signature: bytes) -> bool:
    """Without the public key nothing is known to be signed."""
    return False


def _move_up(stage: Path, data: Path) -> None:
    """The database last: without it, what lies there is no installation."""
    for path in sorted(stage.iterdir(), key=lambda path: path.name.startswith(FILE_NAME)):
        path.rename(data / path.name)
    stage.rmdir()
    flush_folder(data)


def _write(path: Path, content: BinaryIO) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as out:
        copied(content, out)
        out.flush()
        os.fsync(out.fileno())


def _bare_bodies(settings: Settings) -> Blobs:
    """Where bodies are kept, before there are rows."""
    return bodies(settings, lambda _key: None)
