# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Entries of a backup as a tar stream (POSIX.1-2001) inside the sealed one, so that nothing needs to fit into memory."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from poststelle.adapters.backup.sealed import FRAME_BYTES, Cost, SealedReader, SealedWriter
from poststelle.application.backup import BackupError, Entry

WRITE_BYTES = 32 * tarfile.BLOCKSIZE
"""What tarfile copies in one piece. It copies its whole buffer for each: a mebibyte of it made backups eight times slower (November 2026)."""


class ArchiveWriter:
    """Implements the port Archive."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, name: str, content: BinaryIO, size_bytes: int) -> None:
        """Append one entry of exactly this size."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size_bytes, 0o600
        try:
            self._tar.addfile(member, content)
        except OSError as error:
            raise BackupError(f"{name} could not be read in full, or the backup not be written", str(error)) from error


class ArchiveReader:
    """The entries in the order they were written; each is to be read before the next is asked for."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def __iter__(self) -> Iterator[Entry]:
        """BackupError where the stream does not hold."""
        try:
            for member in self._tar:
                content = self._tar.extractfile(member)
                if content is None:
                    raise BackupError(f"{member.name} is no file", "Take another backup.")
                yield Entry(member.name, member.size, content)
        except tarfile.TarError as error:
            raise BackupError("the backup is damaged", "Take another one: nothing of it is used.") from error


@contextmanager
def write_archive(out: BinaryIO, passphrase: bytes, cost: Cost | None = None) -> Iterator[ArchiveWriter]:
    """An archive that is whole once the context is left without an error."""
    sealed = SealedWriter(out, passphrase, cost)
    with tarfile.open(fileobj=sealed, mode="w|", bufsize=WRITE_BYTES, format=tarfile.PAX_FORMAT) as tar:
        yield ArchiveWriter(tar)
    sealed.finish()


@contextmanager
def open_archive(source: BinaryIO, passphrase: bytes) -> Iterator[ArchiveReader]:
    """The entries of a backup; leaving the context reads to the end, so that a cut is noticed."""
    sealed = SealedReader(source, passphrase)
    try:
        with tarfile.open(fileobj=sealed, mode="r|", bufsize=FRAME_BYTES) as tar:
            yield ArchiveReader(tar)
    except tarfile.TarError as error:
        raise BackupError("the backup is damaged", "Take another one: nothing of it is used.") from error
    while sealed.read(FRAME_BYTES):
        pass
