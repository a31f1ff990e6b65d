# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Compound files (MS-CFB) made by code: what old Office documents and VBA projects are kept in."""

import struct

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NONE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STORAGE, _ROOT = 1, 5
_SECTOR_BYTES, _ENTRIES_PER_SECTOR = 512, 4


def compound(*storages: str) -> bytes:
    """A compound file whose root holds these storages, all empty."""
    entries = [_entry("Root Entry", _ROOT, child=1)]
    for number, name in enumerate(storages, start=1):
        entries.append(_entry(name, _STORAGE, right=number + 1 if number < len(storages) else _NONE))
    while len(entries) % _ENTRIES_PER_SECTOR:
        entries.append(bytes(128))
    sectors = len(entries) // _ENTRIES_PER_SECTOR
    chain = [_FAT, *range(2, sectors + 1), _END]
    chain += [_NONE] * (_SECTOR_BYTES // 4 - len(chain))
    return _header() + _longs(*chain) + b"".join(entries)


def _header() -> bytes:
    """Version 3, sectors of 512 octets; the first holds the allocation table, the directory begins in the second."""
    fixed = _MAGIC + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    return fixed + _longs(1, 1, 0, 4096, _END, 0, _END, 0, 0, *([_NONE] * 108))


def _entry(name: str, kind: int, *, right: int = _NONE, child: int = _NONE) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    return (head + _longs(_NONE, right, child)).ljust(128, b"\0")


def _longs(*values: int) -> bytes:
    return b"".join(value.to_bytes(4, "little") for value in values)
