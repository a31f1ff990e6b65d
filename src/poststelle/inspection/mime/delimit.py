# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A multipart body cut at its delimiters (RFC 2046, 5.1.1), found by searching the bytes, never by reading lines."""

import re
from itertools import islice
from typing import NamedTuple

from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.source import Source, find_dashed

_BLANK = re.compile(rb"\s*+")
_LINE = b"\r\n--"
MAX_ELSEWHERE = 1_000
"""Places of a boundary other than at the beginning of a line, at which each is looked at."""
_MAX_PADDING_BYTES = 256
"""Blanks after a delimiter; more is not padding."""


class Split(NamedTuple):
    """The ranges between the delimiters, and what stands around them."""

    children: tuple[tuple[int, int], ...]
    preamble_end: int
    epilogue_start: int
    defects: tuple[DefectCode, ...]
    again: tuple[tuple[int, int], ...] = ()
    """Ranges that only some reader takes for parts: between a close and the next delimiter, or behind blanks."""


class _Delimiter(NamedTuple):
    at: int
    """Of the CRLF before it, which belongs to it."""
    line_end: int
    is_close: bool


def split_multipart(source: Source, start: int, end: int, boundary: bytes, at_most: int) -> Split:
    """The children of a multipart whose body is the range; what follows the close delimiter counts as well."""
    defects: list[DefectCode] = []
    delimiters, may_be_indented = _delimiters(source, (max(start - 2, 0), end), boundary, at_most, defects)
    indented = _indented(source, (start, end), boundary, at_most) if may_be_indented else ()
    if indented:
        defects.append(DefectCode.DELIMITER_INDENTED)
    children, between, epilogue = _between(delimiters, end, defects)
    if not children:
        defects.append(DefectCode.NO_BODY if _is_blank(source, start, end) else DefectCode.NO_PARTS)
        return Split((), end, end, tuple(dict.fromkeys(defects)), again=indented)
    is_open = epilogue == end and not delimiters[-1].is_close
    if is_open and children[1:] and _is_blank(source, children[-1][0], end):
        children.pop()
    elif is_open and children:
        children[-1] = _without_last_end(source, *children[-1])
    again = (*indented, *(one for one in between if not _is_blank(source, *one)))
    return Split(tuple(children), max(delimiters[0].at, start), epilogue, tuple(dict.fromkeys(defects)), again)


def _without_last_end(source: Source, start: int, end: int) -> tuple[int, int]:
    """The range of a last part that nothing closes: its last line end would have belonged to the delimiter."""
    return (start, end - 2) if end - start >= 2 and source[end - 2 : end] == b"\r\n" else (start, end)


def _is_blank(source: Source, start: int, end: int) -> bool:
    return _BLANK.fullmatch(source, start, end) is not None


def _delimiters(
    source: Source, span: tuple[int, int], boundary: bytes, at_most: int, defects: list[DefectCode]
) -> tuple[list[_Delimiter], bool]:
    """The delimiters, and whether the boundary may also stand behind blanks: one search for both, unless it is common."""
    found: list[_Delimiter] = []
    tries = 0
    places = Places(source, span, boundary)
    while (at := places.next()) >= 0:
        tries += 1
        if tries > 2 * at_most + 2 or len(found) > at_most:
            defects.append(DefectCode.TOO_MANY_PARTS)
            return found, True
        after = at + len(_LINE) + len(boundary)
        line_end = source.find(b"\r\n", after, span[1])
        line_end = span[1] if line_end < 0 else line_end
        rest = source[after : min(line_end, after + _MAX_PADDING_BYTES + 1)]
        if rest.rstrip(b" \t") not in (b"", b"--") or len(rest) > _MAX_PADDING_BYTES:
            defects.append(DefectCode.DELIMITER_TEXT)
        else:
            found.append(_Delimiter(at, line_end, rest.startswith(b"--")))
        places.skip(line_end)
    return found, places.may_be_indented


class Places:
    """Where lines begin with the boundary; mutable because it is a walk."""

    __slots__ = ("_at", "_boundary", "_elsewhere", "_source", "_span", "may_be_indented")

    def __init__(self, source: Source, span: tuple[int, int], boundary: bytes) -> None:
        self._source, self._span, self._boundary = source, span, boundary
        self._at = span[0]
        self._elsewhere = 0
        self.may_be_indented = False
        """It stands behind a blank, or in more places than were looked at."""

    def next(self) -> int:
        """Offset of the CRLF before the next one, or -1."""
        needle, end = b"--" + self._boundary, self._span[1]
        while self._elsewhere <= MAX_ELSEWHERE:
            place = find_dashed(self._source, needle, self._at, end)
            if place < 0:
                return -1
            if self._source[max(place - 2, self._span[0]) : place] == b"\r\n":
                self._at = place - 2
                return self._at
            self._elsewhere += 1
            self._at = place + 1
            self.may_be_indented = self.may_be_indented or self._source[place - 1 : place] in (b" ", b"\t")
        self.may_be_indented = True
        place = find_dashed(self._source, _LINE + self._boundary, self._at, end)
        self._at = max(place, self._at)
        return place

    def skip(self, line_end: int) -> None:
        """Go on behind the line of the place given last."""
        if self._source.find(self._boundary, self._at + len(_LINE) + len(self._boundary), line_end) >= 0:
            self.may_be_indented = True
        self._at = line_end


def _between(
    delimiters: list[_Delimiter], end: int, defects: list[DefectCode]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]], int]:
    """The children; the ranges that follow a close and are none; and where the epilogue begins."""
    children: list[tuple[int, int]] = []
    after_close: list[tuple[int, int]] = []
    epilogue = end
    is_closed = False
    for place, one in enumerate(delimiters):
        is_last = place + 1 == len(delimiters)
        start = min(one.line_end + 2, end)
        until = max(start, end if is_last else delimiters[place + 1].at)
        if one.is_close:
            is_closed, epilogue = True, start
            if not is_last:
                after_close.append((start, until))
            continue
        if is_closed:
            defects.append(DefectCode.MIME_IN_EPILOGUE)
        children.append((start, until))
        if until == end:
            epilogue = end
    if delimiters and not delimiters[-1].is_close:
        defects.append(DefectCode.NO_CLOSE)
    return children, after_close, epilogue


def _indented(source: Source, span: tuple[int, int], boundary: bytes, at_most: int) -> tuple[tuple[int, int], ...]:
    """The ranges between delimiters, those behind blanks at the start of a line included; empty where there are none."""
    start, end = span
    needle = b"--" + boundary
    if find_dashed(source, b" " + needle, start, end) < 0 and find_dashed(source, b"\t" + needle, start, end) < 0:
        return ()
    line = re.compile(rb"\n([ \t]*+)--" + re.escape(boundary) + rb"[^\r\n]*+")
    found = list(islice(line.finditer(source, max(start - 1, 0), end), at_most))
    if not any(one.group(1) for one in found):
        return ()
    ends = [*(max(one.start() - 1, start) for one in found[1:]), end]
    return tuple((min(one.end() + 2, stop), stop) for one, stop in zip(found, ends, strict=True))
