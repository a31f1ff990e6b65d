# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where a PDF is signed: the byte ranges, and the structure in the gap between them (ISO 32000-1, 12.8; ETSI EN 319 142-1).

Finds them; whether they hold is the signature reader's question.
"""

import binascii
import io
import re
from dataclasses import dataclass

import pikepdf

MAX_SIGNATURES = 20
_MAX_OBJECTS = 200_000
_GAP = re.compile(rb"[\x00\t\n\f\r ]*<([0-9A-Fa-f\s]*)>[\x00\t\n\f\r ]*")
_MARK = b"/ByteRange"
_FAULTS = (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError)
"""What the reader and its conversions are known to raise on damaged files."""


@dataclass(frozen=True, slots=True)
class SignedRange:
    """One signature of a PDF."""

    subfilter: str
    """``adbe.pkcs7.detached``, ``ETSI.CAdES.detached``, ``ETSI.RFC3161`` and others; without the slash."""
    structure: bytes
    """The CMS structure, zero bytes at its end included; empty where the ranges leave no proper gap for one."""
    before: memoryview
    after: memoryview
    is_whole: bool
    """Nothing of the file lies behind the second range."""
    permissions: int = 0

    @property
    def content(self) -> bytes:
        """What was signed."""
        return b"".join((self.before, self.after))


def signed_ranges(content: bytes) -> tuple[SignedRange, ...]:
    """The signatures in the order of their objects; none where the file cannot be opened."""
    if _MARK not in content:
        return ()
    found: list[SignedRange] = []
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            for number, one in enumerate(pdf.objects):
                if number >= _MAX_OBJECTS or len(found) >= MAX_SIGNATURES:
                    break
                if isinstance(one, pikepdf.Dictionary) and "/ByteRange" in one and "/Contents" in one:
                    found.append(_range(content, one))
    except _FAULTS:
        return tuple(found)
    return tuple(found)


def _range(content: bytes, dictionary: pikepdf.Dictionary) -> SignedRange:
    view = memoryview(content)
    subfilter = str(dictionary.get("/SubFilter", "")).removeprefix("/")[:64]
    numbers = [int(number) for number in list(dictionary["/ByteRange"])[:5]]
    permissions = _permissions(dictionary)
    if len(numbers) != 4 or numbers[0] != 0 or not 0 < numbers[1] < numbers[2] or numbers[3] < 0:
        return SignedRange(subfilter, b"", view[:0], view[:0], is_whole=False, permissions=permissions)
    _, before_end, after_start, after_bytes = numbers
    gap = _GAP.fullmatch(content[before_end:after_start])
    end = after_start + after_bytes
    is_possible = gap is not None and end <= len(content)
    structure = binascii.unhexlify(re.sub(rb"\s", b"", gap.group(1))) if gap is not None and is_possible else b""
    before, after = view[:before_end], view[after_start:end]
    return SignedRange(subfilter, structure, before, after, is_whole=end == len(content), permissions=permissions)


def _permissions(dictionary: pikepdf.Dictionary) -> int:
    """DocMDP of a certified document; 0 where it is none."""
    for reference in list(dictionary.get("/Reference", pikepdf.Array()))[:10]:
        if str(reference.get("/TransformMethod", "")) == "/DocMDP":
            return int(reference.get("/TransformParams", pikepdf.Dictionary()).get("/P", 2))
    return 0
