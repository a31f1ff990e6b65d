# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A role is asked to end, or to hold back: what is under way is finished, what waits stays where it is."""

import signal
import subprocess
import sys
import threading

import pytest

from poststelle.adapters.ready_files import ready
from poststelle.records.models import OutboxRow
from support.gateway import eventually
from support.programs import OF_A_CHILD, ROOT
from support.records import a_settlement, an_effect
from support.smtp_sink import SmtpSink

ROUNDS = """
import os, sys, threading
from poststelle.adapters.rounds import run_rounds
def say(line):
    os.write(1, line.encode() + b"\\n")  # in one piece: two threads speak at a time
turns, lock = iter(range(9)), threading.Lock()
def one_round():
    with lock:
        turn = next(turns)
        say(f"begun {turn}")
        if turn < 2:
            sys.stdin.readline()
        say(f"done {turn}")
    return 1 if turn else 0
run_rounds("test", one_round, idle_seconds=60.0, threads=2, leave=lambda: say("left"))
"""


def test_what_is_under_way_when_a_role_is_asked_to_end_is_finished_and_nothing_else_begun():
    role = subprocess.Popen(
        [sys.executable, "-c", ROUNDS], env=OF_A_CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert role.stdout.readline() == "begun 0\n"
        role.stdin.write("\n")
        role.stdin.flush()
        assert role.stdout.readline() == "done 0\n"
        assert role.stdout.readline() == "begun 1\n"
        role.send_signal(signal.SIGTERM)
        out, _ = role.communicate("\n", timeout=20)
        assert sorted(out.splitlines()) == ["done 1", "left", "left"]
        assert role.returncode == 0
    finally:
        role.kill()
        role.wait()


ASKED_AT_ANY_MOMENT = """
import os, signal, threading
from poststelle.adapters.rounds import run_rounds
def one_round():
    for timer in timers:
        timer.start()
    timers.clear()
    return 1
for turn in range(100):
    timers = [threading.Timer(turn * 0.00003, os.kill, (os.getpid(), signal.SIGTERM))]
    run_rounds("test", one_round)
print("ended")
"""


def test_a_role_ends_at_whatever_moment_it_is_asked_to():
    """Also between two rounds, in the middle of its own look at whether it was asked."""
    role = [sys.executable, "-c", ASKED_AT_ANY_MOMENT]
    assert subprocess.run(role, env=OF_A_CHILD, timeout=30, capture_output=True, check=True).stdout == b"ended\n"


BREAKING = """
import sys, threading
from poststelle.adapters.rounds import run_rounds
def one_round():
    if threading.current_thread() is threading.main_thread():
        return 0
    raise ValueError("words of a mail")
try:
    run_rounds("test", one_round, idle_seconds=60.0, threads=2)
except ValueError:
    print("raised")
"""


def test_a_thread_that_breaks_ends_the_role_with_its_fault_and_prints_nothing_of_it():
    done = subprocess.run([sys.executable, "-c", BREAKING], env=OF_A_CHILD, timeout=30, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"raised\n", b"")


@pytest.fixture
def waiting(open_records, tmp_path):
    """A data folder with one delivery in the queue."""
    records = open_records()
    records.store.settle(
        a_settlement(effects=(an_effect(kind="notice", payload='{"to":"a@x.example","message":"x"}'),))
    )
    return records, tmp_path


@pytest.mark.parametrize(("hold_back", "attempts"), [(True, 0), (False, 1)], ids=["holding back", "sending"])
def test_an_outbox_that_holds_back_leaves_everything_in_the_queue(waiting, hold_back, attempts):
    records, folder = waiting
    with SmtpSink() as sink:
        (folder / "poststelle.toml").write_text(
            f'[house]\ndata = "{folder}"\npolicies = ["{ROOT / "policies" / "muenster"}"]\nmode = "demo"\n'
            f'[malware]\nengine = "demo"\n[outbox]\nport = {sink.port}\nhold_back = {str(hold_back).lower()}\n'
        )
        role = subprocess.Popen(
            [sys.executable, "-m", "poststelle", "serve", "--role", "outbox"], cwd=folder, env=OF_A_CHILD
        )
        try:
            eventually(lambda: ready(folder, "outbox"), what="the outbox is at work")
            threading.Event().wait(1.0)
            role.send_signal(signal.SIGTERM)
            assert role.wait(20) == 0
        finally:
            role.kill()
            role.wait()
    row = OutboxRow.objects.using(records.database.alias).get()
    assert row.attempt == attempts
