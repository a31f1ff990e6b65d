# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Serving the web face by uvicorn, and the one guard before Django: how large a request may be, and how slow."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import uvicorn

from poststelle.core.neighbourhood import neighbourhood
from poststelle.faces.web.faults import busy_page, too_large_page, too_slow_page
from poststelle.faces.web.headers import HEADERS

Scope = dict[str, Any]
Event = Mapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

UPLOAD_PATHS = ("/pruefen", "/en/pruefen", "/api/v1/check")
FORM_BYTES = 12 * 1024 * 1024
"""Largest request to any other address."""
ENVELOPE_BYTES = 1024 * 1024
"""What multipart puts around the files."""
BODY_SECONDS = 300.0
"""For a request and its answer together."""
UPLOADS_AT_ONCE = 16
"""Uploads lie on disk while they are checked: this many times the limit is the most they take."""
UPLOADS_OF_ONE = 4
"""Of these from one asker: whoever sends slowly holds up nobody else."""
TOO_SLOW, TOO_LARGE, BUSY = 408, 413, 503
DRAIN_FACTOR = 4
"""A browser shows our answer only when we have taken what it sends; up to this many times the limit we do."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where and how the web face is served."""

    host: str
    port: int
    trusted_proxies: tuple[str, ...]
    max_connections: int
    upload_bytes: int


class BodyLimit:
    """ASGI middleware: a request that is too large is answered 413 and never reaches Django, a slow one 408."""

    def __init__(self, app: App, upload_bytes: int, body_seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._upload_bytes = upload_bytes + ENVELOPE_BYTES
        self._body_seconds = body_seconds
        self._uploads: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting."""
        asker = _asker(scope)
        if scope.get("path") not in UPLOAD_PATHS or scope.get("method") != "POST":
            await self._pass_on(scope, receive, send, FORM_BYTES)
        elif self._uploads.total() >= UPLOADS_AT_ONCE or self._uploads[asker] >= UPLOADS_OF_ONE:
            await _answer(send, BUSY, busy_page(str(scope.get("path"))))
        else:
            self._uploads[asker] += 1
            try:
                await self._pass_on(scope, receive, send, self._upload_bytes)
            finally:
                self._uploads -= Counter((asker,))

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        exchange = _Exchange(receive, send, limit)
        path = str(scope.get("path"))
        try:
            async with asyncio.timeout(self._body_seconds):
                if _declared(scope) <= limit:
                    await self._app(scope, exchange.receive, exchange.send)
        except TimeoutError:
            if not exchange.has_answered:
                await _answer(send, TOO_SLOW, too_slow_page(path))
            return
        if exchange.is_beyond or _declared(scope) > limit:
            await self._drain(exchange)
            await _answer(send, TOO_LARGE, too_large_page(path))

    async def _drain(self, exchange: "_Exchange") -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._body_seconds):
                while exchange.may_go_on:
                    await exchange.receive()


class _Exchange:
    """Counts what comes in. Beyond the limit the application is told that the sender is gone, so that it cleans up."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self._taken = 0
        self._is_complete = False
        self.has_answered = False

    @property
    def is_beyond(self) -> bool:
        """More came than is taken here."""
        return self._taken > self._limit

    @property
    def may_go_on(self) -> bool:
        """Something is still to come, and little enough of it that we take it before we answer."""
        return not self._is_complete and self._taken <= self._limit * DRAIN_FACTOR

    async def receive(self) -> Event:
        """The next event."""
        event = await self._receive()
        self._taken += len(event.get("body", b""))
        self._is_complete = not event.get("more_body")
        return {"type": "http.disconnect"} if self.is_beyond else event

    async def send(self, event: Event) -> None:
        """Pass the answer on."""
        self.has_answered = True
        await self._send(event)


def _asker(scope: Scope) -> str:
    """Whose request it is, behind a proxy that is trusted; the empty text for a socket without an address."""
    client = scope.get("client")
    return neighbourhood(str(client[0])) if client else ""


def _declared(scope: Scope) -> int:
    stated = [value for name, value in scope.get("headers", ()) if name == b"content-length"]
    return int(stated[0]) if stated and stated[0].isdigit() else 0


async def _answer(send: Send, status: int, page: tuple[str, bytes]) -> None:
    media_type, content = page
    known = {"Content-Type": media_type, "Content-Length": str(len(content)), "Connection": "close", **HEADERS}
    known |= {"Retry-After": "30"} if status == BUSY else {}
    headers = [(name.lower().encode(), value.encode()) for name, value in known.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def serve(app: App, serving: Serving, at_work: Callable[[int], None]) -> None:
    """Serve until the process is asked to end. ``at_work`` is told the port once requests are taken."""
    config = uvicorn.Config(
        BodyLimit(app, serving.upload_bytes),
        host=serving.host,
        port=serving.port,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=list(serving.trusted_proxies),
        limit_concurrency=serving.max_connections,
        timeout_graceful_shutdown=10,
    )
    listening = config.bind_socket()
    _Server(config, lambda: at_work(int(listening.getsockname()[1]))).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says when it has begun to listen."""

    def __init__(self, config: uvicorn.Config, at_work: Callable[[], None]) -> None:
        super().__init__(config)
        self._at_work = at_work

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._at_work()
