# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The policies shipped with the project, for tests of every floor."""

from functools import cache
from pathlib import Path

from poststelle.application.policy_folder import PolicyFolder, load_folder

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
SHIPPED = ("muenster", "encrypted-only", "strict", "generous")
EDITION_FILE = "2026-01-01.toml"


def policy_text(authority: str = "muenster", file_name: str = EDITION_FILE) -> str:
    """The file as written."""
    return (POLICIES / authority / file_name).read_text()


@cache
def policy_folder(authority: str = "muenster") -> PolicyFolder:
    """The authority's editions and directory, linted."""
    folder = POLICIES / authority
    return load_folder(authority, {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))})
