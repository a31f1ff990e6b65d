# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Probes in any number: no part hears more of them than one, and none that hangs holds up the others."""

import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from poststelle.adapters.asking import Asking, Patience, ask_greeting
from poststelle.application.ports import UnavailableError
from support.scripted_server import ScriptedServer

LONG, AT_ONCE = 600.0, 0.0


@pytest.fixture
def heard() -> Counter:
    return Counter()


def counted(heard: Counter, name: str, after: object = None):
    def ask() -> None:
        heard[name] += 1
        if isinstance(after, threading.Event):
            after.wait()
        if isinstance(after, Exception):
            raise after

    return ask


def test_a_storm_of_probes_asks_each_part_once(heard):
    parts = Asking({name: counted(heard, name) for name in ("one", "two")}, Patience(LONG, LONG))
    with ThreadPoolExecutor(20) as storm:
        found = list(storm.map(lambda _: parts.missing(("one", "two")), range(400)))
    assert (set(found), heard) == ({()}, Counter(one=1, two=1))


@pytest.mark.parametrize("trouble", [UnavailableError("away"), ConnectionRefusedError()], ids=["ours", "the system's"])
def test_what_does_not_answer_is_missing_and_the_rest_is_not(heard, trouble):
    parts = Asking({"there": counted(heard, "there"), "away": counted(heard, "away", trouble)}, Patience(LONG, LONG))
    assert parts.missing(("there", "away")) == ("away",)


def test_a_part_that_hangs_is_missing_is_not_asked_again_meanwhile_and_holds_up_nobody(heard):
    go_on = threading.Event()
    parts = Asking({"hangs": counted(heard, "hangs", go_on), "there": counted(heard, "there")}, Patience(0.2, AT_ONCE))
    try:
        assert [parts.missing(("hangs", "there")) for _ in range(5)] == [("hangs",)] * 5
        assert heard["hangs"] == 1
        assert heard["there"] == 5, "an answer that is over is not kept beyond its time"
    finally:
        go_on.set()


def test_what_comes_back_is_found_at_the_next_question(heard):
    away = [UnavailableError("away")]

    def ask() -> None:
        counted(heard, "one", away.pop() if away else None)()

    parts = Asking({"one": ask}, Patience(LONG, AT_ONCE))
    assert (parts.missing(("one",)), parts.missing(("one",))) == (("one",), ())


def test_a_question_that_hangs_for_too_long_is_left_to_itself(heard):
    go_on = threading.Event()
    parts = Asking({"hangs": counted(heard, "hangs", go_on)}, Patience(AT_ONCE, LONG, AT_ONCE))
    try:
        assert [parts.missing(("hangs",)) for _ in range(2)] == [("hangs",)] * 2
        assert heard["hangs"] == 2
    finally:
        go_on.set()


class Greeter(ScriptedServer):
    """Says one line and nothing more."""

    def __init__(self, line: bytes) -> None:
        self._line = line
        listener = socket.create_server(("127.0.0.1", 0))
        self.place = listener.getsockname()
        super().__init__(listener)

    def _serve(self, connection: socket.socket) -> None:
        connection.sendall(self._line)


def test_a_server_that_greets_takes_mail():
    with Greeter(b"220 mx.example ESMTP\r\n") as server:
        ask_greeting(server.place)


@pytest.mark.parametrize("line", [b"421 too many\r\n", b"554 no\r\n"])
def test_a_server_that_turns_us_away_does_not(line):
    with Greeter(line) as server, pytest.raises(UnavailableError):
        ask_greeting(server.place)
