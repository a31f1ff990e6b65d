# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Processes forked from one that has loaded what they share: a child begins with its memory and none of its descriptors.

Refuses to know what a child does. The process forked from has one thread, no connection and no secret: a thread would
be missing in the child with its locks held, a connection would be used by two, and a secret would be everybody's.
"""

import ctypes
import gc
import logging
import os
import pickle
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

_FIRST_OWN_DESCRIPTOR = 3
_MOST_DESCRIPTORS = 1 << 16
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LOG = logging.getLogger("poststelle.forking")
_LIBC = ctypes.CDLL(None, use_errno=True)


def end_with_parent(parent: int) -> None:
    """Make the kernel end this process when the one that started it is gone, even by SIGKILL or already."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


class Forked:
    """A child process, with what a supervisor uses of subprocess.Popen."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while the child runs."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once there is one. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            handle = os.pidfd_open(self.pid)
            try:
                select.select([handle], [], [], timeout)
            finally:
                os.close(handle)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        return code

    def terminate(self) -> None:
        """Ask the child to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End the child."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def freeze() -> None:
    """What is in memory now stays for good: the collector leaves it alone, so its pages stay shared with children."""
    gc.collect()
    gc.freeze()


def fork(name: str, job: Callable[[], None], keep: Iterable[int] = ()) -> Forked:
    """A child that does the job under this name (15 octets of it in ``ps``) and ends, at the latest with this process.

    Of the descriptors it has the first three and those it is to ``keep``. RuntimeError where this process has more
    than one thread.
    """
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        raise RuntimeError(f"a process with {threads} threads cannot be forked")
    parent = os.getpid()
    _flush()
    # A signal between birth and the child's own handling of it would be taken by its copy of our handler, and lost.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        pid = os.fork()
        if pid == 0:
            _live(name, parent, job, sorted(keep))
        return Forked(pid)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def apart(name: str, job: Callable[[], None], keep: Iterable[int] = ()) -> None:
    """Do a job to its end in a child, so that nothing it opens or learns stays here.

    Raises what the job raised, without its traceback; RuntimeError where the child ended without a word.
    """
    read_end, write_end = os.pipe()

    def told() -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
            with os.fdopen(write_end, "wb") as last_words:
                last_words.write(pickle.dumps(error))

    with os.fdopen(read_end, "rb") as words:
        child = fork(name, told, (*keep, write_end))
        os.close(write_end)
        said = words.read()
    if child.wait() != 0:
        raise RuntimeError(f"{name} ended with {child.returncode}")
    if said:
        raise pickle.loads(said)  # noqa: S301 - the words of our own child


def _live(name: str, parent: int, job: Callable[[], None], keep: list[int]) -> None:
    """The child's whole life. It ends here and never returns into the frames of its parent."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal hangs up on all at once: our parent asks in its order
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        _close_all_but(keep)
        end_with_parent(parent)
        _LIBC.prctl(_PR_SET_NAME, name.encode("ascii"))
        job()
        code = 0
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - the last frame of the process: told, then the exit code
        _LOG.critical("role=%s event=broken", name, exc_info=True)
    finally:
        try:
            logging.shutdown()
            _flush()
        finally:
            os._exit(code)


def _flush() -> None:
    """What was said goes out once, and not again by a child; where nobody takes it any more, it is lost."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()


def _close_all_but(keep: list[int]) -> None:
    for below, above in pairwise((_FIRST_OWN_DESCRIPTOR - 1, *keep, _MOST_DESCRIPTORS)):
        os.closerange(below + 1, above)
