# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whether the bytes of a file are a mail message, whatever the file is called or declared as."""

import re
from collections.abc import Iterator

from poststelle.inspection.mime.content import MESSAGE_TYPES
from poststelle.inspection.mime.decode import Chunk
from poststelle.inspection.mime.source import line_ends, with_crlf
from poststelle.inspection.mime.tree import ENCODED, Part

_OPENING_BYTES = 4_096
_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,60}):[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n")
_MBOX = re.compile(rb">?From [^\r\n]*\r?\n")
_KNOWN = frozenset(
    {
        *(b"from", b"to", b"subject", b"date", b"received", b"return-path", b"message-id", b"mime-version"),
        *(b"content-type", b"content-transfer-encoding", b"delivered-to", b"dkim-signature", b"reply-to", b"cc"),
    }
)
_NEEDED = 3


def as_message(content: Chunk, *, is_declared: bool = False) -> bytes | None:
    """The content with CRLF line ends where it opens like a message, else None; one field is enough where declared."""
    opening = bytes(content[:_OPENING_BYTES])
    mbox = _MBOX.match(opening)
    at = mbox.end() if mbox else 0
    known: set[bytes] = set()
    while match := _FIELD.match(opening, at):
        known.add(match.group(1).lower())
        at = match.end()
    if len(known & _KNOWN) < (1 if is_declared else _NEEDED):
        return None
    whole = bytes(content) if mbox is None else bytes(content[mbox.end() :])
    return whole if line_ends(whole) <= {"\r\n"} else with_crlf(whole)


def with_body(part: Part, readings: Iterator[Chunk]) -> Iterator[Chunk]:
    """The readings; for an encoded attached message also the body as sent, where that opens like a message."""
    yield from readings
    if part.media_type in MESSAGE_TYPES and part.encoding in ENCODED and as_message(part.body) is not None:
        yield part.body
