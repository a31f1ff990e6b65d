# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The records of a ZIP file as they stand in the bytes (APPNOTE.TXT 6.3.10, 4.3). Judges nothing but their form."""

from dataclasses import dataclass
from struct import Struct
from zlib import crc32

LOCAL_SIGNATURE = b"PK\x03\x04"
CENTRAL_SIGNATURE = b"PK\x01\x02"
END_SIGNATURE = b"PK\x05\x06"
END64_SIGNATURE = b"PK\x06\x06"
LOCATOR64_SIGNATURE = b"PK\x06\x07"
DESCRIPTOR_SIGNATURE = b"PK\x07\x08"

LOCAL = Struct("<4s5H3L2H")
CENTRAL = Struct("<4s6H3L5H2L")
END = Struct("<4s4H2LH")
END64 = Struct("<4sQ2H2L4Q")
LOCATOR64 = Struct("<4sLQL")

FLAG_ENCRYPTED = 0x0001
FLAG_DESCRIPTOR = 0x0008
FLAG_STRONG = 0x0040
FLAG_UTF8 = 0x0800
FLAG_MASKED = 0x2000
METHOD_STORED = 0
METHOD_DEFLATE = 8
METHOD_AES = 99
EXTRA_ZIP64 = 0x0001
EXTRA_UNICODE_PATH = 0x7075
EXTRA_AES = 0x9901
FULL_16 = 0xFFFF
FULL_32 = 0xFFFFFFFF
PADDING = b"\x00\r\n"
"""What may follow the end record: transports and block-wise writers add it."""
MAX_END_RECORDS = 256
"""Looked at from the end: more stand in no honest comment or archive in an archive."""
_TAIL_BYTES = 3 * 65_536


MAX_EXTRAS = 64
"""Extra fields read per header; honest writers use a handful."""


class RecordError(Exception):
    """A record is cut off or contradicts itself; the sentence says which."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of central directory record, its Zip64 sister taken into account (4.3.14 to 4.3.16)."""

    offset: int
    """Where the end records begin: the central directory should reach exactly here."""
    entries: int
    directory_bytes: int
    directory_offset: int
    """As written, so counted from where the writer thought the archive begins."""
    disks: int
    """Number of the last disk; anything but 0 is one part of a split archive."""
    tail_bytes: int
    """What stands behind the record and its comment, padding not counted."""
    comment: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One member as the central directory tells it (4.3.12)."""

    raw_name: bytes
    name: str
    made_by: int
    """Upper byte of version made by: the system whose attributes these are."""
    flags: int
    method: int
    crc: int
    compressed_bytes: int
    expanded_bytes: int
    attributes: int
    offset: int
    """Of the local header, counted from the start of the content."""
    extras: tuple[tuple[int, bytes], ...]

    @property
    def is_folder(self) -> bool:
        """True for an entry that only names a folder."""
        return self.name.endswith(("/", "\\")) and not self.expanded_bytes

    @property
    def is_encrypted(self) -> bool:
        """True where any of the ways to encrypt a member is announced (4.4.4, 7.2)."""
        if self.flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED) or self.method == METHOD_AES:
            return True
        return any(kind == EXTRA_AES for kind, _ in self.extras)


@dataclass(frozen=True, slots=True)
class Local:
    """One local file header (4.3.7)."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    compressed_bytes: int
    expanded_bytes: int
    extras: tuple[tuple[int, bytes], ...]
    start: int
    """Where the member's own bytes begin."""


def find_end(content: bytes) -> End | None:
    """The end record that the archive closes with; the last one where several could be meant. None without any."""
    floor = max(0, len(content) - _TAIL_BYTES)
    meant = len(content.rstrip(PADDING))
    fallback: int | None = None
    at = content.rfind(END_SIGNATURE, floor)
    for _ in range(MAX_END_RECORDS):
        if at < 0:
            break
        if at + END.size <= len(content):
            closes = at + END.size + int.from_bytes(content[at + 20 : at + 22], "little")
            if meant <= closes <= len(content):
                return _read_end(content, at)
            fallback = at if fallback is None and closes <= len(content) else fallback
        at = content.rfind(END_SIGNATURE, floor, at + 3)
    return None if fallback is None else _read_end(content, fallback)


def _read_end(content: bytes, at: int) -> End:
    _, disk, _, _, entries, directory_bytes, directory_offset, comment_bytes = END.unpack_from(content, at)
    closes = at + END.size + comment_bytes
    tail_bytes = max(0, len(content.rstrip(PADDING)) - closes)
    comment = content[at + END.size : closes]
    wide = _read_end64(content, at)
    if wide is None:
        return End(at, entries, directory_bytes, directory_offset, disk, tail_bytes, comment)
    offset, entries64, bytes64, offset64 = wide
    narrow = ((entries, FULL_16, entries64), (directory_bytes, FULL_32, bytes64), (directory_offset, FULL_32, offset64))
    if any(short not in (full, long) for short, full, long in narrow):
        raise RecordError("end record and Zip64 end record differ")
    return End(offset, entries64, bytes64, offset64, 0, tail_bytes, comment)


