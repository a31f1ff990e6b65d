# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The port Malware on a running clamd, over its Unix socket or TCP. Knows ClamAV's replies, nothing of mail.

Source: clamd(8), section COMMANDS. Whatever is not a clear "OK" or "FOUND" is UnavailableError: never unscanned.
clamd itself says "OK" to what lies beyond MaxScanSize or MaxFileSize unless ``AlertExceedsMax yes`` is set.
"""

import re
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from types import TracebackType
from typing import BinaryIO, Final, Self, TypeVar

from poststelle.application.ports import UnavailableError
from poststelle.core.facts import Certainty, MalwareFound

CHUNK_BYTES: Final = 256 * 1024
MAX_REPLY_BYTES: Final = 8 * 1024
VERSION_DEADLINE_SECONDS: Final = 5.0

_T = TypeVar("_T")

_FOUND = re.compile(r"^stream: (?P<name>[\x21-\x7e]{1,200}) FOUND$")
_VERSION = re.compile(r"^ClamAV [^/]+/\d+/(?P<built>\w{3} \w{3} +\d{1,2} \d\d:\d\d:\d\d \d{4})$")


@dataclass(frozen=True, slots=True)
class ClamdAddress:
    """Where clamd listens: a Unix socket's ``path``, or ``host`` and ``port``."""

    path: str = ""
    host: str = "127.0.0.1"
    port: int = 3310

    @classmethod
    def of(cls, text: str) -> Self:
        """Read ``unix:/run/clamav/clamd.ctl`` or ``tcp:host:port``. ValueError for anything else."""
        kind, _, rest = text.partition(":")
        if kind == "unix" and rest.startswith("/"):
            return cls(path=rest)
        host, _, port = rest.rpartition(":")
        if kind == "tcp" and host and port.isdecimal():
            return cls(host=host.strip("[]"), port=int(port))
        raise ValueError(f"neither unix:/path nor tcp:host:port: {text!r}")


@dataclass(frozen=True, slots=True)
class NameRule:
    """Signature names that begin and end so are this certain."""

    prefix: str
    suffix: str
    certainty: Certainty

    def covers(self, name: str) -> bool:
        """Letter case counts, as in ClamAV's own names."""
        return name.startswith(self.prefix) and name.endswith(self.suffix)


NAME_RULES: Final = (
    NameRule("PUA.", "", Certainty.UNWANTED),
    NameRule("Heuristics.", "", Certainty.HEURISTIC),
)
"""First match wins; what no rule covers is exact. Third-party databases (``*.UNOFFICIAL``) are exact unless added."""

UNOFFICIAL_IS_HEURISTIC: Final = NameRule("", ".UNOFFICIAL", Certainty.HEURISTIC)
"""For installations with third-party databases whose names may not delete a message."""


def certainty_of(name: str, rules: tuple[NameRule, ...] = NAME_RULES) -> Certainty:
    """How sure a signature of that name is."""
    return next((rule.certainty for rule in rules if rule.covers(name)), Certainty.EXACT)


def signatures_at(version: str) -> datetime | None:
    """When the main database was built, by clamd's VERSION line; None where it holds hand-made signatures only.

    clamd states local time without a zone; taken as UTC, the answer is wrong by less than a day.
    """
    match = _VERSION.match(version)
    if match is None:
        return None
    return datetime.strptime(match["built"], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)


