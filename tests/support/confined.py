# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Attempts to break out of a confined process, and a child of the test in which they are made."""

import ctypes
import os
import platform
import signal
import socket
from pathlib import Path

from poststelle.adapters.inspector_pool.confinement import confine

_LIBC = ctypes.CDLL(None, use_errno=True)
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE_VM, _CLONE_VFORK = 0x100, 0x4000


def said_by_a_child(act) -> str:
    """What the act gave in a forked child, or the name of its error."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        said = "silent"
        try:
            said = act()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the answer
            said = type(error).__name__
        finally:
            os.write(write_end, said.encode())
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def in_a_confined_child(attempt) -> str:
    """What came of the attempt: the name of the error, or ``done``."""

    def confined() -> str:
        confine()
        attempt()
        return "done"

    return said_by_a_child(confined)


def open_a_socket():
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def open_a_unix_socket():
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()


def spawn():
    """As posix_spawn begins, without the stack that it maps before."""
    flags = _CLONE_VM | _CLONE_VFORK | signal.SIGCHLD
    made = _LIBC.syscall(ctypes.c_long(_CLONE[platform.machine()]), ctypes.c_ulong(flags), *(ctypes.c_ulong(0),) * 4)
    if made == 0:
        os._exit(0)
    if made < 0:
        raise OSError(ctypes.get_errno(), "clone")


def take_two_gigabytes():
    bytearray(2 << 30)


def read_secrets():
    Path("/etc/passwd").read_bytes()


def list_the_working_folder():
    list(Path.cwd().iterdir())


def write_a_file():
    Path("/tmp/poststelle-break-out").write_bytes(b"x")


def look_into_the_parent():
    os.open(f"/proc/{os.getppid()}/mem", os.O_RDWR)


BREAK_OUTS = [
    ("seccomp", open_a_socket, "PermissionError"),
    ("seccomp", open_a_unix_socket, "PermissionError"),
    ("seccomp", os.fork, "PermissionError"),
    ("seccomp", spawn, "PermissionError"),
    ("seccomp", lambda: os.execv("/bin/true", ["true"]), "PermissionError"),
    ("seccomp", lambda: os.kill(os.getppid(), 0), "PermissionError"),
    ("landlock", read_secrets, "PermissionError"),
    ("landlock", list_the_working_folder, "PermissionError"),
    ("landlock", write_a_file, "PermissionError"),
    ("landlock", look_into_the_parent, "PermissionError"),
    ("rlimits", take_two_gigabytes, "MemoryError"),
]
