# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where a content ends, and what makes it unacceptable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.protocol.smtp.body import BodyReader

LIMIT_BYTES = 10_000
_WIRE = st.lists(
    st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"\r\n..", b"\0", b"a", b"text", b"\r\n.\r", b"\xff"]),
    max_size=30,
).map(b"".join)


def read(wire: bytes, cuts: list[int] | None = None, limit_bytes: int = LIMIT_BYTES) -> tuple[BodyReader, bytes, int]:
    """The reader, the content, and how many octets were used (all of them while there is no end)."""
    reader = BodyReader(limit_bytes)
    content, at = b"", 0
    for end in [*sorted(cuts or []), len(wire)]:
        chunk, used = reader.feed(wire[at:end])
        content += chunk
        assert reader.held_bytes <= 4
        if used is not None:
            return reader, content, at + used
        at = end
    return reader, content, -1


def plain_reading(wire: bytes) -> tuple[bytes, int, bool]:
    """The same by one octet at a time: content, octets used (-1 without an end), malformed."""
    text, content, at, is_malformed = b"\r\n" + wire, bytearray(), 2, False
    while at < len(text):
        at_line_start = text[at - 2 : at] == b"\r\n"
        if at_line_start and text[at : at + 3] == b".\r\n":
            return bytes(content), at + 3 - 2, is_malformed
        if at_line_start and text[at : at + 1] == b".":
            at += 1
            if at == len(text):
                break
        octet = text[at : at + 1]
        follows_dot = text[at - 1 : at] == b"." and text[at - 3 : at - 1] == b"\r\n"
        before = text[at - 1 : at] if not follows_dot else b"."
        is_malformed |= octet == b"\0" or (octet == b"\n" and before != b"\r")
        is_malformed |= octet == b"\r" and text[at + 1 : at + 2] not in {b"\n", b""}
        content += octet
        at += 1
    return bytes(content), -1, is_malformed


@given(_WIRE, st.lists(st.integers(0, 120), max_size=8))
def test_any_split_gives_the_same_content_and_end(wire, cuts):
    cuts = [cut for cut in cuts if cut <= len(wire)]
    whole, in_pieces = read(wire), read(wire, cuts)
    assert (whole[0].is_malformed, whole[2]) == (in_pieces[0].is_malformed, in_pieces[2])
    if not whole[0].is_malformed:
        assert whole[1] == in_pieces[1]


@given(_WIRE)
def test_the_bulk_reading_agrees_with_an_octet_by_octet_reading(wire):
    reader, content, used = read(wire + b"\r\n.\r\n")
    plain_content, plain_used, is_malformed = plain_reading(wire + b"\r\n.\r\n")
    assert used == plain_used
    assert reader.is_malformed == is_malformed
    if not is_malformed:
        assert content == plain_content


@given(st.lists(st.binary(max_size=40).map(lambda line: line.translate(None, b"\r\n\0")), max_size=10))
def test_stuffing_and_unstuffing_give_back_every_octet(lines):
    content = b"".join(line + b"\r\n" for line in lines)
    stuffed = b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)
    reader, got, used = read(stuffed + b".\r\nQUIT\r\n")
    assert (got, used, reader.is_spoilt) == (content, len(stuffed) + 3, False)
    assert reader.size_bytes == len(content)


@pytest.mark.parametrize(
    ("wire", "content"),
    [
        (b".\r\n", b""),
        (b"\r\n.\r\n", b"\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b".a\r\n.\r\n", b"a\r\n"),
        (b"a.\r\n.\r\n", b"a.\r\n"),
        (b"a\r\n...\r\n.\r\n", b"a\r\n..\r\n"),
    ],
    ids=["empty", "one empty line", "a dot", "a dot forgotten to double", "a dot at the end", "two dots"],
)
def test_dots(wire, content):
    assert read(wire)[1:] == (content, len(wire))


@pytest.mark.parametrize("octet", [b"\0", b"\r", b"\n"], ids=["NUL", "bare CR", "bare LF"])
@pytest.mark.parametrize("place", ["first", "middle", "last in read"])
def test_one_bad_octet_spoils_the_content_wherever_it_stands(octet, place):
    before, after = {"first": (b"", b"text"), "middle": (b"te", b"xt"), "last in read": (b"text", b"")}[place]
    reader = BodyReader(LIMIT_BYTES)
    reader.feed(before + octet)
    assert reader.feed(after + b"more\r\n.\r\n") == (b"", len(after) + 9)
    assert reader.is_malformed


def test_the_limit_is_on_the_octets_without_doubled_dots_and_end():
    assert not read(b"..3456\r\n.\r\n", limit_bytes=7)[0].is_too_big
    assert read(b"..34567\r\n.\r\n", limit_bytes=7)[0].is_too_big


def test_after_the_limit_no_octet_comes_and_the_end_is_still_found():
    reader, content, used = read(b"a" * 50 + b"\r\n.\r\nRSET\r\n", cuts=[20, 40], limit_bytes=30)
    assert (reader.is_too_big, used) == (True, 55)
    assert len(content) <= 30
