# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The directory of an OLE compound file (MS-CFB 2.2 to 2.6): which streams and storages it holds, and so what it is.

Reads no stream. A directory that cannot be followed is an empty one, never an exception.
"""

from dataclasses import dataclass
from struct import unpack_from

from poststelle.core.formats import Format

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY_BYTES = 128
_END_OF_CHAIN = 0xFFFFFFFA
"""This and everything above it is no sector number (MS-CFB 2.1)."""
_HEADER_FAT_SECTORS = 109
MAX_ENTRIES = 20_000

_INSTALLER_CLASS = bytes.fromhex("84100c0000000000c000000000000046")
_FORMATS: tuple[tuple[str, Format], ...] = (
    ("encryptedpackage", Format.OOXML),
    ("drmencrypteddataspace", Format.OOXML),
    ("worddocument", Format.DOC),
    ("workbook", Format.XLS),
    ("book", Format.XLS),
    ("powerpoint document", Format.PPT),
    ("pp40", Format.PPT),
    ("__properties_version1.0", Format.MSG),
    ("__nameid_version1.0", Format.MSG),
)
"""What stands directly under the root, in lower case; the first that is met decides."""
_ENCRYPTED = frozenset({"encryptedpackage", "drmencrypteddataspace"})
_VBA = frozenset({"_vba_project", "_vba_project_cur", "vba"})
"""Names inside a VBA project (MS-OVBA 2.2.1)."""


@dataclass(frozen=True, slots=True)
class Compound:
    """What a compound file holds: names in lower case, as the format compares them."""

    top: frozenset[str]
    """Names directly under the root."""
    names: frozenset[str]
    """Every name."""
    is_installer: bool = False

    @property
    def format(self) -> Format:
        """Told by the first known name under the root."""
        if self.is_installer:
            return Format.EXE
        return next((format_ for name, format_ in _FORMATS if name in self.top), Format.OLE)

    @property
    def is_encrypted(self) -> bool:
        """True for an encrypted or rights-protected OOXML document (MS-OFFCRYPTO 1.3)."""
        return bool(self.top & _ENCRYPTED)

    @property
    def has_vba(self) -> bool:
        """True where a VBA project stands anywhere inside."""
        return bool(self.names & _VBA)


def read_compound(content: bytes) -> Compound:
    """The names in the directory; empty where it cannot be followed."""
    entries = read_entries(content)
    if not entries:
        return Compound(frozenset(), frozenset())
    top = set()
    waiting = [entries[0].child]
    seen: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number in seen or number >= len(entries):
            continue
        seen.add(number)
        top.add(entries[number].name)
        waiting += [entries[number].left, entries[number].right]
    names = frozenset(entry.name for entry in entries)
    return Compound(frozenset(top), names, entries[0].class_id == _INSTALLER_CLASS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream or storage; its name in lower case."""

    name: str
    kind: int
    """0 unused, 1 storage, 2 stream, 5 root."""
    left: int
    right: int
    child: int
    class_id: bytes
    start: int
    size_bytes: int


def sector_bytes(content: bytes) -> int:
    """Size of a sector; 0 where this is no compound file (MS-CFB 2.2)."""
    if len(content) < 512 or not content.startswith(OLE_MAGIC):
        return 0
    shift = int.from_bytes(content[30:32], "little")
    return 1 << shift if shift in (9, 12) else 0


def read_chain(content: bytes, sector: int, chain: list[int]) -> bytes:
    """The sectors one after the other; the first stands behind the header."""
    return b"".join(content[(number + 1) * sector : (number + 2) * sector] for number in chain)


def read_entries(content: bytes) -> list[Entry]:
    """The directory (MS-CFB 2.6); empty where it cannot be followed."""
    sector = sector_bytes(content)
    if not sector:
        return []
    start = int.from_bytes(content[48:52], "little")
    chain = follow(allocation_table(content, sector), start, MAX_ENTRIES * _ENTRY_BYTES // sector)
    block = read_chain(content, sector, chain)
    return [_entry(block[at : at + _ENTRY_BYTES]) for at in range(0, len(block) - _ENTRY_BYTES + 1, _ENTRY_BYTES)]


def _entry(raw: bytes) -> Entry:
    used = min(int.from_bytes(raw[64:66], "little"), 64)
    name = raw[: max(0, used - 2)].decode("utf-16-le", "replace").lower()
    left, right, child = unpack_from("<3L", raw, 68)
    start, size_bytes = unpack_from("<LQ", raw, 116)
    return Entry(name, raw[66], left, right, child, raw[80:96], start, size_bytes)


def allocation_table(content: bytes, sector: int) -> list[int]:
    """Where the sectors of the allocation table stand, in order (MS-CFB 2.5)."""
    numbers = list(unpack_from(f"<{_HEADER_FAT_SECTORS}L", content, 76))
    more = int.from_bytes(content[68:72], "little")
    per_sector = sector // 4
    seen: set[int] = set()
    while more < _END_OF_CHAIN and more not in seen and (more + 2) * sector <= len(content):
        seen.add(more)
        block = unpack_from(f"<{per_sector}L", content, (more + 1) * sector)
        numbers += block[:-1]
        more = block[-1]
    table: list[int] = []
    for number in numbers:
        is_outside = number >= _END_OF_CHAIN or (number + 2) * sector > len(content)
        if is_outside or len(table) * sector > len(content):  # no file has more table than sectors
            break
        table += unpack_from(f"<{per_sector}L", content, (number + 1) * sector)
    return table


def follow(table: list[int], start: int, longest: int) -> list[int]:
    """The chain of sectors from this one on; it ends where it would come back to itself."""
    chain: list[int] = []
    seen: set[int] = set()
    while start < len(table) and start not in seen and len(chain) < longest:
        seen.add(start)
        chain.append(start)
        start = table[start]
    return chain
