# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A ZIP archive as an attachment: its structural findings, and its members for whoever looks into them."""

from poststelle.core.facts import Finding, Trimming
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget, BudgetExceededError
from poststelle.inspection.seen import Embedded, Seen, finding
from poststelle.inspection.ziparchive.archive import open_archive
from poststelle.inspection.ziparchive.expansion import DamagedError, expand
from poststelle.inspection.ziparchive.names import is_link, judge_names
from poststelle.inspection.ziparchive.records import METHOD_DEFLATE, METHOD_STORED, Entry

_APPLE_DOUBLE = b"\x00\x05\x16\x07"
"""RFC 1740, appendix B."""
_METHODS = (METHOD_STORED, METHOD_DEFLATE)
_DS_STORE = b"\x00\x00\x00\x01Bud1"


def inspect_zip(content: bytes, _format: Format, budget: Budget) -> Seen:
    """Findings and members of an archive; no members where two readers might see different ones."""
    archive = open_archive(content, budget.members)
    files = tuple(entry for entry in archive.entries if not entry.is_folder)
    found = [*archive.findings, *judge_names(archive.entries), *judge_packing(files, budget)]
    if not files and not found:
        found.append(finding(Reason.EMPTY, "no files inside"))
    if not archive.is_open or any(one.code is Reason.ZIP_BOMB for one in found):
        return Seen(tuple(found))
    budget.take_members(len(archive.entries))
    members: list[Embedded] = []
    for entry in files:
        if entry.is_encrypted or is_link(entry) or entry.method not in _METHODS:
            continue
        fault = _unpack(content, entry, budget, members)
        if fault is not None:
            found.append(fault)
            if fault.code is not Reason.ZIP_STRUCTURE:
                break
    return Seen(tuple(found), tuple(members))


def _unpack(content: bytes, entry: Entry, budget: Budget, members: list[Embedded]) -> Finding | None:
    if budget.is_spent:
        return finding(Reason.TIMEOUT, "while unpacking")
    try:
        plain = expand(content, entry, budget)
    except DamagedError as error:
        return finding(Reason.ZIP_STRUCTURE, str(error), entry.name)
    except BudgetExceededError:
        return finding(Reason.ZIP_BOMB, "", entry.name)
    members.append(Embedded(entry.name, plain, _trimming(entry.name, plain)))
    return None


def judge_packing(entries: tuple[Entry, ...], budget: Budget) -> tuple[Finding, ...]:
    """Encrypted members, methods other than stored and deflate, and more bytes than the budget holds."""
    found = []
    encrypted = next((entry for entry in entries if entry.is_encrypted), None)
    if encrypted:
        found.append(finding(Reason.ZIP_ENCRYPTED, "", encrypted.name))
    for entry in entries:
        if not entry.is_encrypted and entry.method not in _METHODS:
            found.append(finding(Reason.ZIP_METHOD, f"method {entry.method}", entry.name))
            break
    total = sum(entry.expanded_bytes for entry in entries)
    if total > budget.expanded_bytes:
        found.append(finding(Reason.ZIP_BOMB, f"{total} bytes expanded"))
    return tuple(found)


def _trimming(name: str, plain: bytes) -> Trimming | None:
    """Mac metadata by name and content both: a program in __MACOSX is not excused."""
    last = name.rpartition("/")[2]
    if last.startswith("._") and plain.startswith(_APPLE_DOUBLE):
        return Trimming.MAC_METADATA
    return Trimming.MAC_METADATA if last == ".DS_Store" and plain.startswith(_DS_STORE) else None
