# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Files written into a text: uuencode (POSIX) and yEnc (yenc.org, 1.3). Some mail clients still offer them as files."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

from poststelle.inspection.mime.charsets import to_text
from poststelle.inspection.mime.decode import ALPHABET, skipping
from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.limits import MAX_EMBEDDED
from poststelle.inspection.mime.purse import CostlyError, Purse
from poststelle.inspection.mime.source import PIECE_BYTES, Source

_UU = re.compile(rb"\nbegin(-base64)? [0-7]{3,4} ([^\r\n]{0,1024})\r?(?=\n)")
_UU_LOOSE = re.compile(
    rb"\nbegin(?:[ \t]{2,}|[ \t]+(?=[0-7]{1,4}[ \t]))(?:[0-7]{1,4}[ \t]+)?([^\r\n]{0,1024})\r?(?=\n)"
)
"""Outlook Express takes the word and two blanks for a beginning. Only where a line of the length it states follows."""
_YENC = re.compile(rb"\n=ybegin ([^\r\n]{1,1024})\r?(?:\n=ypart [^\r\n]{0,1024}\r?)?(?=\n)")
_WORD = b"begin"
"""Stands wherever a file of either kind does; looked for once."""
_OPENING_BYTES = 4_096
_UU_FULL = re.compile(rb"(?:M[ -`]{60}\r?\n){1,1000}+")
"""So many at once that the copies stay small."""
_UU_TO_BASE64 = bytes(ALPHABET[(sign - 32) & 63] for sign in range(256))
_YENC_NAME = re.compile(rb"name=(.*)\Z")
_YENC_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_YENC_TABLE = bytes((value - 42) % 256 for value in range(256))
MAX_UNDONE_FACTOR = 2
"""Bytes undone in one text, as a multiple of it: files that overlap are read again and again, honest ones do not."""
MAX_FOREIGN_LINES = 20
"""In a row, among the lines of a uuencoded file: behind more of them it is over."""
MAX_EATEN_BLANKS = 4
"""At the end of one line of uuencode behind foreign ones: a letter's line is seldom as long as its first sign says."""
MAX_STEPS = 200_000
"""Lines other than full ones (uuencode), and escapes (1 to 2 percent of its bytes) and empty lines (yEnc), in one text."""


@dataclass(frozen=True, slots=True)
class InText:
    """One file out of a text."""

    name: str
    content: bytes
    defect: DefectCode


def is_written_into(source: Source, start: int, end: int) -> bool:
    """A line begins as a file written into a text does."""
    return any(
        source.find(word, max(start - 1, 0), end) >= 0
        for word in (b"\nbegin ", b"\nbegin\t", b"\nbegin-base64 ", b"\n=ybegin ")
    )


def files_in_text(text: bytes) -> tuple[tuple[InText, ...], bool]:
    """The files, and whether there were more than are looked at."""
    found: list[InText] = []
    try:
        for one in _every(text):
            found.append(one)  # noqa: PERF402 - what was undone before the purse was empty counts
    except CostlyError:
        return tuple(found), True
    return tuple(found), False


def _every(text: bytes) -> Iterator[InText]:
    if _WORD not in text:
        return
    purse = Purse(MAX_UNDONE_FACTOR * len(text), MAX_STEPS)
    for match, end in _beginnings(_UU, _WORD, text):
        undo = _undo_base64 if match.group(1) else _undo_uu
        for content in filter(None, undo(text, end, purse)):
            yield InText(to_text(match.group(2).strip()), content, DefectCode.UUENCODE)
    for match, end in _beginnings(_UU_LOOSE, _WORD, text):
        if not _UU.match(match.group() + b"\n") and _stated_line(_line_at(text, end)) is not None:
            for content in filter(None, _undo_uu(text, end, purse)):
                yield InText(to_text(match.group(1).strip()), content, DefectCode.UUENCODE)
    for match, end in _beginnings(_YENC, b"=ybegin ", text):
        named = _YENC_NAME.search(match.group(1))
        name = to_text(named.group(1).strip()) if named else ""
        yield InText(name, _undo_yenc(text, end, purse), DefectCode.YENC)


def _beginnings(pattern: re.Pattern[bytes], word: bytes, text: bytes) -> Iterator[tuple[re.Match[bytes], int]]:
    """Every beginning, and where in the text its line ends. The first line is tried apart, so that nothing is copied."""
    found = (
        [(match, match.end() + 1) for match in islice(pattern.finditer(text), MAX_EMBEDDED + 1)] if word in text else []
    )
    if text.startswith(word) and (first := pattern.match(b"\n" + text[:_OPENING_BYTES])) is not None:
        found.insert(0, (first, first.end()))
    yield from found[:MAX_EMBEDDED]
    if len(found) > MAX_EMBEDDED:
        raise CostlyError


