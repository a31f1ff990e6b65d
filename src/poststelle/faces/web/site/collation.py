# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""German alphabetical order (DIN 5007-1: ä as a, ß as ss), for lists that people read."""

import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})


def german_order(text: str) -> tuple[str, str]:
    """A key to sort by: letters without their marks first, the text itself where these are equal."""
    return plain(text), text


def plain(text: str) -> str:
    """Small letters and digits without marks, words by single spaces: what search and order compare."""
    stripped = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
        if not unicodedata.combining(letter)
    )
    return " ".join("".join(letter if letter.isalnum() else " " for letter in stripped).split())
