# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Debian's clamd in a private folder with hand-made signatures, and a scripted one for the faults a real one hides."""

import hashlib
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from poststelle.adapters.demo_scanner import EICAR
from support.gateway import eventually
from support.programs import require_program
from support.scripted_server import ScriptedServer

MARKER = b"POSTSTELLE-TEST-MARKER-ONE"
UNWANTED_MARKER = b"POSTSTELLE-TEST-MARKER-UNWANTED"
MAIL_SUBJECT = b"Subject: Poststelle test of mail signatures"
"""Found in what clamd takes for a mail only; a name that ends in ``.scr`` in its attachments only."""
STREAM_MAX_BYTES = 2 * 1024 * 1024
START_SECONDS = 30.0


@dataclass
class ClamdServer:
    """One clamd: start, stop and start again on the same addresses."""

    folder: Path
    tcp_port: int
    stream_max_bytes: int = STREAM_MAX_BYTES
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def socket_path(self) -> str:
        return str(self.folder / "clamd.sock")

    def start(self) -> Self:
        program = require_program("clamd", "clamav-daemon")
        database = self.folder / "db"
        database.mkdir(parents=True, exist_ok=True)
        (database / "hand.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Hand.EICAR.hash\n")
        (database / "hand.ndb").write_text(
            f"Hand.EICAR.body:0:*:{EICAR.hex()}\n"
            f"Hand.Marker:0:*:{MARKER.hex()}\n"
            f"PUA.Hand.Marker:0:*:{UNWANTED_MARKER.hex()}\n"
            f"Hand.Mail.subject:4:*:{MAIL_SUBJECT.hex()}\n"
        )
        (database / "hand.cdb").write_text("Hand.Mail.name:CL_TYPE_MAIL:*:\\.scr$:*:*:*:*:*:*\n")
        config = self.folder / "clamd.conf"
        config.write_text(
            f"LocalSocket {self.socket_path}\nTCPSocket {self.tcp_port}\nTCPAddr 127.0.0.1\n"
            f"DatabaseDirectory {database}\nTemporaryDirectory {self.folder}\nForeground yes\nMaxThreads 2\n"
            f"StreamMaxLength {self.stream_max_bytes}\nMaxScanSize {max(self.stream_max_bytes, 100 << 20)}\n"
            f"MaxFileSize {max(self.stream_max_bytes, 100 << 20)}\nDetectPUA yes\nAlertExceedsMax yes\nAlertEncrypted yes\n"
            "ConcurrentDatabaseReload no\nFixStaleSocket yes\n"
        )
        with (self.folder / "clamd.log").open("ab") as log:
            self.process = subprocess.Popen([program, "-c", str(config)], stdout=log, stderr=log)
        eventually(self._answers, START_SECONDS, f"clamd did not start, see {self.folder}/clamd.log")
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "clamd.log").read_text()
        try:
            with socket.create_connection(("127.0.0.1", self.tcp_port), 1.0) as probe:
                probe.sendall(b"zPING\0")
                return probe.recv(16) == b"PONG\0"
        except OSError:
            return False


class ScriptedClamd(ScriptedServer):
    """Accepts connections on a Unix socket, reads ``swallow_bytes``, then answers as told; None keeps silent."""

    def __init__(self, folder: Path, answer: bytes | None, swallow_bytes: int | None = None) -> None:
        self.path = str(folder / "scripted.sock")
        self.answer = answer
        self._swallow_bytes = swallow_bytes
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.path)
        listener.listen(8)
        super().__init__(listener)

    def _serve(self, connection: socket.socket) -> None:
        if self.answer is None:
            return
        taken = b""
        while not self._has_enough(taken) and (piece := connection.recv(65536)):
            taken += piece
        connection.sendall(self.answer)
        connection.close()

    def _has_enough(self, taken: bytes) -> bool:
        if self._swallow_bytes is not None:
            return len(taken) >= self._swallow_bytes
        return taken.startswith(b"zVERSION") or taken.endswith(b"\0\0\0\0")
