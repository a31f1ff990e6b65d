# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A PDF behind something else is one where its objects, its trailer or its table are; words about PDF are none."""

from re import search

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.formats import Format
from poststelle.inspection.sniff import sniff

WORDS = [b"1", b"0", b" ", b"\n", b"obj", b"obj ", b"x", b"1 0 obj", b" " * 70, b"1" * 70, b"\t"]


@given(st.lists(st.sampled_from(WORDS), max_size=9).map(b"".join))
def test_two_numbers_before_the_word_make_an_object(body):
    page = b"Siehe %PDF-1.4\n" + body
    is_object = search(rb"\d\s+\d+\s+obj\b", page) is not None
    assert (sniff(page) is Format.PDF) is is_object


@pytest.mark.parametrize("end", [b"startxref", b"trailer", b"7 0 obj", b"7 0" + b" " * 3_000 + b"obj"])
def test_any_of_its_marks_is_enough(end):
    assert sniff(b"Siehe %PDF-1.4\n" + end) is Format.PDF
    assert sniff(b"Siehe %PDF-1.4\n" + end[:-1]) is Format.TXT
