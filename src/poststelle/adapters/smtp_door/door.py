# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A door: listens, admits connections within their caps, and leaves without losing a transaction."""

import asyncio
import importlib.util
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from poststelle.adapters.smtp_door.connection import Connection, Surroundings
from poststelle.adapters.smtp_door.settings import DoorSettings, Reception, Recipients
from poststelle.application.ports import Blobs, Clock, UnavailableError
from poststelle.core.neighbourhood import neighbourhood

_FAREWELL_SECONDS = 1.0
"""For sending 421 to those who are still there when the grace is over."""


class Door:
    """One listening socket for SMTP or LMTP, and the threads that judge what comes in by it."""

    def __init__(
        self, settings: DoorSettings, blobs: Blobs, recipients: Recipients, reception: Reception, clock: Clock
    ) -> None:
        self._settings = settings
        self._pool = ThreadPoolExecutor(settings.judging_threads, thread_name_prefix="door")
        self._surroundings = Surroundings(
            settings, blobs, recipients, reception, clock, self._pool, self._admit, self._leave
        )
        self._server: asyncio.Server | None = None
        self._connections: dict[Connection, str] = {}
        self._per_address: Counter[str] = Counter()
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    async def open(self) -> None:
        """Listen. UnavailableError where the address cannot be had."""
        host, port = self._settings.host, self._settings.port
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: Connection(self._surroundings), host, port, reuse_port=self._settings.reuse_port or None
            )
        except OSError as error:
            why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
            raise UnavailableError(f"no door can listen on {host}:{port}: {why}") from error

    @property
    def port(self) -> int:
        """Where the door listens, also when a free port was asked for; 0 while it does not."""
        sockets = self._server.sockets if self._server is not None else ()
        return int(sockets[0].getsockname()[1]) if sockets else 0

    @property
    def connections(self) -> int:
        """How many clients are inside."""
        return len(self._connections)

    async def drain(self, grace_seconds: float) -> None:
        """Stop listening, let transactions finish, and close the rest with 421. The door cannot be opened again."""
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.ask_to_leave()
        await self._wait_until_empty(grace_seconds)
        for connection in tuple(self._connections):
            connection.break_off()
        await self._wait_until_empty(_FAREWELL_SECONDS)
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _wait_until_empty(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_empty.wait(), seconds)

    def _admit(self, connection: Connection, address: str) -> bool:
        """Count the connection in; an empty address has no cap of its own."""
        address = neighbourhood(address)
        is_full = len(self._connections) >= self._settings.max_connections
        if is_full or (address and self._per_address[address] >= self._settings.max_per_address):
            return False
        self._connections[connection] = address
        self._per_address[address] += 1
        self._is_empty.clear()
        return True

    def _leave(self, connection: Connection) -> None:
        address = self._connections.pop(connection, None)
        if address is None:
            return
        self._per_address[address] -= 1
        if not self._per_address[address]:
            del self._per_address[address]
        if not self._connections:
            self._is_empty.set()


def loop_factory(*, wants_uvloop: bool) -> Callable[[], asyncio.AbstractEventLoop] | None:
    """For ``asyncio.Runner``: uvloop where it is wanted and installed, else the standard loop (None)."""
    if not wants_uvloop or importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop  # noqa: PLC0415 - not there on every system, and not loaded where it is not wanted

    return uvloop.new_event_loop
