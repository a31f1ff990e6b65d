# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The drop folder: what waits, what is complete, and how one message is claimed, finished or put aside.

A claim is one rename, so that a message is either still in the drop folder or in ``claimed``, never in both. Nothing is
parsed here: a folder counts as complete when its last paper ends as it should and nothing in it has changed for a while.
"""

import fcntl
import logging
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from poststelle.application.ports import UnavailableError
from poststelle.inspection.egvp.export import number_of

PAPER = "msgprops.xml"
_PAPER_END = b"</EGVPMessageProps>"
_TAIL_BYTES = 4096
_LOCK_ENDINGS = (".lock", ".lck", ".tmp", ".part", ".partial", ".filepart")
_LOCK_NAMES = frozenset({"lock", ".lock", "~lock"})
_NOT_MESSAGES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
"""What desktops leave in folders that people look into."""
WORK_NAME = ".poststelle"
"""Inside the drop folder, where the data folder is on another file system and no rename leads there."""
DONE_SECONDS = 30 * 86_400.0
"""How long sources are kept beside the record: they are the whole message once more, and no term of a policy holds here."""
MAX_LOOKED_AT = 10_000
"""Entries of one folder that are looked at for changes."""
_LOG = logging.getLogger("poststelle.bebpo")


@dataclass(frozen=True, slots=True)
class DropSettings:
    """Where messages are dropped, and how patient to be with those that are not complete."""

    folder: Path
    work: Path
    """Holds ``claimed`` and ``done``; on the drop folder's file system, else a folder inside that one is used."""
    settle_seconds: float = 10.0
    """Unchanged for so long, a message counts as copied to its end."""
    patience_seconds: float = 3600.0
    """After so long without change an incomplete folder is taken as it is, and becomes a visible case."""
    keep_done: bool = True
    """Keep the source in ``done`` for DONE_SECONDS after the transaction; otherwise it is removed then."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message that is ours to hand in: a folder, or a file."""

    place: Path
    token: str


@dataclass(slots=True)
class _Watched:
    signature: tuple[tuple[str, int, int], ...]
    since: float
    has_warned: bool = False


