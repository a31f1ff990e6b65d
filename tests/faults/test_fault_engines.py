# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""An engine is gone, hangs or talks nonsense: 451, the attempt is on record, and the retry finds it."""

import functools
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from poststelle.adapters.clamd import Clamd, ClamdAddress
from poststelle.adapters.demo_scanner import DemoScanner
from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings
from poststelle.adapters.no_engines import NoScanner
from poststelle.adapters.rspamd import Rspamd, RspamdAddress
from poststelle.application.health import Health, of_scanner
from poststelle.application.synthetic.teststrings import EICAR
from poststelle.records.models import DeferralRow
from poststelle.records.queries import message_by_reference
from support.clamd_server import ScriptedClamd
from support.desk_house import MUENSTER, InProcess
from support.front_house import PLAIN, Front
from support.gateway import a_free_port
from support.nurseries import a_nursery


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def open_store(request):
    return request.getfixturevalue(request.param)


def gone(folder, _stack):
    return {"malware": Clamd(ClamdAddress(path=str(folder / "nobody.sock")))}


def hanging(folder, stack):
    return {"malware": Clamd(ClamdAddress(path=stack.enter_context(ScriptedClamd(folder, None)).path))}


def nonsense(folder, stack):
    server = stack.enter_context(ScriptedClamd(folder, b"stream: PERHAPS\0"))
    return {"malware": Clamd(ClamdAddress(path=server.path))}


def silent(folder, stack):
    return {"malware": Clamd(ClamdAddress(path=stack.enter_context(ScriptedClamd(folder, b"")).path))}


def no_spam_filter(_folder, _stack):
    return {"spam": Rspamd(RspamdAddress("127.0.0.1", a_free_port()))}


def no_inspector(_folder, _stack):
    return {"inspector": InProcess(is_away=True)}


BROKEN = [gone, hanging, nonsense, silent, no_spam_filter, no_inspector]


def deferrals(front):
    return list(DeferralRow.objects.using(front.front.records.database.alias).order_by("id"))


@pytest.mark.parametrize("broken", BROKEN)
def test_a_message_nobody_could_look_at_is_answered_451_and_the_attempt_is_on_record(open_records, tmp_path, broken):
    with ExitStack() as stack:
        parts = broken(tmp_path, stack)
        front = stack.enter_context(Front(open_records(), tmp_path, deadline_seconds=0.4, **parts).opened())
        assert front.send().startswith("451 4.3.0")
        assert front.messages() == []
        assert front.effects() == []
        assert front.kinds() == ["deferred"]
        (row,) = deferrals(front)
        assert row.sender == "erika@buerger.example"
        assert row.cause
        assert dict(front.journal()[0].facts)["sha256"] == row.sha256


class Blind(DemoScanner):
    """Answers in order, and finds nothing any more."""

    def scan(self, content, deadline_seconds):
        return ()


def test_what_a_scanner_lets_through_that_finds_nothing_is_accepted_and_the_doctor_says_so(open_records, tmp_path):
    with Front(open_records(), tmp_path, malware=Blind()).opened() as front:
        assert front.send(PLAIN + EICAR + b"\r\n").startswith("250")
        assert "accepted" in front.kinds()
    assert of_scanner(Blind(), "clamd").health is Health.BROKEN


def test_the_attempt_is_joined_to_the_message_that_came_through_later(open_store, tmp_path):
    records = open_store()
    with Front(records, tmp_path, malware=gone(tmp_path, None)["malware"]).opened() as front:
        assert front.send().startswith("451")
        first_at = deferrals(front)[0].received_at
        front.front.clock.advance(minutes=7)
    again = b"Received: from mx by relay; Wed, 04 Mar 2026 08:07:00 +0100\r\n" + PLAIN
    with Front(records, tmp_path, clock=front.front.clock, malware=DemoScanner()).opened() as front:
        assert front.send(again).startswith("250")
        (message,) = front.messages()
        view = message_by_reference(records.database, MUENSTER, message.reference)
        assert view.deferrals == (first_at,)
        assert message.received_at > first_at


def test_another_message_is_not_joined_to_the_attempt(open_records, tmp_path):
    records = open_records()
    with Front(records, tmp_path, malware=gone(tmp_path, None)["malware"]).opened() as front:
        front.send()
    with Front(records, tmp_path).opened() as front:
        front.send(PLAIN + b"PS\r\n")
        view = message_by_reference(records.database, MUENSTER, front.messages()[0].reference)
        assert view.deferrals == ()


def a_pool(oddities: str) -> InspectorPool:
    return InspectorPool(NoScanner(), None, PoolSettings(workers=1, try_seconds=5.0), nursery=a_nursery(oddities))


@pytest.mark.parametrize("oddity", ["dies", "eats-memory"])
def test_a_message_that_kills_every_worker_is_held_for_somebody_as_our_fault(open_records, tmp_path, oddity):
    pool = a_pool(oddity)
    try:
        with Front(open_records(), tmp_path, inspector=pool).opened() as front:
            assert front.send().startswith("250")
            assert front.messages()[0].state == "held"
            assert "worker-died" in front.kinds()
            assert {"decide-hold", "deadline"} <= {task.kind for task in front.tasks()}
            assert front.effects() == []
    finally:
        pool.close()


def test_a_worker_that_died_once_is_replaced_and_the_message_is_judged(open_records, tmp_path):
    pool = a_pool("dies,honest")
    try:
        with Front(open_records(), tmp_path, inspector=pool).opened() as front:
            assert front.send().startswith("250")
            assert front.messages()[0].state == "accepted"
            assert "worker-died" in front.kinds()
    finally:
        pool.close()


def test_where_the_retry_overtakes_the_first_there_is_one_case(open_records, tmp_path):
    """Two doors judge it at the same time: neither found the other's on record when it began."""
    records, go_on, entered = open_records(), threading.Event(), threading.Event()

    class Slow(DemoScanner):
        def scan(self, content, deadline_seconds):
            entered.set()
            assert go_on.wait(10)
            return ()

    with (
        Front(records, tmp_path, malware=Slow()).opened() as slow,
        Front(records, tmp_path).opened() as quick,
        ThreadPoolExecutor(1) as pool,
    ):
        first = pool.submit(slow.send)
        assert entered.wait(10)
        second = quick.send()
        go_on.set()
        assert first.result() == second
        assert second.startswith("250")
        assert len(quick.messages()) == 1
        assert quick.kinds().count("retry-recognised") == 1


def test_where_the_retry_comes_after_the_door_gave_up_there_is_one_case(open_records, tmp_path):
    """The door gave up waiting; its thread went on, and the retry is told what the first attempt became."""
    go_on, entered = threading.Event(), threading.Event()

    class Slow(DemoScanner):
        turns = itertools.count()

        def scan(self, content, deadline_seconds):
            if next(self.turns) == 0:
                entered.set()
                assert go_on.wait(10)
            return ()

    with Front(open_records(), tmp_path, malware=Slow(), deadline_seconds=0.2).opened() as front:
        said = front.send()
        assert entered.is_set()
        assert said.startswith("451")
        go_on.set()
        settled = functools.partial(front.messages)
        for _ in range(500):
            if settled():
                break
            threading.Event().wait(0.01)
        assert front.send().startswith("250")
        assert len(front.messages()) == 1
        assert "retry-recognised" in front.kinds()
