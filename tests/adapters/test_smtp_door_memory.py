# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A door's memory does not grow with its mail."""

import base64
import random
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.door_house import LOOPS, Client
from support.programs import OF_A_CHILD

MAIL_BYTES = 27_000_000
GROWTH_KIB = 8 * 1024


@contextmanager
def child_door(folder, loop):
    with subprocess.Popen(
        [sys.executable, "-m", "support.door_child", str(folder), loop],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=OF_A_CHILD,
    ) as child:
        try:
            yield child.pid, int(child.stdout.readline())
        finally:
            child.stdin.close()
            assert child.wait(10) == 0


def peak_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def large_mail() -> bytes:
    noise = base64.encodebytes(random.Random(1).randbytes(100_000)).replace(b"\n", b"\r\n")
    return b"Subject: large\r\n\r\n" + noise * (MAIL_BYTES // len(noise))


@pytest.mark.parametrize("loop", LOOPS)
def test_receiving_27_mb_takes_at_most_8_mib_more(tmp_path, loop):
    mail = large_mail()
    with child_door(tmp_path, loop) as (pid, port), Client(port) as client:
        client.begin()
        assert client.ask(mail[:100_000] + b"\r\n.\r\n") == "250 2.0.0 Message accepted"
        forget_peak(pid)
        before = peak_kib(pid)
        client.begin()
        assert client.ask(mail + b"\r\n.\r\n") == "250 2.0.0 Message accepted"
        growth = peak_kib(pid) - before
    assert growth <= GROWTH_KIB
