# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One loaded program from which the nursery of every pool is forked: what all have imported is in memory once.

Pools of several processes ask for a nursery over one inherited socket, each with the end of a pair of its own. Nothing is
answered there, so that none hears what another asks. The program itself reads no mail, and knows no world.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

HANDLE_VARIABLE = "POSTSTELLE_NURSERY"
"""Names the descriptor over which processes forked from this one ask for nurseries."""
COMMON = "common"
PROGRAM = (sys.executable, "-I", "-m", "poststelle.adapters.inspector_pool.nursery")
"""Started with the number of its end of the pair behind it, and for all pools with ``common`` behind that."""


class CommonNursery:
    """Both ends, which stay open here: who asks while the program is down is answered once it runs again."""

    def __init__(self) -> None:
        self._asking, self._hearing = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    @property
    def handle(self) -> int:
        """What the processes that may ask must keep."""
        return self._asking.fileno()

    def start(self) -> "subprocess.Popen[bytes]":
        """The program. It ends when nobody is left who could ask."""
        return started(PROGRAM, self._hearing.fileno(), COMMON)

    def close(self) -> None:
        """Nobody asks any more."""
        self._asking.close()
        self._hearing.close()


def started(program: Sequence[str], handle: int, *more: str) -> "subprocess.Popen[bytes]":
    """A nursery program with this descriptor, an empty environment and no other file."""
    command = (*program, str(handle), *more)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        command, pass_fds=(handle,), env={"LANG": "C.UTF-8"}, stdin=subprocess.DEVNULL, cwd="/"
    )


def common_handle(environment: Mapping[str, str]) -> int | None:
    """Where this process may ask; None where it was started alone."""
    named = environment.get(HANDLE_VARIABLE)
    return int(named) if named else None


def ask_for_nursery(handle: int, pool: int) -> bool:
    """Ask for a nursery at this end of a pool's pair; False where nobody hears."""
    try:
        with socket.socket(fileno=os.dup(handle)) as common:
            socket.send_fds(common, [b"N"], [pool], socket.MSG_NOSIGNAL)
    except OSError:
        return False
    return True
