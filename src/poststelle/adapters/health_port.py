# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The health port: a few fixed paths over HTTP/1.0, for probes and Prometheus on an internal network. GET only.

The standard library's server is enough: a handful of clients we chose, no bodies, nothing about persons in the answers.
"""

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import FrameType
from typing import ClassVar

from poststelle.application.ports import UnavailableError

IDLE_SECONDS = 5.0
_LOG = logging.getLogger("poststelle.health")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path says."""

    is_well: bool
    text: str
    content_type: str = "text/plain; charset=utf-8"


Answers = Mapping[str, Callable[[], Answer]]
"""By path."""


class _Handler(BaseHTTPRequestHandler):
    """One request; the server is closed to everything but the known paths."""

    answers: ClassVar[Answers] = {}
    after: ClassVar[Callable[[], None]] = lambda: None
    timeout = IDLE_SECONDS
    server_version = "poststelle"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer 200 where well, 503 where not, 404 for what is no path of ours."""
        ask = self.answers.get(self.path.partition("?")[0])
        if ask is None:
            self._write(HTTPStatus.NOT_FOUND, Answer(is_well=False, text="not found\n"))
            return
        try:
            answer = ask()
        except UnavailableError as error:
            answer = Answer(is_well=False, text=f"unavailable: {error}\n")
        except Exception:  # noqa: BLE001 - a probe that gets no answer at all is told of nothing
            _LOG.critical("event=broken path=%s", self.path.partition("?")[0], exc_info=True)
            answer = Answer(is_well=False, text="broken: see the log\n")
        finally:
            type(self).after()
        self._write(HTTPStatus.OK if answer.is_well else HTTPStatus.SERVICE_UNAVAILABLE, answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Probes come every few seconds: nobody wants a line for each."""

    def _write(self, status: HTTPStatus, answer: Answer) -> None:
        content = answer.text.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    """Listens on either family, and asks no name server for our own name."""

    daemon_threads = True

    def __init__(self, place: tuple[str, int], handler: type[_Handler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        super().__init__(place, handler)

    def server_bind(self) -> None:
        """Without the look-up of HTTPServer, which waits for a name server that may be away."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the library's signature
        """A probe that hung up before its answer is no fault of ours."""
        _LOG.info("event=answer-not-taken error=%s", type(sys.exception()).__name__)


def serve_health(
    place: tuple[str, int], answers: Answers, opened: Callable[[int], None], after: Callable[[], None] = lambda: None
) -> None:
    """Answer until SIGTERM or SIGINT; ``opened`` is told the port, ``after`` ends each request in its thread.

    Main thread only. UnavailableError where the port cannot be had.
    """
    handler = type("_Bound", (_Handler,), {"answers": answers, "after": staticmethod(after)})
    try:
        server = _Server(place, handler)
    except OSError as error:
        raise UnavailableError(f"health port {place[0]}:{place[1]}: {error.strerror}") from error

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()  # it waits for the loop that runs in this thread

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with server:
        opened(server.server_address[1])
        server.serve_forever(poll_interval=0.2)
    _LOG.info("event=closed")
