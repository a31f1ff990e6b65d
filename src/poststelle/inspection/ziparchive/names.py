# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The names of members: where they would be written, and whether two of them are one file to a reader."""

import re
import stat

from poststelle.core.facts import Finding
from poststelle.core.reasons import Reason
from poststelle.inspection.composed import composed
from poststelle.inspection.seen import finding
from poststelle.inspection.ziparchive.records import EXTRA_UNICODE_PATH, FLAG_UTF8, Entry

BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates (UAX #9, 2): they make ``exe.txt`` of ``txt.exe``."""
_CONTROL = re.compile("[\x00-\x1f\x7f\ufffd]")
_DRIVE = re.compile(r"[A-Za-z]:")
_LINK_KINDS = frozenset({stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK})
_UNIX_SYSTEMS = frozenset({3, 19})
"""Version made by, upper byte: UNIX and OS X (APPNOTE 4.4.2)."""
_WINDOWS_SYSTEMS = frozenset({0, 10, 11, 14})
_REPARSE_POINT = 0x400
_STANDARD_INPUT = "-"
"""The name that Info-ZIP gives to what was piped into it; it writes down the kind of the pipe, not of the content."""
MAX_FINDINGS = 20
MAX_NAME_CHARS = 1_024
"""No file system of today takes a longer path component; a longer name is an attack on whoever sorts it."""


def judge_names(entries: tuple[Entry, ...]) -> tuple[Finding, ...]:
    """What is wrong with the members' names and kinds."""
    found: list[Finding] = []
    seen: dict[str, str] = {}
    for entry in entries:
        if len(found) >= MAX_FINDINGS:
            break
        found.extend(finding(code, entry.name, entry.name) for code in _faults(entry))
        key = folded(entry.name[:MAX_NAME_CHARS].partition("\x00")[0])  # many readers end a name there
        if key in seen and not entry.is_folder:
            found.append(finding(Reason.ZIP_DUPLICATE, seen[key], entry.name))
        seen.setdefault(key, entry.name)
    return (*found, *_file_and_folder(entries))


def _file_and_folder(entries: tuple[Entry, ...]) -> tuple[Finding, ...]:
    """One file that is a folder to another member: which of the two is written is the reader's choice."""
    files = {folded(entry.name[:MAX_NAME_CHARS]) for entry in entries if not entry.is_folder}
    for entry in entries:
        parent = folded(entry.name[:MAX_NAME_CHARS]).rpartition("/")[0]
        if parent and parent in files:
            return (finding(Reason.ZIP_DUPLICATE, parent, entry.name),)
    return ()


def folded(name: str) -> str:
    """The name as a file system that ignores case and composition sees it; ``./a``, ``a//`` and ``a.`` are ``a``."""
    steps = composed("NFC", composed("NFC", name.replace("\\", "/")).casefold()).split("/")
    return "/".join(kept for step in steps if (kept := step.rstrip(" .")))


def _faults(entry: Entry) -> list[Reason]:
    spelled = (entry.name, *_other_spellings(entry))
    faults = []
    if _is_two_names(entry) or any(_is_no_name(name) for name in spelled):
        faults.append(Reason.ZIP_NAME)
    if any(_leads_outside(name) for name in spelled):
        faults.append(Reason.ZIP_TRAVERSAL)
    if is_link(entry):
        faults.append(Reason.ZIP_SYMLINK)
    return faults


def _other_spellings(entry: Entry) -> tuple[str, ...]:
    """Where a Unicode path field (4.6.9) stands: what it says, and what readers see who do not know it."""
    told = tuple(field[5:].decode("utf-8", "replace") for kind, field in entry.extras if kind == EXTRA_UNICODE_PATH)
    return (*told, entry.raw_name.decode("cp437")) if told else ()


def _is_no_name(name: str) -> bool:
    is_long = len(name) > MAX_NAME_CHARS
    return is_long or not name.strip() or bool(BIDI_CONTROLS.search(name) or _CONTROL.search(name))


def _leads_outside(name: str) -> bool:
    steps = name.replace("\\", "/").split("/")
    return (steps[0] == "" and bool(name)) or ".." in steps or _DRIVE.match(name) is not None


def is_link(entry: Entry) -> bool:
    """True for a symbolic link, a pipe, a device, or a Windows reparse point."""
    mode = entry.attributes >> 16
    if entry.made_by in _UNIX_SYSTEMS:
        return stat.S_IFMT(mode) in _LINK_KINDS and not (stat.S_ISFIFO(mode) and entry.name == _STANDARD_INPUT)
    is_reparse = entry.made_by in _WINDOWS_SYSTEMS and bool(entry.attributes & _REPARSE_POINT)
    return is_reparse or stat.S_ISLNK(mode)


def _is_two_names(entry: Entry) -> bool:
    """True where the Unicode path field (4.6.9) would change the extension that the header shows."""
    for kind, field in entry.extras:
        if kind == EXTRA_UNICODE_PATH and not entry.flags & FLAG_UTF8:
            other = field[5:].rpartition(b".")[2]
            if other.isascii() and other.lower() != entry.raw_name.rpartition(b".")[2].lower():
                return True
    return False
