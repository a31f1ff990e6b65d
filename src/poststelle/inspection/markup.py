# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Files written into HTML as ``data:`` addresses (RFC 2397), spelt in any way that a browser forgives.

Pictures, fonts and style sheets belong to the text; what is anything else by its content is a file of the message.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from poststelle.core.formats import ROWS, Format
from poststelle.inspection.mime.decode import Span, skipping
from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.intext import InText
from poststelle.inspection.mime.limits import MAX_EMBEDDED
from poststelle.inspection.mime.purse import CostlyError, Purse
from poststelle.inspection.mime.source import PIECE_BYTES
from poststelle.inspection.references import resolved
from poststelle.inspection.sniff import recognise
from poststelle.inspection.spelling import Search
from poststelle.inspection.trimmings import IMAGES

MAX_ADDRESSES = 1_000
"""Looked at in one text; a newsletter with every picture inside has some fifty."""
MAX_REFERENCES = 10_000
"""In one address; a drawing that spells every sign so has fewer."""
MAX_STEPS = 100_000
"""In one text: references looked at or undone, a microsecond each."""
ESCAPES_A_STEP = 4
_EXTENSIONS = {media_type: row.extensions[0] for row in ROWS for media_type in row.media_types if row.extensions}
_ENDS = {
    b'"': re.compile(rb'"'),
    b"'": re.compile(rb"'"),
    b"=": re.compile(rb"[ \t\n\r\f\v>]"),
    b"(": re.compile(rb"[)\"' \t\n\r\f\v<>]"),
}
_OTHER_END = re.compile(rb"[\"' \t\n\r\f\v<>)]")
_QUOTE = re.compile(rb"&(?:quot|apos|#0*+3[49]|#[xX]0*+2[27]);")
_REFERENCE = re.compile(rb"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")
_KIND = re.compile(rb"\s*+([\w.+-]+/[\w.+*-]+)?+\s*+((?:;[^,;]{0,200}){0,20}+)")
_BASE64 = re.compile(rb";\s*base64\s*\Z", re.IGNORECASE)
_DOWNLOAD = re.compile(rb"\bdownload\s*=\s*(?:\"([^\"]{0,300})\"|'([^']{0,300})'|([^\s\"'>]{1,300}))", re.IGNORECASE)
_TAG_BYTES = 1_024
"""How far on either side of an address its tag is read for the name under which it would be saved."""
_SHOWN_TYPES = (
    "image/",
    "font/",
    "text/css",
    "application/font",
    "application/x-font",
    "application/vnd.ms-fontobject",
)
_NOTHING_ELSE = frozenset({Format.UNKNOWN, Format.TXT, Format.XML, Format.EMPTY})


class _Address(NamedTuple):
    """Where one address stands, and what it holds."""

    start: int
    end: int
    media_type: str
    name: str
    """Under which the tag offers it for saving; empty where it does not."""
    content: bytes


def files_in_markup(markup: bytes) -> tuple[tuple[InText, ...], bool]:
    """The files, and whether there were more than are looked at."""
    files: list[InText] = []
    try:
        for one in _files(markup):
            if len(files) >= MAX_EMBEDDED:
                return tuple(files), True
            name = one.name or f"data-{len(files) + 1}.{_EXTENSIONS.get(one.media_type, 'bin')}"
            files.append(InText(name, one.content, DefectCode.DATA_ADDRESS))
    except CostlyError:
        return tuple(files), True
    return tuple(files), False


def without_files(markup: str) -> str:
    """The text with nothing where files were written into it, which go on as files; nothing of what cannot be read."""
    raw, at = markup.encode("utf-8", "surrogatepass"), 0
    kept: list[bytes] = []
    try:
        for one in _files(raw):
            kept.append(raw[at : one.start])
            at = one.end
    except CostlyError:
        return ""
    return b"".join((*kept, raw[at:])).decode("utf-8", "surrogatepass")


def _files(markup: bytes) -> Iterator[_Address]:
    for number, one in enumerate(_addresses(markup)):
        if number >= MAX_ADDRESSES:
            raise CostlyError
        if one is not None and _is_file(one):
            yield one


