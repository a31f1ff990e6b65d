# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The dictionaries of a PDF that do something, found by structure in every object of the file.

Objects are read through qpdf's JSON (names unescaped, strings decrypted, object streams opened), so spelling tricks
are gone before a name is compared. Orphaned objects count too: which revision a reader follows is the reader's choice.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from poststelle.core.reasons import Reason

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

_ACTIONS: dict[str, Reason] = {
    "/JavaScript": Reason.PDF_JAVASCRIPT,
    "/Launch": Reason.PDF_LAUNCH,
    "/SubmitForm": Reason.PDF_ACTION,
    "/ImportData": Reason.PDF_ACTION,
    "/GoToE": Reason.PDF_ACTION,
    "/Rendition": Reason.PDF_RICH_MEDIA,
    "/Movie": Reason.PDF_RICH_MEDIA,
    "/Sound": Reason.PDF_RICH_MEDIA,
    "/RichMediaExecute": Reason.PDF_RICH_MEDIA,
}
"""Action types (ISO 32000-2, 12.6.4) that do more than show another place. GoTo, Named, URI, Hide and the like pass."""
_REMOTE_ACTIONS = frozenset({"/GoToR", "/Thread"})
"""Objected to only where the other document is on the network: a local name opens what the reader already has."""
_ANNOTATIONS = frozenset({"/RichMedia", "/Movie", "/Sound", "/3D"})
_SCRIPT_SCHEMES = ("javascript:", "vbscript:")
_NETWORK = ("http://", "https://", "ftp://", "\\\\", "//", "smb:")
_FILE_KEYS = ("/UF", "/F", "/Unix", "/DOS", "/Mac")
_HYBRID = "LibreOffice"
"""Shown for the document inside a hybrid PDF, which has no name: LibreOffice opens it in place of the pages."""
_REFERENCE = re.compile(r"\A(\d{1,10}) (\d{1,5}) R\Z")
_WORTH_A_LOOK = re.compile(
    rb'"/(?:JS|XFA|EF|S?JavaScript|Launch|SubmitForm|ImportData|GoToE|GoToR|Thread|Rendition|Movie|Sound|3D'
    rb'|RichMedia\w*|URL|AdditionalStreams)"|"u:(?:java|vb)script:',
    re.IGNORECASE,
)
"""Names one of which every dictionary of interest holds itself or refers to; most files have none."""
_MAX_STEPS = 8
"""References followed for one value: longer chains do not occur, endless ones are traps."""


