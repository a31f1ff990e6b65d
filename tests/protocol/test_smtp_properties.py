# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What holds for every client: how bytes are cut does not matter, nothing piles up, nothing raises."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.protocol.smtp import State, replies
from poststelle.protocol.smtp.commands import LONGEST_LINE_OCTETS
from support.smtp_driver import SETTINGS, Driver

LINES = st.sampled_from(
    [
        b"MAIL FROM:<anna@example.net>",
        b"MAIL FROM:<> SIZE=99999",
        "MAIL FROM:<ä@example.net> SMTPUTF8".encode(),
        b"RCPT TO:<post@stadt.example>",
        b"RCPT TO:<nobody@stadt.example>",
        b"RCPT TO:<postmaster>",
        b"RSET",
        b"XFORWARD NAME=a ADDR=192.0.2.1",
        b"WHAT",
        b"NOOP \x00",
        b"MAIL FROM:<" + b"a" * 1200,
    ]
)
LASTS = st.sampled_from([b"DATA", b"NOOP", b"EHLO client.example", b"VRFY x", b"STARTTLS", b"HELP"])
CONTENTS = st.lists(
    st.sampled_from([b"a", b"\r\n", b"\r\n..", b".", b"\0", b"\n", b"\r", b"b" * 3000]), max_size=8
).map(lambda pieces: b"".join(pieces) + b"\r\n.\r\n")
GROUPS = st.tuples(st.lists(LINES, max_size=6), LASTS, CONTENTS)
SOUP = st.lists(
    st.one_of(
        LINES.map(lambda line: line + b"\r\n"),
        LASTS.map(lambda line: line + b"\r\n"),
        CONTENTS,
        st.binary(max_size=50),
        st.just(b"x" * 5000),
    ),
    max_size=12,
)
MODES = st.sampled_from(
    [SETTINGS, replace(SETTINGS, lmtp=True), replace(SETTINGS, is_trusted=True, offers_starttls=True)]
)


def pieces(wire: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(wire) + 1) for cut in cuts), len(wire)]
    return [wire[start:end] for start, end in pairwise(places)]


def converse(mode, groups, cuts) -> tuple[bytes, list[object], list[bytes]]:
    """A client that waits where it has to: after the last command of a group, and after the content's end."""
    driver = Driver(mode)
    hello = b"LHLO c\r\n" if mode.lmtp else b"EHLO c\r\n"
    driver.send(hello)
    for lines, last, content in groups:
        group = b"".join(line + b"\r\n" for line in [*lines, last])
        for piece in pieces(group, cuts):
            driver.send(piece)
        if driver.session.state is State.BODY:
            for piece in pieces(content, cuts):
                driver.send(piece)
        if last == b"STARTTLS":
            driver.send(hello)  # what was offered in the clear is void
    return driver.said, driver.envelopes(), driver.messages


@given(MODES, st.lists(GROUPS, max_size=4), st.lists(st.integers(0, 9999), max_size=20))
def test_any_split_of_the_bytes_gives_the_same_dialogue(mode, groups, cuts):
    assert converse(mode, groups, cuts) == converse(mode, groups, [])


@given(MODES, SOUP, st.lists(st.integers(0, 99_999), max_size=30))
@settings(max_examples=200)
def test_nothing_raises_and_nothing_piles_up(mode, soup, cuts):
    driver = Driver(mode)
    for piece in pieces(b"".join(soup), cuts):
        driver.send(piece)
        assert driver.session.buffered_bytes <= LONGEST_LINE_OCTETS
    assert all(line[:3].isdigit() for line in driver.said.decode("ascii").splitlines())


@given(MODES, SOUP)
def test_whatever_was_said_the_session_can_be_closed_and_stays_so(mode, soup):
    driver = Driver(mode)
    driver.send(b"".join(soup))
    driver.session.close(replies.TIMED_OUT)
    assert driver.session.state is State.CLOSED
    assert driver.session.receive(b"NOOP\r\n") == ()
