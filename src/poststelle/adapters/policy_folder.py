# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Policy folders on disk: ``<authority>/<valid_from>.toml`` for each edition and ``directory.toml`` beside them."""

from dataclasses import dataclass
from pathlib import Path

from poststelle.application.policies import PolicyError, load_directory, load_edition, name_faults
from poststelle.core.directory import Directory
from poststelle.core.edition import Edition
from poststelle.core.lint import Fault

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
    faults: list[Fault] = []
    editions: list[Edition] = []
    for path in edition_files(folder):
        try:
            edition = load_edition(str(path), path.read_bytes())
        except PolicyError as error:
            faults.extend(error.faults)
        else:
            faults.extend(name_faults(edition, str(path), path.stem))
            editions.append(edition)
    directory = Directory(())
    path = folder / DIRECTORY_FILE
    try:
        directory = load_directory(str(path), path.read_bytes()) if path.exists() else directory
    except PolicyError as error:
        faults.extend(error.faults)
    if not editions and not faults:
        faults.append(Fault(str(folder), "", "no edition file, such as 2026-01-01.toml", code="PS106"))
    if faults:
        raise PolicyError(tuple(faults))
    editions.sort(key=lambda edition: edition.policy.valid_from)
    return PolicyFolder(editions[-1].policy.authority, tuple(editions), directory)
