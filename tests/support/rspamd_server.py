# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Debian's rspamd in a private folder with a configuration of its own: no rules from the network, no DNS."""

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from support.gateway import a_free_port, eventually
from support.programs import require_program
from support.scripted_server import ScriptedServer

STOP_SECONDS = 20
START_SECONDS = 30.0

_CONFIG = """
options {{
  pidfile = "{folder}/rspamd.pid";
  temp_dir = "{folder}";
  filters = "";
  control_socket = "{folder}/control.sock mode=0600";
  dns {{ nameserver = ["127.0.0.1:{dns_port}"]; timeout = 0.05s; retransmits = 1; }}
  task_timeout = 10s;
  max_message = {max_message};
}}
logging {{ type = "file"; filename = "{folder}/rspamd.log"; level = "warning"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
actions {{ reject = 15; add_header = 6; }}
"""


@dataclass
class RspamdServer:
    """One rspamd on loopback."""

    folder: Path
    port: int
    max_message: str = "4M"
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> Self:
        program = require_program("rspamd", "rspamd")
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "rspamd.conf"
        config.write_text(
            _CONFIG.format(folder=self.folder, port=self.port, dns_port=a_free_port(), max_message=self.max_message)
        )
        variables = [f"--var={name}={self.folder}" for name in ("DBDIR", "RUNDIR", "LOGDIR", "LOCAL_CONFDIR")]
        with (self.folder / "start.log").open("ab") as log:
            self.process = subprocess.Popen(
                [program, "--insecure", "-f", "-c", str(config), *variables], stdout=log, stderr=log
            )
        eventually(self._answers, START_SECONDS, f"rspamd did not start, see {self.folder}")
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:  # it waits for a worker that waits for the processor
                self.process.kill()
                self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "start.log").read_text()
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1.0) as probe:
                probe.sendall(b"GET /ping HTTP/1.0\r\n\r\n")
                return b"200" in probe.recv(64)
        except OSError:
            return False


class ScriptedRspamd(ScriptedServer):
    """Accepts connections on loopback, reads one request, answers as told; None keeps silent."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer
        self.requests: list[bytes] = []
        listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = listener.getsockname()[1]
        super().__init__(listener)

    def _serve(self, connection: socket.socket) -> None:
        if self._answer is not None:
            self.requests.append(_request(connection))
            connection.sendall(self._answer)
            connection.close()


def _request(connection: socket.socket) -> bytes:
    taken = b""
    while b"\r\n\r\n" not in taken and (piece := connection.recv(65536)):
        taken += piece
    head, _, body = taken.partition(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    missing = int(fields[b"Content-Length"]) - len(body)
    while missing > 0 and (piece := connection.recv(65536)):
        body += piece
        missing -= len(piece)
    return head + b"\r\n\r\n" + body
