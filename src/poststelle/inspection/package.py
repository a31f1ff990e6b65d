# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A document that is a ZIP package (OOXML, OpenDocument): all its parts, unpacked and paid for, by folded name."""

from dataclasses import dataclass

from poststelle.core.facts import Finding
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget, BudgetExceededError
from poststelle.inspection.seen import finding
from poststelle.inspection.ziparchive import (
    DamagedError,
    Entry,
    expand,
    folded,
    judge_names,
    judge_packing,
    open_archive,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part; its name as spelled, for findings."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """The parts that could be unpacked, by folded name, and what is wrong with the container."""

    parts: dict[str, Part]
    findings: tuple[Finding, ...]


def open_package(content: bytes, budget: Budget) -> Package:
    """All parts. What hinders reading is a finding; an encrypted container says so as an archive does."""
    archive = open_archive(content, budget.members)
    files = tuple(entry for entry in archive.entries if not entry.is_folder)
    found = [*archive.findings, *_names(archive.entries), *judge_packing(files, budget)]
    if not archive.is_open or any(one.code in (Reason.ZIP_BOMB, Reason.ZIP_ENCRYPTED) for one in found):
        if not any(one.code in (Reason.ZIP_BOMB, Reason.ZIP_ENCRYPTED) for one in found):
            found.append(finding(Reason.UNREADABLE, "package cannot be opened"))
        return Package({}, tuple(dict.fromkeys(found)))
    budget.take_members(len(archive.entries))
    parts: dict[str, Part] = {}
    for entry in files:
        fault = _unpack(content, entry, budget, parts)
        if fault is not None:
            found.append(fault)
            break
    return Package(parts, tuple(found))


def _names(entries: tuple[Entry, ...]) -> tuple[Finding, ...]:
    """As in archives, but a leading slash is how some writers spell a part name."""
    rooted = tuple(entry for entry in entries if entry.name.startswith(("/", "\\")))
    found = judge_names(entries)
    if not rooted:
        return found
    honest = {entry.name for entry in rooted if ".." not in entry.name}
    return tuple(one for one in found if one.code is not Reason.ZIP_TRAVERSAL or one.evidence not in honest)


def _unpack(content: bytes, entry: Entry, budget: Budget, parts: dict[str, Part]) -> Finding | None:
    if budget.is_spent:
        return finding(Reason.TIMEOUT, "while unpacking")
    try:
        parts.setdefault(folded(entry.name), Part(entry.name, expand(content, entry, budget)))
    except DamagedError as error:
        return finding(Reason.UNREADABLE, str(error), entry.name)
    except BudgetExceededError:
        return finding(Reason.ZIP_BOMB, "", entry.name)
    return None
