# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Postfix's policy question on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.protocol.policy_service import (
    MAX_ATTRIBUTES,
    MAX_LINE_OCTETS,
    PolicyReader,
    PolicyServiceError,
    encode_action,
)

QUESTION = b"request=smtpd_access_policy\nprotocol_state=RCPT\nrecipient=post@stadt.example\nccert_subject=\n\n"
ASKED = {
    "request": "smtpd_access_policy",
    "protocol_state": "RCPT",
    "recipient": "post@stadt.example",
    "ccert_subject": "",
}


def test_lines_until_an_empty_one_are_a_question():
    assert PolicyReader().receive(QUESTION) == (ASKED,)


@given(st.lists(st.integers(1, 40), min_size=1))
def test_a_question_may_come_in_any_pieces(steps):
    reader, found, wire = PolicyReader(), [], QUESTION * 2
    for step in (*steps, len(wire)):
        found += reader.receive(wire[:step])
        wire = wire[step:]
    assert found == [ASKED, ASKED]
    assert not reader.is_halfway


def test_a_value_may_hold_equals_signs_and_letters_beyond_ascii():
    (asked,) = PolicyReader().receive("recipient=b=ä@stadt.example\n\n".encode())
    assert asked["recipient"] == "b=ä@stadt.example"


@pytest.mark.parametrize(
    "wire",
    [
        b"GET / HTTP/1.1\r\n",
        b"=x\n",
        b"a=\0\n",
        b"a=\xff\n",
        b"a=" + b"x" * MAX_LINE_OCTETS + b"\n",
        b"x" * (MAX_LINE_OCTETS + 1),
        b"".join(b"a%d=x\n" % number for number in range(MAX_ATTRIBUTES + 1)),
    ],
    ids=["http", "no name", "NUL", "not UTF-8", "long line", "a line without end", "too many"],
)
def test_what_postfix_would_not_send_ends_the_conversation(wire):
    with pytest.raises(PolicyServiceError):
        PolicyReader().receive(wire)


@given(st.binary(max_size=300))
def test_hostile_octets_are_questions_or_the_one_error(wire):
    try:
        asked = PolicyReader().receive(wire)
    except PolicyServiceError:
        return
    assert all(name and "\n" not in value for question in asked for name, value in question.items())


def test_an_action_is_one_line():
    assert encode_action("550 5.1.1 unbekannt") == b"action=550 5.1.1 unbekannt\n\n"
    with pytest.raises(ValueError, match="one line"):
        encode_action("DUNNO\n\naction=OK")
