# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where ``data:`` addresses begin in HTML, spelt in any way that a browser forgives. Reads none of them.

Tried at every sign that may open an address, a page of nothing but such signs or of references took seconds. So a page
is folded, piece by piece, into one letter case and one opening sign without blanks: there a spelling is found as fast as
a word is. Only where one stands is the page itself looked at.
"""

import re
from collections.abc import Iterator
from heapq import merge
from string import ascii_lowercase, ascii_uppercase

from poststelle.inspection.mime.purse import CostlyError, Purse
from poststelle.inspection.mime.source import PIECE_BYTES

MAX_BEGINNINGS = 2_000_000
"""Openings before a letter d or a reference, in pieces with references; a page of 27 MB has a tenth."""
LIKELY_STEPS = 50
"""What looking at one place of the page costs, in steps of a purse."""
_BLOCK_BYTES = 512
_BLANKS = bytes(range(0x21))
_OPENINGS = b"\"'=(;"
_FOLDED = bytes.maketrans(ascii_uppercase.encode() + _OPENINGS, ascii_lowercase.encode() + b"=" * len(_OPENINGS))
_FOREIGN = re.compile(rb"[^\x00-\x20&#0-9A-Za-z:;]")
"""Stands within no spelling, at most before it: where a piece may end."""
_REFERENCE_END = b";"
_REFERENCE = re.compile(rb"&(?:#|tab=|newline=|colon=)")

_GAP = rb"(?:[\x00-\x20]|&(?:Tab|NewLine);|&#0*+(?:9|10|13)(?![0-9]);?|&#[xX]0*+(?:9|[aAdD])(?![0-9a-fA-F]);?)*+"
"""What is stripped from an address before it is read (URL Standard, 4.4), as a character or as a reference."""
_FOLDED_GAP = rb"(?:tab=|newline=|#0*+(?:9|10|13)(?![0-9])=?|#x0*+[9ad]=?)"
"""Behind its ``&``. A hexadecimal one may seem to go on, where blanks stood behind it."""
_FOLDED_GAPS = rb"(?:&" + _FOLDED_GAP + rb")*+"


def _numbers(sign: str, end: bytes) -> bytes:
    """Every reference to the sign in either case by its number, behind the ``&``; folded or not."""
    codes = sorted({ord(sign.lower()), ord(sign.upper())})
    decimal, hexadecimal = "|".join(map(str, codes)), "|".join(f"{code:x}" for code in codes)
    return rf"(?:#0*+(?:{decimal})|#[xX]0*+(?i:{hexadecimal}))".encode("ascii") + end


def _spelt(sign: str) -> bytes:
    plain = "".join(f"\\x{ord(one):02x}" for one in sorted({sign.lower(), sign.upper()}))
    return rf"(?:[{plain}]|&".encode("ascii") + _numbers(sign, rb";?)")


def _folded(sign: str) -> bytes:
    return f"(?:{sign}|&".encode("ascii") + _numbers(sign, rb"=?)")


_WORD = _GAP.join((*map(_spelt, "data"), rb"(?::|&(?:colon;|" + _numbers(":", rb";?))")))
_EXACT = re.compile(rb"(?P<opening>[\"'=(;])" + _GAP + rb"(?P<word>" + _WORD + rb")?")
"""Matches at every opening with the gap behind it, so that no gap is read again for the openings within."""
_PLAIN = b"=data:"
_FOLDED_REST = _FOLDED_GAPS.join((b"", *map(_folded, "ata"), rb"(?::|&(?:colon|" + _numbers(":", rb"))")))
_BY_SIGN = re.compile(rb"=d" + _FOLDED_REST)
_BY_REFERENCE = re.compile(
    rb"=&(?:" + _FOLDED_GAP + _FOLDED_GAPS + rb"(" + _folded("d") + _FOLDED_REST + rb")?"
    rb"|" + _numbers("d", rb"(=?+" + _FOLDED_REST + rb")?)")
)
"""Matches at every reference that might begin an address, with a group where it does. What may open another is left."""


class Search:
    """Beginnings in one page, in order; mutable because what it may cost is spent once."""

    __slots__ = ("_beginnings_left", "_markup", "_purse")

    def __init__(self, markup: bytes, purse: Purse) -> None:
        self._markup = markup
        self._purse = purse
        self._beginnings_left = MAX_BEGINNINGS

    def first(self, at: int) -> re.Match[bytes] | None:
        """The first beginning from there on, up to its colon, with its ``opening``. Raises CostlyError."""
        while at < len(self._markup):
            cut = _FOREIGN.search(self._markup, at + PIECE_BYTES)
            end = cut.start() if cut is not None else len(self._markup)
            match = self._in_piece(at, end)
            if match is not None:
                return match
            at = end
        return None

    def _in_piece(self, at: int, end: int) -> re.Match[bytes] | None:
        folded = self._markup[at:end].translate(_FOLDED, _BLANKS)
        places = _Places(self._markup, at)
        looked_to = 0
        for start, stop in self._likely(folded):
            if start < looked_to:
                continue
            looked_to = stop
            begin, until = places.of(start), places.of(stop - 1) + 1 + len(_REFERENCE_END)
            for match in _EXACT.finditer(self._markup, begin, until):
                self._purse.take(0, 1)
                if match["word"] is not None:
                    return match
        return None

    def _likely(self, folded: bytes) -> Iterator[tuple[int, int]]:
        """Spans of the folded piece that are spellings, or would be without what was folded away."""
        if _REFERENCE.search(folded) is None:
            yield from _plain(folded)
            return
        self._beginnings_left -= folded.count(b"=&") + folded.count(b"=d")
        if self._beginnings_left < 0:
            raise CostlyError
        for span in merge(self._by_reference(folded), (match.span() for match in _BY_SIGN.finditer(folded))):
            self._purse.take(0, LIKELY_STEPS)
            yield span

    def _by_reference(self, folded: bytes) -> Iterator[tuple[int, int]]:
        for match in _BY_REFERENCE.finditer(folded):
            self._purse.take(0, 1)
            if match.lastindex is not None:
                yield match.span()


def _plain(folded: bytes) -> Iterator[tuple[int, int]]:
    at = folded.find(_PLAIN)
    while at >= 0:
        yield at, at + len(_PLAIN)
        at = folded.find(_PLAIN, at + 1)


class _Places:
    """Where the bytes of a folded piece stand in the page, asked for in order."""

    __slots__ = ("_at", "_before", "_markup")

    def __init__(self, markup: bytes, at: int) -> None:
        self._markup = markup
        self._at, self._before = at, 0
        """A place in the page, and how many bytes of the folded piece stand before it."""

    def of(self, place: int) -> int:
        """Place in the page of the folded byte."""
        while True:
            block = self._markup[self._at : self._at + _BLOCK_BYTES]
            kept = len(block.translate(None, _BLANKS))
            if self._before + kept > place:
                break
            self._at += len(block)
            self._before += kept
        left = place - self._before
        return self._at + next(at for at, byte in enumerate(block) if byte not in _BLANKS and (left := left - 1) < 0)
