# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Caps, time-outs and the way out: what a door tolerates."""

import socket
import struct
from contextlib import ExitStack
from dataclasses import replace
from threading import Event

import pytest

from poststelle.protocol.smtp import replies
from support.door_house import DEFAULTS, WAIT_SECONDS, Client, each_loop, running_door, trusting

__all__ = ["each_loop"]
pytestmark = pytest.mark.usefixtures("each_loop")
SOON_SECONDS = 0.05


def test_beyond_the_cap_per_address_the_greeting_is_421():
    with running_door(replace(DEFAULTS, max_per_address=2)) as house:
        with Client(house.port), Client(house.port), Client(house.port) as third:
            assert third.greeting.startswith("421 4.7.0")
            assert third.is_closed()
        house.until(lambda: house.door.connections == 0)
        with Client(house.port) as fourth:
            assert fourth.greeting.startswith("220")


def test_a_trusted_proxy_has_no_cap_of_its_own_but_the_door_has():
    with (
        running_door(replace(trusting(), max_per_address=1, max_connections=2)) as house,
        Client(house.port) as first,
        Client(house.port) as second,
        Client(house.port) as third,
    ):
        assert [client.greeting[:9] for client in (first, second, third)] == ["220 mx.ex", "220 mx.ex", "421 4.7.0"]


def test_in_a_flood_the_cap_holds_and_who_comes_after_it_is_served():
    with running_door(replace(DEFAULTS, max_per_address=500, max_connections=10)) as house:
        with ExitStack() as crowd:
            clients = [crowd.enter_context(Client(house.port)) for _ in range(200)]
            assert sum(client.greeting.startswith("220") for client in clients) == 10
            assert house.door.connections <= 200
        house.until(lambda: house.door.connections == 0)
        with Client(house.port) as late:
            assert late.begin()[-1].startswith("354")
            assert late.ask(b"x\r\n.\r\n").startswith("250")


def test_a_crowd_of_slow_lorises_is_gone_after_one_time_out():
    settings = replace(DEFAULTS, max_per_address=500, max_connections=20, command_timeout_seconds=4 * SOON_SECONDS)
    with running_door(settings) as house, ExitStack() as crowd:
        slow = [crowd.enter_context(Client(house.port)) for _ in range(20)]
        for client in slow:
            client.send(b"EHLO never-")
        house.until(lambda: house.door.connections == 0)
        assert all(client.reply().startswith("421 4.4.2") for client in slow)
        with Client(house.port) as honest:
            assert honest.greeting.startswith("220")


def test_two_doors_share_a_port_and_each_takes_mail():
    first = replace(DEFAULTS, reuse_port=True)
    with running_door(first) as one, running_door(replace(first, port=one.port)) as other:
        for _ in range(64):
            with Client(one.port) as client:
                client.begin()
                assert client.ask(b"x\r\n.\r\n").startswith("250")
        assert one.port == other.port
        assert len(one.arrivals) + len(other.arrivals) == 64
        assert one.arrivals
        assert other.arrivals


def test_silence_is_ended_by_421():
    with running_door(replace(DEFAULTS, command_timeout_seconds=SOON_SECONDS)) as house, Client(house.port) as client:
        assert client.reply() == "421 4.4.2 Timed out"
        assert client.is_closed()


def test_an_unfinished_command_is_no_progress():
    with running_door(replace(DEFAULTS, command_timeout_seconds=0.3)) as house, Client(house.port) as client:
        client.socket.settimeout(0.02)
        for _ in range(200):
            client.send(b"x")
            try:
                client.line()
                break
            except TimeoutError:
                continue
        else:
            pytest.fail("a byte now and then kept the session open")


def test_silence_within_a_content_is_ended_and_the_body_forgotten():
    with running_door(replace(DEFAULTS, data_timeout_seconds=SOON_SECONDS)) as house, Client(house.port) as client:
        client.begin()
        assert client.ask(b"half a li") == "421 4.4.2 Timed out"
        house.until(lambda: house.blobs.discarded == 1)
        assert house.arrivals == []


