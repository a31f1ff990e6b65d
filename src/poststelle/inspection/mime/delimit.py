# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A multipart body cut at its delimiters (RFC 2046, 5.1.1), found by searching the bytes, never by reading lines."""

import re
from dataclasses import dataclass

from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.source import Source, find_dashed

_BLANK = re.compile(rb"\s*+")
_MAX_PADDING_BYTES = 256
"""Blanks after a delimiter; more is not padding."""


@dataclass(frozen=True, slots=True)
class Split:
    """The ranges between the delimiters, and what stands around them."""

    children: tuple[tuple[int, int], ...]
    preamble_end: int
    epilogue_start: int
    defects: tuple[DefectCode, ...]


@dataclass(frozen=True, slots=True)
class _Delimiter:
    at: int
    """Of the CRLF before it, which belongs to it."""
    line_end: int
    is_close: bool


def split_multipart(source: Source, start: int, end: int, boundary: bytes, at_most: int) -> Split:
    """The children of a multipart whose body is the range; what follows the close delimiter counts as well."""
    defects: list[DefectCode] = []
    delimiters = _delimiters(source, (max(start - 2, 0), end), boundary, at_most, defects)
    if _is_indented(source, start, end, boundary):
        defects.append(DefectCode.DELIMITER_INDENTED)
    if not any(not one.is_close for one in delimiters):
        defects.append(DefectCode.NO_BODY if _is_blank(source, start, end) else DefectCode.NO_PARTS)
        return Split((), end, end, tuple(dict.fromkeys(defects)))
    children, epilogue = _between(delimiters, end, defects)
    is_open = epilogue == end and not delimiters[-1].is_close
    if is_open and children[1:] and _is_blank(source, children[-1][0], end):
        children.pop()
    return Split(tuple(children), max(delimiters[0].at, start), epilogue, tuple(dict.fromkeys(defects)))


def _is_blank(source: Source, start: int, end: int) -> bool:
    return _BLANK.fullmatch(source, start, end) is not None


def _delimiters(
    source: Source, span: tuple[int, int], boundary: bytes, at_most: int, defects: list[DefectCode]
) -> list[_Delimiter]:
    needle = b"\r\n--" + boundary
    at, end = span
    found: list[_Delimiter] = []
    tries = 0
    while (at := find_dashed(source, needle, at, end)) >= 0:
        tries += 1
        if tries > 2 * at_most + 2 or len(found) > at_most:
            defects.append(DefectCode.TOO_MANY_PARTS)
            break
        after = at + len(needle)
        line_end = source.find(b"\r\n", after, end)
        line_end = end if line_end < 0 else line_end
        rest = source[after : min(line_end, after + _MAX_PADDING_BYTES + 1)]
        if rest.rstrip(b" \t") not in (b"", b"--") or len(rest) > _MAX_PADDING_BYTES:
            defects.append(DefectCode.DELIMITER_TEXT)
        else:
            found.append(_Delimiter(at, line_end, rest.startswith(b"--")))
        at = line_end
    return found


def _between(delimiters: list[_Delimiter], end: int, defects: list[DefectCode]) -> tuple[list[tuple[int, int]], int]:
    children: list[tuple[int, int]] = []
    epilogue = end
    is_closed = False
    for place, one in enumerate(delimiters):
        if one.is_close:
            is_closed, epilogue = True, min(one.line_end + 2, end)
            continue
        if is_closed:
            defects.append(DefectCode.MIME_IN_EPILOGUE)
        until = delimiters[place + 1].at if place + 1 < len(delimiters) else end
        start = min(one.line_end + 2, end)
        children.append((start, max(start, until)))
        if until == end:
            epilogue = end
    if not delimiters[-1].is_close:
        defects.append(DefectCode.NO_CLOSE)
    return children, epilogue


def _is_indented(source: Source, start: int, end: int, boundary: bytes) -> bool:
    """A delimiter stands behind blanks at the start of a line: some reader may trim them."""
    if all(find_dashed(source, blank + b"--" + boundary, start, end) < 0 for blank in (b" ", b"\t")):
        return False
    line = re.compile(rb"\n[ \t]+--" + re.escape(boundary))
    return line.search(source, max(start - 1, 0), end) is not None
