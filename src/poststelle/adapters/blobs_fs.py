# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Bodies as files: spooled while they arrive, then kept under the SHA-256 of their content. Implements the blob ports.

Small bodies never touch this disk: they are stored with their row, and read back through the reader handed in. A body
is durable when its file and every directory on the way to its name were flushed; only then may a row refer to it.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from poststelle.application.ports import Body, UnavailableError
from poststelle.core.arrival import BlobKey

INLINE_BYTES = 64 * 1024
"""Up to this size a body is stored with its row: one flush less, and no file (measured November 2026)."""
GRACE_SECONDS = 3600.0
"""A file written this recently may be waited for by a row that is not committed yet: the sweep leaves it."""
_GRAVE = "removed"
"""First part of the name of content set aside to be removed."""
_KEY_HEX = 64
_FAN_OUT = 2
"""Hex digits of the key that name the subdirectory: 256 of them."""

InlineReader = Callable[[BlobKey], bytes | None]


class FileBlobs:
    """The blob store in one folder, which holds ``spool/`` and ``kept/`` on one file system."""

    def __init__(self, folder: Path, read_inline: InlineReader, grace_seconds: float = GRACE_SECONDS) -> None:
        self._spool = folder / "spool"
        self._kept = folder / "kept"
        self._read_inline = read_inline
        self._grace_seconds = grace_seconds
        with _reaching_disk():
            for directory in (self._spool, self._kept):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _flush_directory(folder)

    def writer(self) -> "FileBlobWriter":
        """Start a new body."""
        return FileBlobWriter(self._spool)

    def secure(self, body: Body) -> None:
        """Flush the file, give it its name, flush the directories. Content that is there already is written anew."""
        if body.inline is not None:
            return
        final = self._path(body.key)
        with _reaching_disk():
            self._make_directory(final.parent)
            for spooled in self._spooled(body.key):
                with suppress(FileNotFoundError):  # a twin of the same content took this one; ours is the next
                    _flush_file(spooled)
                    spooled.replace(final)
                    break
            else:
                _flush_file(final)
            _flush_directory(final.parent)

    def open(self, key: BlobKey) -> BinaryIO:
        """The content as a real file, positioned at its start. Raises KeyError when there is none."""
        if len(key) != _KEY_HEX or not set(key) <= set("0123456789abcdef"):
            raise KeyError(key)
        with _reaching_disk():
            for path in (*self._spooled(key), self._path(key)):  # in this order: secured meanwhile, it has moved
                with suppress(FileNotFoundError):
                    return path.open("rb")
        content = self._read_inline(key)
        if content is None:
            raise KeyError(key)
        return in_memory_file(content)

    def remove(self, key: BlobKey) -> None:
        """Delete the content; not what was written within the grace, for which a row may be on its way."""
        path = self._path(key)
        grave = self._spool / f"{_GRAVE}.{key}.{secrets.token_hex(8)}"
        with _reaching_disk(), suppress(FileNotFoundError):
            if self._is_young(path):
                return
            path.rename(grave)
            if self._is_young(grave):  # replaced by a new arrival since the look above
                grave.rename(path)
            else:
                grave.unlink()
            _flush_directory(path.parent)

    def keys(self) -> Iterator[BlobKey]:
        """Every kept content older than the grace, for the search for orphans."""
        for path in self._kept.glob("*/*"):
            with suppress(FileNotFoundError):
                if not self._is_young(path):
                    yield BlobKey(path.name)

    def sweep_spool(self, untouched_seconds: float = 0.0) -> int:
        """Remove what earlier runs left half received; how many files went. Only before the door opens.

        Where another role writes to the same spool, what it touched within ``untouched_seconds`` is left to it.

        What a run that died in ``remove`` had set aside goes back first: a row may refer to it again by now.
        """
        until = time.time() - untouched_seconds
        with _reaching_disk():
            for grave in self._spool.glob(f"{_GRAVE}.*"):
                path = self._path(BlobKey(grave.name.split(".")[1]))
                if not path.exists() and grave.stat().st_ctime <= until:
                    grave.rename(path)
            leftovers = tuple(path for path in self._spool.iterdir() if path.stat().st_ctime <= until)
            for path in leftovers:
                path.unlink(missing_ok=True)
        return len(leftovers)

    def _spooled(self, key: BlobKey) -> Iterator[Path]:
        """Files with this content that were not secured yet. No ``glob``: it would make a pattern of every key."""
        return (path for path in self._spool.iterdir() if path.name.startswith(f"{key}."))

    def _path(self, key: BlobKey) -> Path:
        return self._kept / key[:_FAN_OUT] / key

    def _make_directory(self, directory: Path) -> None:
        if not directory.is_dir():
            directory.mkdir(mode=0o700, exist_ok=True)
            _flush_directory(directory.parent)

    def _is_young(self, path: Path) -> bool:
        return time.time() - path.stat().st_mtime < self._grace_seconds


class FileBlobWriter:
    """One body on its way in: in memory up to the inline size, in a spool file beyond it."""

    def __init__(self, spool: Path) -> None:
        self._spool = spool
        self._hash = hashlib.sha256()
        self._size_bytes = 0
        self._small: bytearray | None = bytearray()
        self._file: BinaryIO | None = None
        self._path: Path | None = None

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises UnavailableError when the disk is full."""
        self._hash.update(chunk)
        self._size_bytes += len(chunk)
        if self._small is None:
            self._spill(chunk)
            return
        self._small += chunk
        if self._size_bytes > INLINE_BYTES:
            small, self._small = bytes(self._small), None
            self._spill(small)

    def finish(self) -> Body:
        """Close the body and say its key. It is readable, and not yet durable."""
        key = BlobKey(self._hash.hexdigest())
        if self._small is not None:
            return Body(key, self._size_bytes, bytes(self._small))
        with _reaching_disk():
            file, path = self._opened()
            file.close()
            self._path = path.rename(path.with_name(f"{key}.{path.name}"))
        return Body(key, self._size_bytes, None)

    def discard(self) -> None:
        """Forget the body; nothing happens to content that was secured meanwhile."""
        self._small = None
        if self._file is not None:
            with suppress(OSError):  # a full disk may refuse the last buffered bytes of what is thrown away anyway
                self._file.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _spill(self, chunk: bytes) -> None:
        with _reaching_disk():
            file, _ = self._opened()
            file.write(chunk)

    def _opened(self) -> tuple[BinaryIO, Path]:
        if self._file is None or self._path is None:
            self._path = self._spool / secrets.token_hex(8)
            self._file = self._path.open("xb")
        return self._file, self._path


def in_memory_file(content: bytes) -> BinaryIO:
    """The content as a file with a descriptor that can be passed on, without a disk."""
    file = os.fdopen(os.memfd_create("body"), "w+b")
    file.write(content)
    file.seek(0)
    return file


def _flush_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_flush_directory = _flush_file


@contextmanager
def _reaching_disk() -> Iterator[None]:
    """Tells every failure of the disk as UnavailableError: a full disk is never the sender's fault."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(f"blob store: {error.strerror or type(error).__name__}") from error
