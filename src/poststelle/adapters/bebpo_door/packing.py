# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A claimed message as one body: a folder piece by piece into a container, a file as it is.

Follows no link and opens nothing but regular files; whatever else lies in the folder is named in the container.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from poststelle.application.ports import BlobWriter, UnavailableError
from poststelle.inspection.egvp.container import END, head_of, head_of_unread, padding_after

_CHUNK_BYTES = 1 << 20
_EPOCH = datetime.fromtimestamp(0, UTC)
MAX_DEPTH = 16
"""Folders inside one another that are walked; an export has two."""


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    place: Path
    is_file: bool


def pack_into(writer: BlobWriter, place: Path) -> datetime:
    """Write the message into the body; when its newest file was written. UnavailableError where it cannot be read."""
    try:
        entry = place.lstat()
        if stat.S_ISDIR(entry.st_mode):
            return _pack_folder(writer, place)
        if not stat.S_ISREG(entry.st_mode):
            writer.write(head_of_unread(place.name) + END)
            return _moment(entry.st_mtime)
        with _opened(place) as (file, size, written_at):
            for chunk in _chunks(file, size):
                writer.write(chunk)
            return written_at
    except OSError as error:
        raise UnavailableError(f"a message folder cannot be read: {error.strerror}") from error


def _pack_folder(writer: BlobWriter, place: Path) -> datetime:
    newest = _EPOCH
    for entry in sorted(_entries(place, "", 0), key=lambda one: one.path):
        if not entry.is_file:
            writer.write(head_of_unread(entry.path))
            continue
        with _opened(entry.place) as (file, size, written_at):
            newest = max(newest, written_at)
            writer.write(head_of(entry.path, size))
            for chunk in _chunks(file, size):
                writer.write(chunk)
            writer.write(padding_after(size))
    writer.write(END)
    return newest if newest > _EPOCH else _moment(place.lstat().st_mtime)


def _moment(seconds: float) -> datetime:
    """A file's time; the epoch where some file system says one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return _EPOCH


def _entries(folder: Path, prefix: str, depth: int) -> Iterator[_Entry]:
    with os.scandir(folder) as found:
        for one in found:
            path = f"{prefix}{one.name}"
            if one.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
                yield from _entries(Path(one.path), f"{path}/", depth + 1)
            else:
                yield _Entry(path, Path(one.path), one.is_file(follow_symlinks=False))


class _opened:  # noqa: N801 - reads as a verb where it is used
    """A regular file, its size and its time; a link that took its place meanwhile is not followed."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._file = -1

    def __enter__(self) -> tuple[int, int, datetime]:
        self._file = os.open(self._place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        entry = os.fstat(self._file)
        if not stat.S_ISREG(entry.st_mode):
            os.close(self._file)
            raise UnavailableError("a file of a message changed while it was read")
        return self._file, entry.st_size, _moment(entry.st_mtime)

    def __exit__(self, *_: object) -> None:
        os.close(self._file)


def _chunks(file: int, size: int) -> Iterator[bytes]:
    """Exactly so many bytes. UnavailableError where the file became shorter: somebody still writes."""
    left = size
    while left:
        chunk = os.read(file, min(left, _CHUNK_BYTES))
        if not chunk:
            raise UnavailableError("a file of a message changed while it was read")
        left -= len(chunk)
        yield chunk
