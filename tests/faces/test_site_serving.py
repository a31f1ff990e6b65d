# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The server in front of Django: requests that are too large or meant for others, and the headers of every answer."""

import contextlib
import http.client
import socket

import pytest

from poststelle.faces.web.headers import HEADERS
from poststelle.faces.web.precheck import asking
from poststelle.faces.web.serving import UPLOADS_AT_ONCE
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


def test_only_so_many_uploads_are_taken_at_once(site):
    head = b"POST /pruefen HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nabc"
    with contextlib.ExitStack() as stack:
        for _ in range(UPLOADS_AT_ONCE):
            stack.enter_context(socket.create_connection(("127.0.0.1", site.port), 5)).sendall(head)
        eventually(lambda: request(site, "POST", "/api/v1/check", b"abc")[0] == 503)
        status, headers, body = request(site, "POST", "/api/v1/check", b"abc")
        assert (status, headers["retry-after"]) == (503, "30")
        assert b"unavailable" in body
        assert request(site, "GET", "/kontakt")[0] == 200
    eventually(lambda: request(site, "POST", "/api/v1/check", b"abc")[0] != 503)


@pytest.mark.parametrize(
    ("asked", "led_to"), [("/kontakt/", "/kontakt"), ("//evil.example//kontakt/", ""), ("/nichts/", "")]
)
def test_a_slash_too_many_leads_to_the_page_and_never_to_another_host(site, asked, led_to):
    status, headers, _ = request(site, "GET", asked)
    assert (status, headers.get("location", "")) == ((301, led_to) if led_to else (404, ""))
