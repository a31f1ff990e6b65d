# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The health port by itself: what each path says, and that nothing of a probe or of a fault brings it down."""

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from poststelle.application.settings import House, Settings
from poststelle.compose.health_role import certificate_days
from support.programs import OF_A_CHILD

PROGRAM = """
import os, sys
from poststelle.adapters.health_port import Answer, serve_health
from poststelle.adapters.logs import set_up
from poststelle.application.ports import UnavailableError
def away():
    raise UnavailableError("database: gone")
def broken():
    raise ValueError("words of a mail")
answers = {"/ok": lambda: Answer(True, "ok\\n"), "/bad": lambda: Answer(False, "down\\n"), "/away": away, "/broken": broken}
set_up("text")
serve_health((sys.argv[1], 0), answers, lambda port: print(port, flush=True))
"""


class Port:
    """One running, and what it wrote to its log once it has ended."""

    def __init__(self, process: "subprocess.Popen[str]", host: str) -> None:
        self.process, self.host, self.log = process, host, ""
        self.port = int(process.stdout.readline())

    def ask(self, path: str) -> tuple[int, str]:
        bracketed = f"[{self.host}]" if ":" in self.host else self.host
        try:
            with urllib.request.urlopen(f"http://{bracketed}:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.log = self.process.communicate(timeout=20)[1]
        assert self.process.returncode == 0


@contextmanager
def at(host: str) -> Iterator[Port]:
    command = [sys.executable, "-c", PROGRAM, host]
    process = subprocess.Popen(command, env=OF_A_CHILD, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        found = Port(process, host)
        yield found
        found.end()
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_listens_on_either_family(host):
    with at(host) as port:
        assert port.ask("/ok") == (200, "ok\n")


def test_each_path_says_how_it_is_and_a_fault_of_ours_is_an_answer_too():
    with at("127.0.0.1") as port:
        assert port.ask("/bad") == (503, "down\n")
        assert port.ask("/away") == (503, "unavailable: database: gone\n")
        assert port.ask("/none") == (404, "not found\n")
        assert port.ask("/broken") == (503, "broken: see the log\n")
        assert port.ask("/ok") == (200, "ok\n")
    assert "event=broken path=/broken" in port.log
    assert "words of a mail" not in port.log


def test_a_probe_that_hangs_up_or_says_nothing_holds_nobody():
    with at("127.0.0.1") as port:
        silent = [socket.create_connection(("127.0.0.1", port.port)) for _ in range(20)]
        for one in silent[:10]:
            one.close()
        assert port.ask("/ok") == (200, "ok\n")
    for one in silent[10:]:
        one.close()
    assert "Traceback" not in port.log


def test_a_policy_that_cannot_be_read_hides_no_other_number(tmp_path, caplog):
    policy = tmp_path / "stadt"
    policy.mkdir()
    (policy / "2026-01-01.toml").write_text("nonsense = 1")
    settings = Settings(house=House(data=tmp_path / "data", policies=(policy,)))
    assert certificate_days(settings, datetime.now(UTC)) == {}
    assert "event=certificates-unreadable" in caplog.text
