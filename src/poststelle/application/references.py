# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Message references: short enough to be told by telephone, and not to be guessed.

Knows no randomness: a source of random numbers is handed in.
"""

from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that are not taken for one another when read out: no 0/O, 1/I/L, U/V."""
GROUPS, GROUP_CHARACTERS = 3, 4
"""Twelve characters of thirty: 58 bits, so that ten million references a year leave no chance of a guess or twin."""
PREFIX = "PS"


def reference(below: Callable[[int], int]) -> str:
    """A reference such as ``PS-7K3M-Q9XA-2WEF``; ``below(n)`` gives an unpredictable number from 0 to n - 1."""
    drawn, base = below(len(ALPHABET) ** (GROUPS * GROUP_CHARACTERS)), len(ALPHABET)
    letters = "".join(ALPHABET[drawn // base**place % base] for place in range(GROUPS * GROUP_CHARACTERS))
    groups = (letters[at : at + GROUP_CHARACTERS] for at in range(0, len(letters), GROUP_CHARACTERS))
    return "-".join((PREFIX, *groups))
