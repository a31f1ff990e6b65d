# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The bytes of a message as something to search in, and what is wrong with its lines. Never copies the whole."""

from collections.abc import Iterator
from io import BytesIO, IncrementalNewlineDecoder
from mmap import MADV_DONTNEED, mmap

from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.limits import MAX_LINE_BYTES, MAX_SENT_LINE_BYTES

Content = bytes | bytearray | memoryview | mmap
"""What a caller may hand in."""
Source = bytes | mmap
"""What is searched: both have find, slices that are bytes, and the buffer protocol."""

PIECE_BYTES = 16 * 1024
"""What is copied at a time: small enough for the processor's cache."""
_WINDOW_BYTES = 16 * 1024
_SHORT_BYTES = 4 * 1024
_EVEN_LINES, _MAX_EVEN_LINES = 32, 1024
"""Lines whose ends are looked at together: few at first."""


def as_source(content: Content) -> Source:
    """The content, copied only where it is neither bytes nor a map."""
    if isinstance(content, (bytes, mmap)):
        return content
    if isinstance(content, memoryview) and isinstance(content.obj, (bytes, mmap)) and len(content.obj) == len(content):
        return content.obj
    return bytes(content)


def let_go(source: Source) -> None:
    """Gives back the memory of a mapped file that was read to its end; what is read again comes from the file again."""
    if isinstance(source, mmap):
        source.madvise(MADV_DONTNEED)


def count(source: Source, needle: bytes, start: int, end: int) -> int:
    """How often the needle (one or two bytes, no overlap with itself) stands in the range."""
    if isinstance(source, bytes):
        return source.count(needle, start, end)
    extra = len(needle) - 1
    return sum(source[at : min(at + PIECE_BYTES + extra, end)].count(needle) for at in range(start, end, PIECE_BYTES))


def how_many(content: bytes | memoryview, signs: bytes) -> int:
    """How many of the bytes are among the signs."""
    pieces_of = (bytes(content[at : at + PIECE_BYTES]) for at in range(0, len(content), PIECE_BYTES))
    return sum(len(piece) - len(piece.translate(None, signs)) for piece in pieces_of)


def find_dashed(source: Source, needle: bytes, start: int, end: int) -> int:
    """Offset of a needle that begins with one or two other bytes and a dash, or -1.

    A long range is crossed from dash to dash: base64 has none, and 27 MB of it are searched in 2 ms instead of 12
    (November 2026).
    """
    if end - start < _SHORT_BYTES:
        return source.find(needle, start, end)
    at = start
    while (dash := source.find(b"-", at, end)) >= 0:
        until = dash + _WINDOW_BYTES
        found = source.find(needle, max(dash - 2, start), min(until + len(needle), end))
        if found >= 0:
            return found
        at = until
    return -1


def line_defects(source: Source) -> Iterator[DefectCode]:
    """NUL, line ends other than CRLF (RFC 5321, 2.3.8) and lines that are too long, each once."""
    if source.find(b"\0") >= 0:
        yield DefectCode.NUL
    ends = line_ends(source)
    if "\r" in ends:
        yield DefectCode.BARE_CR
    if "\n" in ends:
        yield DefectCode.BARE_LF
    longest = _first_long_line(source, 0, MAX_SENT_LINE_BYTES)
    if longest < 0:
        return
    yield DefectCode.LONG_LINE
    if _first_long_line(source, longest, MAX_LINE_BYTES) >= 0:
        yield DefectCode.LINE_TOO_LONG


def line_ends(source: Source) -> frozenset[str]:
    """Which of CRLF, CR alone and LF alone end lines here.

    The decoder of the standard library tells it in one pass, however dense they stand: 27 MB of base64 take 10 ms, and
    as much of nothing but line ends 13; single bytes taken out and put in again took 0.24 s of those (November 2026).
    """
    seen = IncrementalNewlineDecoder(None, translate=False)
    for at in range(0, len(source), PIECE_BYTES):
        seen.decode(source[at : at + PIECE_BYTES].decode("latin-1"))
    seen.decode("", final=True)
    return _told(seen)


def _told(seen: IncrementalNewlineDecoder) -> frozenset[str]:
    ends = seen.newlines
    return frozenset((ends,) if isinstance(ends, str) else ends or ())


def with_lf(content: bytes, end: int) -> Iterator[bytes]:
    """The bytes before ``end`` with LF where they have CRLF, a piece at a time; a CR that stands alone stays."""
    for piece in pieces(content, end):
        mended = IncrementalNewlineDecoder(None, translate=True)
        text = mended.decode(piece.decode("latin-1"), final=True)
        yield piece.replace(b"\r\n", b"\n") if "\r" in _told(mended) else text.encode("latin-1")


def with_crlf(content: bytes) -> bytes:
    """The content with CRLF for every line end of whatever kind."""
    mended, whole = IncrementalNewlineDecoder(None, translate=True), BytesIO()
    for at in range(0, len(content), PIECE_BYTES):
        text = mended.decode(content[at : at + PIECE_BYTES].decode("latin-1"))
        whole.write(text.encode("latin-1").replace(b"\n", b"\r\n"))
    whole.write(mended.decode("", final=True).encode("latin-1").replace(b"\n", b"\r\n"))
    return whole.getvalue()


def pieces(source: Source, end: int) -> Iterator[bytes]:
    """The bytes before ``end``, a piece at a time; no CRLF is cut in two."""
    at = 0
    while at < end:
        stop = min(at + PIECE_BYTES, end)
        stop += stop < end and source[stop - 1 : stop + 1] == b"\r\n"
        yield source[at:stop]
        at = stop


def _first_long_line(source: Source, start: int, limit: int) -> int:
    """Offset of the first line longer than the limit, or -1: leaps from line end to line end, limit by limit.

    Lines of one length, as encoders write them, are told by the column of their ends: 27 MB of base64 take 2 ms instead
    of 11 (November 2026). It is tried now and then, since lines of a text differ.
    """
    size = len(source)
    at = start
    reach, try_at = limit + 2, start + PIECE_BYTES
    while size - at > limit:
        last = source.rfind(b"\n", at, at + reach)
        if last < 0:
            return at
        at = last + 1
        if at >= try_at:
            at = _behind_even_lines(source, at, limit)
            try_at = at + PIECE_BYTES
    return -1


def _behind_even_lines(source: Source, at: int, limit: int) -> int:
    """Where the lines that are as long as the first one end; ``at`` itself where two differ already."""
    width = source.find(b"\n", at, at + limit + 1) + 1 - at
    if width <= 0:
        return at
    lines = _EVEN_LINES
    while (column := source[at + width - 1 : at + lines * width : width]) and len(column) == lines:
        if column.strip(b"\n"):
            break
        at += lines * width
        lines = min(2 * lines, _MAX_EVEN_LINES)
    return at
