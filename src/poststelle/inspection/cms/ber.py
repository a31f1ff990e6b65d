# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""BER made definite: one bounded walk that turns streamed encodings into ones that can be read without searching.

Mail programs stream: indefinite lengths, octet strings in a thousand pieces. Only what must change is written anew:
an element without either is copied byte for byte, since certificates and signed attributes are signed as they stand.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

MAX_DEPTH = 40
"""Nesting of elements; certificates inside a signature stay below fifteen."""
MAX_ELEMENTS = 500_000
"""Elements of one structure: a 20 MB mail streamed in pieces of 64 bytes has 330,000."""
MAX_OTHERS = 200_000
"""Elements other than such pieces: a list of 50,000 revoked certificates inside has as many."""

_SMALL_BYTES = 64 * 1024
"""Up to here the number of elements needs no bound of its own."""

OCTET_STRING, CONSTRUCTED_OCTET_STRING, CONSTRUCTED_BIT_STRING = 0x04, 0x24, 0x23
_CONSTRUCTED, _HIGH_TAG, _INDEFINITE = 0x20, 0x1F, 0x80
_CONTEXT_0_CONSTRUCTED, _CONTEXT_0 = 0xA0, 0x80
_BEFORE_CIPHERTEXT = (0x06, 0x30)
"""EncryptedContentInfo (RFC 5652, 6.1): an identifier and an algorithm stand before the implicit octet string."""
_STRINGS = (OCTET_STRING, CONSTRUCTED_OCTET_STRING)
_IN_PIECES = (CONSTRUCTED_OCTET_STRING, CONSTRUCTED_BIT_STRING)
_MAX_LENGTH_BYTES = 5
_ALIKE, _MAX_ALIKE = 64, 4_096
"""Pieces looked ahead at a time: so few at first that sizes which change all the time cost little more."""
_MIN_RUN = 8
_BLOCK_BYTES, _BLOCK_PIECES = 64 * 1024, 256
"""Of a run copied at a time: it stays in the processor's cache."""


