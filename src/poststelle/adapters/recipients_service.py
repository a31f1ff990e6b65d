# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The socket at which Postfix asks about a recipient: TCP or a Unix socket, bounded in lines, time and connections.

Refuses to know who is a recipient: a function says so. A conversation that breaks the protocol or stands still is
closed; Postfix then defers (451), so that nothing is guessed.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from poststelle.application.ports import UnavailableError
from poststelle.protocol.policy_service import PolicyReader, PolicyServiceError, Question, encode_action

_log = logging.getLogger("poststelle.recipients")
_PIECE_BYTES = 16 * 1024

Decide = Callable[[Question], str]
"""The action for one question. Called on the event loop: must not wait."""


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Where the service listens, and its patience."""

    host: str = "127.0.0.1"
    port: int = 10031
    """0 takes a free one."""
    socket: Path | None = None
    """A Unix socket instead of host and port; anybody may connect, the folder decides who gets there."""
    idle_seconds: float = 1000.0
    """Between two questions; Postfix closes after its smtpd_policy_service_max_idle of 300 s."""
    question_seconds: float = 10.0
    """From a question's first octet to its last, and for taking the answer."""
    max_connections: int = 200
    """Twice Postfix's default of 100 smtpd processes."""


class RecipientsService:
    """Listens until closed; ``port`` is 0 at a Unix socket."""

    def __init__(self, settings: ServiceSettings, decide: Decide) -> None:
        self._settings = settings
        self._decide = decide
        self._talks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        """Start to listen; a Unix socket left by an earlier process is replaced. UnavailableError where there is no place."""
        chosen = self._settings
        try:
            await self._listen()
        except OSError as error:
            place = chosen.socket or f"{chosen.host}:{chosen.port}"
            raise UnavailableError(f"recipients: no place to listen at {place}: {error}") from error

    async def _listen(self) -> None:
        chosen = self._settings
        if chosen.socket is not None:
            self._server = await asyncio.start_unix_server(self._welcome, str(chosen.socket), limit=_PIECE_BYTES)
            chosen.socket.chmod(0o666)
            return
        self._server = await asyncio.start_server(self._welcome, chosen.host, chosen.port, limit=_PIECE_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """End: no question takes long enough to be waited for."""
        if self._server is not None:
            self._server.close()
        for talk in tuple(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        if talk is None or len(self._talks) >= self._settings.max_connections:
            writer.close()
            return
        self._talks.add(talk)
        try:
            await self._converse(reader, writer)
        except (PolicyServiceError, TimeoutError, OSError) as error:
            _log.warning("recipients.conversation_ended error=%s", type(error).__name__)
        except asyncio.CancelledError:
            pass  # the role is ending; nobody waits for this task
        finally:
            self._talks.discard(talk)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        questions, loop = PolicyReader(), asyncio.get_running_loop()
        until = loop.time() + self._settings.idle_seconds
        while True:
            was_halfway = questions.is_halfway
            async with asyncio.timeout_at(until):
                wire = await reader.read(_PIECE_BYTES)
            if not wire:
                return
            asked = questions.receive(wire)
            if asked:
                writer.write(b"".join(encode_action(self._decide(question)) for question in asked))
                async with asyncio.timeout(self._settings.question_seconds):
                    await writer.drain()
            if not questions.is_halfway:
                until = loop.time() + self._settings.idle_seconds
            elif asked or not was_halfway:
                until = loop.time() + self._settings.question_seconds


def serve_recipients(settings: ServiceSettings, decide: Decide, opened: Callable[[int], None]) -> None:
    """Run the service; ``opened`` is told the port. Blocks until SIGTERM or SIGINT. Main thread only."""
    asyncio.run(_serve(RecipientsService(settings, decide), opened))


async def _serve(service: RecipientsService, opened: Callable[[int], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await service.open()
    opened(service.port)
    await stopping.wait()
    await service.close()
