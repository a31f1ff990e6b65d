# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The central directory of a ZIP file, and everything in which the rest of the file contradicts it."""

from dataclasses import dataclass

from poststelle.core.facts import Finding
from poststelle.core.reasons import Reason
from poststelle.inspection.seen import finding
from poststelle.inspection.ziparchive.expansion import descriptor_ends
from poststelle.inspection.ziparchive.records import (
    CENTRAL_SIGNATURE,
    END_SIGNATURE,
    EXTRA_UNICODE_PATH,
    FLAG_DESCRIPTOR,
    FLAG_ENCRYPTED,
    FULL_32,
    End,
    Entry,
    Local,
    RecordError,
    find_end,
    read_central,
    read_local,
)

MAX_FINDINGS = 20
"""Findings kept per archive from the comparison of headers: a thousand equal ones tell nothing more."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What the central directory lists. Members of an archive that is not open must not be expanded."""

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_open: bool = False
    tail_bytes: int = 0
    """What stands behind the archive, padding not counted."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the central directory stands, and how far all offsets are off."""

    start: int
    stop: int
    base: int


def open_directory(content: bytes, members_left: int) -> Archive:
    """The members as the central directory lists them, held against nothing: enough to tell what the file is."""
    return _read(content, members_left)[0]


def open_archive(content: bytes, members_left: int) -> Archive:
    """The archive's members; not open where there is no directory, too many members, or any overlap."""
    archive, end, place = _read(content, members_left)
    if end is None or place is None:
        return archive
    return _held_against_locals(content, place, archive.entries, (*_around(content, end, place), *archive.findings))


def _read(content: bytes, members_left: int) -> tuple[Archive, End | None, _Place | None]:
    try:
        end = find_end(content)
        shut = _shut(end, members_left)
        if end is None or shut:
            return Archive(findings=shut), None, None
        place = _place(content, end)
        entries, faults = _entries(content, end, place)
    except RecordError as error:
        return Archive(findings=_unreadable(str(error))), None, None
    return Archive(entries, faults, is_open=True, tail_bytes=end.tail_bytes), end, place


def _shut(end: End | None, members_left: int) -> tuple[Finding, ...]:
    """Why the directory is not even read: judged by the end record, before anything is built."""
    if end is None:
        return _unreadable("no end of central directory")
    if end.disks:
        return (finding(Reason.UNREADABLE, "part of a split archive"),)
    return (finding(Reason.ZIP_TOO_MANY, f"{end.entries} members"),) if end.entries > members_left else ()


def _unreadable(why: str) -> tuple[Finding, ...]:
    return (finding(Reason.ZIP_STRUCTURE, why), finding(Reason.UNREADABLE, why))


def _place(content: bytes, end: End) -> _Place:
    start = end.directory_offset
    if not end.entries or content.startswith(CENTRAL_SIGNATURE, start):
        return _Place(start, end.offset, 0)
    start = end.offset - end.directory_bytes
    if start >= 0 and content.startswith(CENTRAL_SIGNATURE, start):
        return _Place(start, end.offset, start - end.directory_offset)
    raise RecordError("no central directory where the end record points")


def _around(content: bytes, end: End, place: _Place) -> tuple[Finding, ...]:
    faults = []
    if place.base:
        faults.append(finding(Reason.ZIP_SFX, f"offsets are off by {place.base} bytes"))
        faults.append(finding(Reason.ZIP_STRUCTURE, "offsets do not count from the start of the file"))
    if place.start + end.directory_bytes != place.stop:
        faults.append(finding(Reason.ZIP_STRUCTURE, "central directory of another length"))
    if end.tail_bytes:
        faults.append(finding(Reason.ZIP_STRUCTURE, f"{end.tail_bytes} bytes after the end"))
    if content.find(END_SIGNATURE, place.start, place.stop) >= 0:
        faults.append(finding(Reason.ZIP_STRUCTURE, "a second end record inside the directory"))
    if b"PK\x05\x06" in end.comment or b"PK\x03\x04" in end.comment or b"PK\x01\x02" in end.comment:
        faults.append(finding(Reason.ZIP_STRUCTURE, "an archive inside the comment"))
    if not end.entries and content[: place.start].strip(b"\x00"):
        faults.append(finding(Reason.ZIP_STRUCTURE, "no entries, yet bytes before the directory"))
    return tuple(faults)


