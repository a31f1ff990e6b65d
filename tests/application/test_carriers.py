# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A delivery to a mail server that lacks what the message needs: rebuilt for it, and only then."""

import json

import pytest

from poststelle.adapters.submission import Relay, SmtpSubmission, Tls
from poststelle.application.carriers import delivery_carrier
from poststelle.application.ports import OutboxItem
from poststelle.core.arrival import AuthorityId
from support.smtp_sink import Script, SmtpSink

OFFICE = "amt32@intern.stadt.example"
PLAIN = b"From: a@b.example\r\nSubject: neu\r\n\r\nGruesse\r\n"
UTF8 = "From: Jürgen <jürgen@b.example>\r\nSubject: Grüße\r\n\r\nx\r\n".encode()
EIGHT_BIT = b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"


def an_item(to: str) -> OutboxItem:
    return OutboxItem(1, AuthorityId("muster"), "deliver", "PS-1", "<1@mx>", 1, "token", json.dumps({"to": to}), to)


def carried(original: bytes, extensions: tuple[str, ...], to: str = OFFICE):
    """The answer, and what arrived."""

    def packed(_item: OutboxItem, *, is_ascii: bool = False) -> bytes:
        return PLAIN if is_ascii else original

    with SmtpSink(Script(extensions=extensions)) as sink:
        relay = SmtpSubmission(Relay("127.0.0.1", sink.port, Tls.NONE))
        answer = delivery_carrier(relay, packed, "mx.stadt.example")(an_item(to))
    return answer, [received.content for received in sink.received]


@pytest.mark.parametrize(
    ("word", "original", "extensions", "arrived"),
    [
        ("all is offered", UTF8, ("8BITMIME", "SMTPUTF8"), UTF8),
        ("no SMTPUTF8", UTF8, ("8BITMIME",), PLAIN),
        ("no SMTPUTF8, none needed", EIGHT_BIT, ("8BITMIME",), EIGHT_BIT),
        ("no 8BITMIME", EIGHT_BIT, (), PLAIN),
        ("neither, and ASCII", b"From: a@b.example\r\n\r\nx\r\n", (), b"From: a@b.example\r\n\r\nx\r\n"),
    ],
)
def test_an_office_gets_the_original_where_its_server_can_take_it(word, original, extensions, arrived):
    answer, received = carried(original, extensions)
    assert answer.is_accepted, word
    assert received == [arrived], word


def test_an_office_whose_own_address_needs_smtputf8_is_a_case_for_a_person():
    answer, received = carried(UTF8, ("8BITMIME",), "bürger@intern.stadt.example")
    assert answer.is_permanent
    assert received == []
