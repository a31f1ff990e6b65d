# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The keyholder's process: answers on a Unix socket that nobody else may open, and knows no mail.

It listens, is confined, and then answers: no network, no new program, no file but its own keys. Of what it is asked it
reads one RecipientInfo, never a message. Each question says for which authority it is asked, and gets nothing of
another's. A question that nobody asks ends the connection, and so does a process of
another user, whatever the socket's mode has become (unix(7), SO_PEERCRED).
"""

import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from poststelle.adapters.keyholder.frames import DIGEST_BYTES, KEY_LENGTHS, Frame, FrameError, asked_for, receive, send
from poststelle.adapters.keyholder.index import KeyIndex
from poststelle.application.keyring import KeyRingError
from poststelle.application.ports import NoContentKey, UnavailableError

BACKLOG = 64
_REFUSED = {NoContentKey.NO_KEY: b"-", NoContentKey.UNSUPPORTED: b"?"}
_PEER = struct.Struct("3i")
"""``struct ucred``: process, user, group."""
_LOG = logging.getLogger("poststelle.keyholder")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what is waited for."""

    idle_seconds: float = 10.0
    """A connection that asks nothing for so long is closed; clients open a new one without loss."""
    unreadable_seconds: float = 10.0
    """Until keys that could not be read are tried again."""


USUAL = Patience()


@dataclass(frozen=True, slots=True)
class Ring:
    """Where the keys come from: read once before the first question, and again whenever the stamp changes."""

    load: Callable[[], KeyIndex]
    """KeyRingError where the ring cannot be used: at the start that is the end, later the old keys stay."""
    stamp: Callable[[], int]


def trusted_users() -> frozenset[int]:
    """Whose processes may ask: our own user's and the administrator's."""
    return frozenset({os.geteuid(), 0})


class KeyholderServer:
    """Listens at construction, answers in ``run``. UnavailableError where it cannot listen."""

    def __init__(
        self,
        path: Path,
        ring: Ring,
        threads: int = 4,
        users: frozenset[int] | None = None,
        patience: Patience = USUAL,
    ) -> None:
        self._ring = ring
        self._users = trusted_users() if users is None else users
        self._threads = threads
        self._lock = threading.Lock()
        self._stamp = ring.stamp()
        self._index = ring.load()
        self._load_after = 0.0
        self._patience = patience
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _bind(self._listener, path)
        except OSError as error:
            self._listener.close()
            raise UnavailableError(f"keyholder: no place to listen at {path}: {error}") from error
        self._listener.listen(BACKLOG)

    @property
    def held(self) -> int:
        """How many private keys are held."""
        return len(self._index.generations)

    def run(self) -> None:
        """Answer for ever, several at a time."""
        threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(self._threads - 1)]
        for thread in threads:
            thread.start()
        self._serve()

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _serve(self) -> None:
        while True:
            link, _ = self._listener.accept()
            with link:
                link.settimeout(self._patience.idle_seconds)
                try:
                    self._attend_to(link)
                except (OSError, FrameError, UnavailableError):
                    pass  # who asked hears nothing, and comes again
                except Exception:  # noqa: BLE001 - a bug, of ours or of a token's module: a thread less would go unseen
                    _LOG.critical("event=question-broken", exc_info=True)

    def _attend_to(self, link: socket.socket) -> None:
        if self._is_trusted(link):
            while asked := receive(link):
                send(link, self._answer(asked))

    def _is_trusted(self, link: socket.socket) -> bool:
        """The process at the other end, as the kernel knows it, belongs to one of our users."""
        process, user, _ = _PEER.unpack(link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
        if user not in self._users:
            _LOG.warning("event=peer-refused process=%s user=%s", process, user)
        return user in self._users

    def _answer(self, asked: Frame) -> Frame:
        """The answer. UnavailableError where a token is gone: the connection ends, and who asked comes again."""
        index = self._present()
        match asked.kind:
            case b"U":
                return _unwrapped(index, asked.content)
            case b"S":
                return _signed(index, asked.content)
            case b"L":
                return Frame(b"L", _listed(index))
            case _:
                raise FrameError(f"nobody asks {asked.kind!r}")

    def _present(self) -> KeyIndex:
        """The keys as they are now."""
        stamp = self._ring.stamp()
        with self._lock:
            if stamp != self._stamp and time.monotonic() >= self._load_after:
                self._reload(stamp)
            return self._index

    def _reload(self, stamp: int) -> None:
        """What cannot be read leaves the former keys, and is tried again: rights are mended without a new stamp."""
        try:
            self._index = self._ring.load()
        except (KeyRingError, OSError) as error:
            self._load_after = time.monotonic() + self._patience.unreadable_seconds
            _LOG.error("event=keys-not-reloaded cause=%s", error)
        else:
            self._stamp = stamp
            _LOG.info("event=keys-reloaded keys=%s", self.held)


def _bind(listener: socket.socket, path: Path) -> None:
    """In the place of a socket left by an earlier process, and of nothing else; ours alone from its first moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_socket():
        path.unlink()
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)


def _unwrapped(index: KeyIndex, content: bytes) -> Frame:
    authority, asked = asked_for(content)
    if not asked or asked[0] not in KEY_LENGTHS:
        raise FrameError("no content key is that long")
    key_bytes, recipient_info = asked[0], asked[1:]
    found = index.content_key(recipient_info, key_bytes, authority)
    if isinstance(found, NoContentKey):
        return Frame(_REFUSED[found], bytes(key_bytes))
    return Frame(b"K", found)


def _signed(index: KeyIndex, content: bytes) -> Frame:
    authority, asked = asked_for(content)
    digest, address = asked[:DIGEST_BYTES], asked[DIGEST_BYTES:]
    if len(digest) != DIGEST_BYTES or not address:
        raise FrameError("not a SHA-256 digest and an address")
    signature = index.signature(address.decode("utf-8", "replace"), digest, authority)
    return Frame(b"-") if signature is None else Frame(b"S", signature)


def _listed(index: KeyIndex) -> bytes:
    """The certificates one after the other, each with its length before it."""
    ders = [one.certificate for one in index.generations]
    return b"".join(struct.pack("!I", len(der)) + der for der in ders)
