# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Policy folders on disk: ``<authority>/<valid_from>.toml`` for each edition and ``directory.toml`` beside them."""

from dataclasses import dataclass
from pathlib import Path

from poststelle.application.policies import PolicyError, name_faults, read_directory, read_edition
from poststelle.core.directory import Directory
from poststelle.core.directory_file import DirectoryFile
from poststelle.core.edition import Edition
from poststelle.core.lint import Fault, Severity, lint_directory, lint_policy, lint_together

DIRECTORY_FILE = "directory.toml"


@dataclass(frozen=True, slots=True)
class PolicyFolder:
    """One authority's editions, oldest first, and its directory."""

    authority: str
    editions: tuple[Edition, ...]
    directory: Directory


def edition_files(folder: Path) -> tuple[Path, ...]:
    """The edition files of one authority, in the order of their names."""
    return tuple(sorted(path for path in folder.glob("*.toml") if path.name != DIRECTORY_FILE))


def authority_folders(root: Path) -> tuple[Path, ...]:
    """The folder itself where it holds editions, else every folder in it that does."""
    if edition_files(root):
        return (root,)
    return tuple(sorted(path for path in root.iterdir() if path.is_dir() and edition_files(path)))


def read_folder(folder: Path) -> PolicyFolder:
    """One authority's policy, fit to be enforced. PolicyError with every fault of every file in the folder."""
    faults, editions, directory_file = _read(folder)
    errors = tuple(fault for fault in faults if fault.severity is Severity.ERROR)
    if errors or not editions:
        raise PolicyError(errors)
    return PolicyFolder(editions[-1].policy.authority, editions, directory_file.directory())


def folder_faults(folder: Path) -> tuple[Fault, ...]:
    """Everything that lint says of one authority's files, warnings included."""
    return _read(folder)[0]


_Read = tuple[tuple[Fault, ...], tuple[Edition, ...], DirectoryFile]


def _read(folder: Path) -> _Read:
    faults, editions = _read_editions(folder)
    path = folder / DIRECTORY_FILE
    if not path.exists():
        return faults, editions, DirectoryFile()
    try:
        directory_file = read_directory(str(path), path.read_bytes())
    except PolicyError as error:
        return (*faults, *error.faults), editions, DirectoryFile()
    faults = (*faults, *lint_directory(directory_file, str(path)))
    if editions:
        faults = (*faults, *lint_together(editions[-1].policy, directory_file, str(path)))
    return faults, editions, directory_file


def _read_editions(folder: Path) -> tuple[tuple[Fault, ...], tuple[Edition, ...]]:
    faults: list[Fault] = []
    editions: list[Edition] = []
    for path in edition_files(folder):
        try:
            edition = read_edition(str(path), path.read_bytes())
        except PolicyError as error:
            faults.extend(error.faults)
        else:
            faults.extend((*name_faults(edition, str(path), path.stem), *lint_policy(edition.policy, str(path))))
            editions.append(edition)
    if not editions and not faults:
        faults.append(Fault(str(folder), "", "no edition file, such as 2026-01-01.toml", code="PS106"))
    editions.sort(key=lambda edition: edition.policy.valid_from)
    return tuple(faults), tuple(editions)
