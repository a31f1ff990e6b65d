# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Character references stand for the signs that HTML says, however long their numbers are."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.inspection.references import resolved
from poststelle.inspection.rendering import html_to_text

PIECES = st.sampled_from(
    ["&", "#", "x", "X", "0", "000000", "65", "1114112", "ffffffffffff", ";", "amp", "ab", "9" * 20, " "]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_every_reference_is_resolved_as_the_standard_library_does(text):
    assert resolved(text) == html.unescape(text)


@pytest.mark.parametrize(
    ("number", "sign"),
    [
        ("0" * 5_000 + "65", "A"),
        ("x" + "0" * 5_000 + "41", "A"),
        ("9" * 5_000, "\ufffd"),
        ("X" + "f" * 5_000, "\ufffd"),
    ],
)
def test_a_number_of_thousands_of_digits_is_read_where_a_text_is_shown(number, sign):
    """The standard library raises ValueError on more than 4,300 decimal digits."""
    assert resolved(f"a&#{number};b") == f"a{sign}b"
    assert html_to_text(f"<p>a&#{number};b</p>") == f"a{sign}b"
