# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A lenient second reader for bitmaps: their header, and whether the file holds all the rows it promises.

For the valid kinds that the usual decoder refuses (unusual masks, two bits a pixel, cut run-length ends, OS/2 headers
with odd sizes). Reads no pixel: Windows bitmaps have no compression but run lengths, whose bounds are walked.
"""

import struct
from dataclasses import dataclass

_FILE_HEADER_BYTES = 14
_CORE_HEADER_BYTES = 12
_INFO_HEADER_BYTES = frozenset({16, 24, 40, 46, 48, 52, 56, 60, 64, 108, 124})
"""OS/2 2.x may cut its header short; 40 is the usual one, 52 to 124 add masks and colour spaces."""
_RGB, _RLE8, _RLE4, _BITFIELDS, _ALPHA_BITFIELDS = 0, 1, 2, 3, 6
_BITS: dict[int, frozenset[int]] = {
    _RGB: frozenset({1, 2, 4, 8, 16, 24, 32}),
    _RLE8: frozenset({8}),
    _RLE4: frozenset({4}),
    _BITFIELDS: frozenset({16, 32}),
    _ALPHA_BITFIELDS: frozenset({16, 32}),
}
"""Bits a pixel may have under each compression. JPEG and PNG inside a bitmap are for printers only."""
_MAX_SIDE = 1_000_000
"""Pixels; a header beyond is damage, not a large picture."""
_MISSING_RUN_SHARE = 0.6
"""Share of the pixels that run-length data must at least place: encoders leave the rest to the background."""


@dataclass(frozen=True, slots=True)
class BmpHeader:
    """What the two headers say. ``height`` is positive; rows may stand in either order."""

    width: int
    height: int
    bits: int
    compression: int
    planes: int
    pixels_at: int
    header_bytes: int


def bmp_header(content: bytes) -> BmpHeader | None:
    """The headers where they make sense at all; None otherwise."""
    if len(content) < _FILE_HEADER_BYTES + _CORE_HEADER_BYTES or content[:2] != b"BM":
        return None
    (pixels_at,) = struct.unpack_from("<I", content, 10)
    (header_bytes,) = struct.unpack_from("<I", content, 14)
    if header_bytes == _CORE_HEADER_BYTES:
        width, height, planes, bits = struct.unpack_from("<HHHH", content, 18)
        return BmpHeader(width, height, bits, _RGB, planes, pixels_at, header_bytes)
    if header_bytes not in _INFO_HEADER_BYTES or len(content) < _FILE_HEADER_BYTES + header_bytes:
        return None
    width, height, planes, bits = struct.unpack_from("<iiHH", content, 18)
    compression = struct.unpack_from("<I", content, 30)[0] if header_bytes >= 20 else _RGB
    return BmpHeader(width, abs(height), bits, compression, planes, pixels_at, header_bytes)


def bmp_size(content: bytes) -> tuple[int, int]:
    """Width and height as the header says; (0, 0) where there is none, or one that no picture has."""
    header = bmp_header(content)
    if header is None or not (0 < header.width <= _MAX_SIDE and 0 < header.height <= _MAX_SIDE):
        return (0, 0)
    return (header.width, header.height)


def bmp_fault(content: bytes) -> str:
    """Empty where the header is valid and the file holds all rows."""
    header = bmp_header(content)
    if header is None:
        return "no bitmap header"
    if not (0 < header.width <= _MAX_SIDE and 0 < header.height <= _MAX_SIDE):
        return "impossible size"
    if header.bits not in _BITS.get(header.compression, frozenset()):
        return f"{header.bits} bits under compression {header.compression}"
    if not _FILE_HEADER_BYTES + header.header_bytes <= header.pixels_at < len(content):
        return "pixels outside the file"
    if header.compression in (_RLE8, _RLE4):
        return _run_fault(content, header)
    row_bytes = (header.width * header.bits + 31) // 32 * 4
    return "" if header.pixels_at + row_bytes * header.height <= len(content) else "rows missing"


def _run_fault(content: bytes, header: BmpHeader) -> str:
    """Empty where the runs end by their mark, or place most of the pixels before the file ends."""
    offset, placed, enough = header.pixels_at, 0, header.width * header.height * _MISSING_RUN_SHARE
    while offset + 1 < len(content) and placed < enough:
        count, value = content[offset], content[offset + 1]
        offset += 2
        if count:
            placed += count
        elif value == 1:
            return ""
        elif value == 2:
            if offset + 1 < len(content):
                placed += content[offset] + content[offset + 1] * header.width
            offset += 2
        elif value > 2:
            placed += value
            literal = value if header.compression == _RLE8 else (value + 1) // 2
            offset += literal + (literal & 1)
    return "" if placed >= enough else "runs missing"
