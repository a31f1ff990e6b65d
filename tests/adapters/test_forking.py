# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a forked child has of its parent, how it ends, and what a parent must not have."""

import errno
import itertools
import os
import signal
import subprocess
import sys
import textwrap
from functools import partial

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


def test_a_role_for_which_there_is_no_process_ends_no_other():
    lines: list[str] = []
    starts = iter((OSError(errno.EAGAIN, "Resource temporarily unavailable"), Fallen(8)))

    def start() -> Fallen:
        given = next(starts)
        if isinstance(given, OSError):
            raise given
        return given

    Supervisor({"door": start}, lines.append).run(lambda: len(lines) < 2)
    assert lines == [
        "role door could not be started (Resource temporarily unavailable); it starts again in 0.2 s",
        "role door ended with 8; it starts again in 0.5 s",
    ]


def test_what_nobody_takes_down_ends_no_role():
    starts = iter((Fallen(7), Fallen(8)))
    rounds = iter(range(5))

    def full(line: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    Supervisor({"door": lambda: next(starts)}, full).run(lambda: next(rounds, None) is not None)
    assert list(starts) == []


class Standing:
    """A process that runs until it is asked to end and then takes its time; tells when what was."""

    pid = 0

    def __init__(self, name: str, happened: list[str], *, is_deaf: bool = False) -> None:
        self._name, self._happened, self._is_deaf = name, happened, is_deaf

    def poll(self) -> None:
        return None

    def terminate(self) -> None:
        self._happened.append(f"{self._name} asked")

    def wait(self, timeout: float | None = None) -> int:
        if self._is_deaf and f"{self._name} killed" not in self._happened:
            raise subprocess.TimeoutExpired(self._name, timeout or 0.0)
        self._happened.append(f"{self._name} gone")
        return 0

    def kill(self) -> None:
        self._happened.append(f"{self._name} killed")


def test_who_bears_others_is_asked_when_they_are_gone():
    happened: list[str] = []
    names = ("nursery", "keyholder", "door", "web")
    starts = {name: partial(Standing, name, happened) for name in names}
    Supervisor(starts, bearers=frozenset({"nursery", "keyholder"})).run(partial(next, iter((True, False))))
    assert happened == [
        *("web asked", "door asked", "web gone", "door gone"),
        *("keyholder asked", "nursery asked", "keyholder gone", "nursery gone"),
    ]


def test_who_does_not_end_in_time_is_ended_and_told_of():
    happened: list[str] = []
    lines: list[str] = []
    start = partial(Standing, "door", happened, is_deaf=True)
    Supervisor({"door": start}, lines.append, 0.1).run(partial(next, iter((True, False))))
    assert happened == ["door asked", "door killed", "door gone"]
    assert lines == ["role door did not drain in time and is ended"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_supervisor_that_is_asked_to_end_lets_its_roles_drain(number):
    happened: list[str] = []
    rounds = itertools.count()

    def ask() -> bool:
        if next(rounds) == 1:
            signal.raise_signal(number)
        return True

    Supervisor({"door": partial(Standing, "door", happened)}).run(ask)
    assert happened == ["door asked", "door gone"]


def test_a_supervisor_that_has_ended_leaves_signals_and_descriptors_as_they_were():
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def standing() -> tuple[object, ...]:
        ring = signal.set_wakeup_fd(-1)
        signal.set_wakeup_fd(ring)
        return (len(os.listdir("/proc/self/fd")), ring, *map(signal.getsignal, numbers))  # noqa: PTH208 - a count

    before = standing()
    Supervisor({"door": partial(Standing, "door", [])}).run(partial(next, iter((True, False))))
    assert standing() == before


def test_a_supervisor_that_outlives_its_terminal_goes_on():
    happened: list[str] = []
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    rounds = iter((True, True, False))

    def ask() -> bool:
        signal.raise_signal(signal.SIGHUP)
        return next(rounds)

    try:
        Supervisor({"door": partial(Standing, "door", happened)}).run(ask)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert list(rounds) == []


def test_a_child_that_is_asked_to_end_in_its_first_moment_ends():
    """Its parent has a handler of its own, whose copy must not take what was meant for the child."""
    assert told("""
        import signal
        from poststelle.adapters.forking import fork
        signal.signal(signal.SIGTERM, lambda *_: None)
        codes = set()
        for _ in range(50):
            child = fork("role", signal.pause)
            child.terminate()
            codes.add(child.wait(20))
        print(codes, signal.pthread_sigmask(signal.SIG_BLOCK, ()))
    """) == [f"{{{-signal.SIGTERM}}} set()"]


def test_a_child_outlives_the_terminal_and_is_asked_by_its_parent():
    assert told("""
        import os, signal, subprocess
        from poststelle.adapters.forking import fork
        read_end, write_end = os.pipe()
        def job():
            os.write(write_end, b"!")
            signal.pause()
        child = fork("role", job, keep=(write_end,))
        os.read(read_end, 1)
        os.kill(child.pid, signal.SIGHUP)
        try:
            child.wait(0.2)
        except subprocess.TimeoutExpired:
            print("runs")
        child.terminate()
        print(child.wait(20))
    """) == ["runs", str(-signal.SIGTERM)]


def test_a_child_whose_last_words_nobody_takes_never_runs_what_its_parent_left_open():
    assert told("""
        import os, sys
        from poststelle.adapters.forking import fork
        kept = os.dup(1)
        read_end, write_end = os.pipe()
        os.dup2(write_end, 1)
        os.close(read_end)
        os.close(write_end)
        sys.stdout = open(1, "w", closefd=False)
        try:
            child = fork("role", lambda: print("last words"), keep=(kept,))
            code = child.wait()
        finally:
            os.write(kept, b"once\\n")
        os.write(kept, b"%d\\n" % code)
    """) == ["once", "0"]


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_of_a_child_is_its_own(code):
    assert told(f"""
        from poststelle.adapters.forking import fork
        print(fork("role", lambda: exit({code})).wait())
    """) == [str(code)]