def test_a_trickling_content_is_bounded_by_the_time_of_the_session():
    settings = replace(DEFAULTS, session_timeout_seconds=0.3, data_timeout_seconds=60.0)
    with running_door(settings) as house, Client(house.port) as client:
        client.begin()
        client.socket.settimeout(0.02)
        said = b""
        while not said:
            client.send(b"x\r\n")
            try:
                said = client.line()
            except TimeoutError:
                continue
        assert said.startswith(b"421 4.4.2")
        assert house.arrivals == []


def test_time_runs_again_after_every_message():
    settings = replace(DEFAULTS, command_timeout_seconds=SOON_SECONDS, data_timeout_seconds=60.0)
    with running_door(settings) as house, Client(house.port) as client:
        client.begin()
        assert client.ask(b"x\r\n.\r\n") == "250 2.0.0 Message accepted"
        assert client.reply() == "421 4.4.2 Timed out"


def test_a_message_beyond_its_deadline_gets_451_and_the_session_goes_on():
    may_end, begun = Event(), Event()

    def slow(_arrival, _body):
        begun.set()
        may_end.wait(WAIT_SECONDS)
        return (replies.ACCEPTED,)

    with running_door(replace(DEFAULTS, message_deadline_seconds=SOON_SECONDS), slow) as house:
        with Client(house.port) as client:
            client.begin()
            assert client.ask(b"x\r\n.\r\n") == replies.OUR_FAILURE.wire.decode().strip()
            assert begun.is_set()
            assert client.ask(b"NOOP\r\n") == "250 2.0.0 OK"
        may_end.set()
        house.until(lambda: len(house.arrivals) == 1)


def test_a_message_that_no_thread_had_time_for_is_forgotten():
    may_end, begun = Event(), Event()

    def slow(_arrival, _body):
        begun.set()
        may_end.wait(WAIT_SECONDS)
        return (replies.ACCEPTED,)

    settings = replace(DEFAULTS, message_deadline_seconds=0.2, judging_threads=1)
    with running_door(settings, slow) as house, Client(house.port) as first, Client(house.port) as second:
        first.begin()
        second.begin()
        first.send(b"first\r\n.\r\n")
        assert begun.wait(WAIT_SECONDS)
        assert second.ask(b"second\r\n.\r\n").startswith("451")
        assert house.blobs.discarded == 1
        may_end.set()
        house.until(lambda: len(house.arrivals) == 1)
        assert house.contents() == [b"first\r\n"]


def test_a_message_whose_client_has_gone_keeps_its_deadline():
    may_end, begun = Event(), Event()

    def slow(_arrival, _body):
        begun.set()
        may_end.wait(WAIT_SECONDS)
        return (replies.ACCEPTED,)

    settings = replace(DEFAULTS, message_deadline_seconds=0.2, judging_threads=1)
    with running_door(settings, slow) as house, Client(house.port) as first:
        first.begin()
        first.send(b"first\r\n.\r\n")
        assert begun.wait(WAIT_SECONDS)
        with Client(house.port) as second:
            second.begin()
            second.send(b"second\r\n.\r\n")
            second.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        house.until(lambda: house.blobs.discarded == 1)
        may_end.set()
        house.until(lambda: len(house.arrivals) == 1)
        assert house.contents() == [b"first\r\n"]


def test_nothing_is_read_while_a_message_is_judged():
    may_end = Event()

    def slow(_arrival, _body):
        may_end.wait(WAIT_SECONDS)
        return (replies.ACCEPTED,)

    with running_door(DEFAULTS, slow) as house, Client(house.port) as client:
        client.begin()
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        client.send(b"x\r\n.\r\n")
        client.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.send(b"RSET\r\n" * 2_000_000)
        may_end.set()
        client.socket.settimeout(WAIT_SECONDS)
        assert client.reply() == "250 2.0.0 Message accepted"


