# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""ZIP files built byte by byte, honest by default, with a knob for each thing a dishonest one does."""

import struct
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """One member; what is None is filled in honestly."""

    name: str | bytes = "brief.txt"
    plain: bytes = b"Sehr geehrte Damen und Herren"
    method: int = 8
    flags: int = 0
    made_by: int = 0x0314
    attributes: int = 0o100644 << 16
    extra: bytes = b""
    local_extra: bytes | None = None
    local_name: bytes | None = None
    local_method: int | None = None
    local_flags: int | None = None
    local_crc: int | None = None
    claimed_bytes: int | None = None
    crc: int | None = None
    descriptor: bytes | None = None
    before: bytes = b""
    offset: int | None = None

    @property
    def raw_name(self) -> bytes:
        return self.name.encode() if isinstance(self.name, str) else self.name

    @property
    def packed(self) -> bytes:
        if self.method != 8:
            return self.plain
        machine = zlib.compressobj(9, zlib.DEFLATED, -15)
        return machine.compress(self.plain) + machine.flush()


def zip_bytes(*members: Member, prefix: bytes = b"", tail: bytes = b"", **end: object) -> bytes:
    """The archive. End knobs: entries, comment, gap (bytes before the directory), shift (added to every offset)."""
    body = bytearray(prefix)
    central = bytearray()
    shift = int(str(end.get("shift", 0)))
    for member in members:
        body += member.before
        offset = len(body) if member.offset is None else member.offset
        body += _local(member)
        central += _central(member, offset + shift)
    body += bytes(end.get("gap", b""))  # type: ignore[call-overload]
    entries = int(str(end.get("entries", len(members))))
    comment = bytes(end.get("comment", b""))  # type: ignore[call-overload]
    closing = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, entries, entries, len(central), len(body) + shift, len(comment)
    )
    return bytes(body) + bytes(central) + closing + comment + tail


def _local(member: Member) -> bytes:
    crc = zlib.crc32(member.plain) if member.crc is None else member.crc
    name = member.raw_name if member.local_name is None else member.local_name
    method = member.method if member.local_method is None else member.local_method
    flags = member.flags if member.local_flags is None else member.local_flags
    sizes = (crc, len(member.packed), _size(member)) if not flags & 8 else (0, 0, 0)
    if member.local_crc is not None:
        sizes = (member.local_crc, *sizes[1:])
    extra = member.extra if member.local_extra is None else member.local_extra
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, flags, method, 0, 0x21, *sizes, len(name), len(extra))
    descriptor = member.descriptor
    if descriptor is None:
        descriptor = struct.pack("<4s3L", b"PK\x07\x08", crc, len(member.packed), _size(member)) if flags & 8 else b""
    return head + name + extra + member.packed + descriptor


def _central(member: Member, offset: int) -> bytes:
    crc = zlib.crc32(member.plain) if member.crc is None else member.crc
    name = member.raw_name
    head = (b"PK\x01\x02", member.made_by, 20, member.flags, member.method, 0, 0x21, crc, len(member.packed))
    rest = (_size(member), len(name), len(member.extra), 0, 0, 0, member.attributes, offset)
    return struct.pack("<4s6H3L5H2L", *head, *rest) + name + member.extra


def _size(member: Member) -> int:
    return len(member.plain) if member.claimed_bytes is None else member.claimed_bytes
