# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Our failures are never the sender's: full disks, broken answers, vanished clients, TLS that fails."""

import logging
import socket
import struct
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import pytest

from poststelle.application.ports import UnavailableError
from poststelle.protocol.smtp import replies
from support.blob_store import SpareBlobs
from support.door_house import DEFAULTS, WAIT_SECONDS, Client, HandshakeByHand, each_loop, running_door, server_tls

OUR_FAILURE = replies.OUR_FAILURE.wire.decode().strip()
__all__ = ["each_loop"]
pytestmark = pytest.mark.usefixtures("each_loop")
SECRET = "Kassenzeichen 4711"


def answer_to(content, **door: object):
    with running_door(**door) as house, Client(house.port) as client:
        client.begin()
        said = client.ask(content + b"\r\n.\r\n")
        assert client.ask(b"NOOP\r\n") == "250 2.0.0 OK"
        return said


def test_an_unavailable_world_is_451():
    def accept(_arrival, _body):
        raise UnavailableError("scanner")

    assert answer_to(b"x", accept=accept) == OUR_FAILURE


def test_a_bug_is_451_and_the_log_names_the_place_but_not_the_content(caplog):
    def accept(_arrival, _body):
        raise RuntimeError(SECRET)

    with caplog.at_level(logging.DEBUG):
        assert answer_to(SECRET.encode(), accept=accept) == OUR_FAILURE
    assert "door.accept_failed reference=" in caplog.text
    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("answers", [(), (replies.ACCEPTED, replies.ACCEPTED)], ids=["none", "two"])
def test_a_wrong_number_of_replies_is_451(answers):
    assert answer_to(b"x", accept=lambda _arrival, _body: answers) == OUR_FAILURE


@pytest.mark.parametrize(("error", "event"), [(UnavailableError("x"), ""), (ValueError(SECRET), "recipient_not")])
def test_a_broken_directory_is_451_at_rcpt(error, event, caplog):
    def recipients(_address):
        raise error

    with running_door(recipients=recipients) as house, Client(house.port) as client:
        assert client.begin()[2] == OUR_FAILURE
    assert event in caplog.text
    assert SECRET not in caplog.text


def test_a_full_disk_is_452_after_the_content_was_swallowed():
    blobs = SpareBlobs(room_bytes=10)
    assert answer_to(b"x" * 50_000, blobs=blobs).startswith("452 4.3.1")
    assert blobs.discarded == 1


class BrokenBlobs(SpareBlobs):
    """Fails at one of its methods with an error that is nobody's promise."""

    def __init__(self, place: str, error: Exception) -> None:
        super().__init__()
        self.place, self.error = place, error

    def writer(self):
        if self.place == "writer":
            raise self.error
        writer = super().writer()
        blobs = self

        class Broken:
            discard = writer.discard

            def write(self, chunk):
                if blobs.place == "write":
                    raise blobs.error
                writer.write(chunk)

            def finish(self):
                if blobs.place == "finish":
                    raise blobs.error
                return writer.finish()

        return Broken()


@pytest.mark.parametrize("place", ["writer", "write", "finish"])
@pytest.mark.parametrize(("error", "code"), [(UnavailableError("full"), "452 4.3.1"), (OSError(SECRET), "451 4.3.0")])
def test_a_blob_store_that_breaks(place, error, code, caplog):
    blobs = BrokenBlobs(place, error)
    assert answer_to(b"x", blobs=blobs).startswith(code)
    assert blobs.stored == {}
    assert SECRET not in caplog.text
    assert ("reference=" in caplog.text) == isinstance(error, OSError)


def test_a_client_that_vanishes_within_the_content_leaves_nothing():
    with running_door() as house:
        with Client(house.port) as client:
            client.begin()
            client.send(b"half a mess")
        house.until(lambda: house.door.connections == 0)
        assert (house.blobs.discarded, house.blobs.stored, house.arrivals) == (1, {}, [])


def test_a_client_that_vanishes_while_its_message_is_judged_does_not_stop_it():
    may_end, begun = Event(), Event()

    def slow(_arrival, _body):
        begun.set()
        may_end.wait(WAIT_SECONDS)
        return (replies.ACCEPTED,)

    with running_door(accept=slow) as house:
        with Client(house.port) as client:
            client.begin()
            client.send(b"x\r\n.\r\n")
            assert begun.wait(WAIT_SECONDS)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        may_end.set()
        house.until(lambda: house.door.connections == 0 and len(house.arrivals) == 1)
        assert house.blobs.discarded == 0


@pytest.mark.parametrize("is_raising", [True, False], ids=["accept failed", "accept refused"])
def test_a_body_that_nobody_secured_is_forgotten(is_raising):
    blobs = SpareBlobs()

    def accept(_arrival, _body):
        if is_raising:
            raise UnavailableError("scanner")
        return (replies.MALFORMED,)

    with running_door(accept=accept, blobs=blobs, secures=False) as house, Client(house.port) as client:
        client.begin()
        assert client.ask(b"x\r\n.\r\n")[:3] == ("451" if is_raising else "550")
        house.until(lambda: blobs.discarded == 1)
        assert blobs.stored == {}


