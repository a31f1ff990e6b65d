# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Looking into one file: told by content, held against its names, inspected by its format, and so on inwards.

Knows no policy: a foreign format is named, not judged. "Cannot be inspected" is always a finding, never silence.
"""

from dataclasses import dataclass
from hashlib import sha256

from poststelle.core.facts import Finding, Trimming
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.seen import Inspector, Seen, finding

INSPECTORS: dict[Format, Inspector] = {}
"""Who looks into which format. A format without a row is named and left closed."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One file as it was seen: the one given, or one inside it."""

    path: tuple[str, ...]
    """Relative to the file given, outermost first; ``()`` is that file itself. Unique within one look."""
    names: tuple[str, ...]
    sha256: str
    size_bytes: int
    format: Format
    container: bool
    """True where files stand inside; they follow with longer paths."""
    findings: tuple[Finding, ...]
    trimming: Trimming | None = None


def look(content: bytes, names: tuple[str, ...], budget: Budget) -> tuple[Looked, ...]:
    """The file first, the files inside after it, depth first. Never raises on hostile bytes."""
    budget.take_members(0)
    findings = () if content else (finding(Reason.EMPTY),)
    seen = Seen(findings)
    own = Looked(
        (), names, sha256(content).hexdigest(), len(content), Format.UNKNOWN, bool(seen.members), seen.findings
    )
    return (own,)
