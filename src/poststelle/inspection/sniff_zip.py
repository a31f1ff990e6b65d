# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a ZIP file is besides an archive: told by its directory, its content types or its media type member."""

from poststelle.core.formats import Format
from poststelle.inspection.budget import Budget, BudgetExceededError
from poststelle.inspection.ooxml_types import ROOT_RELS, TYPES_PART, main_format
from poststelle.inspection.xmlparts import XmlError, parse
from poststelle.inspection.ziparchive import DamagedError, Entry, expand, folded, open_directory

MAX_TYPES_BYTES = 4 * 1024 * 1024
"""Content types and manifests are read up to here while sniffing."""
_MAX_MEMBERS = 100_000
_ODF = "application/vnd.oasis.opendocument."
_MEDIA_TYPES: dict[str, Format] = {
    f"{_ODF}text": Format.ODT,
    f"{_ODF}spreadsheet": Format.ODS,
    f"{_ODF}presentation": Format.ODP,
    f"{_ODF}text-template": Format.OTT,
    f"{_ODF}spreadsheet-template": Format.OTS,
    f"{_ODF}presentation-template": Format.OTP,
    f"{_ODF}graphics": Format.ODG,
    "application/epub+zip": Format.EPUB,
}
_OTHER_ODF = (_ODF, "application/vnd.sun.xml.")
_MARKERS: tuple[tuple[str, Format], ...] = (
    ("androidmanifest.xml", Format.APK),
    ("meta-inf/manifest.mf", Format.JAR),
    ("index/document.iwa", Format.PAGES),
    ("index/presentation.iwa", Format.KEYNOTE),
    ("index/calculationengine.iwa", Format.NUMBERS),
    ("fixeddocseq.fdseq", Format.XPS),
)
"""A member that only one kind of package has; the first that is met decides."""


def kind_of_zip(content: bytes, members_left: int) -> Format:
    """The kind of document that this archive is; ZIP for an archive and for what cannot be read as one."""
    archive = open_directory(content, min(members_left, _MAX_MEMBERS))
    entries = {folded(entry.name): entry for entry in reversed(archive.entries)}
    if TYPES_PART in entries:
        return main_format(_read(content, entries, TYPES_PART), _read(content, entries, ROOT_RELS))
    return _by_media_type(content, entries) or next(
        (format_ for marker, format_ in _MARKERS if marker in entries), Format.ZIP
    )


def _by_media_type(content: bytes, entries: dict[str, Entry]) -> Format | None:
    told = _read(content, entries, "mimetype").decode("ascii", "replace").strip()
    if not told and "meta-inf/manifest.xml" in entries:
        told = _root_type(_read(content, entries, "meta-inf/manifest.xml"))
    told = told.lower()
    return _MEDIA_TYPES.get(told) or (Format.ODF if told.startswith(_OTHER_ODF) else None)


def _root_type(manifest: bytes) -> str:
    """The media type of the package itself (ODF 1.3 part 2, 4.3)."""
    try:
        root = parse(manifest).root
    except XmlError:
        return ""
    for element in root.iter("{*}file-entry"):
        told = {str(name).rpartition("}")[2]: str(value) for name, value in element.attrib.items()}
        if told.get("full-path") == "/":
            return told.get("media-type", "").strip()
    return ""


def _read(content: bytes, entries: dict[str, Entry], name: str) -> bytes:
    entry = entries.get(name)
    if entry is None or entry.is_encrypted:
        return b""
    try:
        return expand(content, entry, Budget(expanded_bytes=MAX_TYPES_BYTES))
    except (DamagedError, BudgetExceededError):
        return b""