@dataclass(frozen=True, slots=True)
class Risk:
    """One dictionary that does something: which code, and where it stands, as ``12 0 obj /Launch``."""

    code: Reason
    evidence: str


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file specification with an embedded file: the name shown, and the object number of the stream."""

    name: str
    stream: tuple[int, int]


Discovery = Risk | FileEntry


class Objects:
    """The objects of one open PDF as JSON values, with references followed on request."""

    __slots__ = ("_pdf",)

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf

    def texts(self) -> Iterator[tuple[tuple[int, int], bytes]]:
        """Every indirect object and the trailer with its JSON, in the order of the cross-reference table."""
        yield (0, 0), self._pdf.trailer.to_json(dereference=True, schema_version=2)
        for value in self._pdf.objects:
            if isinstance(value, pikepdf.Object):
                yield value.objgen, value.to_json(dereference=True, schema_version=2)

    def resolve(self, value: Json) -> Json:
        """The value itself, or what its reference leads to; None where that is nothing or endless."""
        for _ in range(_MAX_STEPS):
            reference = as_reference(value)
            if reference is None:
                return value
            target: object = self._pdf.get_object(*reference)
            if not isinstance(target, pikepdf.Object):
                return target if isinstance(target, (str, int, float, bool)) else None
            value = json.loads(target.to_json(dereference=True, schema_version=2))
        return None


def as_reference(value: Json) -> tuple[int, int] | None:
    """Object and generation number where the value is a reference."""
    matched = _REFERENCE.match(value) if isinstance(value, str) else None
    return (int(matched[1]), int(matched[2])) if matched else None


def is_of_interest(text: bytes) -> bool:
    """False where nothing in this object can be part of a discovery."""
    return _WORTH_A_LOOK.search(text) is not None


def discoveries(objects: Objects, where: tuple[int, int], text: bytes) -> Iterator[Discovery]:
    """Every risk and embedded file of one object, its direct dictionaries included."""
    label = f"{where[0]} {where[1]} obj" if where[0] else "trailer"
    for dictionary in _dictionaries(json.loads(text)):
        yield from _risks(objects, dictionary, label)
        yield from _files(objects, dictionary)


def _dictionaries(value: Json) -> Iterator[dict[str, Json]]:
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, dict):
            yield current
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)


def _risks(objects: Objects, dictionary: dict[str, Json], label: str) -> Iterator[Risk]:
    action = objects.resolve(dictionary.get("/S"))
    if isinstance(action, str):
        yield from _of_action(objects, dictionary, action, label)
    if "/JS" in dictionary and _is_script(objects.resolve(dictionary["/JS"])):
        yield Risk(Reason.PDF_JAVASCRIPT, f"{label} /JS")
    if "/Subtype" in dictionary and (kind := objects.resolve(dictionary["/Subtype"])) in _ANNOTATIONS:
        yield Risk(Reason.PDF_RICH_MEDIA, f"{label} {kind}")
    if objects.resolve(dictionary.get("/XFA")):
        yield Risk(Reason.PDF_XFA, f"{label} /XFA")


def _of_action(objects: Objects, dictionary: dict[str, Json], action: str, label: str) -> Iterator[Risk]:
    if action in _ACTIONS:
        yield Risk(_ACTIONS[action], f"{label} {action}")
    elif action in _REMOTE_ACTIONS:
        if _is_remote(objects, dictionary.get("/F")):
            yield Risk(Reason.PDF_ACTION, f"{label} {action}")
    elif action == "/URI":
        target = objects.resolve(dictionary.get("/URI"))
        if isinstance(target, str) and text_of(target).strip().lower().startswith(_SCRIPT_SCHEMES):
            yield Risk(Reason.PDF_JAVASCRIPT, f"{label} /URI")


def _is_script(value: Json) -> bool:
    """A text or a stream; a resource that happens to be called JS is neither a string nor a script."""
    if isinstance(value, str):
        return value.startswith(("u:", "b:"))
    return isinstance(value, dict) and "/Length" in value


def _is_remote(objects: Objects, specification: Json) -> bool:
    found = objects.resolve(specification)
    if isinstance(found, str):
        return text_of(found).lower().startswith(_NETWORK)
    if not isinstance(found, dict):
        return False
    if objects.resolve(found.get("/FS")) == "/URL":
        return True
    names = (objects.resolve(found.get(key)) for key in _FILE_KEYS)
    return any(isinstance(name, str) and text_of(name).lower().startswith(_NETWORK) for name in names)


def _files(objects: Objects, dictionary: dict[str, Json]) -> Iterator[FileEntry]:
    hybrid = objects.resolve(dictionary.get("/AdditionalStreams"))
    for value in hybrid if isinstance(hybrid, list) else ():
        reference = as_reference(value)
        if reference is not None:
            yield FileEntry(_HYBRID, reference)
    streams = objects.resolve(dictionary.get("/EF"))
    if not isinstance(streams, dict):
        return
    name = next(
        (text_of(found) for key in _FILE_KEYS if isinstance(found := objects.resolve(dictionary.get(key)), str)), ""
    )
    for key in _FILE_KEYS:
        reference = as_reference(streams.get(key))
        if reference is not None:
            yield FileEntry(name, reference)


def text_of(value: str) -> str:
    """A PDF string of the JSON (``u:`` text, ``b:`` bytes in hexadecimal) as readable text."""
    kind, content = value[:2], value[2:]
    if kind == "u:":
        return content
    if kind == "b:":
        return bytes.fromhex(content).decode("latin-1")
    return ""
