# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The fingerprint over the telephone: what is read out, and when it is the same."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.fingerprint import LEAST_HEARD, groups, is_same, spelled

PRINT = hashlib.sha256(b"certificate").hexdigest()
OTHER = hashlib.sha256(b"another").hexdigest()


def test_it_is_shown_as_certificate_windows_show_it_and_read_out_by_towns():
    assert "".join(groups(PRINT)).lower() == PRINT
    assert {len(group) for group in groups(PRINT)} == {4}
    assert spelled("0AF7") == "null Aachen Frankfurt sieben"


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        (PRINT, True),
        (" ".join(groups(PRINT)), True),
        (":".join(PRINT[at : at + 2] for at in range(0, 64, 2)).upper(), True),
        (PRINT[:LEAST_HEARD], True),
        (PRINT[: LEAST_HEARD - 1], False),
        (PRINT[-LEAST_HEARD:], False),
        (PRINT + "0", False),
        (OTHER, False),
        (PRINT[:40] + "g", False),
        ("", False),
    ],
    ids=["whole", "groups", "pairs", "half", "too short", "the end", "too long", "another", "no digit", "nothing"],
)
def test_half_of_it_from_the_beginning_is_enough_and_less_is_not(heard, expected):
    assert is_same(heard, PRINT) is expected


@given(st.integers(0, 63), st.sampled_from("0123456789abcdef"))
def test_one_wrong_digit_is_another_fingerprint(at, digit):
    heard = PRINT[:at] + digit + PRINT[at + 1 :]
    assert is_same(heard, PRINT) is (heard == PRINT)


@given(st.text(max_size=100))
def test_whatever_somebody_types_is_answered(heard):
    assert is_same(heard, PRINT) in (True, False)
