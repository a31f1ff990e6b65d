# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A backup verified on its own, or put back into an empty installation: all of it or nothing.

What is restored lies in a folder aside until the last byte was checked; the database comes under its name at the end.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from poststelle.adapters.backup import open_archive
from poststelle.adapters.journal_key import PUBLIC_NAME, verifier
from poststelle.application.backup import DATABASE, READ_BYTES, BackupError, Report, Tell
from poststelle.application.ports import Blobs
from poststelle.application.restoring import copied, read_backup
from poststelle.application.settings import House, Settings
from poststelle.compose.parts import clock, records
from poststelle.compose.storage import bodies
from poststelle.core.arrival import BlobKey
from poststelle.faces.cli.backup import Checked
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

    def body(self, key: BlobKey, content: BinaryIO) -> None:
        """Not kept: the walk compares it with its key."""

    def file(self, name: str, content: BinaryIO) -> None:
        """Only what the journal is checked with."""
        if name == PUBLIC_NAME:
            _write(self.folder / name, content)

    def database(self, content: BinaryIO) -> None:
        """Aside."""
        _write(self.folder / DATABASE, content)


def verify(file: Path, passphrase: bytes, tell: Tell) -> Checked:
    """Every byte, every row's body, and of a SQLite copy the tables and the journal too. Needs no installation."""
    with TemporaryDirectory(prefix="poststelle-verify-") as name:
        folder = Path(name)
        report = _walk(file, passphrase, _Aside(folder), tell)
        if report.kind == "postgresql":
            return Checked(report, None)
        _take_sqlite(folder)
        return _checked(report, Settings(house=House(data=folder)), tell)


def restore(settings: Settings, file: Path, passphrase: bytes, tell: Tell) -> Checked:
    """The installation of the backup, in the place that the settings name. BackupError where something is there."""
    data = settings.house.data
    _must_be_empty(data)
    stage = data / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700, parents=True)
    staged = settings.model_copy(update={"house": settings.house.model_copy(update={"data": stage})})
    try:
        checked = _staged(staged, file, passphrase, tell)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    _move_up(stage, data)
    return checked


def _staged(settings: Settings, file: Path, passphrase: bytes, tell: Tell) -> Checked:
    stage, server = settings.house.data, settings.store.database
    report = _walk(file, passphrase, _Stage(stage, _bare_bodies(settings)), tell)
    if report.kind != ("postgresql" if server else "sqlite"):
        raise BackupError(f"the backup is of {report.kind}, and the settings name another database", _OTHER_STORE)
    if not server:
        _take_sqlite(stage)
        return _checked(report, settings, tell)
    from poststelle.records.snapshot import load_postgresql  # noqa: PLC0415 - needs Django

    load_postgresql(server, stage / DATABASE)
    (stage / DATABASE).unlink()
    return _checked(report, settings, tell)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(file: Path, passphrase: bytes, place: _Stage | _Aside, tell: Tell) -> Report:
    try:
        with file.open("rb") as source, open_archive(source, passphrase) as entries:
            return read_backup(entries, place, tell)
    except OSError as error:
        raise BackupError(
            f"{file}: {error.strerror or type(error).__name__}", "Make room, or name another file."
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


def _checked(report: Report, settings: Settings, tell: Tell) -> Checked:
    """The report with the state of the journal. BackupError where the journal does not hold."""
    tell("journal")
    with records(settings, clock()) as (book, _):
        from poststelle.records.journal_check import check_journal  # noqa: PLC0415 - needs Django set up

        key = settings.house.data / PUBLIC_NAME
        state = check_journal(book.database, verifier(key.read_bytes()) if key.is_file() else _unsigned)
    if state.fault:
        raise BackupError(f"the journal does not hold: {state.fault}", "Take another backup, and find out since when.")
    return Checked(report, state)


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
