# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""stub"""

from dataclasses import dataclass
from enum import StrEnum

from poststelle.core.directory_file import DirectoryFile
from poststelle.core.policy import Policy


class Severity(StrEnum):
    """How bad a fault is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file."""

    file: str
    key: str
    sentence: str
    did_you_mean: str = ""
    code: str = ""
    line: int | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f" {self.key}:" if self.key else ""
        near = f' (did you mean "{self.did_you_mean}"?)' if self.did_you_mean else ""
        return f"{place}: {self.code}{key} {self.sentence}{near}"


def lint_policy(policy: Policy, file: str) -> tuple[Fault, ...]:
    return ()


def lint_directory(directory: DirectoryFile, file: str) -> tuple[Fault, ...]:
    return ()
