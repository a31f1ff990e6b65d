# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where a PNG or JPEG ends, how large it says it is, and whether another file begins behind it.

Cameras and editors append thumbnails, second pictures, films and their own notes: only a container that a reader would
open as something else makes a polyglot.
"""

import re
import struct
import zlib
from collections.abc import Iterator

_PNG_MARK = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNK = struct.Struct(">I4s")
_PNG_OVERHEAD_BYTES = 12
_JPEG_START_OF_FRAME = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
_JPEG_WITHOUT_LENGTH = frozenset({0x00, 0x01, *range(0xD0, 0xDA)})
_JPEG_END, _JPEG_SCAN = 0xD9, 0xDA
_JPEG_FILL = re.compile(rb"\xff++")
"""Before a marker any number of them may stand (ITU-T T.81, B.1.1.2)."""
_JPEG_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
MAX_PIECES = 100_000
"""Segments or chunks of one picture, and fill bytes before its first scan: an encoder writes some thousands at most."""
_MARK_WINDOW_BYTES = 1024
_MARKS = ((b"%PDF-", "PDF"), (b"Rar!\x1a\x07", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"))
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
_ZIP_END_WINDOW_BYTES = _ZIP_END_BYTES + 65_535
_ZIP_DIRECTORY = b"PK\x01\x02"


def png_size(content: bytes) -> tuple[int, int]:
    """Width and height as IHDR says; (0, 0) where there is none."""
    if len(content) < 24 or not content.startswith(_PNG_MARK):
        return (0, 0)
    width, height = struct.unpack_from(">II", content, 16)
    return (width, height)


def png_fault(content: bytes) -> str:
    """Empty where every chunk that readers must understand is whole with the right sum, up to IEND."""
    for kind, start, length, is_whole in _png_chunks(content):
        if not is_whole:
            return "cut off"
        is_critical = kind[:1].isupper()
        said = int.from_bytes(content[start + 8 + length : start + 12 + length], "big")
        if is_critical and said != zlib.crc32(content[start + 4 : start + 8 + length]):
            return f"wrong sum in {kind.decode('latin-1')}"
        if kind == b"IEND":
            return ""
    return "no end"


def png_core(content: bytes) -> bytes:
    """The picture without the chunks a reader may pass over: a broken comment or profile spoils no picture."""
    kept = (
        content[start : start + length + _PNG_OVERHEAD_BYTES]
        for kind, start, length, _ in _png_chunks(content)
        if kind[:1].isupper() or kind == b"tRNS"
    )
    return _PNG_MARK + b"".join(kept)


def png_end(content: bytes) -> int:
    """The offset behind IEND, or the length where there is none."""
    for kind, start, length, _ in _png_chunks(content):
        if kind == b"IEND":
            return min(start + length + _PNG_OVERHEAD_BYTES, len(content))
    return len(content)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, int, int, bool]]:
    offset = len(_PNG_MARK)
    for _ in range(MAX_PIECES):
        if offset + _PNG_CHUNK.size > len(content):
            return
        length, kind = _PNG_CHUNK.unpack_from(content, offset)
        behind = offset + length + _PNG_OVERHEAD_BYTES
        yield kind, offset, length, behind <= len(content)
        offset = behind


def jpeg_size(content: bytes) -> tuple[int, int]:
    """Width and height of the first frame; (0, 0) where there is none."""
    for marker, start, _ in _jpeg_segments(content):
        if marker in _JPEG_START_OF_FRAME and start + 9 <= len(content):
            height, width = struct.unpack_from(">HH", content, start + 5)
            return (width, height)
    return (0, 0)


def jpeg_fault(content: bytes) -> str:
    """Empty where the header has no more pieces than a picture has; the decoder would look at each fill byte for itself."""
    offset = pieces = 0
    for marker, start, behind in _jpeg_segments(content):
        pieces += 1 + start - offset
        if pieces > MAX_PIECES:
            return "too many segments"
        if marker == _JPEG_SCAN:
            return ""
        offset = behind
    return "no scan" if len(content) - offset > MAX_PIECES else ""


def jpeg_end(content: bytes) -> int:
    """The offset behind the end of the image, or the length where it is missing; -1 behind more than are looked at."""
    for number, (marker, _, behind) in enumerate(_jpeg_segments(content)):
        if marker == _JPEG_END:
            return behind
        if number >= MAX_PIECES:
            return -1
    return len(content)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, its offset, and the offset behind the segment (behind the scan for a scan)."""
    offset = 2
    for _ in range(MAX_PIECES + 1):
        fill = _JPEG_FILL.search(content, offset)
        if fill is None or fill.end() >= len(content):
            return
        offset = fill.end() - 1
        marker = content[offset + 1]
        behind = _jpeg_behind(content, offset, marker)
        yield marker, offset, behind
        if marker == _JPEG_END:
            return
        offset = behind


def _jpeg_behind(content: bytes, offset: int, marker: int) -> int:
    if marker in _JPEG_WITHOUT_LENGTH:
        return offset + 2
    behind = offset + 2 + max(int.from_bytes(content[offset + 2 : offset + 4], "big"), 2)
    if marker == _JPEG_SCAN:
        following = _JPEG_MARKER_IN_SCAN.search(content, behind)
        return following.start() if following else len(content)
    return behind


def foreign_tail(content: bytes, end: int) -> str:
    """Which container a reader would find at the end of the file; empty where none.

    A ZIP is found from its end record, wherever its members stand; the others by their mark behind the picture.
    """
    if _has_zip_directory(content):
        return "ZIP"
    window = content[end : end + _MARK_WINDOW_BYTES]
    for mark, name in _MARKS:
        if mark in window:
            return name
    stripped = window.lstrip(b"\x00\r\n \t")
    return "program" if stripped.startswith(b"MZ") and _is_program(content, end) else ""


def _has_zip_directory(content: bytes) -> bool:
    window_start = max(len(content) - _ZIP_END_WINDOW_BYTES, 0)
    found = content.rfind(_ZIP_END, window_start)
    while found >= 0:
        if len(content) - found >= _ZIP_END_BYTES:
            size = int.from_bytes(content[found + 12 : found + 16], "little")
            if 0 < size <= found and content.startswith(_ZIP_DIRECTORY, found - size):
                return True
        found = content.rfind(_ZIP_END, window_start, found)
    return False


def _is_program(content: bytes, end: int) -> bool:
    start = content.find(b"MZ", end)
    at = start + int.from_bytes(content[start + 60 : start + 64], "little")
    return content.startswith(b"PE\x00\x00", at)
