# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One authority's policy files together: editions and directory from named bytes, or every fault of every file."""

from collections.abc import Mapping
from dataclasses import dataclass

from poststelle.application.policies import PolicyError, name_faults, read_directory, read_edition
from poststelle.core.directory import Directory
from poststelle.core.directory_file import DirectoryFile
from poststelle.core.edition import Edition
from poststelle.core.lint import Fault, Severity, lint_directory, lint_policy, lint_together

DIRECTORY_FILE = "directory.toml"

PolicyFiles = Mapping[str, bytes]
"""Content by file name, such as 2026-01-01.toml and directory.toml."""


@dataclass(frozen=True, slots=True)
class PolicyFolder:
    """One authority's editions, oldest first, and its directory."""

    authority: str
    editions: tuple[Edition, ...]
    directory: Directory


def load_folder(place: str, files: PolicyFiles) -> PolicyFolder:
    """One authority's policy, fit to be enforced. PolicyError with every fault of every file otherwise."""
    faults, editions, directory_file = _read(place, files)
    errors = tuple(fault for fault in faults if fault.severity is Severity.ERROR)
    if errors or not editions:
        raise PolicyError(errors)
    return PolicyFolder(editions[-1].policy.authority, editions, directory_file.directory())


def folder_faults(place: str, files: PolicyFiles) -> tuple[Fault, ...]:
    """Everything that lint says of one authority's files, warnings included."""
    return _read(place, files)[0]


_Read = tuple[tuple[Fault, ...], tuple[Edition, ...], DirectoryFile]


def _read(place: str, files: PolicyFiles) -> _Read:
    faults, editions = _read_editions(place, files)
    if DIRECTORY_FILE not in files:
        return faults, editions, DirectoryFile()
    name = f"{place}/{DIRECTORY_FILE}"
    try:
        directory_file = read_directory(name, files[DIRECTORY_FILE])
    except PolicyError as error:
        return (*faults, *error.faults), editions, DirectoryFile()
    faults = (*faults, *lint_directory(directory_file, name))
    if editions:
        newest = editions[-1].policy
        names = (f"{place}/{newest.valid_from}.toml", name)
        faults = (*faults, *lint_together(newest, directory_file, names))
    return faults, editions, directory_file


def _read_editions(place: str, files: PolicyFiles) -> tuple[tuple[Fault, ...], tuple[Edition, ...]]:
    faults: list[Fault] = []
    editions: dict[str, Edition] = {}
    for file_name in sorted(set(files) - {DIRECTORY_FILE}):
        try:
            editions[file_name] = read_edition(f"{place}/{file_name}", files[file_name])
        except PolicyError as error:
            faults.extend(error.faults)
    newest = max((edition.policy.valid_from for edition in editions.values()), default=None)
    for file_name, edition in editions.items():
        name, is_superseded = f"{place}/{file_name}", edition.policy.valid_from != newest
        faults.extend(name_faults(edition, name, file_name))
        faults.extend(lint_policy(edition.policy, name, is_superseded=is_superseded))
    if not editions and not faults:
        faults.append(Fault(place, "", "no edition file, such as 2026-01-01.toml", code="PS106"))
    return tuple(faults), tuple(sorted(editions.values(), key=lambda edition: edition.policy.valid_from))
