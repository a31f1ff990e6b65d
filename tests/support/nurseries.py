# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Loaded programs from which the nurseries of a test run's pools are forked: a new one takes most of a second to load."""

import atexit
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

from poststelle.adapters.inspector_pool.common import COMMON, CommonNursery, started
from poststelle.adapters.inspector_pool.raising import Nursery
from support.gateway import children

_ODD = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r}); from support.odd_nursery import main; main()"
)


def a_nursery(oddities: str = "") -> Nursery:
    """For one pool; with oddities one whose workers misbehave, each birth by the next of them."""
    if not oddities:
        return Nursery(common=_honest()[0].handle)
    asking, _ = _odd()
    asking.send(oddities.encode())
    return Nursery(common=asking.fileno())


def nurseries_at_work() -> tuple[int, ...]:
    """Those that were forked from the programs here."""
    return tuple(pid for _, program in (_honest(), _odd()) for pid in children(program.pid))


@cache
def _honest() -> "tuple[CommonNursery, subprocess.Popen[bytes]]":
    common = CommonNursery()
    return common, _ended_with_us(common.start())


@cache
def _odd() -> "tuple[socket.socket, subprocess.Popen[bytes]]":
    asking, hearing = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with hearing:
        return asking, _ended_with_us(started((sys.executable, "-c", _ODD), hearing.fileno(), COMMON))


def _ended_with_us(program: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
    atexit.register(program.wait)
    atexit.register(program.kill)
    return program