class Clamd:
    """The port Malware on clamd. One connection per scan, so that a restarted daemon is simply found again."""

    def __init__(
        self, address: ClamdAddress, rules: tuple[NameRule, ...] = NAME_RULES, version_seconds: float = 10.0
    ) -> None:
        self._address = address
        self._rules = rules
        self._version_seconds = version_seconds
        self._lock = Lock()
        self._version = ""
        self._version_until = 0.0

    def scan(self, content: BinaryIO, deadline_seconds: float) -> tuple[MalwareFound, ...]:
        """Stream the bytes from the current position (INSTREAM); what was found."""
        with _Wire(self._address, deadline_seconds) as wire:
            try:
                wire.send(b"zINSTREAM\0")
                while chunk := content.read(CHUNK_BYTES):
                    wire.send(struct.pack("!L", len(chunk)))
                    wire.send(chunk)
                wire.send(struct.pack("!L", 0))
            except _HungUpError:
                # clamd hangs up on a stream over StreamMaxLength; its sentence may still be there to read.
                raise UnavailableError(f"clamd ended the stream early: {_last_words(wire)}") from None
            return self._verdict(wire.reply())

    def engine(self) -> str:
        """Name and database version as clamd states it, at most some seconds old."""
        with self._lock:
            if time.monotonic() < self._version_until:
                return self._version
        # Asked outside the lock: a hanging clamd must not make all threads wait one after another.
        with _Wire(self._address, VERSION_DEADLINE_SECONDS) as wire:
            wire.send(b"zVERSION\0")
            version = _printable(wire.reply())
        with self._lock:
            self._version = version
            self._version_until = time.monotonic() + self._version_seconds
        return version

    def signature_age(self, at: datetime) -> timedelta | None:
        """Age of the signature database, for doctor and metrics; None where clamd states none."""
        built = signatures_at(self.engine())
        return None if built is None else at - built

    def _verdict(self, reply: str) -> tuple[MalwareFound, ...]:
        if reply == "stream: OK":
            return ()
        match = _FOUND.match(reply)
        if match is None:
            raise UnavailableError(f"clamd did not scan: {_printable(reply)}")
        return (MalwareFound(match["name"], certainty_of(match["name"], self._rules)),)


class _HungUpError(UnavailableError):
    """The other end closed while we were speaking."""


class _Wire:
    """A connection on which everything together must end by the deadline."""

    def __init__(self, address: ClamdAddress, deadline_seconds: float) -> None:
        self._until = time.monotonic() + deadline_seconds
        self._socket = _guarded(lambda: _connect(address, deadline_seconds))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def send(self, chunk: bytes) -> None:
        """Send all. After _HungUpError a reply may still be waiting."""
        view = memoryview(chunk)
        while view:
            view = view[self._sent(view) :]

    def _sent(self, rest: memoryview) -> int:
        return _guarded(lambda: self._timed().send(rest))

    def reply(self) -> str:
        """One reply, ended by NUL (the ``z`` form of the commands)."""
        raw = b""
        while not raw.endswith(b"\0"):
            if len(raw) > MAX_REPLY_BYTES:
                raise UnavailableError("clamd's reply has no end")
            try:
                piece = _guarded(lambda: self._timed().recv(4096))
            except _HungUpError:
                piece = b""
            if not piece:
                raise UnavailableError("clamd hung up before its reply was complete")
            raw += piece
        return raw[:-1].decode("ascii", "replace")

    def _timed(self) -> socket.socket:
        left = self._until - time.monotonic()
        if left <= 0:
            raise UnavailableError("clamd did not answer in time")
        self._socket.settimeout(left)
        return self._socket


def _connect(address: ClamdAddress, deadline_seconds: float) -> socket.socket:
    if not address.path:
        return socket.create_connection((address.host, address.port), deadline_seconds)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(deadline_seconds)
        connection.connect(address.path)
    except OSError:
        connection.close()
        raise
    return connection


def _guarded(step: Callable[[], _T]) -> _T:
    try:
        return step()
    except TimeoutError:
        raise UnavailableError("clamd did not answer in time") from None
    except (BrokenPipeError, ConnectionResetError):
        raise _HungUpError("clamd hung up") from None
    except OSError as error:
        raise UnavailableError(f"clamd cannot be reached: {error}") from None


def _last_words(wire: _Wire) -> str:
    try:
        return _printable(wire.reply())
    except UnavailableError as error:
        return str(error)


def _printable(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", text)[:200]
