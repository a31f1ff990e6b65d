# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The bytes of one member, stored or deflated, held to the size and checksum that the directory states."""

import zlib

from poststelle.inspection.budget import Budget
from poststelle.inspection.ziparchive.records import (
    METHOD_DEFLATE,
    METHOD_STORED,
    Entry,
    RecordError,
    read_local,
)


class DamagedError(Exception):
    """The member's bytes are not what the directory states."""


def expand(content: bytes, entry: Entry, budget: Budget) -> bytes:
    """The member's bytes, paid from the budget. DamagedError, or BudgetExceededError before anything is expanded."""
    try:
        start = read_local(content, entry.offset).start
    except RecordError as error:
        raise DamagedError(str(error)) from error
    budget.take_bytes(entry.expanded_bytes)
    packed = memoryview(content)[start : start + entry.compressed_bytes]
    if len(packed) != entry.compressed_bytes:
        raise DamagedError("cut off")
    if entry.method == METHOD_STORED:
        plain = bytes(packed)
    elif entry.method == METHOD_DEFLATE:
        plain = _inflate(packed, entry)
    else:
        raise DamagedError(f"method {entry.method}")
    if len(plain) != entry.expanded_bytes or zlib.crc32(plain) != entry.crc:
        raise DamagedError("size or checksum differ")
    return plain


def _inflate(packed: memoryview, entry: Entry) -> bytes:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = machine.decompress(packed, entry.expanded_bytes + 1)
    except zlib.error as error:
        raise DamagedError("deflate stream broken") from error
    if not machine.eof or machine.unused_data:
        raise DamagedError("deflate stream of another length")
    return plain


def descriptor_ends(content: bytes, entry: Entry, data_end: int) -> tuple[int, ...]:
    """Where the member may end, its data descriptor included; none where no descriptor follows (4.3.9)."""
    crc = entry.crc.to_bytes(4, "little")
    ends = []
    for size in (4, 8):
        if max(entry.compressed_bytes, entry.expanded_bytes) >> (8 * size):
            continue
        sizes = entry.compressed_bytes.to_bytes(size, "little") + entry.expanded_bytes.to_bytes(size, "little")
        for signature in (b"PK\x07\x08", b""):
            wanted = signature + crc + sizes
            if content.startswith(wanted, data_end):
                ends.append(data_end + len(wanted))
    return tuple(ends)
