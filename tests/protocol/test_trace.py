# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Two attempts at one message differ only in its leading trace fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.protocol.trace import MAX_TRACE_BYTES, trace_length

MESSAGE = b"From: erika@buerger.example\r\nReceived: in the middle\r\n\r\nText\r\n"

TRACES = {
    "none": b"",
    "one field": b"Received: from a by b; today\r\n",
    "folded": b"Received: from a\r\n\tby b;\r\n today\r\n",
    "several kinds": b"Return-Path: <a@b>\r\nReceived: x\r\nAuthentication-Results: y; spf=pass\r\n",
    "any case": b"RECEIVED: x\r\nreturn-path: <>\r\n",
}


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES.keys())
def test_only_the_leading_trace_fields_are_counted(trace):
    assert trace_length(trace + MESSAGE) == len(trace)


def test_a_field_cut_off_by_the_end_of_the_head_counts_as_message():
    assert trace_length(b"Received: x\r\nReceived: never end") == len(b"Received: x\r\n")


def test_a_trace_without_end_costs_no_more_than_the_limit():
    assert trace_length(b"Received: x\r\n" * 100_000) <= MAX_TRACE_BYTES


@given(st.binary(max_size=400))
def test_what_is_left_of_any_bytes_is_a_tail_of_them(content):
    assert 0 <= trace_length(content) <= len(content)
