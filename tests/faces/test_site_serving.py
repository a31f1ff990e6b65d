# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The server in front of Django: requests that are too large or meant for others, and the headers of every answer."""

import asyncio
import contextlib
import http.client
import socket
from collections.abc import Iterable

import pytest

from poststelle.faces.web.headers import HEADERS
from poststelle.faces.web.precheck import asking
from poststelle.faces.web.serving import (
    DRAIN_FACTOR,
    UPLOADS_AT_ONCE,
    UPLOADS_OF_ONE,
    App,
    BodyLimit,
    Event,
    Receive,
    Scope,
    Send,
)
from poststelle.faces.web.shelf import furnish
from support.gateway import eventually
from support.web import ENVELOPE, Site, a_house, a_site

LIMIT = 64 * 1024


@pytest.fixture(scope="module")
def site():
    asking.QUOTA._buckets.clear()
    furnish(a_house())
    with a_site(upload_bytes=LIMIT) as running:
        yield running


def request(site: Site, method: str, path: str, body: object = None, **headers: str):
    link = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    try:
        link.request(method, path, body, {"Host": "localhost", **headers}, encode_chunked=isinstance(body, list))
        answer = link.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        link.close()


def test_a_page_is_served_with_every_header_and_no_word_on_the_server(site):
    status, headers, _ = request(site, "GET", "/kontakt")
    assert status == 200
    assert {name.lower(): value for name, value in HEADERS.items()}.items() <= headers.items()
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/pruefen", "/en/pruefen", "/api/v1/check"])
def test_an_upload_beyond_the_limit_is_answered_before_django_reads_it(site, path):
    status, headers, body = request(site, "POST", path, b"a" * (LIMIT + ENVELOPE + 1))
    assert status == 413
    assert headers["x-content-type-options"] == "nosniff"
    assert b"zu gro" in body or b"too large" in body or b"too-large" in body


def test_a_stream_without_a_length_is_counted(site):
    chunks = [b"a" * LIMIT] * (ENVELOPE // LIMIT + 3)
    status, _, _ = request(site, "POST", "/pruefen", chunks, **{"Transfer-Encoding": "chunked"})
    assert status == 413


def test_a_request_for_another_host_is_refused(site):
    status, headers, _ = request(site, "GET", "/kontakt", Host="evil.example")
    assert status == 400
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_methods_that_change_nothing_here_are_refused(site):
    assert request(site, "POST", "/kontakt", b"")[0] == 405
    assert request(site, "GET", "/api/v1/check")[0] == 405


def test_a_connection_that_breaks_off_harms_nobody(site):
    with socket.create_connection(("127.0.0.1", site.port), 5) as link:
        link.sendall(b"POST /pruefen HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nabc")
    assert request(site, "GET", "/kontakt")[0] == 200


def slow_uploads(site: Site, stack: contextlib.ExitStack, askers: Iterable[str]) -> None:
    """Uploads that have begun and do not go on."""
    for asker in askers:
        head = (
            f"POST /pruefen HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {asker}\r\nContent-Length: 5000\r\n\r\nabc"
        )
        stack.enter_context(socket.create_connection(("127.0.0.1", site.port), 5)).sendall(head.encode())


def is_busy_for(site: Site, asker: str) -> bool:
    return request(site, "POST", "/api/v1/check", b"abc", **{"X-Forwarded-For": asker})[0] == 503


def test_only_so_many_uploads_are_taken_at_once(site):
    with contextlib.ExitStack() as stack:
        slow_uploads(site, stack, (f"192.0.2.{number}" for number in range(UPLOADS_AT_ONCE)))
        eventually(lambda: is_busy_for(site, "198.51.100.7"))
        status, headers, body = request(site, "POST", "/api/v1/check", b"abc")
        assert (status, headers["retry-after"]) == (503, "30")
        assert b"unavailable" in body
        assert request(site, "GET", "/kontakt")[0] == 200
    eventually(lambda: not is_busy_for(site, "198.51.100.7"))


def test_of_these_one_asker_holds_only_a_few(site):
    with contextlib.ExitStack() as stack:
        slow_uploads(site, stack, (f"2001:db8:1:2::{number}" for number in range(1, UPLOADS_OF_ONE + 1)))
        eventually(lambda: is_busy_for(site, "2001:db8:1:2::ffff"))
        assert not is_busy_for(site, "2001:db8:1:3::1")
        assert request(site, "GET", "/pruefen", **{"X-Forwarded-For": "2001:db8:1:2::ffff"})[0] == 200
    eventually(lambda: not is_busy_for(site, "2001:db8:1:2::ffff"))


class Line:
    """One request that the server took, whose body stops coming; what is answered."""

    def __init__(self, length: int) -> None:
        self.scope = {
            "type": "http", "path": "/en/pruefen", "method": "POST", "headers": [(b"content-length", b"%d" % length)],
        }  # fmt: skip
        self.answered: list[Event] = []

    async def receive(self) -> Event:
        return await asyncio.get_running_loop().create_future()

    async def send(self, event: Event) -> None:
        self.answered.append(event)

    def through(self, app: App, seconds: float = 0.01) -> list[int]:
        """Numbers of the answers, by a server that waits this long."""
        asyncio.run(BodyLimit(app, LIMIT, seconds)(self.scope, self.receive, self.send))
        return [one["status"] for one in self.answered if one["type"] == "http.response.start"]


class Flood(Line):
    """The body never ends."""

    taken_bytes = 0

    async def receive(self) -> Event:
        self.taken_bytes += LIMIT
        return {"type": "http.request", "body": bytes(LIMIT), "more_body": True}


async def reading(_scope: Scope, receive: Receive, _send: Send) -> None:
    await receive()


async def reading_all(_scope: Scope, receive: Receive, _send: Send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def answering_first(_scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await receive()


def test_what_does_not_come_in_time_is_too_slow_and_not_too_large():
    line = Line(length=LIMIT)
    assert line.through(reading) == [408]
    assert b"This took too long" in line.answered[-1]["body"]


def test_an_answer_that_has_begun_is_not_followed_by_another():
    assert Line(length=LIMIT).through(answering_first) == [200]


def test_a_body_without_an_end_is_taken_up_to_a_few_times_the_limit():
    flood = Flood(length=0)
    assert flood.through(reading_all, seconds=5.0) == [413]
    assert flood.taken_bytes <= (LIMIT + ENVELOPE) * DRAIN_FACTOR + LIMIT


def test_what_is_announced_too_large_and_never_comes_is_too_large_all_the_same():
    assert Line(length=LIMIT + ENVELOPE + 1).through(reading) == [413]


@pytest.mark.parametrize(
    ("asked", "led_to"), [("/kontakt/", "/kontakt"), ("//evil.example//kontakt/", ""), ("/nichts/", "")]
)
def test_a_slash_too_many_leads_to_the_page_and_never_to_another_host(site, asked, led_to):
    status, headers, _ = request(site, "GET", asked)
    assert (status, headers.get("location", "")) == ((301, led_to) if led_to else (404, ""))
