# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The reading of a backup: every entry against the list at its end, every body against its key, every row's body there.

One walk serves both: verifying keeps next to nothing, restoring keeps all. Nothing comes under its final name before the
walk has come to its end without a fault.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from poststelle.application.backup import (
    BODIES,
    BODY_LIST,
    CONTENTS,
    DATABASE,
    FOLDER,
    FORMAT_VERSION,
    MANIFEST,
    POLICIES,
    READ_BYTES,
    BackupError,
    Entry,
    Hashed,
    Report,
    Tell,
)
from poststelle.core.arrival import BlobKey

MAX_LIST_BYTES = 1 << 30
"""Lists of the backup itself are read whole."""
_TAKE_ANOTHER = "Take another backup: this one is not whole."
_SAFE = re.compile(r"(?:[^/\x00]+/)*[^/\x00]+")


class Place(Protocol):
    """Where a backup is put back: an empty installation, or nowhere."""

    def body(self, key: BlobKey, content: BinaryIO) -> None:
        """Keep one body; it is what its key says."""
        ...

    def file(self, name: str, content: BinaryIO) -> None:
        """Keep one file, by its path below the data folder; nothing else than plain names is in it."""
        ...

    def database(self, content: BinaryIO) -> None:
        """Keep the rows aside; they are put in place after the last entry."""
        ...


@dataclass(slots=True)
class _Walk:
    """What was met so far."""

    met: dict[str, tuple[int, str]] = field(default_factory=dict)
    lists: dict[str, bytes] = field(default_factory=dict)


def read_backup(entries: Iterable[Entry], place: Place, tell: Tell) -> Report:
    """Walk over the backup once. BackupError where anything is missing, changed or unknown."""
    walk = _Walk()
    for entry in entries:
        content = Hashed(entry.content)
        _keep(entry.name, content, place, walk)
        while content.read(READ_BYTES):  # what the place did not want to see is hashed all the same
            pass
        walk.met[entry.name] = (entry.size_bytes, content.sha256)
        if entry.name.startswith(BODIES) and entry.name != f"{BODIES}{content.sha256}":
            raise BackupError(f"{entry.name} is not what its name says", _TAKE_ANOTHER)
        if len(walk.met) % 100 == 0:
            tell(f"{len(walk.met)} entries")
    return _concluded(walk)


def _keep(name: str, content: BinaryIO, place: Place, walk: _Walk) -> None:
    if name in walk.met:
        raise BackupError(f"{name} is in the backup twice", _TAKE_ANOTHER)
    kind, _, rest = name.partition("/")
    if name in {MANIFEST, BODY_LIST, CONTENTS}:
        walk.lists[name] = content.read(MAX_LIST_BYTES)
        if name == MANIFEST and json.loads(walk.lists[name])["format"] != FORMAT_VERSION:
            raise BackupError("the backup is of another format", "Use the version that wrote it.")
    elif name == DATABASE:
        place.database(content)
    elif f"{kind}/" == BODIES:
        place.body(BlobKey(rest), content)
    elif f"{kind}/" in {FOLDER, POLICIES} and is_plain(rest):
        place.file(rest if f"{kind}/" == FOLDER else f"from-backup/{name}", content)
    else:
        raise BackupError(f"the backup has an entry {name!r} that nobody knows", "Use the version that wrote it.")


def is_plain(path: str) -> bool:
    """A relative path that leads nowhere but down."""
    return bool(_SAFE.fullmatch(path)) and not {".", ".."} & set(path.split("/"))


def _concluded(walk: _Walk) -> Report:
    absent = {MANIFEST, DATABASE, BODY_LIST, CONTENTS} - walk.met.keys()
    if absent:
        raise BackupError(f"the backup lacks {', '.join(sorted(absent))}", _TAKE_ANOTHER)
    contents = json.loads(walk.lists[CONTENTS])
    _compare(contents["entries"], {name: met for name, met in walk.met.items() if name != CONTENTS})
    wanted = walk.lists[BODY_LIST].decode("ascii").split()
    lacking = [key for key in wanted if f"{BODIES}{key}" not in walk.met]
    if lacking:
        raise BackupError(
            f"rows refer to {len(lacking)} bodies that the backup lacks, such as {lacking[0]}", _TAKE_ANOTHER
        )
    taken_at = str(json.loads(walk.lists[MANIFEST])["taken_at"])
    return Report(contents["kind"], taken_at, len(walk.met), len(wanted), sum(size for size, _ in walk.met.values()))


def _compare(listed: Mapping[str, Mapping[str, object]], met: Mapping[str, tuple[int, str]]) -> None:
    said = {name: (one["bytes"], one["sha256"]) for name, one in listed.items()}
    differing = sorted(name for name in said.keys() | met.keys() if said.get(name) != met.get(name))
    if differing:
        raise BackupError(f"{len(differing)} entries are not as listed, such as {differing[0]}", _TAKE_ANOTHER)


def copied(content: BinaryIO, out: BinaryIO) -> None:
    """Everything that is left of ``content``, in pieces."""
    while chunk := content.read(READ_BYTES):
        out.write(chunk)
