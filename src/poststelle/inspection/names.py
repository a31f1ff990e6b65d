# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whether the names of a file agree with its content. Any name a client could give the file counts.

Text has no fixed bytes, so the name decides which kind of text a text is; it never turns one content into another.
"""

import re

from poststelle.core.facts import Finding
from poststelle.core.formats import BY_EXTENSION, Format
from poststelle.core.reasons import Reason
from poststelle.inspection.seen import finding
from poststelle.inspection.sniff import Sniffed, is_program

_SOFT = frozenset({Format.TXT, Format.HTML, Format.SVG, Format.XML, Format.EML, Format.MBOX, Format.VCF, Format.ICS})
"""Told by a few words at the beginning, which a plain text may hold too."""
_TEXTUAL = frozenset(
    {
        Format.CSV,
        Format.HTML,
        Format.XML,
        Format.SVG,
        Format.JSON,
        Format.TEXT,
        Format.VCF,
        Format.ICS,
        Format.EML,
        Format.MBOX,
        Format.PGP,
        Format.CERTIFICATE,
        Format.PKCS7,
        Format.SCRIPT,
        Format.RTF,
    }
)
"""Kinds of text that a name may make of a text without marks of its own."""
_EXTENSION = re.compile(r"(?=.*[a-z])[a-z0-9_-]{1,16}")
"""What looks like an extension; the end of \"Schreiben vom 12.3\" or \"z. B. Müller\" does not."""
_OOXML = frozenset(
    BY_EXTENSION[extension][0]
    for extension in "docx docm dotx dotm xlsx xlsm xltx xltm xlsb xlam pptx pptm potx potm ppsx ppsm vsdx".split()
)
_ODF = frozenset(BY_EXTENSION[extension][0] for extension in "odt ods odp odg odf ott ots otp".split())
_CHOICES: tuple[tuple[frozenset[Format], frozenset[Format]], ...] = (
    (frozenset({Format.UNKNOWN}), frozenset({Format.TXT})),
    (frozenset({Format.EMPTY}), frozenset({Format.UNKNOWN})),
    (frozenset({Format.JAR, Format.APK, Format.EPUB}), frozenset({Format.ZIP})),
)
"""Content on the left is what the name says on the right: no text at all, nothing of no kind, a plain archive."""


def extension(name: str) -> str:
    """What clients take for the extension: lower case, without the dot, trailing dots and blanks ignored."""
    last = name.replace("\\", "/").rpartition("/")[2].rstrip(" .\x00\t\r\n")
    return last.rpartition(".")[2].casefold() if "." in last else ""


def is_called_program(name: str) -> bool:
    """The extension is one of what runs when it is opened."""
    return any(is_program(one) for one in BY_EXTENSION.get(extension(name), ()))


def settle(sniffed: Sniffed, names: tuple[str, ...]) -> Format:
    """The format of the content, where the content alone leaves a choice that the name may make."""
    declared = tuple(one for name in names for one in BY_EXTENSION.get(extension(name), (Format.UNKNOWN,)))
    told = sniffed.format
    if told in _SOFT:
        return _kind_of_text(told, declared)
    for contents, wanted in _CHOICES:
        if told in contents:
            return next((one for one in declared if one in wanted), told)
    if sniffed.is_encrypted or sniffed.is_damaged:
        return next((one for one in declared if one in _OOXML or (sniffed.is_damaged and one in _ODF)), told)
    return told


def _kind_of_text(told: Format, declared: tuple[Format, ...]) -> Format:
    if not declared:
        return told
    named = next((one for one in declared if one in _TEXTUAL), None)
    if named is not None:
        return named
    if Format.TXT in declared:
        return Format.TXT
    return Format.TEXT if told is Format.TXT and set(declared) == {Format.UNKNOWN} else told


def mismatch(format_: Format, names: tuple[str, ...]) -> tuple[Finding, ...]:
    """A finding where any name promises another format than the content has.

    A name without extension promises nothing; one with an extension of no known format promises something else.
    """
    if format_ in (Format.EMPTY, Format.TEXT):
        return ()
    for name in names:
        ending = extension(name)
        if _EXTENSION.fullmatch(ending) and format_ not in BY_EXTENSION.get(ending, ()):
            return (finding(Reason.TYPE_MISMATCH, f"{format_} named .{ending}"),)
    return ()