def _entries(content: bytes, end: End, place: _Place) -> tuple[tuple[Entry, ...], tuple[Finding, ...]]:
    entries = []
    at = place.start
    for _ in range(end.entries):
        entry, at = read_central(content, at, place.base)
        entries.append(entry)
    if at == place.stop:
        return tuple(entries), ()
    return tuple(entries), (finding(Reason.ZIP_STRUCTURE, f"directory ends at {at}, not at {place.stop}"),)


def _held_against_locals(
    content: bytes, place: _Place, entries: tuple[Entry, ...], faults: tuple[Finding, ...]
) -> Archive:
    """Walks the members in the order of their bytes: each must begin where the one before it ends."""
    found = list(faults)
    ends: tuple[int, ...] = (place.base,)
    overlaps = False
    for entry in sorted(entries, key=lambda one: one.offset):
        if entry.offset not in ends:
            overlaps = overlaps or entry.offset < min(ends)
            found.extend(_gap(content, entry, ends, first=ends == (place.base,)))
        fault, ends = _held_against_local(content, entry)
        if fault:
            found.append(finding(Reason.ZIP_STRUCTURE, fault, entry.name))
    if entries and place.start not in ends:
        found.append(finding(Reason.ZIP_STRUCTURE, "gap or overlap before the central directory"))
        overlaps = overlaps or place.start < min(ends)
    kept = tuple(dict.fromkeys(found))[:MAX_FINDINGS]
    return Archive(entries, kept, is_open=not overlaps)


def _gap(content: bytes, entry: Entry, ends: tuple[int, ...], *, first: bool) -> list[Finding]:
    what = "overlap" if entry.offset < min(ends) else "gap"
    found = [finding(Reason.ZIP_STRUCTURE, f"{what} of {abs(entry.offset - ends[0])} bytes", entry.name)]
    if first and what == "gap":
        kind = content[ends[0] : ends[0] + 2]
        found.insert(0, finding(Reason.ZIP_SFX, f"{entry.offset} bytes before the first member, beginning {kind!r}"))
        if kind in (b"MZ", b"#!", b"\x7fE"):
            found.pop()
    return found


def _held_against_local(content: bytes, entry: Entry) -> tuple[str, tuple[int, ...]]:
    """What differs between the two headers of a member, or nothing; and the places where the member may end."""
    try:
        local = read_local(content, entry.offset)
    except RecordError as error:
        return str(error), (entry.offset,)
    data_end = local.start + entry.compressed_bytes
    if entry.is_encrypted:
        return "", (data_end, *descriptor_ends(content, entry, data_end))
    promised = (entry.flags | local.flags) & FLAG_DESCRIPTOR
    ends = descriptor_ends(content, entry, data_end) if promised else ()
    fault = _difference(entry, local)
    if local.flags & FLAG_DESCRIPTOR and not ends:
        fault = fault or "data descriptor missing"
    if not local.flags & FLAG_DESCRIPTOR:
        ends = (data_end, *ends)  # some writers raise the flag in one header only; the layout shows which is right
    return fault, ends or (data_end,)


def _difference(entry: Entry, local: Local) -> str:
    if local.raw_name != entry.raw_name or not _unicode_paths(local.extras) <= _unicode_paths(entry.extras):
        return "names differ"
    if local.method != entry.method:
        return "methods differ"
    if (local.flags ^ entry.flags) & FLAG_ENCRYPTED:
        return "flags differ"
    pairs = (
        (local.crc, entry.crc),
        (local.compressed_bytes, entry.compressed_bytes),
        (local.expanded_bytes, entry.expanded_bytes),
    )
    later = (0, FULL_32) if (entry.flags | local.flags) & FLAG_DESCRIPTOR else ()
    if any(here != there and here not in later for here, there in pairs):
        return "sizes or checksum differ"
    return ""


def _unicode_paths(extras: tuple[tuple[int, bytes], ...]) -> frozenset[bytes]:
    return frozenset(field for kind, field in extras if kind == EXTRA_UNICODE_PATH)
