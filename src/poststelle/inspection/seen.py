# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an inspector of one format hands back: findings, and the files it met inside.

Every inspector has the same shape, ``(content, format, budget) -> Seen``, and never raises on hostile bytes. It does
not look into the files it met: that is the dispatcher's, under the same rules and out of the same budget.
"""

from collections.abc import Callable
from dataclasses import dataclass

from poststelle.core.facts import Finding, Trimming
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget

MAX_EVIDENCE_CHARS = 120


@dataclass(frozen=True, slots=True)
class Embedded:
    """One file inside another: an archive member, an embedded object, a PDF's attachment."""

    name: str
    """As the container spells it, printable, with its folders; may be empty."""
    content: bytes
    trimming: Trimming | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """All that one inspector saw. Its bytes are paid for: the inspector has taken them from the budget."""

    findings: tuple[Finding, ...] = ()
    members: tuple[Embedded, ...] = ()


Inspector = Callable[[bytes, Format, Budget], Seen]


def finding(code: Reason, evidence: str = "", *path: str) -> Finding:
    """A finding whose path and evidence are printable and bounded, whatever the file put there."""
    return Finding(code, tuple(printable(step) for step in path), printable(evidence))


def printable(text: str) -> str:
    """The text with control, format and surrogate characters replaced, cut to the length of an evidence."""
    cleaned = "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:MAX_EVIDENCE_CHARS])
    return cleaned.strip()