@dataclass(slots=True)
class DropFolder:
    """One drop folder, worked on by one process at a time."""

    settings: DropSettings
    seconds: Callable[[], float] = time.monotonic
    _watched: dict[str, _Watched] = field(default_factory=dict)
    _work: Path | None = None
    _lock: int | None = None

    def open(self) -> None:
        """Make the work folders and take the lock. UnavailableError where the folder is away or another has the lock."""
        with _reaching_disk():
            work = self._choose_work()
            for name in ("claimed", "done"):
                (work / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(work / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                raise UnavailableError(f"another process works on {self.settings.folder}") from None
        self._work, self._lock = work, lock

    def close(self) -> None:
        """Give the lock back."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    @property
    def is_open(self) -> bool:
        """The lock is held."""
        return self._lock is not None

    def claimed(self) -> Iterator[Claimed]:
        """What was claimed and is not finished, an earlier run's first."""
        with _reaching_disk():
            tokens = sorted(self._at("claimed").iterdir(), key=lambda path: (path.stat().st_mtime, path.name))
        for token in tokens:
            inside = sorted(token.iterdir()) if token.is_dir() else []
            if inside:
                yield Claimed(inside[0], token.name)
            elif token.is_dir():
                with suppress(OSError):
                    token.rmdir()  # we ended between making it and the rename

    def claim_complete(self) -> int:
        """Claim every message that is complete, or was given up waiting for; how many."""
        with _reaching_disk():
            names = sorted(entry.name for entry in self.settings.folder.iterdir())
        present = [name for name in names if not _is_passed_over(name)]
        self._watched = {name: seen for name, seen in self._watched.items() if name in present}
        ready = [name for name in present if self._is_ready(name, names)]
        for name in ready:
            self._claim(name)
        return len(ready)

    def finish(self, claimed: Claimed) -> None:
        """The message is on record: put its source aside, or remove it."""
        with _reaching_disk():
            source = self._at("claimed") / claimed.token
            aside = self._at("done") / claimed.token
            source.rename(aside)
            _flush(aside.parent)
            if not self.settings.keep_done:
                shutil.rmtree(aside)

    def clear_done(self) -> int:
        """Remove what was put aside so long ago that nobody compares it any more; how many messages."""
        until = time.time() - DONE_SECONDS
        with _reaching_disk():
            old = [room for room in self._at("done").iterdir() if room.stat().st_mtime <= until]
            for room in old:
                shutil.rmtree(room)
        return len(old)

    def _claim(self, name: str) -> None:
        with _reaching_disk():
            room = self._at("claimed") / f"{time.time_ns():020d}-{secrets.token_hex(4)}"
            room.mkdir(mode=0o700)
            (self.settings.folder / name).rename(room / name)
            _flush(room)
            _flush(self.settings.folder)
        self._watched.pop(name, None)

    def _is_ready(self, name: str, names: list[str]) -> bool:
        place = self.settings.folder / name
        try:
            signature = tuple(_signature(place))
        except OSError:
            return False  # it is being moved away, or not readable for us now
        watched = self._watched.get(name)
        if watched is None or watched.signature != signature:
            self._watched[name] = _Watched(signature, self.seconds())
            return self.settings.settle_seconds <= 0 and self._may_take(name, names, signature, 0.0)
        still_seconds = self.seconds() - watched.since
        return still_seconds >= self.settings.settle_seconds and self._may_take(name, names, signature, still_seconds)

    def _may_take(
        self, name: str, names: list[str], signature: tuple[tuple[str, int, int], ...], still_seconds: float
    ) -> bool:
        is_late = still_seconds >= self.settings.patience_seconds
        if any(_is_lock_of(other, name) for other in names) or any(_is_lock(path) for path, _, _ in signature):
            self._warn_once(name, is_late, "is locked")
            return False
        return is_late or _is_complete(self.settings.folder / name, signature)

    def _warn_once(self, name: str, is_late: bool, what: str) -> None:  # noqa: FBT001 - one caller, above
        watched = self._watched.get(name)
        if is_late and watched is not None and not watched.has_warned:
            watched.has_warned = True
            _LOG.warning("event=waiting cause=%s since_seconds=%d", what, self.settings.patience_seconds)

    def _choose_work(self) -> Path:
        self.settings.work.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_near = self.settings.work.stat().st_dev == self.settings.folder.stat().st_dev
        return self.settings.work if is_near else self.settings.folder / WORK_NAME

    def _at(self, name: str) -> Path:
        if self._work is None:
            raise UnavailableError("the drop folder is not open")
        return self._work / name


def _is_passed_over(name: str) -> bool:
    """Hidden entries are half-renamed copies, and lock files are no messages."""
    plain = name.casefold()
    return plain.startswith((".", "~")) or plain in _NOT_MESSAGES or _is_lock(plain)


def _is_lock(path: str) -> bool:
    plain = path.rpartition("/")[2].casefold()
    return plain in _LOCK_NAMES or (plain.endswith(_LOCK_ENDINGS) and not path.casefold().startswith("attachments/"))


def _is_lock_of(other: str, name: str) -> bool:
    return other.casefold() in {f"{name}{ending}".casefold() for ending in _LOCK_ENDINGS} | {f".{name}.lock".casefold()}


def _is_complete(place: Path, signature: tuple[tuple[str, int, int], ...]) -> bool:
    """A single file is complete when it stands still; a folder when its MsgProps ends as it should.

    An unpacked export in the manner of beA has no last paper to go by: its numbered papers have to be there.
    """
    if not place.is_dir():
        return bool(signature) and signature[0][1] > 0
    paths = [path for path, _, _ in signature]
    papers = [path for path in paths if path.casefold() == PAPER]
    return any(_ends_well(place / path) for path in papers) if papers else bool(number_of(paths))


def _ends_well(path: Path) -> bool:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as paper:
            size = os.fstat(paper.fileno()).st_size
            paper.seek(max(0, size - _TAIL_BYTES))
            return _PAPER_END in paper.read(_TAIL_BYTES).replace(b"\0", b"")
    except OSError:
        return False


def _signature(place: Path) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of every entry: two equal ones mean that nothing was written between them."""
    own = place.lstat()
    yield ("", own.st_size if stat.S_ISREG(own.st_mode) else 0, own.st_mtime_ns)
    if not stat.S_ISDIR(own.st_mode):
        return
    count = 0
    for folder, _, names in os.walk(place):
        for name in sorted(names):
            count += 1
            if count > MAX_LOOKED_AT:
                return
            path = Path(folder, name)
            entry = path.lstat()
            yield (path.relative_to(place).as_posix(), entry.st_size, entry.st_mtime_ns)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError:
        pass  # some network file systems have no flush for folders
    finally:
        os.close(handle)


class _ReachingDisk:
    """Tells every failure of the disk as UnavailableError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        if isinstance(error, OSError):
            raise UnavailableError(f"drop folder: {error.strerror or type(error).__name__}") from error


def _reaching_disk() -> _ReachingDisk:
    return _ReachingDisk()
