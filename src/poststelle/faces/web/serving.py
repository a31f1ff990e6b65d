# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Serving the web face by uvicorn, and the one guard before Django: how large a request may be, and how slow."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import uvicorn

from poststelle.faces.web.faults import busy_page, too_large_page
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
UPLOADS_AT_ONCE = 16
"""Uploads lie on disk while they are checked: this many times the limit is the most they take."""
TOO_LARGE, BUSY = 413, 503
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
    """ASGI middleware: a request that is too large is answered 413 and never reaches Django."""

    def __init__(self, app: App, upload_bytes: int) -> None:
        self._app = app
        self._upload_bytes = upload_bytes + ENVELOPE_BYTES
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting."""
        if scope.get("path") not in UPLOAD_PATHS or scope.get("method") != "POST":
            await self._pass_on(scope, receive, send, FORM_BYTES)
        elif self._uploads >= UPLOADS_AT_ONCE:
            await _answer(send, BUSY, busy_page(str(scope.get("path"))))
        else:
            self._uploads += 1
            try:
                await self._pass_on(scope, receive, send, self._upload_bytes)
            finally:
                self._uploads -= 1

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        if _declared(scope) > limit:
            await _drain(receive, limit * DRAIN_FACTOR)
            await _answer(send, TOO_LARGE, too_large_page(str(scope.get("path"))))
            return
        count = _Count(receive, limit)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                await self._app(scope, count.receive, send)
        except TimeoutError:
            count.is_beyond = True
        if count.is_beyond:
            await _answer(send, TOO_LARGE, too_large_page(str(scope.get("path"))))


class _Count:
    """Counts what comes in. Beyond the limit the application is told that the sender is gone, so that it cleans up."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self.is_beyond = False

    async def receive(self) -> Event:
        """The next event."""
        event = await self._receive()
        self._left -= len(event.get("body", b""))
        if self._left < 0:
            self.is_beyond = True
            return {"type": "http.disconnect"}
        return event


def _declared(scope: Scope) -> int:
    stated = [value for name, value in scope.get("headers", ()) if name == b"content-length"]
    return int(stated[0]) if stated and stated[0].isdigit() else 0


async def _drain(receive: Receive, most_bytes: int) -> None:
    taken = 0
    async with asyncio.timeout(BODY_SECONDS):
        while taken <= most_bytes:
            event = await receive()
            taken += len(event.get("body", b""))
            if not event.get("more_body"):
                return


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
