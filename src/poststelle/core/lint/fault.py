# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One thing wrong with a policy or directory file, as every reader of such files reports it."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

_NUMBERS = re.compile(r"(\d+)")
NEAR_ENOUGH = 0.6
"""Similarity from which another word is suggested (difflib's own default)."""


class Severity(StrEnum):
    """What a fault leads to."""

    ERROR = "error"
    """Start is refused."""
    WARNING = "warning"
    """Said by lint, and visible on the page as a gap."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where, what, and the word that was probably meant."""

    file: str
    """As people know the file; empty until the file is known."""
    key: str
    """As TOML writes it; entries of arrays count from 1. Empty where the file as a whole is meant."""
    sentence: str
    did_you_mean: str = ""
    code: str = ""
    """Number of the check, documented in docs/policy.md."""
    line: int | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f" {self.key}:" if self.key else ""
        near = f' (did you mean "{self.did_you_mean}"?)' if self.did_you_mean else ""
        mark = " warning:" if self.severity is Severity.WARNING else ""
        return f"{place}: {self.code}{mark}{key} {self.sentence}{near}"


def error(code: str, key: str, sentence: str, near: str = "") -> Fault:
    """A fault that refuses start."""
    return Fault("", key, sentence, near, code)


def warning(code: str, key: str, sentence: str) -> Fault:
    """A fault that is only said."""
    return Fault("", key, sentence, code=code, severity=Severity.WARNING)


def in_file(file: str, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The faults with the name of their file, errors first, by code and key."""
    named = (replace(fault, file=file) for fault in faults)
    return tuple(sorted(named, key=_page_order))


def _page_order(fault: Fault) -> tuple[bool, str, list[tuple[int, str]]]:
    steps = [(int(step), "") if step.isdigit() else (0, step) for step in _NUMBERS.split(fault.key)]
    return fault.severity is Severity.WARNING, fault.code, steps


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or an empty string."""
    near = difflib.get_close_matches(word, tuple(known), n=1, cutoff=NEAR_ENOUGH)
    return near[0] if near else ""
