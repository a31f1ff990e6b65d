# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Office Open XML documents (ISO/IEC 29500): every part is looked at for what it is, whatever it is called.

Findings name the part. Documents embedded in the package are handed on to be looked into under the same rules.
"""

import re
from collections.abc import Iterator

from lxml import etree

from poststelle.core.facts import Finding
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.ole import inspect_object
from poststelle.inspection.ooxml_fields import FIELD_KINDS, FIELD_TAGS, FieldReader
from poststelle.inspection.ooxml_html import judge_page
from poststelle.inspection.ooxml_rules import judge_relation, judge_type
from poststelle.inspection.ooxml_types import (
    ROOT_RELS,
    TYPES_PART,
    ContentTypes,
    main_part,
    read_relations,
    read_types,
)
from poststelle.inspection.package import Package, Part, open_package
from poststelle.inspection.seen import Embedded, Seen, finding
from poststelle.inspection.sniff import is_program
from poststelle.inspection.sniff_magic import by_magic
from poststelle.inspection.sniff_ole import OLE_MAGIC
from poststelle.inspection.xmlparts import XmlError, looks_like_xml, names_doctype, read_pieces
from poststelle.inspection.xmlplain import is_plain

_WEB_PAGES = (".htm", ".html", ".xhtml", ".mht", ".mhtml")
_WEB_TYPES = ("/html", "/xhtml+xml", "message/rfc822", "multipart/related")
_DOCUMENT_STARTS = (b"PK\x03\x04", b"%PDF-", b"{\\rtf")
"""Packages, PDF and RTF."""
_DDE_FORMULA = re.compile(r"(?:[^\"']|\"[^\"]*\"|'[^']*')*?(?:[\w.\]]|'[^']+')\s*\|\s*(?:'[^']*'|[^\s'\"!|]+)\s*!")
"""Program, topic, item; a bar within quotes, be it a text or the name of a sheet, is none."""
MAX_FORMULA_CHARS = 8_192
"""What Excel takes as a formula (ECMA-376-1, 18.17; specifications and limits of Excel)."""
_PROGRAM_ACTIONS: tuple[tuple[str, Reason], ...] = (
    ("ppaction://macro", Reason.MACRO),
    ("ppaction://program", Reason.EXECUTABLE_PART),
)
_AUTOMATIC = ("_xlnm.auto_open", "_xlnm.auto_close", "_xlnm.auto_activate", "_xlnm.auto_deactivate")
_LINKS = ("{*}hlinkClick", "{*}hlinkHover", "{*}hlinkMouseOver")
_FORMULA = re.compile(rb"[<:]f[\s/>]")
_TAGS = (*FIELD_TAGS, *_LINKS, "{*}ddeLink", "{*}oleLink", "{*}f", "{*}definedName", "{*}ocx", "{*}macrosheet")
_MARKED = "|".join(tag[3:] for tag in _TAGS if tag != "{*}f")
"""Every tag but that of formulas, which every sheet is full of."""
_OPENED = re.compile(rb"<(?:[^\s<>/:]*+:)?+(?:" + _MARKED.encode() + rb")")
"""An element of these names begins, under whatever prefix: from one bracket to the next in a third of the time that
eleven searches for the names took (November 2026)."""


def inspect_ooxml(content: bytes, _format: Format, budget: Budget) -> Seen:
    """Findings and embedded documents of one package."""
    if content.startswith(OLE_MAGIC):
        return Seen((finding(Reason.ENCRYPTED, "encrypted package"),))
    package = open_package(content, budget)
    if not package.parts:
        return Seen(package.findings or (finding(Reason.UNREADABLE, "no parts"),))
    found = list(package.findings)
    types = _types(package, found)
    members: list[Embedded] = []
    for key, part in package.parts.items():
        if budget.is_spent:
            found.append(finding(Reason.TIMEOUT, "while reading parts"))
            break
        found.extend(judge_type(types.of(key), part.name))
        if part.content.startswith(OLE_MAGIC):
            carried = inspect_object(part.name, part.content, budget)
            found.extend(carried.findings)
            members.extend(carried.members)
            continue
        found.extend(_judge_part(key, part, types.of(key), budget))
        if _is_document(part.content):
            members.append(Embedded(part.name, part.content))
    return Seen(tuple(dict.fromkeys(found)), tuple(members))


def _types(package: Package, found: list[Finding]) -> ContentTypes:
    """The content types; a package without them, or without its main part, cannot be read."""
    part = package.parts.get(TYPES_PART)
    root_rels = package.parts.get(ROOT_RELS)
    main = main_part(root_rels.content) if root_rels else ""
    if not main or main not in package.parts:
        found.append(finding(Reason.UNREADABLE, "no main part", main))
    try:
        return read_types(part.content) if part else ContentTypes()
    except XmlError as error:
        found.append(finding(Reason.UNREADABLE, str(error), part.name if part else ""))
        return ContentTypes()


def _is_document(content: bytes) -> bool:
    return content.startswith(_DOCUMENT_STARTS)


def _judge_part(key: str, part: Part, told: str, budget: Budget) -> Iterator[Finding]:
    if key.endswith(_WEB_PAGES) or told.endswith(_WEB_TYPES):
        yield from judge_page(part.content, part.name)
        return
    if looks_like_xml(part.content) or key.endswith(".rels") or told.endswith(("+xml", "/xml")):
        yield from _judge_xml(key, part, told, budget)
        return
    magic = by_magic(part.content)
    if magic is not None and is_program(magic):
        yield finding(Reason.EXECUTABLE_PART, magic, part.name)


def _may_hold(content: bytes) -> bool:
    """The bytes of an element of interest, or of a formula with a pipe: as a character, or as a reference to it."""
    has_pipe = b"|" in content or (b"&" in content and b"&#" in content)
    return _OPENED.search(content) is not None or (has_pipe and _FORMULA.search(content) is not None)


def _judge_xml(key: str, part: Part, told: str, budget: Budget) -> Iterator[Finding]:
    is_drawing = key.endswith(".vml") or "vmldrawing" in told
    is_picture = key.endswith(".svg") or told == "image/svg+xml"
    if not is_drawing and not key.endswith(".rels") and is_plain(part.content, budget, _may_hold):
        return
    fields = FieldReader()
    try:
        for piece in read_pieces(part.content, budget, lenient=is_drawing):
            if piece.has_subset or (piece.has_doctype and not is_picture):  # SVG is kept as its program wrote it
                yield finding(Reason.XML_DTD, "document type declared", part.name)
            yield from _judge_piece(key, part.name, piece.root, fields)
    except XmlError as error:
        if names_doctype(part.content):
            yield finding(Reason.XML_DTD, "document type declared", part.name)
        yield finding(Reason.UNREADABLE, str(error), part.name)
    fields.close()
    if fields.dde:
        yield finding(Reason.DDE, fields.dde, part.name)


def _judge_piece(key: str, part: str, root: etree._Element, fields: FieldReader) -> Iterator[Finding]:
    if key.endswith(".rels"):
        for relation in read_relations(root):
            yield from judge_relation(relation, part)
        return
    told: set[Reason] = set()
    for element in root.iter(*_TAGS):
        kind = _local_name(element)
        if kind in FIELD_KINDS:
            fields.take(kind, element)
            continue
        code = _code(kind, element)
        if code is not None and code not in told:
            told.add(code)
            yield finding(code, kind, part)


def _local_name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _code(kind: str, element: etree._Element) -> Reason | None:
    """What one element of interest gives away, if anything."""
    if kind == "f":
        formula = (element.text or "")[:MAX_FORMULA_CHARS]
        return Reason.DDE if "|" in formula and _DDE_FORMULA.match(formula) else None
    if kind == "definedName":
        return Reason.MACRO if element.get("name", "").lower().startswith(_AUTOMATIC) else None
    if kind in _BY_ELEMENT:
        return _BY_ELEMENT[kind]
    action = element.get("action", "").strip().lower()
    return next((code for start, code in _PROGRAM_ACTIONS if action.startswith(start)), None)


_BY_ELEMENT: dict[str, Reason] = {
    "ddeLink": Reason.DDE,
    "oleLink": Reason.EXTERNAL_LINK,
    "ocx": Reason.ACTIVEX,
    "macrosheet": Reason.MACRO,
}
"""Elements whose presence says it all."""