def _undo_uu(text: bytes, at: int, purse: Purse) -> Iterator[bytes]:
    """What stands up to ``end`` or the first line that is none, and with what readers find who step over such lines."""
    content, at = _uu_block(text, at, purse)
    yield content
    if more := _uu_behind(text, at, purse):
        yield content + more


def _uu_behind(text: bytes, at: int, purse: Purse) -> bytes:
    """Lines of exactly the length they state, up to ``end`` or too many others in a row."""
    content, foreign = BytesIO(), 0
    while at < len(text) and foreign < MAX_FOREIGN_LINES:
        line = _line_at(text, at)
        at += len(line) + 1
        line = line.rstrip(b"\r")
        if line.rstrip() == b"end":
            break
        purse.take(len(line), 1)
        decoded = _stated_line(line)
        foreign = foreign + 1 if decoded is None else 0
        content.write(decoded or b"")
    return content.getvalue()


def _line_at(text: bytes, at: int) -> bytes:
    stop = text.find(b"\n", at)
    return text[at : stop if stop >= 0 else len(text)]


def _stated_line(line: bytes) -> bytes | None:
    """What a line holds that is as long as it states; blanks at its end are signs, and some were taken off on the way."""
    bare = line.rstrip(b"\r ")
    signs = ((bare[0] - 32 & 63) + 2) // 3 * 4 if bare else 0
    is_stated = signs and signs + 1 - MAX_EATEN_BLANKS <= len(bare) <= signs + 2
    return _uu_line(bare.ljust(signs + 1)) if is_stated else None


def _uu_block(text: bytes, at: int, purse: Purse) -> tuple[bytes, int]:
    """Lines up to ``end`` or the first that is none, and where it begins; trailing blanks and extra signs are forgiven."""
    content = BytesIO()
    while (full := _UU_FULL.match(text, at)) is not None:
        purse.take(full.end() - at)
        content.write(_undo_full(full.group()))
        at = full.end()
    while (stop := text.find(b"\n", at)) >= 0 or at < len(text):
        line = text[at : stop if stop >= 0 else len(text)].rstrip(b"\r")
        if line == b"end" or not line:
            break
        purse.take(len(line), 1)
        decoded = _uu_line(line)
        if decoded is None:
            break
        content.write(decoded)
        at = stop + 1 if stop >= 0 else len(text)
    return content.getvalue(), at


def _undo_full(lines: bytes) -> bytes:
    """Lines of the full 45 bytes at once: their signs are base64 of another alphabet."""
    signs = lines.replace(b"\r", b"").replace(b"\nM", b"").rstrip(b"\n")[1:]
    return binascii.a2b_base64(signs.translate(_UU_TO_BASE64))


def _uu_line(line: bytes) -> bytes | None:
    signs = ((line[0] - 32 & 63) * 4 + 5) // 3
    for attempt in (line, line[:signs]):
        try:
            return binascii.a2b_uu(attempt)
        except binascii.Error:
            continue
    return None


def _undo_base64(text: bytes, at: int, purse: Purse) -> Iterator[bytes]:
    end = text.find(b"\n====", at)
    stop = end if end >= 0 else len(text)
    purse.take(stop - at)
    yield skipping(text, ((at, stop),))


def _undo_yenc(text: bytes, at: int, purse: Purse) -> bytes:
    end = text.find(b"\n=yend", at)
    stop = end if end >= 0 else len(text)
    purse.take(stop - at, text.count(b"=", at, stop))
    content = BytesIO()
    while at < stop:
        until = _unescaped_end(text, at + PIECE_BYTES, stop, purse)
        piece = text[at:until].translate(None, b"\r\n")
        plain = _YENC_ESCAPE.sub(lambda match: bytes(((match.group(1)[0] - 64) % 256,)), piece)
        content.write(plain.translate(_YENC_TABLE))
        at = until
    return content.getvalue()


def _unescaped_end(text: bytes, at: int, stop: int, purse: Purse) -> int:
    """The next line end that no escape reaches across; one behind an empty line might be."""
    while at < stop and (end := text.find(b"\n", at, stop)) >= 0:
        if not text[max(end - 2, 0) : end].rstrip(b"\r").endswith((b"=", b"\n")):
            return end + 1
        purse.take(0, 1)
        at = end + 1
    return stop
