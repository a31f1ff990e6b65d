# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Large attachments that lie between two delimiters in flawless base64, found without taking the message apart.

What is found here is a guess, and a cheap one: whoever relies on it asks the inspection whether each was a file of the
message. Knows no scanner.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from poststelle.inspection.mime.decode import Chunk, Span, decode_base64
from poststelle.inspection.mime.headers import Header, read_header
from poststelle.inspection.mime.source import Source, find_dashed

MIN_CUT_BYTES = 64 * 1024
"""Encoded; what is smaller costs less where it is than by itself."""
_MAX_PART_HEADER_BYTES = 8 * 1024
_DELIMITER = b"\r\n--"
_INSTEAD = b"LSBzaG93biBhcGFydCAt"
"""``- shown apart -``: an attachment with nothing in it is none to a scanner, and its name would not be looked at."""
_FILES = (b"application/", b"image/", b"audio/", b"video/")
_LAYERS = (b"application/pkcs7", b"application/x-pkcs7", b"application/pgp")


@dataclass(frozen=True, slots=True)
class Cut:
    """Where an encoded attachment lies, and what it holds."""

    span: Span
    content: Chunk


def large_attachments(source: Source, min_bytes: int = MIN_CUT_BYTES) -> Iterator[Cut]:
    """Each in its order, decoded when it is asked for. Linear in the size of the message, whatever it is like."""
    size = len(source)
    at = find_dashed(source, _DELIMITER, 0, size)
    while at >= 0 and (start := source.find(b"\r\n", at + 2) + 2) > 1:
        after = find_dashed(source, _DELIMITER, start - 2, size)
        if after - start >= min_bytes:
            header = read_header(source, start, min(start + _MAX_PART_HEADER_BYTES, after))
            if _is_encoded_file(header):
                content = decode_base64(source, header.body_start, after)
                if content.content and content.defect is None:
                    yield Cut((header.body_start, after), content.content)
        at = after


def without(source: Source, spans: Iterable[Span]) -> bytes:
    """The message with a few words where the spans were, which are given in order."""
    kept, at = [], 0
    for start, end in spans:
        kept += [source[at:start], _INSTEAD]
        at = end
    return b"".join((*kept, source[at : len(source)]))


def _is_encoded_file(header: Header) -> bool:
    """Says base64 in a way that nobody misunderstands, and is neither text nor holds a message or a layer."""
    kind = header.first(b"content-type").lower()
    encoding = header.first(b"content-transfer-encoding").lower()
    return not header.defects and encoding == b"base64" and kind.startswith(_FILES) and not kind.startswith(_LAYERS)
