# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where CMS layers stand in a tree of parts: which part is one, what it covers, and how deep it lies.

The seam between the MIME reader, which walks, and the CMS reader, which opens; knows the structures of neither inside.
"""

from base64 import encodebytes

from poststelle.core.signature import Layer
from poststelle.inspection.cms.layer import Place, Surroundings, detached_layer, is_structure
from poststelle.inspection.mime.readings import read_leaf
from poststelle.inspection.mime.tree import Kind, Part, Tree
from poststelle.inspection.scope import Standing

MEDIA_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
SIGNATURE_TYPES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_EXTENSION = ".p7m"
_STRUCTURE_HEAD = b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
_SIGNED_PARTS = 2
"""RFC 1847, 2.1: what is signed, and the signature. Whatever else stands there is not covered."""


def is_opaque_layer(part: Part, names: tuple[str, ...]) -> bool:
    """True for application/pkcs7-mime, and for what only its name calls so (RFC 8551, 3.2.1)."""
    return part.media_type in MEDIA_TYPES or any(name.lower().endswith(_EXTENSION) for name in names)


def is_signed_multipart(part: Part) -> bool:
    """True for a multipart/signed whose protocol is CMS (RFC 8551, 3.5.3), or unsaid: the second part tells then."""
    if part.kind is not Kind.MULTIPART or part.media_type != "multipart/signed" or part.content_type is None:
        return False
    protocols = part.content_type.every(b"protocol")
    return not protocols or any(value.decode("latin-1").lower() in SIGNATURE_TYPES for value in protocols)


class Standings:
    """How each part of one tree stands to the layers around it, parts asked for in document order."""

    __slots__ = ("_found", "_outer", "_tree", "_with_child")

    def __init__(self, tree: Tree, outer: Standing) -> None:
        self._tree = tree
        self._outer = outer
        self._found: list[Standing] = []
        self._with_child: set[int] = set()

    def next(self) -> Standing:
        """The standing of the next part."""
        part = self._tree.parts[len(self._found)]
        self._found.append(self._of(part))
        return self._found[-1]

    def _of(self, part: Part) -> Standing:
        if part.is_reading:
            return Standing(is_whole=False, depth=self._found[part.parent].depth if part.parent >= 0 else 0)
        if part.parent < 0:
            return self._outer
        around, parent = self._found[part.parent], self._tree.parts[part.parent]
        is_first = part.parent not in self._with_child
        self._with_child.add(part.parent)
        if not is_signed_multipart(parent):
            return Standing(is_whole=False, depth=around.depth)
        is_covered = is_first and len(_children(self._tree, part.parent)) == _SIGNED_PARTS
        return Standing(is_whole=around.is_whole and is_covered, depth=around.depth + 1)


def _children(tree: Tree, index: int) -> list[Part]:
    return [part for part in tree.parts[index + 1 :] if part.parent == index and not part.is_reading]


def signed_layer(tree: Tree, index: int, standing: Standing, surroundings: Surroundings) -> Layer:
    """The layer of a multipart/signed: its first part as it stands, against the signature in the second."""
    parts = _children(tree, index)
    section = tree.parts[index].section or "1"
    place = Place(section, standing.depth + 1, standing.is_whole and len(parts) == _SIGNED_PARTS)
    if len(parts) < _SIGNED_PARTS:
        return detached_layer(b"", b"", place, surroundings)
    first, second = parts[:_SIGNED_PARTS]
    _, contents = read_leaf(second, is_text=False)
    signature = bytes(next(contents, b"")) if second.kind is Kind.LEAF else b""
    with memoryview(first.source) as view, view[first.start : first.end] as covered:
        return detached_layer(covered, signature, place, surroundings)


def entity(inner: bytes) -> bytes:
    """The entity of a layer with the line ends of mail: some senders encrypt or sign text as it stands on their disk.

    A layer that stands in another without MIME between them gets the head it would have had (RFC 5652, 4).
    """
    if is_structure(inner):
        return _STRUCTURE_HEAD + encodebytes(inner).replace(b"\n", b"\r\n")
    return inner if b"\r\n" in inner or b"\0" in inner else inner.replace(b"\n", b"\r\n")
