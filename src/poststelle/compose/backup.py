# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The making of a backup, over whatever keeps the records and the bodies here."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from poststelle.adapters.backup import write_archive
from poststelle.application.backup import FOLDER, POLICIES, BackupError, Found, Report, Sources, Tell, make_backup
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import Settings
from poststelle.compose.parts import clock, records
from poststelle.compose.restoring import STAGE, flush_folder, restore, verify
from poststelle.compose.version import program_version
from poststelle.faces.cli.backup import BackupBench
from poststelle.records.target import FILE_NAME

_ELSEWHERE = frozenset({"blobs", "run", "mailboxes", "maildrop", "from-backup", "lost+found", STAGE})
"""What of the data folder is taken in another way, or belongs to running processes or a demonstration."""
_OWNER_ONLY = 0o600


def backup_bench(settings: Settings) -> BackupBench:
    """What the commands are lent."""
    return BackupBench(
        make=lambda file, passphrase, tell: _make(settings, file, passphrase, tell),
        verify=verify,
        restore=lambda file, passphrase, tell: restore(settings, file, passphrase, tell),
    )


def _make(settings: Settings, file: Path, passphrase: bytes, tell: Tell) -> Report:
    from poststelle.records.snapshot import DatabaseSnapshots  # noqa: PLC0415 - needs Django set up

    if not settings.house.data.is_dir():
        raise BackupError(
            f"there is no data folder {settings.house.data}", "Correct house.data, or start the gateway once."
        )
    with records(settings, clock()) as (book, blobs), _new_file(file) as out:
        sources = Sources(
            DatabaseSnapshots(book.database, settings.house.data),
            blobs,
            lambda: _files(settings),
            program_version(),
        )
        with write_archive(out, passphrase) as archive:
            return make_backup(archive, sources, clock().now(), tell)


@contextmanager
def _new_file(file: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name once it is whole and flushed, readable by its owner only."""
    if file.exists():
        raise BackupError(f"{file} is there already", "Name a new file: no backup is ever overwritten.")
    draft = file.with_name(f".{file.name}.partial")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.rename(file)
        flush_folder(file.parent)
    except OSError as error:
        raise UnavailableError(f"{file}: {error.strerror or type(error).__name__}") from error
    finally:
        draft.unlink(missing_ok=True)


def _files(settings: Settings) -> Iterable[Found]:
    """Whatever else an installation is made of: keys, journal key, trust, secrets, beBPo messages under way, policies."""
    data = settings.house.data
    for path in _below(data):
        first = path.relative_to(data).parts[0]
        if first not in _ELSEWHERE and FILE_NAME not in first and not first.startswith(".snapshot-"):
            yield _found(FOLDER + str(path.relative_to(data)), path)
    for folder in settings.house.policies:
        for path in _below(folder):
            yield _found(f"{POLICIES}{folder.name}/{path.relative_to(folder)}", path)


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _found(name: str, path: Path) -> Found:
    def opened() -> BinaryIO:
        return BytesIO(path.read_bytes())  # whole, so that one replaced meanwhile is either the old or the new one

    return Found(name, opened)
