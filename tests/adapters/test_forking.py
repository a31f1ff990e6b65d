# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a forked child has of its parent, how it ends, and what a parent must not have."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from poststelle.adapters.supervisor import Supervisor
from support.gateway import eventually, is_running


def told(script: str, **environment: str) -> list[str]:
    """What a program of one thread prints that forks; the test's own process has threads."""
    program = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(program, capture_output=True, timeout=60, env={**os.environ, **environment}, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


def test_a_child_has_the_memory_of_its_parent_and_none_of_its_descriptors():
    assert told("""
        import os
        from poststelle.adapters.forking import fork
        kept, closed = os.memfd_create("kept"), os.memfd_create("closed")
        word = ["shared"]
        def job():
            os.fstat(kept)
            try:
                os.fstat(closed)
            except OSError:
                print(word[0], open("/proc/self/comm").read().strip())
        print(fork("a-role", job, keep=(kept,)).wait())
    """) == ["shared a-role", "0"]


def test_a_process_with_threads_is_not_forked():
    assert told("""
        import threading
        from poststelle.adapters.forking import fork
        go = threading.Event()
        threading.Thread(target=go.wait).start()
        try:
            fork("role", lambda: None)
        except RuntimeError as error:
            print(error)
        go.set()
    """) == ["a process with 2 threads cannot be forked"]


def test_a_child_that_raises_ends_with_one_and_never_runs_what_its_parent_left_open():
    assert told("""
        from poststelle.adapters.forking import fork
        try:
            child = fork("role", lambda: 1 / 0)
            print(child.wait(), child.poll())
        finally:
            print("once")
    """) == ["1 1", "once"]


def test_a_child_ends_when_it_is_asked_to_and_when_it_is_killed():
    assert told("""
        import signal, subprocess
        from poststelle.adapters.forking import fork
        asked, killed = fork("role", signal.pause), fork("role", signal.pause)
        try:
            asked.wait(0.01)
        except subprocess.TimeoutExpired:
            print("runs")
        asked.terminate()
        killed.kill()
        print(asked.wait(), killed.wait())
        asked.terminate()
    """) == ["runs", f"{-signal.SIGTERM} {-signal.SIGKILL}"]


def test_what_is_done_apart_leaves_nothing_here_and_raises_what_the_job_raised():
    assert told("""
        import os
        from poststelle.adapters.forking import apart
        from poststelle.application.ports import UnavailableError
        def job():
            os.environ["LEARNED"] = "in the child"
        apart("job", job)
        print(os.environ.get("LEARNED"))
        def refused():
            raise UnavailableError("no database")
        try:
            apart("job", refused)
        except UnavailableError as error:
            print(error)
        try:
            apart("job", lambda: os._exit(9))
        except RuntimeError as error:
            print(error)
    """) == ["None", "no database", "job ended with 9"]


def test_the_errors_that_end_a_start_come_back_whole():
    assert told("""
        from poststelle.adapters.forking import apart
        from poststelle.application.keyring import KeyRingError
        from poststelle.application.policies import PolicyError
        from poststelle.core.lint import Fault
        def wrong():
            raise PolicyError((Fault("a.toml", "limits", "too large"), Fault("a.toml", "formats", "none")))
        def locked():
            raise KeyRingError("the key is locked", "name its passphrase")
        try:
            apart("job", wrong)
        except PolicyError as error:
            print(len(error.faults), str(error).count("a.toml"), error.faults[1].key)
        try:
            apart("job", locked)
        except KeyRingError as error:
            print(error.sentence, error.remedy, sep=": ")
    """) == ["2 2 formats", "the key is locked: name its passphrase"]


def test_children_end_with_a_parent_that_is_killed():
    script = """
        import signal
        from poststelle.adapters.forking import fork
        print(fork("role", signal.pause).pid, flush=True)
        signal.pause()
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE) as parent:
        try:
            assert parent.stdout is not None
            child = int(parent.stdout.readline())
        finally:
            parent.kill()
        eventually(lambda: not is_running(child), what="the child is gone")


SECRET = "POSTSTELLE_TEST_SECRET"


def test_a_secret_of_the_environment_is_out_of_the_memory_of_whoever_set_it_aside():
    script = f"""
        import os
        from poststelle.adapters.forking import apart
        from poststelle.adapters.sealed_environment import recall, set_aside
        handle = set_aside(["{SECRET}"])
        print(os.environ.get("{SECRET}"), b"ge" + b"heim" in open("/proc/self/environ", "rb").read())
        def job():
            recall()
            print(os.environ["{SECRET}"], set_aside([]), flush=True)
        apart("job", job, keep=(handle,))
        print(os.environ.get("{SECRET}"))
    """
    assert told(script, **{SECRET: "geheim"}) == ["None False", "geheim None", "None"]


def test_without_a_secret_nothing_is_set_aside():
    assert told("from poststelle.adapters.sealed_environment import set_aside; print(set_aside(['NOT_SET']))") == [
        "None"
    ]


class Fallen:
    """A child that is never there."""

    def __init__(self, code: int) -> None:
        self.pid, self._code = 0, code

    def poll(self) -> int:
        return self._code

    wait = poll

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


def test_a_role_that_falls_is_told_of_and_started_again():
    lines: list[str] = []
    starts = iter((Fallen(7), Fallen(8)))
    supervisor = Supervisor({"door": lambda: next(starts)}, lines.append)
    supervisor.run(lambda: len(lines) < 2)
    assert lines == [
        "role door ended with 7; it starts again in 0.2 s",
        "role door ended with 8; it starts again in 0.5 s",
    ]


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_of_a_child_is_its_own(code):
    assert told(f"""
        from poststelle.adapters.forking import fork
        print(fork("role", lambda: exit({code})).wait())
    """) == [str(code)]
