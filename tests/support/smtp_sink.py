# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A small SMTP receiver on loopback that keeps what it was given and refuses what it was told to refuse."""

import re
import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True)
class Received:
    """One message with its envelope as commanded: arguments kept as they came."""

    helo: str
    sender: str
    options: tuple[str, ...]
    recipients: tuple[str, ...]
    content: bytes
    tls: bool
    forwarded: tuple[str, ...] = ()
    """Arguments of XFORWARD, as a proxy told them."""


@dataclass
class Script:
    """What the sink does when; empty texts mean the usual reply."""

    greeting: bytes = b"220 sink.example ESMTP"
    extensions: tuple[str, ...] = ("SIZE 56000000", "8BITMIME", "SMTPUTF8", "PIPELINING")
    refuse_sender: bytes = b""
    refuse_recipients: dict[str, bytes] = field(default_factory=dict)
    refuse_data: bytes = b""
    after_data: bytes = b""
    drop_at: str = ""
    """Verb at which the connection is cut without a reply; ``dot`` is the final dot."""
    silent_at: str = ""
    """Verb at which the sink says nothing more until it is closed; ``greeting`` is the very beginning."""
    drips_at: str = ""
    """Verb at which the sink begins a reply that never ends, one line after the other."""
    tls: ssl.SSLContext | None = None
    before_answer: Callable[[], object] = bool
    """Called when a message is here as a whole, before that is answered."""


class SmtpSink:
    """A context manager; ``port`` to connect to, ``received`` to look at."""

    def __init__(self, script: Script | None = None, port: int = 0) -> None:
        self.script = script or Script()
        self.received: list[Received] = []
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Dialogue)
        self._server.sink = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    sink: SmtpSink


class _Left(Exception):  # noqa: N818 - not an error, the end of a dialogue
    """The dialogue is over."""


class _Dialogue(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.script = self.server.sink.script
        self.reader = self.request.makefile("rb")
        self.helo = ""
        self.forwarded: tuple[str, ...] = ()
        self.tls = False
        self._reset()
        try:
            self._pause("greeting")
            self._say(self.script.greeting)
            while line := self.reader.readline(4096):
                self._command(line)
        except (_Left, OSError):
            pass
        finally:
            self.reader.close()
            self.request.close()

    def _command(self, line: bytes) -> None:
        verb, _, rest = line.rstrip(b"\r\n").decode("utf-8").partition(" ")
        self._pause(verb.upper())
        step = {
            "EHLO": self._ehlo, "HELO": self._ehlo, "STARTTLS": self._starttls, "MAIL": self._mail, "RCPT": self._rcpt,
            "DATA": self._data, "RSET": self._rset, "NOOP": self._noop, "QUIT": self._quit, "XFORWARD": self._xforward,
        }.get(verb.upper())  # fmt: skip
        if step is None:
            self._say(b"500 5.5.2 unknown command")
        else:
            step(rest)

    def _pause(self, station: str) -> None:
        if self.script.silent_at == station:
            self.server.sink.closing.wait()
            raise _Left
        if self.script.drop_at == station:
            raise _Left
        if self.script.drips_at == station:
            while not self.server.sink.closing.wait(0.05):
                self._say(b"250-and more")

    def _say(self, reply: bytes) -> None:
        self.request.sendall(reply + b"\r\n")

    def _ehlo(self, rest: str) -> None:
        self.helo = rest
        offered = list(self.script.extensions)
        if self.script.tls is not None and not self.tls:
            offered.append("STARTTLS")
        lines = ["sink.example", *offered]
        self._say(b"\r\n".join(f"250{' ' if one is lines[-1] else '-'}{one}".encode() for one in lines))

    def _starttls(self, rest: str) -> None:
        assert self.script.tls is not None
        self._say(b"220 2.0.0 go ahead")
        self.reader.close()
        self.request = self.script.tls.wrap_socket(self.request, server_side=True)
        self.reader = self.request.makefile("rb")
        self.tls = True

    def _mail(self, rest: str) -> None:
        match = re.match(r"FROM:<([^>]*)> ?(.*)$", rest, re.IGNORECASE)
        if match is None or self.script.refuse_sender:
            self._say(self.script.refuse_sender or b"501 5.5.4 syntax")
            return
        self.sender, self.options = match[1], tuple(match[2].split())
        self._say(b"250 2.1.0 ok")

    def _rcpt(self, rest: str) -> None:
        match = re.match(r"TO:<([^>]*)>", rest, re.IGNORECASE)
        refusal = b"501 5.5.4 syntax" if match is None else self.script.refuse_recipients.get(match[1], b"")
        if match is not None and not refusal:
            self.recipients.append(match[1])
        self._say(refusal or b"250 2.1.5 ok")

    def _data(self, rest: str) -> None:
        if self.script.refuse_data:
            self._say(self.script.refuse_data)
            return
        self._say(b"354 go on")
        lines = []
        while (line := self.reader.readline()) != b".\r\n":
            if not line:
                raise _Left
            lines.append(line.removeprefix(b"."))
        self._pause("dot")
        if not self.script.after_data or self.script.after_data.startswith(b"2"):
            envelope = (self.helo, self.sender, self.options, tuple(self.recipients))
            self.server.sink.received.append(Received(*envelope, b"".join(lines), self.tls, self.forwarded))
        self._reset()
        self.script.before_answer()
        self._say(self.script.after_data or b"250 2.0.0 taken")

    def _rset(self, rest: str) -> None:
        self._reset()
        self._say(b"250 2.0.0 ok")

    def _xforward(self, rest: str) -> None:
        self.forwarded += tuple(rest.split())
        self._say(b"250 2.0.0 ok")

    def _noop(self, rest: str) -> None:
        self._say(b"250 2.0.0 ok")

    def _quit(self, rest: str) -> None:
        self._say(b"221 2.0.0 bye")
        raise _Left

    def _reset(self) -> None:
        self.sender = ""
        self.options: tuple[str, ...] = ()
        self.recipients: list[str] = []
