# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What clients make of a file name, or of a broken field, to have one that can be written to a disk."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from poststelle.inspection.composed import composed

MAX_WORDS = 1_000
"""Of one broken field."""

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffd]"
)
"""Controls, and signs that no reader sees."""
_AT_DOT = re.compile(r"\s\.|\.\s")
_PADDED = re.compile(r"(\S++)\s{3}")
"""An extension and then blanks, that push another one out of sight or beyond what a file system keeps."""
_EXTENSION = re.compile(r"\.\w{1,16}\Z")
_EDGES = " ./\\'\"<>`´‘’“”„«»\ufffd"
_COMMENT = re.compile(rb"\([^()]*\)")
_BETWEEN = re.compile(rb"[\s;=<>(),'/\\]+")


def readings_of(name: str) -> Iterator[str]:
    """The name without what cannot be seen, in plain letters, without percent signs, blanks at its dots or quotes."""
    is_plain = name.isascii() and name.isprintable()
    seen = name if is_plain else _UNSEEN.sub("", name)
    plain = seen if is_plain else composed("NFKC", seen)
    for reading in dict.fromkeys((seen, plain, unquote(plain) if "%" in plain else plain)):
        yield reading.strip().strip(_EDGES)
        if _AT_DOT.search(reading):
            yield ".".join(map(str.strip, reading.split("."))).strip(_EDGES)
    if (padded := _PADDED.match(seen)) and _EXTENSION.search(padded.group(1)):
        yield padded.group(1)


def words(raw: bytes) -> Iterator[bytes]:
    """The words of a field that the grammar did not reach: without quotes, escapes and comments, however they nest."""
    if raw:
        for form in dict.fromkeys((raw, _COMMENT.sub(b"", raw))):
            yield from islice(_BETWEEN.split(form.translate(None, delete=b'"\\')), MAX_WORDS)
