# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Looking into a text file: whether it is text at all, and in an encoding that any office computer shows.

Accepted are UTF-8, UTF-16 with a byte order mark, and every one-byte reading of ASCII (Windows-1252, ISO-8859-1 and
-15): older multi-byte encodings that keep to ASCII cannot be told from these and pass as text.
"""

import codecs

from poststelle.core.facts import Finding
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.mime.source import how_many
from poststelle.inspection.seen import Seen, finding

_UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS = bytes((*range(0x01, 0x07), *range(0x0E, 0x1A), *range(0x1C, 0x20), 0x7F))
"""Bytes that no text holds: bell to carriage return, Ctrl-Z (end of a DOS file) and escape sequences pass."""
_MAX_CONTROLS_PER_THOUSAND = 5
"""Form letters of old printers hold single controls; programs and images hold them everywhere."""
_EBCDIC_SPACE, _ASCII_SPACES = b"\x40", b"\x20\x0a"
_SAMPLE_BYTES = 65_536
_MIN_EBCDIC_BYTES = 32


def inspect_text(content: bytes, format: Format, budget: Budget) -> Seen:  # noqa: A002, ARG001 - every inspector's shape
    """Whether the file is text in an accepted encoding."""
    objection = _objection(content)
    return Seen((objection,) if objection else ())


def _objection(content: bytes) -> Finding | None:
    if content.startswith(_UTF32_MARKS):
        return finding(Reason.TXT_ENCODING, "UTF-32")
    for mark, encoding in _UTF16_MARKS:
        if content.startswith(mark):
            return _of_utf16(content[len(mark) :], encoding)
    if b"\x00" in content.rstrip(b"\x00\x1a"):
        return _of_nuls(content)
    if _is_ebcdic(content):
        return finding(Reason.TXT_ENCODING, "EBCDIC")
    controls = how_many(content, _CONTROLS)
    if controls * 1000 > len(content) * _MAX_CONTROLS_PER_THOUSAND:
        return finding(Reason.BINARY, f"{controls} control characters")
    return None


def _of_utf16(content: bytes, encoding: str) -> Finding | None:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        return finding(Reason.TXT_ENCODING, f"damaged UTF-16 at byte {error.start}")
    return finding(Reason.BINARY, "NUL in UTF-16") if "\x00" in text.rstrip("\x00\x1a") else None


def _of_nuls(content: bytes) -> Finding:
    """A wide encoding without its mark is an encoding to be changed; any other NUL is no text."""
    sample = content[:_SAMPLE_BYTES]
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        if _is_text_in(sample[: len(sample) // width * width], encoding):
            return finding(Reason.TXT_ENCODING, f"{encoding.upper()} without byte order mark")
    return finding(Reason.BINARY, f"NUL at byte {content.index(0)}")


def _is_text_in(sample: bytes, encoding: str) -> bool:
    """True where the sample decodes and the letters are printable ones, as chance never makes them."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    strange = sum(not (letter.isprintable() or letter in "\t\n\r\f\v\ufeff") for letter in text)
    return bool(text) and strange * 50 <= len(text)


def _is_ebcdic(content: bytes) -> bool:
    """True for mainframe text: its space is the commonest byte, and ASCII's space and line feed are missing."""
    sample = content[:_SAMPLE_BYTES]
    if len(sample) < _MIN_EBCDIC_BYTES or any(space in sample for space in _ASCII_SPACES):
        return False
    letters = sum(0x81 <= byte <= 0xE9 for byte in sample)
    return sample.count(_EBCDIC_SPACE) * 20 > len(sample) and letters * 2 > len(sample)
