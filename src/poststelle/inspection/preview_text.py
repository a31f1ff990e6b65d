# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The words of an Office document as plain text: paragraphs as lines, cells with tabs. For screen readers and previews.

Reads the package as the inspection does, within the same budget; knows no layout, follows no link.
"""

from collections.abc import Iterator

from lxml import etree

from poststelle.core.formats import Format
from poststelle.inspection.budget import Budget, BudgetExceededError
from poststelle.inspection.package import open_package
from poststelle.inspection.xmlparts import OutOfTimeError, XmlError, parse

_MAX_PART_BYTES = 8 * 1024 * 1024
"""Beyond, a part is left out: nobody reads a preview of that length."""
_MAX_TEXT_CHARS = 100_000
_OOXML = frozenset({Format.DOCX, Format.XLSX, Format.PPTX})
_ODF = frozenset({Format.ODT, Format.ODS, Format.ODP})
OFFICE_TEXTS = _OOXML | _ODF
_BREAKS: dict[str, str] = {
    "p": "\n", "h": "\n", "tab": "\t", "br": "\n", "line-break": "\n", "row": "\n", "table-row": "\n",
    "c": "\t", "tc": "\t", "table-cell": "\t", "si": "\n", "page": "\n",
}  # fmt: skip
"""What stands behind an element, by its name without namespace."""
_WORDS = frozenset({"t", "v", "is", "a", "span", "p", "h", "s"})
_SHARED = "xl/sharedstrings.xml"
_SHEETS = "xl/worksheets/sheet"
_PARTS: dict[Format, tuple[str, ...]] = {
    Format.DOCX: ("word/document", "word/footnotes", "word/endnotes", "word/header", "word/footer"),
    Format.PPTX: ("ppt/slides/slide", "ppt/notesslides/"),
    Format.ODT: ("content.xml",),
    Format.ODS: ("content.xml",),
    Format.ODP: ("content.xml",),
}


def office_text(content: bytes, told: Format) -> str:
    """The words, bounded; empty where the document cannot be read."""
    try:
        parts = {key: part.content for key, part in open_package(content, Budget()).parts.items()}
        pieces = _sheets(parts) if told is Format.XLSX else _read(parts, _PARTS.get(told, ()))
        return _bounded(pieces)
    except (BudgetExceededError, OutOfTimeError, XmlError):
        return ""


def _bounded(pieces: Iterator[str]) -> str:
    text: list[str] = []
    left = _MAX_TEXT_CHARS
    for piece in pieces:
        text.append(piece[:left])
        left -= len(piece)
        if left <= 0:
            break
    return "".join(text).strip()


def _read(parts: dict[str, bytes], starts: tuple[str, ...]) -> Iterator[str]:
    for start in starts:
        for key in sorted((one for one in parts if one.startswith(start) and one.endswith(".xml")), key=_in_order):
            yield from _words(parts[key])
            yield "\n"


def _in_order(key: str) -> tuple[int, str]:
    return len(key), key


def _words(part: bytes) -> Iterator[str]:
    """Text in the order of the document, with what stands between; field codes and comments are left out."""
    if len(part) > _MAX_PART_BYTES:
        return
    for event, element in etree.iterwalk(parse(part, lenient=True).root, events=("start", "end")):
        name = str(element.tag).rpartition("}")[2]
        if event == "start":
            yield (element.text or "") if name in _WORDS else ""
            continue
        yield _BREAKS.get(name, "")
        parent = element.getparent()
        if parent is not None and str(parent.tag).rpartition("}")[2] in _WORDS:
            yield element.tail or ""


def _sheets(parts: dict[str, bytes]) -> Iterator[str]:
    shared = tuple(_shared(parts.get(_SHARED, b"")))
    keys = sorted((key for key in parts if key.startswith(_SHEETS)), key=_in_order)
    for key in keys:
        if len(parts[key]) > _MAX_PART_BYTES:
            continue
        for row in parse(parts[key], lenient=True).root.iter("{*}row"):
            yield "\t".join(_cell(cell, shared) for cell in row.iter("{*}c")) + "\n"


def _shared(part: bytes) -> Iterator[str]:
    if part and len(part) <= _MAX_PART_BYTES:
        for entry in parse(part, lenient=True).root.iter("{*}si"):
            yield "".join(text.text or "" for text in entry.iter("{*}t"))


def _cell(cell: etree._Element, shared: tuple[str, ...]) -> str:
    words = "".join(text.text or "" for text in cell.iter("{*}v", "{*}t"))
    if cell.get("t") == "s" and words.isdecimal() and int(words[:9]) < len(shared):
        return shared[int(words[:9])]
    return words
