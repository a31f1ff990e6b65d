# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Policy folders on disk: ``<authority>/<valid_from>.toml`` for each edition and ``directory.toml`` beside them."""

from pathlib import Path

from poststelle.application.policy_folder import PolicyFiles, PolicyFolder, load_folder


def policy_files(folder: Path) -> PolicyFiles:
    """The policy files of one authority by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}


def read_folder(folder: Path) -> PolicyFolder:
    """One authority's policy, fit to be enforced. PolicyError with every fault of every file in the folder."""
    return load_folder(str(folder), policy_files(folder))
