# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Objects embedded in a document as an OLE compound file: what they carry, and whether any of it runs.

Reads only the streams in which a foreign file may stand (MS-OLEDS 2.3.6, and what the packager of Windows, PDF viewers
and Office write). Everything they hold is paid from the budget.
"""

import struct
from collections.abc import Iterator
from struct import unpack_from

from poststelle.core.facts import Finding
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.names import is_called_program
from poststelle.inspection.seen import Embedded, Seen, finding
from poststelle.inspection.sniff import is_program, sniff
from poststelle.inspection.sniff_ole import (
    Compound,
    Entry,
    allocation_table,
    follow,
    read_chain,
    read_compound,
    read_entries,
    sector_bytes,
)

MAX_STREAMS = 200
"""Streams opened in one object; honest ones carry one file."""
_MINI_LIMIT_BYTES = 4_096
"""Smaller streams stand in the mini stream (MS-CFB 2.3)."""
_MINI_SECTOR_BYTES = 64
_STREAM = 2
_NATIVE = "\x01ole10native"
_CARRIERS = frozenset({_NATIVE, "package", "contents"})
_INSPECTED = frozenset({Format.PDF, Format.RTF, Format.ZIP, Format.OOXML, Format.DOCX, Format.XLSX, Format.PPTX})
_EMBEDDED_FILE = 3
_MAX_LABEL_BYTES = 1_024


def inspect_object(name: str, content: bytes, budget: Budget) -> Seen:
    """Findings on one embedded object, and the documents it carries for whoever looks into them."""
    compound = read_compound(content)
    found = list(_of_compound(name, compound))
    members: list[Embedded] = []
    for shown, payload in _payloads(content, budget):
        told = sniff(payload)
        if is_program(told) or is_called_program(shown):
            found.append(finding(Reason.EXECUTABLE_PART, f"{told} {shown}", name))
        elif told is Format.OLE or told in (Format.DOC, Format.XLS, Format.PPT):
            found.extend(one for one in _of_compound(name, read_compound(payload)) if one.code is Reason.MACRO)
        elif told in _INSPECTED:
            members.append(Embedded(f"{name}/{shown}" if shown else name, payload))
    return Seen(tuple(dict.fromkeys(found)), tuple(members))


def _of_compound(name: str, compound: Compound) -> Iterator[Finding]:
    if compound.has_vba:
        yield finding(Reason.MACRO, "VBA project", name)
    if compound.format is not Format.OLE or not compound.has_vba:
        yield finding(Reason.OLE_OBJECT, compound.format, name)


def _payloads(content: bytes, budget: Budget) -> Iterator[tuple[str, bytes]]:
    """Name (may be empty) and bytes of every file that the object carries."""
    streams = _Streams(content)
    carriers = [one for one in streams.entries if one.kind == _STREAM and one.name in _CARRIERS]
    for entry in carriers[:MAX_STREAMS]:
        budget.take_bytes(streams.size_bytes(entry))
        stream = streams.read(entry)
        yield _unpacked(stream) if entry.name == _NATIVE else ("", stream)


class _Streams:
    """The streams of one compound file (MS-CFB 2.3 and 2.4); its tables are read once."""

    __slots__ = ("_content", "_mini", "_mini_table", "_sector", "_table", "entries")

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._sector = sector_bytes(content)
        self._table = allocation_table(content, self._sector) if self._sector else []
        self.entries = read_entries(content)
        self._mini = self._chained(self.entries[0].start) if self.entries else b""
        links = self._chained(int.from_bytes(content[60:64], "little"))
        self._mini_table = list(unpack_from(f"<{len(links) // 4}L", links))

    def _chained(self, start: int) -> bytes:
        return read_chain(self._content, self._sector, follow(self._table, start, len(self._table)))

    def size_bytes(self, entry: Entry) -> int:
        """As stated, and never more than the file has."""
        return min(entry.size_bytes & 0xFFFFFFFF, len(self._content))

    def read(self, entry: Entry) -> bytes:
        """The stream, as far as its chain leads."""
        size = self.size_bytes(entry)
        if size >= _MINI_LIMIT_BYTES:
            return self._chained(entry.start)[:size]
        chain = follow(self._mini_table, entry.start, size // _MINI_SECTOR_BYTES + 1)
        return b"".join(self._mini[at * _MINI_SECTOR_BYTES : (at + 1) * _MINI_SECTOR_BYTES] for at in chain)[:size]


def _unpacked(stream: bytes) -> tuple[str, bytes]:
    """What the packager wrapped: label, path, and the file; any other native bytes as they stand (MS-OLEDS 2.3.6)."""
    whole = stream[4:]
    try:
        return _of_packager(whole)
    except (struct.error, ValueError):
        return "", whole


def _of_packager(whole: bytes) -> tuple[str, bytes]:
    label, at = _text(whole, 2)
    path, at = _text(whole, at)
    if unpack_from("<H", whole, at + 2)[0] != _EMBEDDED_FILE:
        raise ValueError("no embedded file")
    path_bytes = unpack_from("<L", whole, at + 4)[0]
    size_at = at + 8 + path_bytes
    size = unpack_from("<L", whole, size_at)[0]
    file_name = path.replace("\\", "/").rpartition("/")[2]
    return (label if is_called_program(label) else file_name or label), whole[size_at + 4 : size_at + 4 + size]


def _text(whole: bytes, at: int) -> tuple[str, int]:
    end = whole.index(b"\x00", at, at + _MAX_LABEL_BYTES)
    return whole[at:end].decode("cp1252", "replace"), end + 1
