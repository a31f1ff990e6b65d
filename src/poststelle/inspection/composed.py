# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Unicode normal forms of names (UAX #15) in time that grows with the name only."""

from collections.abc import Iterator
from typing import Literal
from unicodedata import combining, is_normalized, normalize

MAX_MARKS = 30
"""On one letter, as in the Stream-Safe Text Format (UAX #15, 12). To sort them takes the square of their number."""


def composed(form: Literal["NFC", "NFKC"], name: str) -> str:
    """The name in the normal form; marks beyond those of any writing are left out where it is not in that form already."""
    if is_normalized(form, name):
        return name
    return normalize(form, "".join(_stream_safe(name)) if len(name) > MAX_MARKS else name)


def _stream_safe(name: str) -> Iterator[str]:
    marks = 0
    for letter in name:
        marks = marks + 1 if combining(letter) else 0
        if marks <= MAX_MARKS:
            yield letter