class CmsError(ValueError):
    """The structure is not what the standard says. Answered by a code for malformed layers, never raised out."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Many pieces of one size, one behind the other; never held one by one."""

    start: int
    count: int
    head_bytes: int
    """Tag and length before each content."""
    content_bytes: int

    def __len__(self) -> int:
        return self.count * self.content_bytes

    def blocks(self, content: bytes) -> Iterator[bytes]:
        """The contents joined, some at a time."""
        size = self.head_bytes + self.content_bytes
        at, left, many = self.start, self.count, min(max(1, _BLOCK_BYTES // size), _BLOCK_PIECES)
        while left:
            many = min(many, left)
            yield b"".join(struct.unpack_from(f"{self.head_bytes}x{self.content_bytes}s" * many, content, at))
            at, left = at + many * size, left - many


_Part = memoryview | _Run


@dataclass(slots=True)
class _Element:
    tag: int
    start: int
    content_start: int
    content_end: int
    end: int
    parts: list[_Part] | None
    """The new content where it had to change; None where the bytes stand as they were."""
    size: int = 0
    """Its bytes; the pieces of a large string are not counted again in every element around it."""


class _Walk:
    __slots__ = ("content", "data", "left", "others_left")

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.data = memoryview(content)
        self.left, self.others_left = MAX_ELEMENTS, MAX_OTHERS

    def element(self, at: int, limit: int, depth: int, *, may_be_ciphertext: bool) -> _Element:
        self.others_left -= 1
        self._count(depth)
        tag, content_start, length = header(self.data, at, limit)
        if not tag & _CONSTRUCTED:
            if length is None:
                raise CmsError("primitive element of indefinite length")
            return _Element(tag, at, content_start, content_start + length, content_start + length, None)
        is_open = length is None
        content_end = limit if length is None else content_start + length
        found = _Element(tag, at, content_start, content_end, content_end, None)
        string_tag = self._string_tag(tag, content_start, content_end, may_be_ciphertext=may_be_ciphertext)
        if string_tag is not None:
            found.tag = string_tag
            found.parts, found.content_end = self._pieces(content_start, content_end, depth, is_open=is_open)
            found.size = sum(map(len, found.parts))
        else:
            children, found.content_end = self._children(content_start, content_end, depth, is_open=is_open)
            if is_open or any(child.parts is not None for child in children):
                found.parts = []
                for part in map(self.encoded, children):
                    found.parts += part
                found.size = sum(map(self.encoded_size, children))
        found.end = found.content_end + 2 if is_open else found.content_end
        return found

    def _count(self, depth: int, elements: int = 1) -> None:
        self.left -= elements
        if self.left < 0 or self.others_left < 0 or depth > MAX_DEPTH:
            raise CmsError("too many or too deeply nested elements")

    def _string_tag(self, tag: int, start: int, end: int, *, may_be_ciphertext: bool) -> int | None:
        """What a string in pieces is once it is whole; None where the element is none."""
        if tag == CONSTRUCTED_BIT_STRING:
            raise CmsError("bit string in pieces")
        if tag == CONSTRUCTED_OCTET_STRING:
            return OCTET_STRING
        is_implicit = may_be_ciphertext and tag == _CONTEXT_0_CONSTRUCTED and start < end
        return _CONTEXT_0 if is_implicit and self.data[start] in _STRINGS else None

    def _pieces(self, at: int, limit: int, depth: int, *, is_open: bool) -> tuple[list[_Part], int]:
        """The contents of the pieces, and where the string ends.

        Pieces with the header of the one before are not read anew: there may be a hundred thousand, all of one size.
        """
        pieces: list[_Part] = []
        known, size, ahead = b"", 0, _ALIKE
        while at < limit:
            alike = self._alike(known, size, at, min(limit, at + ahead * size))
            self._count(depth + 1, alike or 1)
            if alike:
                pieces += self._run(_Run(at, alike, len(known), size - len(known)))
                at += alike * size
                ahead = min(2 * ahead, _MAX_ALIKE) if alike == ahead else _ALIKE
                continue
            tag, start, length = header(self.data, at, limit)
            if tag == OCTET_STRING and length is not None:
                known, size = self.content[at:start], start - at + length
                at += size
                pieces.append(self.data[start:at])
            elif tag == CONSTRUCTED_OCTET_STRING:
                inner_end = limit if length is None else start + length
                inner, inner_end = self._pieces(start, inner_end, depth + 1, is_open=length is None)
                pieces += inner
                at = inner_end + 2 if length is None else inner_end
            elif is_open and tag == 0 and length == 0:
                return pieces, at
            else:
                raise CmsError("a piece of a string that is none")
        if is_open or at != limit:
            raise CmsError("string without its end")
        return pieces, at

    def _run(self, run: _Run) -> list[_Part]:
        """The run, or its pieces where they are few."""
        if run.count >= _MIN_RUN:
            return [run]
        step = run.head_bytes + run.content_bytes
        starts = range(run.start + run.head_bytes, run.start + run.count * step, step)
        return [self.data[one : one + run.content_bytes] for one in starts]

    def _alike(self, known: bytes, size: int, at: int, limit: int) -> int:
        """How many pieces of that header and size follow: looked for by columns, sign by sign of the header."""
        if not known or not self.content.startswith(known, at):
            return 0
        end = at + (limit - at) // size * size
        columns = (self.content[at + place : end : size] for place in range(len(known)))
        return min(len(one) - len(one.lstrip(one[:1])) for one in columns)

    def _children(self, at: int, limit: int, depth: int, *, is_open: bool) -> tuple[list[_Element], int]:
        children: list[_Element] = []
        while at < limit:
            if is_open and at + 2 <= limit and not self.data[at] and not self.data[at + 1]:
                return children, at
            is_third = len(children) == 2 and (children[0].tag, children[1].tag) == _BEFORE_CIPHERTEXT
            child = self.element(at, limit, depth + 1, may_be_ciphertext=is_third)
            children.append(child)
            at = child.end
        if is_open or at != limit:
            raise CmsError("element without its end")
        return children, at

    def encoded(self, element: _Element) -> list[_Part]:
        """The element with its header, as parts to be joined."""
        if element.parts is None:
            return [self.data[element.start : element.end]]
        return [memoryview(bytes((element.tag,)) + length_bytes(element.size)), *element.parts]

    def encoded_size(self, element: _Element) -> int:
        """The bytes of these parts."""
        if element.parts is None:
            return element.end - element.start
        return 1 + len(length_bytes(element.size)) + element.size


def to_der(content: bytes) -> bytes:
    """The first element of the content with definite lengths and whole strings; CmsError where it is none."""
    if 0 < len(content) <= _SMALL_BYTES and _is_settled(content, 0, len(content), 0):
        return content
    walk = _Walk(content)
    outer = walk.element(0, len(content), 0, may_be_ciphertext=False)
    if outer.parts is None and outer.end == len(content):
        return content
    out = BytesIO()
    for part in walk.encoded(outer):
        out.writelines((part,) if isinstance(part, memoryview) else part.blocks(content))
    return out.getvalue()


def _is_settled(content: bytes, at: int, limit: int, depth: int) -> bool:
    """True where every element is plainly definite and whole; False also where only the full walk can tell.

    The usual case, and a third of the walk's time.
    """
    while at < limit:
        if at + 2 > limit or depth > MAX_DEPTH:
            return False
        tag, length = content[at], content[at + 1]
        at += 2
        if tag & _HIGH_TAG == _HIGH_TAG or length == _INDEFINITE or tag in _IN_PIECES:
            return False
        if length > _INDEFINITE:
            count = length & 0x7F
            length = int.from_bytes(content[at : at + count], "big") if count <= _MAX_LENGTH_BYTES else limit
            at += count
        end = at + length
        if end > limit or (tag & _CONSTRUCTED and not _is_settled_inside(content, at, end, tag, depth)):
            return False
        at = end
    return True


def _is_settled_inside(content: bytes, at: int, end: int, tag: int, depth: int) -> bool:
    may_be_pieces = tag == _CONTEXT_0_CONSTRUCTED and at < end and content[at] in _STRINGS
    return not may_be_pieces and _is_settled(content, at, end, depth + 1)


def header(data: memoryview, at: int, limit: int) -> tuple[int, int, int | None]:
    """Tag, where the content starts, and its length (None where indefinite); CmsError where it leaves the limit."""
    if at + 2 > limit:
        raise CmsError("element cut off")
    tag, first = data[at], data[at + 1]
    if tag & _HIGH_TAG == _HIGH_TAG:
        raise CmsError("tag number above thirty")
    if first < _INDEFINITE:
        length, start = first, at + 2
    elif first == _INDEFINITE:
        return tag, at + 2, None
    else:
        count = first & 0x7F
        start = at + 2 + count
        if count > _MAX_LENGTH_BYTES or start > limit:
            raise CmsError("impossible length")
        length = int.from_bytes(data[at + 2 : start], "big")
    if start + length > limit:
        raise CmsError("element longer than what holds it")
    return tag, start, length


def length_bytes(size: int) -> bytes:
    """The shortest encoding of a length (X.690, 10.1)."""
    if size < _INDEFINITE:
        return bytes((size,))
    count = (size.bit_length() + 7) // 8
    return bytes((_INDEFINITE | count,)) + size.to_bytes(count, "big")
