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


def call(name: str, *numbers: int):
    """An attempt by a system call that Python has no word for."""

    def called():
        if _LIBC.syscall(ctypes.c_long(_NUMBERS[name][platform.machine()]), *map(ctypes.c_ulong, numbers)) < 0:
            raise OSError(ctypes.get_errno(), name)

    called.__name__ = name
    return called


_NUMBERS = {
    "ptrace": {"x86_64": 101, "aarch64": 117},
    "process_vm_readv": {"x86_64": 310, "aarch64": 270},
    "unshare": {"x86_64": 272, "aarch64": 97},
    "mount": {"x86_64": 165, "aarch64": 40},
    "io_uring_setup": {"x86_64": 425, "aarch64": 425},
    "keyctl": {"x86_64": 250, "aarch64": 219},
    "bpf": {"x86_64": 321, "aarch64": 280},
    "open_by_handle_at": {"x86_64": 304, "aarch64": 265},
}
_PTRACE_ATTACH, _CLONE_NEWUSER = 16, 0x10000000


def open_a_hundred_files():
    for _ in range(100):
        os.memfd_create("one")


def fill_the_memory_by_a_file():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    handle = os.memfd_create("large")
    for _ in range(300):
        os.write(handle, bytes(1 << 20))


def read_the_environment_of_another():
    Path(f"/proc/{os.getppid()}/environ").read_bytes()


BREAK_OUTS = [
    ("seccomp", open_a_socket, "PermissionError"),
    ("seccomp", open_a_unix_socket, "PermissionError"),
    ("seccomp", os.fork, "PermissionError"),
    ("seccomp", spawn, "PermissionError"),
    ("seccomp", lambda: os.execv("/bin/true", ["true"]), "PermissionError"),
    ("seccomp", lambda: os.kill(os.getppid(), 0), "PermissionError"),
    ("seccomp", call("ptrace", _PTRACE_ATTACH, os.getpid(), 0, 0), "PermissionError"),
    ("seccomp", call("process_vm_readv", os.getpid(), 0, 0, 0, 0, 0), "PermissionError"),
    ("seccomp", call("unshare", _CLONE_NEWUSER), "PermissionError"),
    ("seccomp", call("mount", 0, 0, 0, 0, 0), "PermissionError"),
    ("seccomp", call("io_uring_setup", 1, 0), "PermissionError"),
    ("seccomp", call("keyctl", 0, 0, 0), "PermissionError"),
    ("seccomp", call("bpf", 0, 0, 0), "PermissionError"),
    ("seccomp", call("open_by_handle_at", 0, 0, 0), "PermissionError"),
    ("landlock", read_the_environment_of_another, "PermissionError"),
    ("landlock", read_secrets, "PermissionError"),
    ("landlock", list_the_working_folder, "PermissionError"),
    ("landlock", write_a_file, "PermissionError"),
    ("landlock", look_into_the_parent, "PermissionError"),
    ("rlimits", take_two_gigabytes, "MemoryError"),
    ("rlimits", open_a_hundred_files, "OSError"),
    ("rlimits", fill_the_memory_by_a_file, "OSError"),
]
