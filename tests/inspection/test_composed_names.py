# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Names in a normal form: as Unicode has it for every name that is one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.inspection.composed import MAX_MARKS, composed

MARKS = "\u0300\u0323\u0345\u05b0"


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
@given(
    name=st.text(st.one_of(st.characters(), st.sampled_from(MARKS + "aeu\ufb01\uff0e\u1100\u1161\u11a8")), max_size=30)
)
def test_every_name_without_a_pile_of_marks_is_composed_as_unicode_has_it(form, name):
    assert composed(form, name) == unicodedata.normalize(form, name)


def test_only_the_marks_beyond_those_of_any_writing_are_left_out():
    pile = "a" + MARKS[:2] * MAX_MARKS
    assert composed("NFC", pile + ".pdf") == unicodedata.normalize("NFC", pile[: MAX_MARKS + 1] + ".pdf")
    assert composed("NFC", "a\u0308.pdf" * 100) == "ä.pdf" * 100
