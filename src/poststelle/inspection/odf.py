# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""OpenDocument files (ISO/IEC 26300): what runs, what is encrypted, what is embedded.

Elements are known by namespace and name, never by prefix. Both the OASIS and the older OpenOffice.org namespaces count.
"""

from collections.abc import Iterator

from lxml import etree

from poststelle.core.facts import Finding
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.ole import inspect_object
from poststelle.inspection.ooxml_rules import is_remote, is_share
from poststelle.inspection.package import Package, Part, open_package
from poststelle.inspection.seen import Embedded, Seen, finding
from poststelle.inspection.sniff import is_program
from poststelle.inspection.sniff_magic import by_magic
from poststelle.inspection.sniff_ole import OLE_MAGIC
from poststelle.inspection.xmlparts import XmlError, looks_like_xml, names_doctype, read_pieces
from poststelle.inspection.xmlplain import is_plain

_MANIFEST = "meta-inf/manifest.xml"
_CONTENT = "content.xml"
_SCRIPT_FOLDERS = ("scripts/", "script/")
_SCRIPT_SPACES = ("urn:oasis:names:tc:opendocument:xmlns:script:1.0", "http://openoffice.org/2000/script")
_PRESENTATION = "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"
_SPACES = {
    "xlink": "http://www.w3.org/1999/xlink",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "old": "http://openoffice.org/2000/table",
}
_HREF = f"{{{_SPACES['xlink']}}}href"
_HREFS = etree.XPath("descendant-or-self::*/@xlink:href", namespaces=_SPACES)
_DDE_FORMULAS = etree.XPath(
    "descendant-or-self::*/@table:formula[contains(translate(., 'de', 'DE'), 'DDE(')]"
    " | descendant-or-self::*/@old:formula[contains(translate(., 'de', 'DE'), 'DDE(')]",
    namespaces=_SPACES,
)
_MACRO_TARGETS = ("vnd.sun.star.script:", "macro:", "vnd.sun.star.expand:", "service:")
_BY_ELEMENT: dict[str, Reason] = {
    "encryption-data": Reason.ENCRYPTED,
    "dde-source": Reason.DDE,
    "dde-connection-decl": Reason.DDE,
    "dde-link": Reason.DDE,
    "applet": Reason.MACRO,
}
"""Elements whose presence says it all, in whichever namespace."""
_BY_ACTION: dict[str, Reason] = {"macro": Reason.MACRO, "execute": Reason.EXECUTABLE_PART}
"""What a click in a presentation sets off (ODF 1.3 part 3, 19.389)."""
_FRAMES = frozenset({"floating-frame", "section-source", "plugin"})
"""Load a whole document when this one is opened: from nowhere outside."""
_FETCHED = _FRAMES | {"image", "fill-image", "background-image", "object", "object-ole"}
"""Fetched without a click: from the web the reader is asked first, but a file share is told the password."""
_SCRIPT_ELEMENTS = ("event-listener", "event", "module")
_TAGS = (
    *(f"{{*}}{name}" for name in _BY_ELEMENT),
    *(f"{{{space}}}{name}" for space in _SCRIPT_SPACES for name in _SCRIPT_ELEMENTS),
    f"{{{_PRESENTATION}}}event-listener",
    *(f"{{*}}{name}" for name in sorted(_FETCHED)),
)
_MARKS = (
    b"encryption-data",
    b"dde-",
    b"dde(",
    b"applet",
    b"event",
    b"module",
    *(b"file:", b"smb:", b'"//', b"'//", b"\\\\"),
    *(name.encode() for name in _FRAMES),
    *(one.encode() for one in _MACRO_TARGETS),
)
"""One of these stands, in lower case, in the bytes of every part in which one of the above stands."""


def inspect_odf(content: bytes, _format: Format, budget: Budget) -> Seen:
    """Findings and embedded documents of one package."""
    package = open_package(content, budget)
    if not package.parts:
        return Seen(package.findings or (finding(Reason.UNREADABLE, "no parts"),))
    found = list(package.findings)
    sealed = _sealed(package, budget, found)
    if _CONTENT not in package.parts and not sealed:
        found.append(finding(Reason.UNREADABLE, "no content"))
    members: list[Embedded] = []
    for key, part in package.parts.items():
        if budget.is_spent:
            found.append(finding(Reason.TIMEOUT, "while reading parts"))
            break
        if key == _MANIFEST or sealed:
            continue
        if part.content.startswith(OLE_MAGIC):
            carried = inspect_object(part.name, part.content, budget)
            found.extend(carried.findings)
            members.extend(carried.members)
        found.extend(_judge_part(key, part, budget))
        if part.content.startswith((b"PK\x03\x04", b"%PDF-", b"{\\rtf")):
            members.append(Embedded(part.name, part.content))
    return Seen(tuple(dict.fromkeys(found)), tuple(members))


def _sealed(package: Package, budget: Budget, found: list[Finding]) -> bool:
    """True where the manifest announces encrypted parts: they are bytes without meaning here (ODF 1.3 part 2, 4.4)."""
    part = package.parts.get(_MANIFEST)
    if part is None:
        return False
    faults = tuple(_judge_xml(part, budget))
    found.extend(faults)
    return any(one.code is Reason.ENCRYPTED for one in faults)


def _judge_part(key: str, part: Part, budget: Budget) -> Iterator[Finding]:
    if key.startswith(_SCRIPT_FOLDERS):
        yield finding(Reason.MACRO, "script", part.name)
    if part.content.startswith(OLE_MAGIC):
        return
    if looks_like_xml(part.content) or key.endswith(".xml"):
        yield from _judge_xml(part, budget)
    else:
        magic = by_magic(part.content)
        if magic is not None and is_program(magic):
            yield finding(Reason.EXECUTABLE_PART, magic, part.name)


def _may_hold(content: bytes) -> bool:
    """The bytes of an element, a target or a formula of interest, or any reference that could spell one."""
    lowered = content.lower()
    return b"&#" in content or any(mark in lowered for mark in _MARKS)


def _judge_xml(part: Part, budget: Budget) -> Iterator[Finding]:
    if not part.content.strip() or is_plain(part.content, budget, _may_hold):
        return
    try:
        for piece in read_pieces(part.content, budget):
            if piece.has_subset:
                yield finding(Reason.XML_DTD, "declarations in the document type", part.name)
            yield from _judge_piece(piece.root, part.name)
    except XmlError as error:
        if names_doctype(part.content):
            yield finding(Reason.XML_DTD, "document type declared", part.name)
        yield finding(Reason.UNREADABLE, str(error), part.name)


def _judge_piece(root: etree._Element, part: str) -> Iterator[Finding]:
    told: set[Reason] = set()
    for element in root.iter(*_TAGS):
        space, _, name = str(element.tag).rpartition("}")
        code, evidence = _BY_ELEMENT.get(name), name
        if name in _FETCHED:
            code, evidence = _of_target(name, element.get(_HREF, "").strip())
        elif code is None and space != "{" + _PRESENTATION:
            code = Reason.MACRO
        elif code is None:
            evidence = element.get(f"{{{_PRESENTATION}}}action", "").strip().lower()
            code = _BY_ACTION.get(evidence)
        if code is not None and code not in told:
            told.add(code)
            yield finding(code, evidence, part)
    if any(str(target).strip().lower().startswith(_MACRO_TARGETS) for target in _strings(_HREFS(root))):
        yield finding(Reason.MACRO, "link to a script", part)
    if _strings(_DDE_FORMULAS(root)):
        yield finding(Reason.DDE, "formula", part)


def _of_target(name: str, target: str) -> tuple[Reason | None, str]:
    is_outside = is_remote(target) if name in _FRAMES else is_share(target)
    return Reason.EXTERNAL_LINK if is_outside else None, f"{name} {target}"


def _strings(found: object) -> list[object]:
    return found if isinstance(found, list) else []
