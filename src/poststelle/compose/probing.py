# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What each role depends on, and one question to each part: the table behind /readyz."""

import shutil
import socket
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path

from poststelle.adapters.asking import PATIENCE_SECONDS, Ask, Asking, ask_greeting
from poststelle.adapters.keyholder import KeyholderClient
from poststelle.adapters.ready_files import ready
from poststelle.application.ports import UnavailableError
from poststelle.application.readiness import may_deliver_opened
from poststelle.application.settings import Settings
from poststelle.compose.keyholding import socket_path
from poststelle.compose.parts import clock, scanner, spam_filter
from poststelle.compose.storage import bucket_question
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Envelope, Peer
from poststelle.records.database import Database

NEEDED_FREE_BYTES = 64 << 20
"""With less, every message of some size is answered 452."""
DOOR, BEBPO = "door", "bebpo"
_TAKING_IN = ("database", "disk space", "bucket", "virus scanner", "spam filter", "keyholder")
_NEEDS: dict[str, tuple[str, ...]] = {
    DOOR: _TAKING_IN,
    BEBPO: (*_TAKING_IN, "drop folder"),
    "outbox": ("database", "bucket", "mail server"),
    "sequencer": ("database", "bucket"),
    "web": ("database", "bucket"),
    "revocation": ("database",),
    "keyholder": ("keyholder",),
}
"""By role: what it cannot do its work without. What the settings do not use is left out."""
_OPENS = ("keyholder",)
"""What the outbox needs besides, where it opens messages to deliver them."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - as it stands in settings


class Readiness:
    """Whether roles of this node could work now. ``roles`` should be at work here."""

    def __init__(self, settings: Settings, roles: tuple[str, ...], database: Database) -> None:
        self._parts: dict[str, Ask] = {name: partial(_ask_role, settings, name) for name in roles}
        self._needs = {**_NEEDS, "outbox": (*_NEEDS["outbox"], *(_OPENS if may_deliver_opened(settings) else ()))}
        if DOOR in roles:
            self._parts[DOOR] = lambda: _ask_door(settings)
        self._parts |= dict(_parts(settings, database))
        self._asking = Asking(self._parts)

    def missing(self, *roles: str) -> tuple[str, ...]:
        """The roles that are not at work, and whatever of their parts does not answer, each once."""
        wanted = dict.fromkeys(name for role in roles for name in (role, *self._needs.get(_kind(role), ())))
        return self._asking.missing(name for name in wanted if name in self._parts)


def _kind(role: str) -> str:
    return DOOR if role.startswith(f"{DOOR}-") else role


def _parts(settings: Settings, database: Database) -> Iterator[tuple[str, Ask]]:
    yield "database", lambda: _ask_database(database)
    yield "disk space", lambda: _look_for_room(settings.house.data)
    if settings.store.bucket:
        yield "bucket", bucket_question(settings, PATIENCE_SECONDS)
    yield "virus scanner", lambda: _engine(settings)
    yield "spam filter", lambda: ask_spam_filter(settings, PATIENCE_SECONDS)
    yield "keyholder", lambda: _ask_keyholder(settings)
    relay = (settings.outbox.host, settings.outbox.port)
    yield "mail server", lambda: socket.create_connection(relay, PATIENCE_SECONDS).close()
    if (folder := settings.bebpo.folder) is not None:
        yield "drop folder", lambda: _look_into(folder)


def ask_spam_filter(settings: Settings, seconds: float) -> None:
    """One question to the spam filter, about nothing. UnavailableError where none answers."""
    nobody = Arrival(
        Channel.EMAIL, AuthorityId(""), Envelope(None, ()), BlobKey("0" * 64), 0, clock().now(), Peer("127.0.0.1")
    )
    spam_filter(settings).rate(BytesIO(b"Subject: poststelle\r\n\r\n"), nobody, seconds)


def free_bytes(data: Path) -> int | None:
    """Room below the data folder; None where it cannot be said."""
    try:
        return shutil.disk_usage(data).free
    except OSError:
        return None


def _ask_role(settings: Settings, role: str) -> None:
    if ready(settings.house.data, role) is None:
        raise UnavailableError(f"{role} is not at work")


def _ask_door(settings: Settings) -> None:
    """A process that stands still is there, and greets nobody."""
    found = ready(settings.house.data, DOOR)
    if found is None:
        raise UnavailableError("the door is not at work")
    ask_greeting((_ANYWHERE.get(settings.door.host, settings.door.host), found.port))


def _ask_database(database: Database) -> None:
    try:
        database.ask()
    finally:
        database.close()  # this thread's connection, which ends with the question


def _look_for_room(data: Path) -> None:
    if (free := free_bytes(data)) is not None and free < NEEDED_FREE_BYTES:
        raise UnavailableError("no room")


def _engine(settings: Settings) -> None:
    scanner(settings).engine()


def _ask_keyholder(settings: Settings) -> None:
    KeyholderClient(socket_path(settings), PATIENCE_SECONDS).certificates()


def _look_into(folder: Path) -> None:
    if not folder.is_dir():
        raise UnavailableError("no such folder")
