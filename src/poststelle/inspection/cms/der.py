# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Reading and writing DER one element at a time, without copying and without a schema compiler.

The handful of CMS structures is read by position; every step checks its tag, so that wrong shapes end as CmsError.
"""

from typing import NamedTuple

from poststelle.inspection.cms.ber import CmsError, header, length_bytes

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, UTF8 = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C
SEQUENCE, SET = 0x30, 0x31
_MAX_CHILDREN = 20_000
_LAST_OID_BYTE = 0x80


def context(number: int, *, constructed: bool = True) -> int:
    """The tag byte of a context-specific element."""
    return (0xA0 if constructed else 0x80) | number


class Node(NamedTuple):
    """One element: its tag byte, all its bytes, and its content. A tuple, since a mail has a hundred of them."""

    tag: int
    raw: memoryview
    content: memoryview

    def must_be(self, tag: int) -> "Node":
        """Itself; CmsError where it has another tag."""
        if self.tag != tag:
            raise CmsError(f"tag {self.tag:#04x} where {tag:#04x} belongs")
        return self

    def children(self) -> tuple["Node", ...]:
        """The elements inside, in order."""
        found: list[Node] = []
        at, end = 0, len(self.content)
        while at < end:
            if len(found) >= _MAX_CHILDREN:
                raise CmsError("too many elements")
            node = _node(self.content, at)
            found.append(node)
            at += len(node.raw)
        return tuple(found)

    @property
    def octets(self) -> bytes:
        """The content, copied."""
        return bytes(self.content)

    @property
    def der(self) -> bytes:
        """The whole element, copied."""
        return bytes(self.raw)

    @property
    def integer(self) -> int:
        """The value of an INTEGER."""
        return int.from_bytes(self.must_be(INTEGER).content, "big", signed=True)


def _node(data: memoryview, at: int) -> Node:
    tag, start, length = header(data, at, len(data))
    if length is None:
        raise CmsError("indefinite length in what should be definite")
    return Node(tag, data[at : start + length], data[start : start + length])


def read(content: bytes | memoryview) -> Node:
    """The first element of the content."""
    return _node(memoryview(content), 0)


def encode(tag: int, *contents: bytes | memoryview) -> bytes:
    """One element with the contents one after the other."""
    return b"".join((bytes((tag,)), length_bytes(sum(map(len, contents))), *contents))


def oid(dotted: str) -> bytes:
    """The content bytes of an object identifier (X.690, 8.19)."""
    first, second, *others = (int(arc) for arc in dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *others):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(arc & 0x7F | _LAST_OID_BYTE)
        out += bytes(reversed(septets))
    return bytes(out)


def algorithm(node: Node) -> tuple[bytes, Node | None]:
    """Identifier and parameters of an AlgorithmIdentifier."""
    parts = node.must_be(SEQUENCE).children()
    if not parts:
        raise CmsError("algorithm without identifier")
    return parts[0].must_be(OID).octets, parts[1] if len(parts) > 1 else None
