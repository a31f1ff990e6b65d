# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Reading the XML parts of a document package: entities stay closed, nothing is fetched, size and depth are bounded."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from poststelle.inspection.budget import Budget

MAX_PART_BYTES = 100 * 1024 * 1024
"""A part beyond this is not parsed at all."""
_WHOLE_BYTES = 8 * 1024 * 1024
"""Up to here a part becomes one tree (some 30 times its size); beyond, it is taken in pieces."""
_FEED_BYTES = 512 * 1024
_ROOT_BYTES = 64 * 1024
_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe<", b"\xfe\xff\x00<", b"<\x00", b"\x00<")


class _Nowhere(etree.Resolver):
    """Answers whatever a document type names with nothing, so that no file is opened and no address asked.

    Not collecting ids makes libxml2 open the outer part of every document type, and lxml's own empty answer does not
    keep it from that (lxml 6.1 with libxml2 2.14, November 2026).
    """

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override] # noqa: ARG002 - as lxml calls it; the stubs lack the context
        """An empty document type, whatever was asked for."""
        return self.resolve_string("", context, base_url=system_url)


class XmlError(Exception):
    """The part is not well-formed, or larger than is read. The sentence says which."""


class OutOfTimeError(Exception):
    """The time granted to the attachment was over in the middle of a part."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One tree: a whole part, or some finished elements of a large one below a root of ours."""

    root: etree._Element
    has_doctype: bool = False
    has_subset: bool = False
    """The document type declares something itself: entities, most likely."""


def looks_like_xml(content: bytes) -> bool:
    """True where the first bytes, white space aside, open an element in any encoding of Unicode."""
    return content[:64].lstrip(b" \t\r\n").startswith(_STARTS)


def names_doctype(content: bytes) -> bool:
    """True where a document type is declared near the beginning; asked only of parts that could not be parsed."""
    return b"<!DOCTYPE" in content[:4096].replace(b"\x00", b"")


def read_pieces(content: bytes, budget: Budget, *, lenient: bool = False) -> Iterator[Piece]:
    """The part as one or many trees, in order. XmlError as soon as it cannot be read on."""
    if len(content) > MAX_PART_BYTES:
        raise XmlError("part too large")
    if len(content) <= _WHOLE_BYTES:
        yield parse(content, lenient=lenient)
        return
    yield from _finished(content, budget)


def parse(content: bytes, *, lenient: bool = False) -> Piece:
    """The whole part as one tree. XmlError where it is not well-formed and leniency is not asked for."""
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,  # honest files repeat xml:id
        remove_comments=True,
        remove_pis=True,
        recover=lenient,
    )
    parser.resolvers.add(_Nowhere())
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise XmlError(str(error)) from error
    if root is None:
        raise XmlError("no element")
    return _piece(root)


def _piece(root: etree._Element) -> Piece:
    declared = _document_type(root)
    if not isinstance(declared, etree.DTD):
        return Piece(root)
    entities = declared.iterentities()  # type: ignore[attr-defined] # the stubs lack it
    elements = declared.iterelements()  # type: ignore[attr-defined] # the stubs lack it
    return Piece(
        root, has_doctype=True, has_subset=next(entities, None) is not None or next(elements, None) is not None
    )


def _document_type(root: etree._Element) -> object:
    return root.getroottree().docinfo.internalDTD


def _finished(content: bytes, budget: Budget) -> Iterator[Piece]:
    """Every element as soon as it is over and the next has begun; then it is forgotten, and at last the root."""
    parser = etree.XMLPullParser(
        ("start",),
        tag=_root_tag(content),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    parser.resolvers.add(_Nowhere())
    root: etree._Element | None = None
    try:
        for at in range(0, len(content), _FEED_BYTES):
            if budget.is_spent:
                raise OutOfTimeError("while reading a part")
            parser.feed(content[at : at + _FEED_BYTES])
            root = _first(parser) if root is None else root
            if root is not None:
                yield from _forget_finished(root)
        parser.close()
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise XmlError(str(error)) from error
    if root is None:
        raise XmlError("no element")
    yield _piece(root)


def _root_tag(content: bytes) -> str:
    """The tag of the outermost element, so that the parser reports hardly any other."""
    parser = etree.XMLPullParser(("start",), resolve_entities=False, load_dtd=False, no_network=True)
    try:
        parser.feed(content[:_ROOT_BYTES])
        first = _first(parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise XmlError(str(error)) from error
    if first is None:
        raise XmlError("no element at the beginning")
    return str(first.tag)


def _first(parser: etree.XMLPullParser) -> etree._Element | None:
    """The outermost element once the parser has met it."""
    for _, element in parser.read_events():
        if isinstance(element, etree._Element):  # noqa: SLF001 - lxml's one name for the type of an element
            return element
    return None


def _forget_finished(root: etree._Element) -> Iterator[Piece]:
    """Walks down the last children: all that stands before them is over, and moves into a tree of its own."""
    node = root
    while len(node):
        finished = list(node)[:-1]
        if finished:
            batch = etree.Element("finished")
            batch.extend(finished)
            yield Piece(batch)
        node = node[-1]