def test_a_client_that_fetches_no_replies_is_not_read_any_further():
    with running_door(trusting()) as house, Client(house.port, receive_bytes=4096) as client:
        client.ask(b"EHLO client.example\r\n")
        client.ask(b"MAIL FROM:<>\r\n")
        client.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.send(b"RCPT TO:<nobody@stadt.example>\r\n" * 2_000_000)
        house.until(lambda: not house.is_reading())


def test_the_early_talker_is_told_so():
    with running_door() as house:
        # Both are in the kernel before the loop sees the connection.
        house.start(hold(house))
        with Client(house.port, is_greeted=False) as client:
            client.send(b"EHLO client.example\r\n")
            house.released.set()
            assert client.reply() == "554 5.5.0 Commands sent before they were allowed"
            assert client.is_closed()


async def hold(house):
    house.released.wait(WAIT_SECONDS)


# The way out


def test_a_draining_door_lets_transactions_finish_and_sends_others_away():
    with running_door() as house, Client(house.port) as busy, Client(house.port) as idle:
        busy.begin()
        port = house.port
        drained = house.start(house.door.drain(WAIT_SECONDS))
        assert idle.reply() == "421 4.3.2 Shutting down, please try again later"
        assert idle.is_closed()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), WAIT_SECONDS)
        assert busy.ask(b"x\r\n.\r\n") == "250 2.0.0 Message accepted"
        assert busy.reply() == "421 4.3.2 Shutting down, please try again later"
        drained.result(WAIT_SECONDS)
        assert len(house.arrivals) == 1


def test_when_the_grace_is_over_the_rest_is_sent_away_too():
    with running_door() as house, Client(house.port) as busy:
        busy.begin()
        house.call(house.door.drain(0.05))
        assert busy.reply() == "421 4.3.2 Shutting down, please try again later"
        assert busy.is_closed()
        assert (house.blobs.discarded, house.arrivals, house.door.connections) == (1, [], 0)


def test_clients_of_one_ipv6_network_share_its_places():
    """A single one may take any of its addresses: counted by address, it could take every place."""
    with running_door(replace(DEFAULTS, max_per_address=1)) as house:
        assert house.door._admit(object(), "2001:db8::1")
        assert not house.door._admit(object(), "2001:db8::ffff:2")
        assert house.door._admit(object(), "2001:db8:0:1::1")
        house.door._connections.clear()


def test_a_client_by_ipv6_is_counted_and_let_go():
    with running_door(replace(DEFAULTS, host="::1", max_per_address=1)) as house:
        for _ in range(3):
            with (
                socket.create_connection(("::1", house.port)) as first,
                socket.create_connection(("::1", house.port)) as second,
            ):
                assert first.recv(3) == b"220"
                assert second.recv(3) == b"421"
            house.until(lambda: house.door.connections == 0)


def test_a_client_that_talks_on_while_its_message_is_judged_is_not_listened_to():
    """What it sends stays with it, instead of filling our memory for as long as the verdict takes."""
    may_end = Event()

    def wait(_arrival: object, _body: object) -> tuple[replies.Reply, ...]:
        assert may_end.wait(WAIT_SECONDS)
        return (replies.ACCEPTED,)

    with running_door(accept=wait) as house, Client(house.port) as client:
        client.begin()
        client.send(b"Subject: x\r\n\r\nx\r\n.\r\n")
        client.socket.settimeout(10 * SOON_SECONDS)
        with pytest.raises(TimeoutError):
            client.socket.sendall(b"RSET\r\n" * 4_000_000)
        assert house.session().buffered_bytes < 1 << 20
        assert not house.is_reading()
        may_end.set()
        client.socket.settimeout(WAIT_SECONDS)
        assert client.reply() == "250 2.0.0 Message accepted"
