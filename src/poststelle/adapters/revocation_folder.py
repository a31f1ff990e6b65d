# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The cache of fetched revocation lists and answers: ``fetched`` in the trust folder.

For each source a file with what was taken, and one beside it that says where it is from and how the last attempt went.
Each is written whole or not at all: readers find the former content or the new.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from poststelle.application.revocation_round import Fetched, Kind
from poststelle.core.codec import dump, load


@dataclass(frozen=True, slots=True)
class _Note:
    """A Fetched as it is stored; times as ISO 8601, empty for none."""

    address: str
    kind: str
    tried_at: str
    since: str
    until: str
    fault: str


class RevocationFolder:
    """Implements RevocationCache."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def content(self, name: str, kind: Kind) -> bytes | None:
        """What is at hand of this source."""
        try:
            return self._file(name, kind.value).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, name: str, fetched: Fetched, content: bytes | None) -> None:
        """Note an attempt, with what it brought; the content first, so that a note never speaks of what is not there."""
        self._root.mkdir(mode=0o755, parents=True, exist_ok=True)
        if content is not None and content != self.content(name, fetched.kind):
            _write(self._file(name, fetched.kind.value), content)
        since, until = (one.isoformat() if one else "" for one in (fetched.since, fetched.until))
        note = _Note(fetched.address, fetched.kind.value, fetched.tried_at.isoformat(), since, until, fetched.fault)
        _write(self._file(name, "json"), dump(note))

    def forget(self, name: str) -> None:
        """Remove what is known of a source that is asked no more."""
        for ending in (*(kind.value for kind in Kind), "json"):
            self._file(name, ending).unlink(missing_ok=True)

    def size_bytes(self) -> int:
        """How much is at hand in all."""
        return sum(file.stat().st_size for kind in Kind for file in self._root.glob(f"*.{kind.value}"))

    def known(self) -> dict[str, Fetched]:
        """Every source that was ever tried; a note that cannot be read counts as never."""
        found: dict[str, Fetched] = {}
        for file in sorted(self._root.glob("*.json")):
            with suppress(ValueError, OSError):
                found[file.stem] = _fetched(load(_Note, file.read_bytes()))
        return found

    def _file(self, name: str, ending: str) -> Path:
        return self._root / f"{name}.{ending}"


def _fetched(note: _Note) -> Fetched:
    since, until = (datetime.fromisoformat(text) if text else None for text in (note.since, note.until))
    return Fetched(note.address, Kind(note.kind), datetime.fromisoformat(note.tried_at), since, until, note.fault)


def _write(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with draft.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
