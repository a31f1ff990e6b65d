# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Pools that share one loaded program: each has a nursery and workers of its own, and none depends on the other."""

import io
import os
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from poststelle.adapters.inspector_pool.common import CommonNursery, ask_for_nursery
from poststelle.adapters.inspector_pool.confinement import MECHANISMS
from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings
from poststelle.adapters.inspector_pool.raising import Nursery
from poststelle.adapters.no_engines import NoScanner
from support.gateway import children, eventually, is_running

PLAIN = b"From: erika@buerger.example\r\nSubject: Antrag\r\n\r\nGuten Tag\r\n"


@pytest.fixture
def stack():
    with ExitStack() as stack:
        yield stack


def ended(program):
    program.kill()
    program.wait()


@pytest.fixture
def common(stack):
    """The common nursery with its program at work."""
    common = CommonNursery()
    program = common.start()
    stack.callback(ended, program)
    stack.callback(common.close)
    return common, program


def pool_over(handle, stack):
    pool = InspectorPool(NoScanner(), None, PoolSettings(workers=1), nursery=Nursery(common=handle))
    stack.callback(pool.close)
    return pool


def inspected(pool):
    return pool.inspect_message(io.BytesIO(PLAIN), 30.0)


def test_each_pool_has_a_nursery_and_confined_workers_of_its_own(common, stack):
    nursery, program = common
    one, other = pool_over(nursery.handle, stack), pool_over(nursery.handle, stack)
    assert inspected(one) == inspected(other)
    assert inspected(one).inspection is not None
    assert set(one.confinement()) <= set(MECHANISMS)
    nurseries = children(program.pid)
    assert len(nurseries) == 2
    assert [len(children(pid)) for pid in nurseries] == [1, 1]


def test_a_pool_that_closes_takes_its_own_processes_along_and_no_other(common, stack):
    nursery, program = common
    one, other = pool_over(nursery.handle, stack), pool_over(nursery.handle, stack)
    inspected(one)
    (first,) = children(program.pid)
    inspected(other)
    one.close()
    eventually(lambda: not is_running(first), what="the nursery of the closed pool is gone")
    assert inspected(other).inspection is not None


def test_a_nursery_knows_no_other_socket_than_that_of_its_pool(common, stack):
    nursery, program = common
    one, other = pool_over(nursery.handle, stack), pool_over(nursery.handle, stack)
    inspected(one)
    inspected(other)
    for pid in children(program.pid):
        kinds = [str(handle.readlink()) for handle in Path(f"/proc/{pid}/fd").iterdir()]
        assert len([kind for kind in kinds if kind.startswith("socket:")]) == 1


def test_a_pool_whose_nursery_was_killed_gets_another(common, stack):
    nursery, program = common
    pool = pool_over(nursery.handle, stack)
    inspected(pool)
    (first,) = children(program.pid)
    for pid in (*children(first), first):
        os.kill(pid, 9)
    assert inspected(pool).inspection is not None
    assert first not in children(program.pid)


def test_who_asks_while_the_program_is_down_is_answered_when_it_runs_again(stack):
    nursery = CommonNursery()
    stack.callback(nursery.close)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert ask_for_nursery(nursery.handle, theirs.fileno())
    stack.callback(ended, nursery.start())
    assert inspected(pool_over(nursery.handle, stack)).inspection is not None


def test_a_pool_that_nobody_hears_starts_a_program_of_its_own(stack):
    asking, hearing = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    hearing.close()
    with asking:
        assert inspected(pool_over(asking.fileno(), stack)).inspection is not None


def test_the_program_ends_when_nobody_is_left_who_could_ask():
    nursery = CommonNursery()
    program = nursery.start()
    nursery.close()
    assert program.wait(60) == 0
