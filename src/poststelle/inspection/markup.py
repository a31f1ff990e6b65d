# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Files written into HTML as ``data:`` addresses (RFC 2397), spelt in any way that a browser forgives.

Pictures, fonts and style sheets belong to the text; what is anything else by its content is a file of the message.
"""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from poststelle.core.formats import ROWS, Format
from poststelle.inspection.mime.decode import skipping
from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.intext import InText
from poststelle.inspection.mime.limits import MAX_EMBEDDED
from poststelle.inspection.sniff import recognise
from poststelle.inspection.trimmings import IMAGES

MAX_ADDRESSES = 1_000
"""Looked at in one text; a newsletter with every picture inside has some fifty."""
MAX_REFERENCES = 10_000
"""In one address; a drawing that spells every sign so has fewer."""
_EXTENSIONS = {media_type: row.extensions[0] for row in ROWS for media_type in row.media_types if row.extensions}
_STRIPPED = bytes(range(0x21))
_GAP = rb"(?:[\x00-\x20]|&(?:Tab|NewLine);|&#0*(?:9|10|13)(?![0-9]);?|&#[xX]0*(?:9|[aAdD])(?![0-9a-fA-F]);?)*+"
"""What is stripped from an address before it is read (URL Standard, 4.4), as a character or as a reference."""


def _spelt(sign: str) -> bytes:
    """The sign in either case, or a reference to it."""
    codes = sorted({ord(sign.lower()), ord(sign.upper())})
    plain = "".join(f"\\x{code:02x}" for code in codes)
    decimal, hexadecimal = "|".join(map(str, codes)), "|".join(f"{code:x}" for code in codes)
    return rf"(?:[{plain}]|&#0*(?:{decimal});?|&#[xX]0*(?i:{hexadecimal});?)".encode("ascii")


_COLON = rb"(?::|&colon;|&#0*58;?|&#[xX]0*3[aA];?)"
_ADDRESS = re.compile(
    rb"(?P<opening>[\"'=(;])" + _GAP + _GAP.join((*map(_spelt, "data"), _COLON))  # ";" ends a reference to a quote
)
_ENDS = {
    b'"': re.compile(rb'"'),
    b"'": re.compile(rb"'"),
    b"=": re.compile(rb"[\s>]"),
    b"(": re.compile(rb"[)\"'\s<>]"),
}
_OTHER_END = re.compile(rb"[\"'\s<>)]|&(?:quot|apos|#0*3[49]|#[xX]0*2[27]);")
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


class _CostlyError(Exception):
    """No honest address costs so much to read. Answered by the defect of too many files."""


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
    except _CostlyError:
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
    except _CostlyError:
        return ""
    return b"".join((*kept, raw[at:])).decode("utf-8", "surrogatepass")


def _files(markup: bytes) -> Iterator[_Address]:
    for number, one in enumerate(_addresses(markup)):
        if number >= MAX_ADDRESSES:
            raise _CostlyError
        if one is not None and _is_file(one):
            yield one


def _addresses(markup: bytes) -> Iterator[_Address | None]:
    """Each in order, None for what only begins like one; what one has used up is not looked at again."""
    if b"&#" not in markup and b"data" not in markup.translate(None, _STRIPPED).lower():
        return
    at = 0
    while (match := _ADDRESS.search(markup, at)) is not None:
        closing = _ENDS.get(match["opening"], _OTHER_END).search(markup, match.end())
        at = closing.start() if closing is not None else len(markup)
        yield _read(markup, match, at)


def _read(markup: bytes, match: re.Match[bytes], end: int) -> _Address | None:
    raw = markup[match.end() : end]
    if raw.count(b"&") > MAX_REFERENCES:
        raise _CostlyError
    if b"&" in raw:
        raw = html.unescape(raw.decode("latin-1")).encode("latin-1", "replace")
    kind = _KIND.match(raw)
    if kind is None or raw[kind.end() : kind.end() + 1] != b",":
        return None
    told = raw[kind.end() + 1 :].partition(b"#")[0]
    content = unquote_to_bytes(told) if b"%" in told else told
    if _BASE64.search(kind[2]):
        content = skipping(content, ((0, len(content)),))
    media_type = (kind[1] or b"text/plain").decode("ascii", "replace").lower()
    name = _download_name(markup, match.start(), end)
    return _Address(match.end("opening"), end, media_type, name, content) if content else None


def _download_name(markup: bytes, start: int, end: int) -> str:
    opens = markup.rfind(b"<", max(start - _TAG_BYTES, 0), start)
    closes = markup.find(b">", end, end + _TAG_BYTES)
    if opens < 0:
        return ""
    after = markup[end : closes if closes >= 0 else end + _TAG_BYTES]
    match = _DOWNLOAD.search(markup, opens, start) or _DOWNLOAD.search(after)
    told = next((group for group in match.groups() if group), b"") if match is not None else b""
    return html.unescape(told.decode("utf-8", "replace")).strip()


def _is_file(one: _Address) -> bool:
    """Offered for saving, or anything but what a page is made of. A picture that is nothing else is broken, no file."""
    sniffed = recognise(one.content)
    if one.name or sniffed.second is not None:
        return True
    if sniffed.format in IMAGES or sniffed.format is Format.FONT:
        return False
    return not (one.media_type.startswith(_SHOWN_TYPES) and sniffed.format in _NOTHING_ELSE)
