# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Entities inside a text: header fields that would make something of what follows, were a reader to believe them."""

import re
from typing import NamedTuple

from poststelle.inspection.mime.content import Content, read_content
from poststelle.inspection.mime.headers import read_header
from poststelle.inspection.mime.ledger import Ledger
from poststelle.inspection.mime.limits import MAX_EMBEDDED, MAX_HEADER_BYTES
from poststelle.inspection.mime.names import candidate_names
from poststelle.inspection.mime.source import Source
from poststelle.inspection.mime.tree import ENCODED

_FIELD = re.compile(
    rb"\n[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-"
    rb"(?:[Tt][Yy][Pp][Ee]|[Tt][Rr][Aa][Nn][Ss][Ff][Ee][Rr]-[Ee][Nn][Cc]|[Dd][Ii][Ss][Pp][Oo][Ss])[A-Za-z-]*[ \t]*:"
)


class Embedded(NamedTuple):
    """Ranges to be read as entities."""

    ranges: tuple[tuple[int, int], ...]
    is_cut: bool
    """There were more than are looked at: the message is refused, and only the first is read."""


def find_embedded(source: Source, start: int, end: int, ledger: Ledger) -> Embedded:
    """Every header block in the text that would hide something; each up to the next delimiter and up to the end."""
    ranges: list[tuple[int, int]] = []
    read_to = start
    tries = 0
    for match in _FIELD.finditer(source, max(start - 1, 0), end):
        if match.start() + 1 < read_to:
            continue
        tries += 1
        if tries > MAX_EMBEDDED:
            return Embedded(tuple(ranges[:1]), is_cut=True)
        begin = _block_start(source, start, match.start() + 1)
        header = read_header(source, begin, end)
        read_to = header.body_start
        content = read_content(header, "text/plain")
        if not _is_decisive(content):
            continue
        for stop in _ends(source, header.body_start, end, content):
            if not ledger.take_reading(stop - begin):
                return Embedded(tuple(ranges[:1]), is_cut=True)
            ranges.append((begin, stop))
    return Embedded(tuple(ranges), is_cut=False)


def _block_start(source: Source, start: int, field_at: int) -> int:
    """Where the lines before the field begin: after a blank line, after a delimiter, or where the text begins."""
    lowest = max(start, field_at - MAX_HEADER_BYTES)
    blank = source.rfind(b"\r\n\r\n", max(lowest - 2, 0), field_at)
    begin = max(blank + 4 if blank >= 0 else lowest, lowest)
    if source[begin : begin + 2] == b"\r\n":
        begin += 2
    dashes = source.rfind(b"\r\n--", begin, field_at)
    if dashes < 0 and source[begin : begin + 2] == b"--":
        dashes = begin
    return source.find(b"\n", max(dashes + 2, begin), field_at) + 1 if dashes >= 0 else begin


def _is_decisive(content: Content) -> bool:
    """Believing the fields would show something that reading the text does not."""
    if content.media_type.startswith("multipart/"):
        return bool(content.boundary)
    is_named = bool(candidate_names(content.disposition, content.content_type).candidates)
    is_file = content.disposition is not None and content.disposition.main == "attachment"
    return content.encoding in ENCODED or is_named or is_file or not content.media_type.startswith("text/")


def _ends(source: Source, body_start: int, end: int, content: Content) -> tuple[int, ...]:
    if content.boundary:
        is_used = source.find(b"\r\n--" + content.boundary, max(body_start - 2, 0), end) >= 0
        return (end,) if is_used else ()
    dashes = source.find(b"\r\n--", body_start, end)
    return (dashes, end) if dashes >= 0 else (end,)
