# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What clients make of a file name, or of a broken field, to have one that can be written to a disk."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

MAX_WORDS = 1_000
"""Of one broken field."""

_FORMAT_SIGNS = frozenset({"Cf", "Cc", "Cs", "Co", "Cn"})
_AROUND_DOT = re.compile(r"\s*\.\s*")
_PADDED = re.compile(r"(\S*\.\w{1,16})\s{3,}")
"""An extension and then blanks, that push another one out of sight or beyond what a file system keeps."""
_EDGES = " .'\"<>`´‘’“”„«»\ufffd"
_COMMENT = re.compile(rb"\([^()]*\)")
_BETWEEN = re.compile(rb"[\s;=<>(),'/\\]+")


def readings_of(name: str) -> Iterator[str]:
    """The name without what cannot be seen, in plain letters, without percent signs, blanks at its dots or quotes."""
    seen = "".join(
        letter for letter in name if unicodedata.category(letter) not in _FORMAT_SIGNS and letter != "\ufffd"
    )
    plain = unicodedata.normalize("NFKC", seen)
    for reading in dict.fromkeys((seen, plain, unquote(plain) if "%" in plain else plain)):
        yield reading.strip().strip(_EDGES)
        yield _AROUND_DOT.sub(".", reading).strip(_EDGES)
    if padded := _PADDED.match(seen):
        yield padded.group(1)


def words(raw: bytes) -> Iterator[bytes]:
    """The words of a field that the grammar did not reach: without quotes, escapes and comments, however they nest."""
    if raw:
        for form in dict.fromkeys((raw, _COMMENT.sub(b"", raw))):
            yield from islice(_BETWEEN.split(form.translate(None, delete=b'"\\')), MAX_WORDS)
