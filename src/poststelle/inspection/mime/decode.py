# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Transfer encodings undone (RFC 2045, 6): one content where all readers agree, every reading where they do not."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.source import Source, count

Chunk = bytes | memoryview

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_ALPHABET = bytes(sorted(set(range(256)) - set(_ALPHABET)))
_NOT_ALPHABET_OR_PAD = bytes(sorted(set(_NOT_ALPHABET) - {ord("=")}))
_BLANKS = b" \t\r\n"
_PAD_END = re.compile(rb"=[= \t\r\n]*\Z")
_PAD_RUN = re.compile(rb"=+")
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r\n|[ \t]*\Z)")
_BAD_ESCAPE_WIDE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r\n|[ \t]*\Z)[^\r\n]{0,2}")
_EDGE_BLANKS = re.compile(rb"(?<![ \t])[ \t]+\r\n")
_LEADING_BLANKS = re.compile(rb"\r\n[ \t]+")
_EIGHT_BIT = bytes(range(128, 256))
_UNDECLARED = re.compile(rb"(?:[A-Za-z0-9+/]{40,76}+\r\n)*+(?:[A-Za-z0-9+/]{1,76}={0,2})?\s*\Z")
MIN_UNDECLARED_BYTES = 60
MAX_UNDECLARED_BYTES = 64 * 1024 * 1024
_PAD_TAIL_BYTES = 1_024
MAX_WOUNDS = 10_000
"""Damaged places in one encoded body up to which every reading is made. Nobody reads what is broken more often, and
each reading of it would cost seconds."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The content all readers get, or the defect and no content: then ask for the readings."""

    content: Chunk | None
    defect: DefectCode | None = None


def decode_base64(source: Source, start: int, end: int) -> Decoded:
    """Decoded in one step; whether every byte belonged there is told by the lengths alone, so nothing is copied."""
    pad = source.find(b"=", start, end)
    stop = pad if pad >= 0 else end
    if pad >= 0 and (end - pad > _PAD_TAIL_BYTES or not _PAD_END.match(source[pad:end])):
        return Decoded(None, DefectCode.BASE64_DAMAGED)
    try:
        with memoryview(source) as view, view[start:end] as body:
            content = binascii.a2b_base64(body)
    except binascii.Error:
        return Decoded(None, DefectCode.BASE64_DAMAGED)
    signs = stop - start - 2 * count(source, b"\n", start, stop)
    pads = source[pad:end].count(b"=") if pad >= 0 else 0
    if (signs + pads) % 4 == 0 and len(content) == signs * 6 // 8 and pads <= 2:
        return Decoded(content)
    blanks = count(source, b" ", start, stop) + count(source, b"\t", start, stop)
    if blanks and (signs - blanks + pads) % 4 == 0 and len(content) == (signs - blanks) * 6 // 8 and pads <= 2:
        return Decoded(content, DefectCode.BASE64_BLANKS)
    return Decoded(None, DefectCode.BASE64_DAMAGED)


def is_ruined_base64(body: bytes) -> bool:
    """Padding stands in more places than readings are made of."""
    return body.count(b"=") > MAX_WOUNDS and _more_than(MAX_WOUNDS, _PAD_RUN, body)


def is_ruined_qp(body: bytes) -> bool:
    """More damaged escapes, or blanks at the edges of lines, than readings are made of."""
    return any(_more_than(MAX_WOUNDS, wound, body) for wound in (_BAD_ESCAPE, _EDGE_BLANKS, _LEADING_BLANKS))


def _more_than(count: int, pattern: re.Pattern[bytes], body: bytes) -> bool:
    return next(islice(pattern.finditer(body), count, None), None) is not None


def base64_likeliest(body: bytes) -> bytes:
    """What a decoder makes of it that skips everything foreign."""
    return _lenient(body.translate(None, _NOT_ALPHABET))


def qp_likeliest(body: bytes) -> bytes:
    """What a decoder makes of it that keeps damaged escapes."""
    return binascii.a2b_qp(body)


def base64_readings(body: bytes) -> Iterator[bytes]:
    """Every way a reader is known to take damaged base64: skip, stop, restart at padding, give up."""
    kept = body.translate(None, _NOT_ALPHABET_OR_PAD)
    pad = _closing_pad(kept)
    yield _lenient(kept[:pad].replace(b"=", b""))
    everything = kept.replace(b"=", b"")
    yield _lenient(everything)
    if b"=" in kept:
        yield _segments(kept)
        yield _lenient(kept[: kept.find(b"=")])
    packed = body.translate(None, _BLANKS)
    junk = re.search(rb"[^A-Za-z0-9+/]", packed)
    if junk is not None:
        yield _lenient(packed[: junk.start()])
    yield body


def _closing_pad(kept: bytes) -> int:
    """Where a decoder that only heeds padding at the end of a group of four stops."""
    seen = last = 0
    for run in _PAD_RUN.finditer(kept):
        seen += run.start() - last
        last = run.end()
        if seen % 4 >= 2 and seen % 4 + (run.end() - run.start()) >= 4:
            return run.start()
    return len(kept)


def _segments(kept: bytes) -> bytes:
    return b"".join(_lenient(piece) for piece in _PAD_RUN.split(kept))


def _lenient(signs: bytes) -> bytes:
    """Decoded with the padding mended; a lone last sign carries no byte."""
    whole = len(signs) - (len(signs) % 4 == 1)
    return binascii.a2b_base64(signs[:whole] + b"=" * (-whole % 4))


def undeclared_base64(source: Source, start: int, end: int) -> bytes | None:
    """The content, where a body that declares no encoding is base64 from its first to its last line."""
    if not MIN_UNDECLARED_BYTES <= end - start <= MAX_UNDECLARED_BYTES or not _UNDECLARED.match(source, start, end):
        return None
    kept = source[start:end].translate(None, _NOT_ALPHABET)
    return None if len(kept) % 4 == 1 else _lenient(kept)


def decode_qp(body: bytes, *, is_text: bool) -> Decoded:
    """Decoded where no escape is damaged and no blank stands at a line's edge; texts may begin lines with blanks."""
    if _BAD_ESCAPE.search(body):
        return Decoded(None, DefectCode.QP_DAMAGED)
    content = binascii.a2b_qp(body)
    if not body.isascii() or _EDGE_BLANKS.search(body) or (not is_text and _LEADING_BLANKS.search(body)):
        return Decoded(content, DefectCode.QP_STYLE)
    return Decoded(content)


def qp_readings(body: bytes) -> Iterator[bytes]:
    """Every way a reader is known to take damaged quoted-printable, for contents where a byte matters."""
    trimmed = _EDGE_BLANKS.sub(b"\r\n", body)
    for bare in (body, trimmed, _LEADING_BLANKS.sub(b"\r\n", trimmed)):
        yield binascii.a2b_qp(_BAD_ESCAPE.sub(b"=3D", bare))
        yield binascii.a2b_qp(bare)
        yield binascii.a2b_qp(_BAD_ESCAPE.sub(b"", bare))
        yield binascii.a2b_qp(_BAD_ESCAPE_WIDE.sub(b"", bare))
        if not bare.isascii():
            yield binascii.a2b_qp(_BAD_ESCAPE.sub(b"=3D", bare.translate(None, _EIGHT_BIT)))
    yield body