def _addresses(markup: bytes) -> Iterator[_Address | None]:
    """Each in order, None for what only begins like one; what one has used up is not looked at again."""
    purse = Purse(2 * len(markup), MAX_STEPS)
    search = Search(markup, purse)
    at = other_end = 0
    while (match := search.first(at)) is not None:
        end = _ENDS.get(match["opening"])
        if end is not None:
            at = _place(end, markup, match.end())
        else:
            other_end = other_end if other_end >= match.end() else _place(_OTHER_END, markup, match.end())
            at = _before_quote(markup, match.end(), other_end, purse)
        yield _read(markup, match, at, purse)


def _place(sign: re.Pattern[bytes], markup: bytes, at: int) -> int:
    found = sign.search(markup, at)
    return found.start() if found is not None else len(markup)


def _before_quote(markup: bytes, at: int, end: int, purse: Purse) -> int:
    """Place of the first reference to a quote, or the end."""
    while (at := markup.find(b"&", at, end)) >= 0:
        if _QUOTE.match(markup, at, end) is not None:
            return at
        purse.take(0, 1)
        at += 1
    return end


def _read(markup: bytes, match: re.Match[bytes], end: int, purse: Purse) -> _Address | None:
    raw, start, stop = markup, match.end(), end
    references = markup.count(b"&", start, end)
    if references > MAX_REFERENCES:
        raise CostlyError
    if references:
        purse.take(end - start, references)
        raw = _without_references(markup, start, end)
        start, stop = 0, len(raw)
    kind = _KIND.match(raw, start, stop)
    if kind is None or raw[kind.end() : min(kind.end() + 1, stop)] != b",":
        return None
    start = kind.end() + 1
    fragment = raw.find(b"#", start, stop)
    content = _undone(raw, (start, fragment if fragment >= 0 else stop), purse, is_base64=bool(_BASE64.search(kind[2])))
    media_type = (kind[1] or b"text/plain").decode("ascii", "replace").lower()
    name = _download_name(markup, match.start(), end)
    return _Address(match.end("opening"), end, media_type, name, content) if content else None


def _without_references(markup: bytes, start: int, end: int) -> bytes:
    bare, at = BytesIO(), start
    for match in _REFERENCE.finditer(markup, start, end):
        bare.write(markup[at : match.start()])
        bare.write(resolved(match.group().decode("latin-1")).encode("latin-1", "replace"))
        at = match.end()
    bare.write(markup[at:end])
    return bare.getvalue()


def _undone(raw: bytes, span: Span, purse: Purse, *, is_base64: bool) -> bytes:
    """The bytes that the address stands for: percent signs undone, then base64."""
    escapes = raw.count(b"%", *span)
    if escapes:
        purse.take(0, escapes // ESCAPES_A_STEP)
        raw = _without_percents(raw, span)
        span = (0, len(raw))
    return skipping(raw, (span,)) if is_base64 else raw[slice(*span)]


def _without_percents(raw: bytes, span: Span) -> bytes:
    """Piece by piece, none of which cuts an escape in two: the standard library makes an object of each escape."""
    bare, (at, end) = BytesIO(), span
    while at < end:
        piece = raw[at : min(at + PIECE_BYTES, end)]
        cut = piece.rfind(b"%", len(piece) - 2)
        piece = piece[:cut] if cut > 0 and at + len(piece) < end else piece
        bare.write(unquote_to_bytes(piece))
        at += len(piece)
    return bare.getvalue()


def _download_name(markup: bytes, start: int, end: int) -> str:
    opens = markup.rfind(b"<", max(start - _TAG_BYTES, 0), start)
    closes = markup.find(b">", end, end + _TAG_BYTES)
    if opens < 0:
        return ""
    after = markup[end : closes if closes >= 0 else end + _TAG_BYTES]
    match = _DOWNLOAD.search(markup, opens, start) or _DOWNLOAD.search(after)
    told = next((group for group in match.groups() if group), b"") if match is not None else b""
    return resolved(told.decode("utf-8", "replace")).strip()


def _is_file(one: _Address) -> bool:
    """Offered for saving, or anything but what a page is made of. A picture that is nothing else is broken, no file."""
    sniffed = recognise(one.content)
    if one.name or sniffed.second is not None:
        return True
    if sniffed.format in IMAGES or sniffed.format is Format.FONT:
        return False
    return not (one.media_type.startswith(_SHOWN_TYPES) and sniffed.format in _NOTHING_ELSE)
