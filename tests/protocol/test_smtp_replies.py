# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Replies on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.protocol.smtp import replies
from poststelle.protocol.smtp.replies import Reply, reply

FIXED = [value for value in vars(replies).values() if isinstance(value, Reply)]


def test_several_lines_repeat_code_and_enhanced_code():
    assert reply(550, "5.6.1", "one", "two").wire == b"550-5.6.1 one\r\n550 5.6.1 two\r\n"


@given(st.lists(st.text(max_size=800), min_size=1, max_size=6))
def test_whatever_the_text_a_reply_is_up_to_three_lines_of_printable_ascii(lines):
    wire = Reply(550, "5.6.0", tuple(lines)).wire
    split = wire.split(b"\r\n")
    assert split.pop() == b""
    assert 1 <= len(split) <= 3
    assert all(len(line) <= 510 and line.isascii() and line.decode().isprintable() for line in split)
    assert all(line[3:4] == b"-" for line in split[:-1])
    assert split[-1][3:4] == b" "


@pytest.mark.parametrize("fixed", FIXED, ids=str)
def test_fixed_replies_are_short_plain_ascii(fixed):
    assert len(fixed.lines) <= 3
    assert all(line.isascii() and line.isprintable() for line in fixed.lines)
    assert b"?" not in fixed.wire


@pytest.mark.parametrize(("code", "enhanced", "lines"), [(550, "4.1.1", ("x",)), (99, "", ("x",)), (250, "", ())])
def test_a_reply_that_contradicts_itself_cannot_be_made(code, enhanced, lines):
    with pytest.raises(ValueError, match=str(code)):
        Reply(code, enhanced, lines)


@pytest.mark.parametrize(
    ("name", "code", "enhanced"),
    [
        ("TOO_BIG", 552, "5.3.4"),
        ("MALFORMED", 550, "5.6.0"),
        ("UNKNOWN_ADDRESS", 550, "5.1.1"),
        ("NOT_OUR_DOMAIN", 550, "5.7.1"),
        ("OUR_FAILURE", 451, "4.3.0"),
        ("DISK_FULL", 452, "4.3.1"),
        ("TOO_MANY_ERRORS", 421, "4.7.0"),
        ("TOO_MANY_CONNECTIONS", 421, "4.7.0"),
        ("TIMED_OUT", 421, "4.4.2"),
        ("SHUTTING_DOWN", 421, "4.3.2"),
    ],
)
def test_the_codes_of_the_fixed_replies(name, code, enhanced):
    fixed = getattr(replies, name)
    assert (fixed.code, fixed.enhanced) == (code, enhanced)
