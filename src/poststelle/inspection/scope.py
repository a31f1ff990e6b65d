# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where a file stands in a message: the path of what encloses it, and a name that no other file there has."""

from dataclasses import dataclass, field

from poststelle.core.formats import ROWS
from poststelle.inspection.mime.names import Names, display_name
from poststelle.inspection.mime.tree import Part

_EXTENSIONS = {media_type: row.extensions[0] for row in ROWS for media_type in row.media_types if row.extensions} | {
    "text/html": "html",
    "text/calendar": "ics",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "message/rfc822": "eml",
    "message/global": "eml",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "text/rfc822-headers": "txt",
    "image/gif": "gif",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pgp-signature": "asc",
    "application/ms-tnef": "dat",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a part stands to the CMS layers around it."""

    is_whole: bool = True
    """It is the whole message, or the whole content of the layer around it."""
    depth: int = 0
    """How many layers are around it."""


OUTERMOST = Standing()
ALONGSIDE = Standing(is_whole=False)
"""Beside other content, as far as anybody knows."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What encloses the parts of one tree."""

    path: tuple[str, ...] = ()
    section: str = ""
    depth: int = 0
    is_main: bool = True
    """Its texts are the message's own, and its attachments count as sent."""
    is_decrypted: bool = False
    standing: Standing = OUTERMOST


@dataclass(slots=True)
class Paths:
    """Names already given, by folder; mutable because each name given must be missing for the next."""

    _given: set[tuple[str, ...]] = field(default_factory=set)
    _next: dict[tuple[str, ...], int] = field(default_factory=dict)

    def give(self, folder: tuple[str, ...], name: str) -> tuple[str, ...]:
        """The path of a file of that name in the folder; a second one gets a number before its extension."""
        path = (*folder, name)
        number = self._next.get(path, 1)
        wanted = path
        while wanted in self._given:
            number += 1
            stem, dot, end = name.rpartition(".")
            wanted = (*folder, f"{stem} ({number}).{end}" if dot and stem else f"{name} ({number})")
        self._next[path] = number
        self._given.add(wanted)
        return wanted


def shown_name(names: Names, media_type: str, section: str, *, is_body: bool = False) -> str:
    """The display name: the likeliest candidate cleaned, or one made from the section."""
    for candidate in names.candidates:
        clean = display_name(candidate)
        if clean:
            return clean
    if is_body:
        return "text.html" if media_type == "text/html" else "text.txt"
    return f"part-{section or 1}.{_EXTENSIONS.get(media_type, 'bin')}"


def declared_type(part: Part) -> str:
    """The media type as stated, empty where none is."""
    return part.content_type.main if part.content_type is not None else ""
