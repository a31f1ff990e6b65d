# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The port Spam on a running rspamd: one ``POST /checkv2`` per message. Knows rspamd's answer, nothing of policy.

Source: rspamd documentation, "Protocol". Whatever is not a complete answer is UnavailableError.
"""

import json
import math
import os
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from typing import BinaryIO, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from poststelle.application.ports import UnavailableError
from poststelle.core.arrival import Arrival
from poststelle.core.facts import SpamFacts

CHUNK_BYTES: Final = 256 * 1024
MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024
MAX_SYMBOLS: Final = 50

SPAM_ACTIONS: Final = {
    "no action": False,
    "accept": False,
    "greylist": False,
    "add header": True,
    "rewrite subject": True,
    "reject": True,
    "quarantine": True,
    "discard": True,
}
"""What rspamd recommends, and whether that calls the message spam. Greylisting is Postfix's affair, not an opinion."""
DEFER_ACTION: Final = "soft reject"
"""rspamd asks to try later: the world's trouble (rate limit, one of its own services away), answered 451."""


@dataclass(frozen=True, slots=True)
class RspamdAddress:
    """Where rspamd's normal worker listens, and the password where it wants one."""

    host: str = "127.0.0.1"
    port: int = 11333
    password: str = ""


class _Symbol(BaseModel):
    score: float = 0.0


class _Answer(BaseModel):
    """The part of rspamd's answer that is used; unknown keys are left alone."""

    action: str
    score: float
    required_score: float | None = None
    is_skipped: bool = False
    symbols: dict[str, _Symbol] = Field(default_factory=dict)


class Rspamd:
    """The port Spam on rspamd."""

    def __init__(self, address: RspamdAddress) -> None:
        self._address = address

    def rate(self, content: BinaryIO, arrival: Arrival, deadline_seconds: float) -> SpamFacts:
        """The opinion of rspamd on the bytes from the current position, with the envelope as context."""
        until = time.monotonic() + deadline_seconds
        try:
            with socket.create_connection((self._address.host, self._address.port), deadline_seconds) as connection:
                wire = _Wire(connection, until)
                wire.send(self._head(content, arrival))
                while chunk := content.read(CHUNK_BYTES):
                    wire.send(chunk)
                raw = wire.rest()
        except TimeoutError:
            raise UnavailableError("rspamd did not answer in time") from None
        except OSError as error:
            raise UnavailableError(f"rspamd cannot be reached: {error}") from None
        return _facts(raw)

    def _head(self, content: BinaryIO, arrival: Arrival) -> bytes:
        lines = [
            "POST /checkv2 HTTP/1.1",
            f"Host: {self._address.host}",
            "Connection: close",
            "Content-Type: application/octet-stream",
            f"Content-Length: {_bytes_left(content)}",
        ]
        if self._address.password:
            lines.append(f"Password: {self._address.password}")
        lines += [f"{name}: {value}" for name, value in _context(arrival) if value and value.isprintable()]
        return "\r\n".join((*lines, "", "")).encode()


def _context(arrival: Arrival) -> Iterator[tuple[str, str]]:
    """What rspamd may know of the transport. Values with control characters are left out by the caller."""
    sender = arrival.envelope.sender
    yield "From", "" if sender is None else str(sender)
    for recipient in arrival.envelope.recipients:
        yield "Rcpt", str(recipient)
    yield "IP", arrival.peer.address
    yield "Helo", arrival.peer.helo
    yield "Hostname", arrival.peer.name
    yield "Queue-Id", arrival.body[:16]


class _Wire:
    """A connection on which everything together must end by the deadline."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection = connection
        self._until = until

    def send(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        while view:
            view = view[self._timed().send(view) :]

    def rest(self) -> bytes:
        """Everything until the other end closes."""
        pieces = bytearray()
        while piece := self._timed().recv(65536):
            pieces += piece
            if len(pieces) > MAX_ANSWER_BYTES:
                raise UnavailableError("rspamd's answer has no end")
        return bytes(pieces)

    def _timed(self) -> socket.socket:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection


class _Recorded:
    """An answer already read, in the one way http.client wants a socket."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, mode: Literal["rb"]) -> BytesIO:  # noqa: ARG002 - http.client's signature
        return BytesIO(self._raw)


def _facts(raw: bytes) -> SpamFacts:
    try:
        response = HTTPResponse(_Recorded(raw))  # type: ignore[arg-type]  # only makefile is used of a socket
        response.begin()
        body = response.read()
        answer = _Answer.model_validate(json.loads(body))
    except (HTTPException, OSError, ValueError, ValidationError, RecursionError) as error:
        raise UnavailableError(f"rspamd's answer cannot be read: {type(error).__name__}") from None
    threshold = _finite(answer.required_score)
    is_spam = _is_spam(answer, threshold)
    if response.status != 200 or is_spam is None or not math.isfinite(answer.score):
        raise UnavailableError(f"rspamd gave no opinion: {response.status} {_printable(answer.action)}")
    return SpamFacts(
        engine=_printable(response.getheader("Server") or "rspamd"),
        is_spam=is_spam,
        score=answer.score,
        threshold=threshold,
        symbols=_symbols(answer),
    )


def _finite(number: float | None) -> float | None:
    """A threshold that no score reaches is none; and no record holds such a number."""
    return number if number is not None and math.isfinite(number) else None


def _is_spam(answer: _Answer, threshold: float | None) -> bool | None:
    """None where it is no opinion: rspamd asks to come later, or does what only its operator knows and says no threshold."""
    if answer.action == DEFER_ACTION:
        return None
    known = SPAM_ACTIONS.get(answer.action)
    if known is not None or threshold is None:
        return known
    return answer.score >= threshold


def _symbols(answer: _Answer) -> tuple[str, ...]:
    """The names that weighed most, heaviest first, then by name."""
    ranked = sorted(answer.symbols.items(), key=lambda symbol: (-abs(symbol[1].score), symbol[0]))
    return tuple(_printable(name) for name, _ in ranked[:MAX_SYMBOLS])


def _bytes_left(content: BinaryIO) -> int:
    here = content.tell()
    end = content.seek(0, os.SEEK_END)
    content.seek(here)
    return end - here


def _printable(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", text)[:120]
