# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a process gives up before it sees a hostile byte: files, sockets, new programs, memory and processor time.

Three mechanisms of the Linux kernel, each applied where it exists and named in the answer: resource limits,
Landlock (no file but the interpreter's own) and a seccomp filter (no sockets, no new processes, no debugging).
Landlock alone does not stop sockets, the filter alone does not stop files: it takes both.
"""

import ctypes
import os
import platform
import resource
import struct
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ADDRESS_SPACE_BYTES = 1 << 30
OPEN_FILES = 64
LARGEST_WRITE_BYTES = 256 << 20
"""A worker writes only to memory files that carry decrypted layers to the scanner."""

_RANDOMNESS = tuple(place for place in (Path("/dev/urandom"),) if place.exists())
"""qpdf opens it before it decrypts a PDF with 256-bit keys, an owner password alone included."""

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2

_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_LANDLOCK_RULE_PATH_BENEATH = 1
_LANDLOCK_CREATE_RULESET_VERSION = 1
_FS_EXECUTE, _FS_READ_FILE, _FS_READ_DIR = 1 << 0, 1 << 2, 1 << 3
_FS_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET_RIGHTS = 0b11
_SCOPES = 0b11

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_CLONE_THREAD = 0x00010000
_EPERM, _ENOSYS = 1, 38

_DENIED: dict[str, tuple[int, ...]] = {
    # sockets, programs, signals, debugging, mounts and namespaces, modules, keys, clocks, io_uring and handles
    "x86_64": (
        *(41, 42, 43, 49, 50, 53, 288),
        *(57, 58, 59, 322),
        *(62, 200, 424, 434, 438),
        *(101, 310, 311, 312, 298, 321, 323),
        *(155, 161, 165, 166, 272, 308, 428, 429, 430, 432),
        *(103, 135, 159, 163, 164, 167, 168, 169, 170, 175, 176, 179, 227, 246, 313, 320),
        *(248, 249, 250, 300, 303, 304, 425, 426, 427),
    ),
    "aarch64": (
        *(198, 199, 200, 201, 202, 203, 242),
        *(221, 281),
        *(129, 130, 424, 434, 438),
        *(117, 270, 271, 272, 241, 280, 282),
        *(39, 40, 41, 51, 97, 268, 428, 429, 430, 432),
        *(60, 92, 104, 105, 106, 112, 116, 142, 170, 171, 224, 273, 294),
        *(217, 218, 219, 262, 264, 265, 425, 426, 427),
    ),
}
_ACCEPTING = {"x86_64": frozenset({43, 288}), "aarch64": frozenset({202, 242})}
"""accept and accept4: for a process that listens before it is confined."""
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435


MECHANISMS = ("rlimits", "landlock", "seccomp")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Confinement:
    """Which mechanisms hold for this process, and which the kernel refused with the reason."""

    active: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]


class Restraints:
    """What a process gives up, made ready once: for itself, or for every process that will be forked from it.

    ``readable`` folders stay readable; with ``accepts`` connections to a socket that listens already can be taken.
    """

    def __init__(self, readable: Iterable[Path] = (), *, accepts: bool = False) -> None:
        self._missing: dict[str, str] = {}
        self._ruleset = self._ready("landlock", lambda: _ruleset(readable))
        self._program = self._ready("seccomp", lambda: _program(accepts=accepts))

    def apply(self) -> Confinement:
        """Give everything up, for good. Called once in a process, before anything hostile comes near."""
        self._ready("rlimits", _limit)
        ruleset, program = self._ruleset, self._program
        if ruleset is not None:
            self._ready("landlock", lambda: _close_files(ruleset))
        if program is not None:
            self._ready("seccomp", lambda: _close_calls(program))
        missing = self._missing
        return Confinement(tuple(name for name in MECHANISMS if name not in missing), tuple(missing.items()))

    def _ready(self, name: str, step: Callable[[], T]) -> T | None:
        try:
            return step()
        except OSError as error:
            self._missing[name] = error.strerror or str(error)
            return None


def confine(readable: Iterable[Path] = (), *, accepts: bool = False) -> Confinement:
    """Restraints made ready and applied in one go."""
    return Restraints(readable, accepts=accepts).apply()


def forbid_dumps() -> None:
    """From now on no crash writes this process's memory to disk, and no process of the same user may read it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_DUMPABLE, 0)


def probe() -> Confinement:
    """What ``confine`` would reach here, tried in a child so that this process stays free."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            found = confine()
            lines = [f"+{name}" for name in found.active] + [f"-{name}:{why}" for name, why in found.missing]
            os.write(write_end, "\n".join(lines).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, encoding="utf-8") as answer:
        lines = answer.read().splitlines()
    os.waitpid(child, 0)
    missing = tuple((name, why) for name, _, why in (line[1:].partition(":") for line in lines if line[0] == "-"))
    return Confinement(tuple(line[1:] for line in lines if line[0] == "+"), missing)


def _limit() -> None:
    for limit, value in (
        (resource.RLIMIT_AS, ADDRESS_SPACE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, LARGEST_WRITE_BYTES),
    ):
        resource.setrlimit(limit, (value, value))
    forbid_dumps()


def _ruleset(readable: Iterable[Path]) -> int:
    """The descriptor of a Landlock ruleset with its places; opening them is most of what a confinement costs."""
    abi = _syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_CREATE_RULESET_VERSION)
    rights = _FS_RIGHTS_BY_ABI[max(known for known in _FS_RIGHTS_BY_ABI if known <= abi)]
    attributes = struct.pack("=QQQ", rights, _NET_RIGHTS if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = _syscall(_LANDLOCK_CREATE_RULESET, attributes[:size], size, 0)
    try:
        for place in (*_interpreter_folders(), *_RANDOMNESS, *readable):
            _allow_reading(ruleset, place)
    except OSError:
        os.close(ruleset)
        raise
    return ruleset


def _close_files(ruleset: int) -> None:
    try:
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _interpreter_folders() -> Iterable[Path]:
    """Where late imports and time zones are read from: program code only, never the working folder."""
    places = {sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")}
    places |= {str(Path(__file__).parents[2]), "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo"}
    return (Path(place) for place in sorted(places) if Path(place).is_dir())


def _allow_reading(ruleset: int, place: Path) -> None:
    rights = _FS_EXECUTE | _FS_READ_FILE | _FS_READ_DIR if place.is_dir() else _FS_READ_FILE
    handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights, handle)
        _syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(handle)


def _program(*, accepts: bool) -> bytes:
    machine = platform.machine()
    if machine not in _DENIED:
        raise OSError(_ENOSYS, f"no system call table for {machine}")
    return b"".join(_filter(machine, _ACCEPTING[machine] if accepts else frozenset()))


def _close_calls(program: bytes) -> None:
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("=HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, head)


def _filter(machine: str, needed: frozenset[int]) -> Iterable[bytes]:
    """Classic BPF over ``struct seccomp_data``: another architecture dies, what is denied gets EPERM."""
    load, equal, at_least, bits, give = 0x20, 0x15, 0x35, 0x45, 0x06
    kill, allow, refuse = 0x80000000, 0x7FFF0000, 0x00050000

    def op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("=HBBI", code, if_true, if_false, value)

    yield op(load, 4)
    yield op(equal, _AUDIT_ARCH[machine], 1, 0)
    yield op(give, kill)
    yield op(load, 0)
    yield op(at_least, _X32_BIT, 0, 1)
    yield op(give, kill)
    for number in _DENIED[machine]:
        if number in needed:
            continue
        yield op(equal, number, 0, 1)
        yield op(give, refuse | _EPERM)
    # clone3 hides its flags behind a pointer: "not there" makes the C library fall back to clone.
    yield op(equal, _CLONE3, 0, 1)
    yield op(give, refuse | _ENOSYS)
    yield op(equal, _CLONE[machine], 0, 3)
    yield op(load, 16)
    yield op(bits, _CLONE_THREAD, 1, 0)
    yield op(give, refuse | _EPERM)
    yield op(give, allow)


_LIBC = ctypes.CDLL(None, use_errno=True)


def _syscall(number: int, *arguments: object) -> int:
    result = int(_LIBC.syscall(ctypes.c_long(number), *(_word(argument) for argument in arguments)))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _prctl(option: int, *arguments: object) -> None:
    words = [_word(argument) for argument in arguments]
    words += [ctypes.c_ulong(0)] * (4 - len(words))
    if _LIBC.prctl(ctypes.c_int(option), *words) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _word(argument: object) -> object:
    return ctypes.c_ulong(argument) if isinstance(argument, int) else argument
