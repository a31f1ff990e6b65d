# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A reference is one of 30 to the twelfth, each as likely as any other."""

from hypothesis import given
from hypothesis import strategies as st

from poststelle.application.references import ALPHABET, reference

ALL = 30**12


def drawing(number: int) -> str:
    """The reference of this draw, after a look at how many there are to draw from."""

    def below(bound: int) -> int:
        assert bound == ALL
        return number

    return reference(below)


def test_the_first_and_the_last_draw_are_the_first_and_the_last_letters():
    assert drawing(0) == "PS-2222-2222-2222"
    assert drawing(ALL - 1) == "PS-ZZZZ-ZZZZ-ZZZZ"


@given(st.integers(min_value=0, max_value=ALL - 1))
def test_no_two_draws_give_the_same_reference(number):
    letters = drawing(number).removeprefix("PS-").replace("-", "")
    assert sum(ALPHABET.index(letter) * 30**place for place, letter in enumerate(letters)) == number
