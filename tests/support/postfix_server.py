# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Debian's Postfix on loopback with the example configuration of deploy/postfix, in a folder of its own."""

import os
import pwd
import re
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from support.gateway import a_free_port, eventually
from support.programs import require_program

EXAMPLE = Path(__file__).parents[2] / "deploy" / "postfix"
START_SECONDS = 30.0


@dataclass(frozen=True)
class Ports:
    """Where Postfix listens and whom it asks."""

    smtp: int
    out: int
    door: int
    policy: int
    mailboxes: int


class PostfixServer:
    """One Postfix; the example's files with the machine's places and ports put in."""

    def __init__(self, ports: Ports, changes: Mapping[str, str] | None = None) -> None:
        """``changes`` are parameters of main.cf; an empty ``smtpd_proxy_filter`` is taken out of master.cf."""
        self.ports = ports
        self.changes = dict(changes or {})
        self.folder = Path(tempfile.mkdtemp(prefix="poststelle-postfix-"))

    def __enter__(self) -> Self:
        self._program = require_program("postfix", "postfix")
        if os.geteuid() != 0:
            sentence = "Postfix starts as root only: run this test as root"
            (pytest.fail if os.environ.get("POSTSTELLE_TEST_REQUIRE_ALL") == "1" else pytest.skip)(sentence)
        self._lay_out()
        with (self.folder / "start.log").open("ab") as log:
            self._process = subprocess.Popen([*self._command(), "start-fg"], stdout=log, stderr=log)
        eventually(self._answers, START_SECONDS, f"Postfix did not start, see {self.folder}")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run([*self._command(), "stop"], check=False, capture_output=True, timeout=30)
        self._process.wait(timeout=30)
        shutil.rmtree(self.folder)

    def log(self) -> str:
        return (self.folder / "mail.log").read_text()

    def flush(self) -> None:
        """Try everything that waits in the queue, now."""
        queue = str(Path(self._program).with_name("postqueue"))
        subprocess.run([queue, "-c", str(self.folder / "conf"), "-f"], check=True, capture_output=True, timeout=30)

    def _command(self) -> list[str]:
        return [self._program, "-c", str(self.folder / "conf")]

    def _lay_out(self) -> None:
        self.folder.chmod(0o755)
        for name in ("conf", "queue", "data"):
            (self.folder / name).mkdir()
        os.chown(self.folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
        if not (self.folder / "recipients").exists():
            (self.folder / "recipients").write_text("stadtverwaltung@stadt.example ok\npost@stadt.example ok\n")
        (self.folder / "conf" / "main.cf").write_text(self._main())
        (self.folder / "conf" / "master.cf").write_text(self._master())

    def _main(self) -> str:
        text = (EXAMPLE / "main.cf").read_text()
        places = {
            "queue_directory": self.folder / "queue",
            "data_directory": self.folder / "data",
            "maillog_file": self.folder / "mail.log",
            "maillog_file_prefixes": self.folder,
            "relay_recipient_maps": f"texthash:{self.folder / 'recipients'}",
            "relay_transport": f"relay:[127.0.0.1]:{self.ports.mailboxes}",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "smtpd_tls_security_level": "none",
            "smtpd_tls_chain_files": "",
            "smtpd_peername_lookup": "no",
            "smtp_host_lookup": "native",
            "disable_dns_lookups": "yes",
        } | self.changes
        for key in places:
            text = re.sub(rf"(?m)^{key} = .*\n", "", text)
        text = text.replace("127.0.0.1:10031", f"127.0.0.1:{self.ports.policy}")
        text = text.replace("[127.0.0.1]:10025", f"[127.0.0.1]:{self.ports.door}")
        return text + "".join(f"{key} = {value}\n" for key, value in places.items())

    def _master(self) -> str:
        text = (EXAMPLE / "master.cf").read_text()
        text = re.sub(r"(?m)^smtp( +inet)", rf"127.0.0.1:{self.ports.smtp}\1", text)
        text = text.replace("127.0.0.1:10025", f"127.0.0.1:{self.ports.door}")
        text = text.replace("127.0.0.1:10026", f"127.0.0.1:{self.ports.out}")
        if self.changes.get("smtpd_proxy_filter") == "":
            text = text.replace(f"    -o smtpd_proxy_filter=127.0.0.1:{self.ports.door}\n", "")
            text += "lmtp unix - - y - - lmtp\n"
        return re.sub(r"(?m)^(\S+ +(?:inet|unix|unix-dgram) +\S +\S +)y", r"\1n", text)

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self.folder / "start.log").read_text()
        try:
            with socket.create_connection(("127.0.0.1", self.ports.smtp), 1.0) as probe:
                return probe.recv(4) == b"220 "
        except OSError:
            return False


class PolicyStub:
    """The policy service in one rule: known addresses pass, others are unknown (SMTPD_POLICY_README)."""

    def __init__(self, known: frozenset[str]) -> None:
        self.known = known
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _PolicyDialogue)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.known = known  # type: ignore[attr-defined]
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


class _PolicyDialogue(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        asked: dict[str, str] = {}
        for line in self.rfile:
            if line != b"\n":
                key, _, value = line.decode().rstrip("\n").partition("=")
                asked[key] = value
                continue
            known = asked["recipient"] in self.server.known  # type: ignore[attr-defined]
            self.wfile.write(b"action=DUNNO\n\n" if known else b"action=550 5.1.1 unknown address\n\n")


def ports(door: int, policy: int, mailboxes: int) -> Ports:
    return Ports(a_free_port(), a_free_port(), door, policy, mailboxes)
