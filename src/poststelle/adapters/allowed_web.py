# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Fetching from allowed hosts and from no other: one request, bounded in size and time, no redirect followed."""

import http.client
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from poststelle.application.ports import NoConnectionError, UnavailableError
from poststelle.application.revocation import is_allowed

CHUNK_BYTES = 64 << 10
_AGENT = {"User-Agent": "poststelle", "Connection": "close", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class WebLimits:
    """How much, and for how long in all."""

    size_bytes: int
    seconds: float


class AllowedWeb:
    """Implements the port Web of application.revocation_round."""

    def __init__(self, hosts: Iterable[str], limits: WebLimits) -> None:
        self.hosts = tuple(hosts)
        self._limits = limits

    def get(self, address: str) -> bytes:
        """What lies there. UnavailableError where it may not be asked or sends too much; NoConnectionError where silent."""
        return self._asked("GET", address, None, {})

    def post(self, address: str, content: bytes, kind: str) -> bytes:
        """What is answered to this content."""
        return self._asked("POST", address, content, {"Content-Type": kind})

    def _asked(self, how: str, address: str, content: bytes | None, head: dict[str, str]) -> bytes:
        if not is_allowed(address, self.hosts):
            raise UnavailableError(f"{address}: this host is not in revocation.hosts")
        parts, until = urlsplit(address), time.monotonic() + self._limits.seconds
        link = _link(parts.scheme, parts.hostname or "", parts.port, self._limits.seconds)
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        try:
            link.request(how, path, content, {**_AGENT, **head})
            answer = link.getresponse()
            if answer.status != http.HTTPStatus.OK:
                raise UnavailableError(f"{address}: answered {answer.status}")
            return self._read(answer, link, address, until)
        except (OSError, http.client.HTTPException) as error:
            raise NoConnectionError(f"{address}: {error!r}") from error
        finally:
            link.close()

    def _read(
        self, answer: http.client.HTTPResponse, link: http.client.HTTPConnection, address: str, until: float
    ) -> bytes:
        found = bytearray()
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise NoConnectionError(f"{address}: takes longer than {self._limits.seconds:.0f} s")
            if link.sock is not None:
                link.sock.settimeout(left)
            piece = answer.read1(CHUNK_BYTES)
            if not piece:
                break
            found += piece
            if len(found) > self._limits.size_bytes:
                raise UnavailableError(f"{address}: more than {self._limits.size_bytes} bytes")
        if answer.length:
            raise UnavailableError(f"{address}: closed before its end")
        return bytes(found)


def _link(scheme: str, host: str, port: int | None, seconds: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=seconds)
