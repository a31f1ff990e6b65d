# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Content types and relationships of an Office Open XML package (ECMA-376-2), and which document its main part makes it.

Part names are compared folded: case and the direction of slashes do not tell two parts apart.
"""

from dataclasses import dataclass, field

from lxml import etree

from poststelle.core.formats import Format
from poststelle.inspection.xmlparts import XmlError, parse
from poststelle.inspection.ziparchive import folded

_OOXML = "application/vnd.openxmlformats-officedocument."
_MAIN_TYPES: dict[str, Format] = {
    f"{_OOXML}wordprocessingml.document.main+xml": Format.DOCX,
    f"{_OOXML}wordprocessingml.template.main+xml": Format.DOTX,
    "application/vnd.ms-word.document.macroenabled.main+xml": Format.DOCM,
    "application/vnd.ms-word.template.macroenabledtemplate.main+xml": Format.DOTM,
    f"{_OOXML}spreadsheetml.sheet.main+xml": Format.XLSX,
    f"{_OOXML}spreadsheetml.template.main+xml": Format.XLTX,
    "application/vnd.ms-excel.sheet.macroenabled.main+xml": Format.XLSM,
    "application/vnd.ms-excel.template.macroenabled.main+xml": Format.XLTM,
    "application/vnd.ms-excel.sheet.binary.macroenabled.main": Format.XLSB,
    "application/vnd.ms-excel.addin.macroenabled.main+xml": Format.XLAM,
    f"{_OOXML}presentationml.presentation.main+xml": Format.PPTX,
    f"{_OOXML}presentationml.template.main+xml": Format.POTX,
    f"{_OOXML}presentationml.slideshow.main+xml": Format.PPSX,
    "application/vnd.ms-powerpoint.presentation.macroenabled.main+xml": Format.PPTM,
    "application/vnd.ms-powerpoint.template.macroenabled.main+xml": Format.POTM,
    "application/vnd.ms-powerpoint.slideshow.macroenabled.main+xml": Format.PPSM,
    "application/vnd.ms-powerpoint.addin.macroenabled.main+xml": Format.PPSM,
    "application/vnd.ms-visio.drawing.main+xml": Format.VSDX,
    "application/vnd.ms-visio.drawing.macroenabled.main+xml": Format.VSDX,
    "application/vnd.ms-package.xps-fixeddocumentsequence+xml": Format.XPS,
    "application/oxps": Format.XPS,
}
TYPES_PART = folded("[Content_Types].xml")
ROOT_RELS = folded("_rels/.rels")
_MAIN_RELATIONS = ("officedocument", "fixedrepresentation", "document")


@dataclass(frozen=True, slots=True)
class ContentTypes:
    """What [Content_Types].xml says of parts, everything folded (ECMA-376-2, 7.3)."""

    by_part: dict[str, str] = field(default_factory=dict)
    by_extension: dict[str, str] = field(default_factory=dict)

    def of(self, part: str) -> str:
        """The content type of this folded part name, lower case; empty where none is stated."""
        return self.by_part.get(part) or self.by_extension.get(part.rpartition(".")[2], "")


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship; its kind is the last step of its type, lower case."""

    kind: str
    target: str
    is_external: bool


def read_types(content: bytes) -> ContentTypes:
    """The content types. XmlError where the part cannot be read."""
    types = ContentTypes()
    for element in parse(content).root.iter(etree.Element):
        told = element.get("ContentType", "").strip().lower()
        if "PartName" in element.attrib:
            types.by_part[folded(element.get("PartName", ""))] = told
        elif "Extension" in element.attrib:
            types.by_extension[element.get("Extension", "").lower()] = told
    return types


def read_relations(root: etree._Element) -> tuple[Relation, ...]:
    """Every relationship of one .rels part."""
    return tuple(
        Relation(
            element.get("Type", "").strip().rstrip("/").rpartition("/")[2].lower(),
            element.get("Target", "").strip(),
            element.get("TargetMode", "").strip().lower() == "external",
        )
        for element in root.iter("{*}Relationship")
    )


def main_part(root_rels: bytes) -> str:
    """Folded name of the main part; empty where no relationship names it."""
    try:
        relations = read_relations(parse(root_rels).root)
    except XmlError:
        return ""
    for kind in _MAIN_RELATIONS:
        for relation in relations:
            if relation.kind == kind and not relation.is_external:
                return folded(relation.target)
    return ""


def main_format(types_part: bytes, root_rels: bytes) -> Format:
    """The format that the type of the main part makes the package; OOXML where it is none of the known ones."""
    try:
        types = read_types(types_part)
    except XmlError:
        return Format.OOXML
    told = _MAIN_TYPES.get(types.of(main_part(root_rels)))
    if told is not None:
        return told
    return next((_MAIN_TYPES[one] for one in types.by_part.values() if one in _MAIN_TYPES), Format.OOXML)
