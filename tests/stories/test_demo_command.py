# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle demo``, as ``make run`` starts it: the table, the exit code, and nothing left behind."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from poststelle.adapters.ready_files import ready
from poststelle.application.demonstration import Ports, as_toml, demo_settings
from poststelle.application.settings import read_settings
from poststelle.application.synthetic.catalogue import QUICK
from support.gateway import ROLES, START_SECONDS, a_free_port, below, eventually, is_running

POSTSTELLE = (sys.executable, "-m", "poststelle")
SENT = len(QUICK) + 2
"""With a signed message and an encrypted one, which are made once the gateway has its keys."""


def the_demo(folder: Path, *arguments: str) -> tuple[str, ...]:
    ports = [f"--{name}-port={a_free_port()}" for name in ("door", "mail", "web")]
    return (*POSTSTELLE, "demo", "--data", str(folder), *ports, *arguments)


@contextmanager
def running(folder: Path):
    with (
        (folder.parent / "demo.out").open("wb") as out,
        subprocess.Popen(the_demo(folder, "--quick"), stdout=out) as demo,
    ):
        try:
            eventually(
                lambda: all(ready(folder, role) for role in ROLES) or demo.poll() is not None,
                START_SECONDS,
                "every role is at work",
            )
            assert demo.poll() is None
            yield demo
        finally:
            demo.kill()


@pytest.fixture(scope="module")
def at_work(tmp_path_factory):
    """A demonstration at work, and its folder."""
    folder = tmp_path_factory.mktemp("at-work") / "demo"
    with running(folder) as demo:
        yield demo, folder


def test_every_promise_is_kept_and_said_in_a_table_and_what_a_former_run_left_is_gone(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / ".poststelle-demo").touch()
    (folder / "old").write_text("left over")
    done = subprocess.run(
        the_demo(folder, "--quick", "--once"), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{SENT} von {SENT} Nachrichten" in done.stdout
    assert done.stdout.count("✓") == SENT
    assert re.search(r"Schadprogramm im Anhang.* 250 .*gelöscht", done.stdout)
    assert re.search(r"21 MB.* 552 .*abgelehnt", done.stdout)
    assert "✗" not in done.stdout
    assert not (folder / "old").exists()


def test_a_folder_that_is_not_a_demonstrations_is_left_alone(tmp_path):
    treasure = tmp_path / "thesis.txt"
    treasure.write_text("four years of work")
    refused = subprocess.run(the_demo(tmp_path, "--once"), capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode != 0
    assert "not of a demonstration" in refused.stderr
    assert treasure.read_text() == "four years of work"


def test_it_ends_cleanly_when_asked_to(tmp_path):
    with running(tmp_path / "demo") as demo:
        everybody = below(demo.pid)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(40) == 0
    eventually(lambda: not any(is_running(pid) for pid in everybody), 5, "nobody is left")


def test_the_door_may_be_killed_while_mail_streams_in(at_work):
    demo, folder = at_work
    eventually(lambda: [*folder.glob("mailboxes/*/new/*")], 60, "mail is flowing")
    os.kill(ready(folder, "door").pid, signal.SIGKILL)
    out = folder.with_name("demo.out")
    told = eventually(lambda: re.search(r"(\d+) von (\d+) Nachrichten", out.read_text()), 120, "the table")
    assert told.groups() == (str(SENT), str(SENT))
    assert demo.poll() is None


def test_no_role_outlives_a_demonstration_that_was_killed(at_work):
    """Last of those that share one."""
    demo, _ = at_work
    everybody = below(demo.pid)
    assert len(everybody) >= len(ROLES)
    demo.kill()
    demo.wait(10)
    eventually(lambda: not any(is_running(pid) for pid in everybody), 40, "nobody is left")


def test_the_settings_written_are_the_settings_used(tmp_path):
    settings = demo_settings(tmp_path, Path("policies/muenster"), Ports(1025, 1026))
    assert read_settings(as_toml(settings), {}) == settings
