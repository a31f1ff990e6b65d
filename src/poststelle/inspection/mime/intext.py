# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Files written into a text: uuencode (POSIX) and yEnc (yenc.org, 1.3). Some mail clients still offer them as files."""

import binascii
import re
from dataclasses import dataclass

from poststelle.inspection.mime.charsets import to_text
from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.limits import MAX_EMBEDDED

_UU = re.compile(rb"(?:\A|(?<=\n))begin(-base64)? [0-7]{3,4} ([^\r\n]{1,1024})\r?\n")
_YENC = re.compile(rb"=ybegin ([^\r\n]{1,1024})\r?\n(?:=ypart [^\r\n]{0,1024}\r?\n)?")
_YENC_NAME = re.compile(rb"name=(.*)\Z")
_YENC_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_YENC_TABLE = bytes((value - 42) % 256 for value in range(256))


@dataclass(frozen=True, slots=True)
class InText:
    """One file out of a text."""

    name: str
    content: bytes
    defect: DefectCode


def files_in_text(text: bytes) -> tuple[tuple[InText, ...], bool]:
    """The files, and whether there were more than are looked at."""
    found: list[InText] = []
    for tries, match in enumerate(_UU.finditer(text) if b"begin" in text else ()):
        if tries >= MAX_EMBEDDED:
            return tuple(found), True
        content = _undo_base64(text, match.end()) if match.group(1) else _undo_uu(text, match.end())
        if content:
            found.append(InText(to_text(match.group(2).strip()), content, DefectCode.UUENCODE))
    for tries, match in enumerate(_YENC.finditer(text) if b"=ybegin " in text else ()):
        if tries >= MAX_EMBEDDED:
            return tuple(found), True
        named = _YENC_NAME.search(match.group(1))
        name = to_text(named.group(1).strip()) if named else ""
        found.append(InText(name, _undo_yenc(text, match.end()), DefectCode.YENC))
    return tuple(found), False


def _undo_uu(text: bytes, at: int) -> bytes:
    """Lines up to ``end`` or the first that is none; readers forgive trailing blanks and extra signs."""
    content = bytearray()
    while (stop := text.find(b"\n", at)) >= 0 or at < len(text):
        line = text[at : stop if stop >= 0 else len(text)].rstrip(b"\r")
        if line == b"end" or not line:
            break
        decoded = _uu_line(line)
        if decoded is None:
            break
        content += decoded
        at = stop + 1 if stop >= 0 else len(text)
    return bytes(content)


def _uu_line(line: bytes) -> bytes | None:
    signs = ((line[0] - 32 & 63) * 4 + 5) // 3
    for attempt in (line, line[:signs]):
        try:
            return binascii.a2b_uu(attempt)
        except binascii.Error:
            continue
    return None


def _undo_base64(text: bytes, at: int) -> bytes:
    end = text.find(b"\n====", at)
    body = re.sub(rb"[^A-Za-z0-9+/]", b"", text[at : end if end >= 0 else len(text)])
    whole = len(body) - (len(body) % 4 == 1)
    return binascii.a2b_base64(body[:whole] + b"=" * (-whole % 4))


def _undo_yenc(text: bytes, at: int) -> bytes:
    end = text.find(b"\n=yend", at)
    body = text[at : end if end >= 0 else len(text)].translate(None, b"\r\n")
    return _YENC_ESCAPE.sub(lambda match: bytes(((match.group(1)[0] - 64) % 256,)), body).translate(_YENC_TABLE)