def _read_end64(content: bytes, end_at: int) -> tuple[int, int, int, int] | None:
    locator_at = end_at - LOCATOR64.size
    if locator_at < END64.size or content[locator_at : locator_at + 4] != LOCATOR64_SIGNATURE:
        return None
    at = int.from_bytes(content[locator_at + 8 : locator_at + 16], "little")
    if content[at : at + 4] != END64_SIGNATURE:
        at = locator_at - END64.size
    if content[at : at + 4] != END64_SIGNATURE or at + END64.size > locator_at:
        if FULL_32 in END.unpack_from(content, end_at)[5:7]:
            raise RecordError("no Zip64 end record")
        return None  # a name or comment that happens to hold the locator's signature
    fields = END64.unpack_from(content, at)
    if at + 12 + fields[1] != locator_at:
        raise RecordError("Zip64 end record of another length")
    return at, fields[7], fields[8], fields[9]


def read_central(content: bytes, at: int, base: int) -> tuple[Entry, int]:
    """The central header at this place and where the next one should begin. RecordError where there is none."""
    if at + CENTRAL.size > len(content) or content[at : at + 4] != CENTRAL_SIGNATURE:
        raise RecordError("no central header")
    fields = CENTRAL.unpack_from(content, at)
    _, made_by, _, flags, method, _, _, crc, packed, plain, name_len, extra_len, comment_len = fields[:13]
    _, _, attributes, offset = fields[13:]
    name_at = at + CENTRAL.size
    extra_at = name_at + name_len
    after = extra_at + extra_len + comment_len
    if after > len(content):
        raise RecordError("central header cut off")
    raw_name = content[name_at:extra_at]
    extras = split_extras(content[extra_at : extra_at + extra_len])
    plain, packed, offset = widen(extras, (plain, packed, offset))
    name = decode_name(raw_name, flags, extras)
    system = made_by >> 8
    entry = Entry(raw_name, name, system, flags, method, crc, packed, plain, attributes, base + offset, extras)
    return entry, after


def read_local(content: bytes, at: int) -> Local:
    """The local header at this place. RecordError where there is none."""
    if at < 0 or at + LOCAL.size > len(content) or content[at : at + 4] != LOCAL_SIGNATURE:
        raise RecordError("no local header")
    _, _, flags, method, _, _, crc, packed, plain, name_len, extra_len = LOCAL.unpack_from(content, at)
    name_at = at + LOCAL.size
    start = name_at + name_len + extra_len
    if start > len(content):
        raise RecordError("local header cut off")
    extras = split_extras(content[name_at + name_len : start])
    plain, packed, _ = widen(extras, (plain, packed, 0))
    return Local(content[name_at : name_at + name_len], flags, method, crc, packed, plain, extras, start)


def split_extras(block: bytes) -> tuple[tuple[int, bytes], ...]:
    """Kind and bytes of each extra field (4.5.1); what does not fit is left out, as aligning writers pad with it."""
    fields: list[tuple[int, bytes]] = []
    at = 0
    while at + 4 <= len(block) and len(fields) < MAX_EXTRAS:
        kind = int.from_bytes(block[at : at + 2], "little")
        size = int.from_bytes(block[at + 2 : at + 4], "little")
        if at + 4 + size > len(block):
            break
        fields.append((kind, block[at + 4 : at + 4 + size]))
        at += 4 + size
    return tuple(fields)


def widen(extras: tuple[tuple[int, bytes], ...], narrow: tuple[int, int, int]) -> tuple[int, int, int]:
    """Expanded size, compressed size and offset, each from the Zip64 field where the header says so (4.5.3)."""
    if FULL_32 not in narrow:
        return narrow
    block = next((field for kind, field in extras if kind == EXTRA_ZIP64), None)
    if block is None:
        return narrow
    wide = []
    at = 0
    for value in narrow:
        if value != FULL_32:
            wide.append(value)
            continue
        if at + 8 > len(block):
            raise RecordError("Zip64 field too short")
        wide.append(int.from_bytes(block[at : at + 8], "little"))
        at += 8
    return wide[0], wide[1], wide[2]


def decode_name(raw: bytes, flags: int, extras: tuple[tuple[int, bytes], ...]) -> str:
    """The name as most clients show it: UTF-8 where flagged or valid, else code page 437 (4.4.4, 4.6.9)."""
    if raw.isascii():
        return raw.decode("ascii")
    if not flags & FLAG_UTF8:
        for kind, field in extras:
            if kind == EXTRA_UNICODE_PATH and int.from_bytes(field[1:5], "little") == crc32(raw):
                return field[5:].decode("utf-8", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace") if flags & FLAG_UTF8 else raw.decode("cp437")
