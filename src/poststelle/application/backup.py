# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The making of a backup: in which order what is taken, so that no row refers to a body that the backup lacks.

Bodies are written once and never changed, and one that loses its last row stays for another hour. So: first all bodies
that rows refer to, then a snapshot of the rows at one moment, then the few bodies that came meanwhile. Mail streams in
all the time. Knows neither databases nor file formats.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, BinaryIO, Protocol

from poststelle.application.ports import Blobs
from poststelle.core.arrival import BlobKey

FORMAT_VERSION = 1
MANIFEST, DATABASE, BODY_LIST, CONTENTS = "manifest.json", "database", "bodies.list", "contents.json"
BODIES, FOLDER, POLICIES = "bodies/", "folder/", "policies/"
READ_BYTES = 1 << 20


class BackupError(Exception):
    """A backup cannot be made, read or put in place; with what to do about it."""

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a backup, to be read once."""

    name: str
    size_bytes: int
    content: IO[bytes]


class Archive(Protocol):
    """The backup on its way out."""

    def add(self, name: str, content: BinaryIO, size_bytes: int) -> None:
        """Append one entry of exactly this size."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The rows at one moment."""

    kind: str
    """``sqlite`` or ``postgresql``: what reads it back."""
    content: BinaryIO
    bodies: tuple[BlobKey, ...]
    """Every body outside the database that these rows refer to."""


class Snapshots(Protocol):
    """The database, as a backup sees it."""

    def bodies(self) -> tuple[BlobKey, ...]:
        """Every body outside the database that the rows refer to now."""
        ...

    def take(self) -> AbstractContextManager[Snapshot]:
        """The rows at one moment, while others go on writing."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A file outside the database that belongs into the backup: by name, opened when its turn comes."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Report:
    """What a backup holds."""

    kind: str
    taken_at: str
    """ISO 8601, UTC: the moment of the rows lies at or after it."""
    entries: int
    bodies: int
    bytes: int


Tell = Callable[[str], None]
"""Progress: one short line."""


class _Counting:
    """An archive that remembers name, size and SHA-256 of what goes in: the list of contents at its end."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.written: dict[str, tuple[int, str]] = {}

    def add(self, name: str, content: BinaryIO) -> None:
        size_bytes = content.seek(0, io.SEEK_END)
        content.seek(0)
        counted = Hashed(content)
        self._archive.add(name, counted, size_bytes)
        self.written[name] = (size_bytes, counted.sha256)


class Hashed(io.RawIOBase, BinaryIO):
    """A file that hashes what is read from it."""

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__()
        self._content = content
        self._hash = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """As the file's."""
        chunk = self._content.read(size)
        self._hash.update(chunk)
        return chunk

    @property
    def sha256(self) -> str:
        """Of everything read so far, in lower-case hex."""
        return self._hash.hexdigest()


@dataclass(frozen=True, slots=True)
class Sources:
    """What a backup is made of."""

    snapshots: Snapshots
    blobs: Blobs
    files: Callable[[], Iterable[Found]]
    """Keys, journal key, trust, policies and the rest of the data folder."""
    version: str
    """Of this program."""


def make_backup(archive: Archive, sources: Sources, now: datetime, tell: Tell) -> Report:
    """Write everything into the archive. BackupError where a body is missing; UnavailableError of the ports."""
    counting, taken_at = _Counting(archive), now.isoformat(timespec="seconds")
    manifest = {"format": FORMAT_VERSION, "taken_at": taken_at, "version": sources.version}
    counting.add(MANIFEST, _json(manifest))
    _add_bodies(counting, sources, sources.snapshots.bodies(), tell, may_be_gone=True)
    with sources.snapshots.take() as snapshot:
        tell(f"database ({snapshot.kind})")
        counting.add(DATABASE, snapshot.content)
        kind, wanted = snapshot.kind, snapshot.bodies
    _add_bodies(counting, sources, wanted, tell, may_be_gone=False)
    counting.add(BODY_LIST, io.BytesIO("".join(f"{key}\n" for key in wanted).encode("ascii")))
    for found in sources.files():
        with found.open() as content:
            counting.add(found.name, content)
    entries = {name: {"bytes": size, "sha256": sha256} for name, (size, sha256) in counting.written.items()}
    counting.add(CONTENTS, _json({"kind": kind, "entries": entries}))
    total = sum(size for size, _ in counting.written.values())
    return Report(kind, taken_at, len(counting.written), len(wanted), total)


def _add_bodies(
    counting: _Counting, sources: Sources, keys: tuple[BlobKey, ...], tell: Tell, *, may_be_gone: bool
) -> None:
    missing = [key for key in keys if f"{BODIES}{key}" not in counting.written]
    for number, key in enumerate(missing, start=1):
        try:
            content = sources.blobs.open(key)
        except KeyError as error:
            if may_be_gone:  # erased since the list was made: the snapshot will not want it
                continue
            raise BackupError(
                f"body {key} is not in the store", "Its row is: restore it from an older backup."
            ) from error
        with content:
            counting.add(f"{BODIES}{key}", content)
        if number % 100 == 0 or number == len(missing):
            tell(f"bodies {number}/{len(missing)}")


def _json(value: object) -> BinaryIO:
    return io.BytesIO(json.dumps(value, sort_keys=True, indent=1).encode("utf-8"))
