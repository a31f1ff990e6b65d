# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A blob store for tests: keeps the port's promises, counts what becomes of bodies, and can be told to be full."""

import hashlib
import io
import tempfile
from pathlib import Path
from typing import BinaryIO

from poststelle.application.ports import BlobWriter, Body, UnavailableError
from poststelle.core.arrival import BlobKey


class SpareBlobs:
    """In memory, or in files of a folder; never inline, so that what was stored can be opened."""

    def __init__(self, folder: Path | None = None, room_bytes: int | None = None) -> None:
        self.folder = folder
        self.room_bytes = room_bytes
        """Writing beyond it raises UnavailableError; None is endless."""
        self.stored: dict[BlobKey, bytes | Path] = {}
        self.secured: set[BlobKey] = set()
        self.begun = 0
        self.discarded = 0

    def writer(self) -> BlobWriter:
        self.begun += 1
        return _Writer(self)

    def secure(self, body: Body) -> None:
        if body.inline is None:
            assert body.key in self.stored, "secured before it was finished"
            self.secured.add(body.key)

    def open(self, key: BlobKey) -> BinaryIO:
        content = self.stored[key]
        return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)

    def content(self, key: BlobKey) -> bytes:
        with self.open(key) as file:
            return file.read()


class _Writer:
    def __init__(self, blobs: SpareBlobs) -> None:
        self._blobs = blobs
        self._hash = hashlib.sha256()
        self._size_bytes = 0
        self._key: BlobKey | None = None
        self._path: Path | None = None
        self._file: BinaryIO = io.BytesIO()
        if blobs.folder is not None:
            with tempfile.NamedTemporaryFile(dir=blobs.folder, delete=False) as named:
                self._path = Path(named.name)
            self._file = self._path.open("wb")

    def write(self, chunk: bytes) -> None:
        assert self._key is None, "written after finish"
        room = self._blobs.room_bytes
        if room is not None and self._size_bytes + len(chunk) > room:
            raise UnavailableError("no room")
        self._size_bytes += len(chunk)
        self._hash.update(chunk)
        self._file.write(chunk)

    def finish(self) -> Body:
        assert self._key is None, "finished twice"
        self._key = BlobKey(self._hash.hexdigest())
        if isinstance(self._file, io.BytesIO):
            self._blobs.stored[self._key] = self._file.getvalue()
        elif self._path is not None:
            self._blobs.stored[self._key] = self._path
        self._file.close()
        return Body(self._key, self._size_bytes, None)

    def discard(self) -> None:
        if self._key is not None and self._key in self._blobs.secured:
            return
        self._blobs.discarded += 1
        self._file.close()
        if self._key is not None:
            self._blobs.stored.pop(self._key, None)
        if self._path is not None:
            self._path.unlink(missing_ok=True)
