# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
from base64 import b64encode
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.adapters.demo_scanner import EICAR, GTUBE, WINDOW_BYTES, DemoScanner
from support.engine_mail import arrival_of, mail_with


@given(before=st.binary(max_size=200), behind=st.binary(max_size=50), width=st.integers(20, 90))
def test_base64_of_any_alignment_and_line_length_is_seen_through(before, behind, width):
    encoded = b64encode(before + EICAR + behind)
    folded = b"\r\n".join(encoded[at : at + width] for at in range(0, len(encoded), width))
    assert DemoScanner().scan(BytesIO(folded), 1)


@pytest.mark.parametrize("shift", [-68, -67, -34, -1, 0, 1])
def test_a_marker_across_a_window_border_is_found(shift):
    content = bytes(WINDOW_BYTES + shift) + EICAR + bytes(10)
    assert DemoScanner().scan(BytesIO(content), 1)


@given(st.binary(max_size=300))
def test_nothing_else_is_found(content):
    assert DemoScanner().scan(BytesIO(content), 1) == ()


def test_all_but_the_last_octet_of_the_marker_is_nothing():
    assert DemoScanner().scan(BytesIO(EICAR[:-1]), 1) == ()
    assert DemoScanner().scan(BytesIO(b64encode(EICAR[:-1])), 1) == ()


def test_the_two_markers_are_not_confused():
    message = mail_with(GTUBE)
    assert DemoScanner().scan(BytesIO(message), 1) == ()
    assert DemoScanner().rate(BytesIO(message), arrival_of(message), 1).is_spam is True
    message = mail_with(EICAR)
    assert DemoScanner().rate(BytesIO(message), arrival_of(message), 1).is_spam is False