def test_a_client_that_has_said_all_it_has_to_say_still_gets_its_reply():
    may_end, begun = Event(), Event()

    def slow(_arrival, _body):
        begun.set()
        may_end.wait(WAIT_SECONDS)
        return (replies.ACCEPTED,)

    with running_door(accept=slow) as house, Client(house.port) as client:
        client.begin()
        client.send(b"x\r\n.\r\n")
        assert begun.wait(WAIT_SECONDS)
        client.socket.shutdown(socket.SHUT_WR)
        house.until(lambda: not house.is_reading())
        may_end.set()
        assert client.reply() == "250 2.0.0 Message accepted"
        assert client.is_closed()


def test_a_body_is_dropped_as_soon_as_it_is_spoilt():
    with running_door() as house, Client(house.port) as client:
        client.begin()
        client.send(b"bare\nline feed, and much more to come")
        house.until(lambda: house.blobs.discarded == 1)
        assert client.ask(b"\r\n.\r\n").startswith("550 5.6.0")


@contextmanager
def before_tls(tmp_path):
    """A door with TLS, and a client that has said EHLO."""
    with running_door(replace(DEFAULTS, tls=server_tls(tmp_path))) as house, Client(house.port) as client:
        client.ask(b"EHLO client.example\r\n")
        yield house, client


@pytest.mark.parametrize(
    "injected", [b"MAIL FROM:<evil@example.net>\r\n", b"EHLO evil.example\r\n", b"M", b"\x16\x03\x01"]
)
def test_commands_injected_before_tls_are_never_obeyed(tmp_path, injected):
    with before_tls(tmp_path) as (_, client):
        assert client.ask(b"STARTTLS\r\n" + injected).startswith("554 5.5.0")
        assert client.is_closed()


def test_a_tls_handshake_that_fails_ends_the_connection(tmp_path):
    with before_tls(tmp_path) as (house, client):
        assert client.ask(b"STARTTLS\r\n").startswith("220")
        client.send(b"MAIL FROM:<evil@example.net>\r\n" * 10)
        while client.line():
            pass
        house.until(lambda: house.door.connections == 0)


def test_a_tls_handshake_that_never_comes_is_ended(tmp_path):
    settings = replace(DEFAULTS, tls=server_tls(tmp_path), command_timeout_seconds=0.1)
    with running_door(settings) as house, Client(house.port) as client:
        client.ask(b"EHLO client.example\r\n")
        client.ask(b"STARTTLS\r\n")
        assert client.is_closed()
        house.until(lambda: house.door.connections == 0)


@contextmanager
def ending_the_handshake(tmp_path):
    """Beside door and client: TLS of which only the end of the handshake is unsent."""
    with before_tls(tmp_path) as (house, client):
        client.ask(b"STARTTLS\r\n")
        yield house, client, HandshakeByHand(client)


def test_a_greeting_in_one_write_with_the_end_of_the_handshake_is_heard(tmp_path):
    with ending_the_handshake(tmp_path) as (_, client, secured):
        client.send(secured.unsent(b"EHLO client.example\r\n"))
        assert secured.line().startswith(b"250-")


def test_a_greeting_letter_by_letter_with_the_end_of_the_handshake_is_heard(tmp_path):
    with ending_the_handshake(tmp_path) as (_, client, secured):
        client.send(secured.unsent(*(bytes((octet,)) for octet in b"EHLO client.example\r\n")))
        assert secured.line().startswith(b"250-")


def test_a_greeting_that_begins_with_the_end_of_the_handshake_is_heard_whole(tmp_path):
    with ending_the_handshake(tmp_path) as (house, client, secured):
        client.send(secured.unsent(b"EH"))
        house.until(lambda: house.session().is_secured)
        client.send(secured.unsent(b"LO client.example\r\n"))
        assert secured.line().startswith(b"250-")


def test_commands_ahead_of_the_greeting_under_tls_are_out_of_step(tmp_path):
    with ending_the_handshake(tmp_path) as (_, client, secured):
        client.send(secured.unsent(b"EHLO client.example\r\nMAIL FROM:<anna@example.net>\r\n"))
        assert secured.line().startswith(b"554 5.5.0")


def test_what_comes_in_the_clear_behind_the_end_of_the_handshake_ends_the_connection(tmp_path):
    with ending_the_handshake(tmp_path) as (house, client, secured):
        client.send(secured.unsent() + b"EHLO evil.example\r\nMAIL FROM:<evil@example.net>\r\n")
        assert secured.line() == b""
        house.until(lambda: house.door.connections == 0)


@pytest.mark.parametrize(
    "said", [(), (b"EHLO client.example\r\n",), (b"QUIT\r\n",)], ids=["nothing", "greeting", "quit"]
)
def test_a_client_that_leaves_with_the_end_of_the_handshake_leaves_no_trace(tmp_path, said, caplog):
    with ending_the_handshake(tmp_path) as (house, client, secured):
        client.send(secured.unsent(*said, is_last=True))
        client.socket.close()
        house.until(lambda: house.door.connections == 0)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_large_message_over_tls_arrives_as_sent(tmp_path):
    content = b"".join(b"line %d of many\r\n" % number for number in range(50_000))
    settings = replace(DEFAULTS, tls=server_tls(tmp_path), size_limit_bytes=2_000_000)
    with running_door(settings) as house, Client(house.port) as client:
        client.ask(b"EHLO client.example\r\n")
        client.ask(b"STARTTLS\r\n")
        client.secure()
        client.begin()
        assert client.ask(content + b".\r\n") == "250 2.0.0 Message accepted"
        assert house.contents() == [content]
