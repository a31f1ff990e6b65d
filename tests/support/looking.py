# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Looking into one file as the pipeline does, and asking the answer for its codes."""

from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.document import Looked, look


def looked(content: bytes, name: str = "", **budget: int) -> Looked:
    """The file itself, as seen."""
    return look(content, (name,) if name else (), Budget(**budget))[0]


def codes(content: bytes, name: str = "", **budget: int) -> set[Reason]:
    """Every code of the file and of what is inside it."""
    answer = look(content, (name,) if name else (), Budget(**budget))
    return {one.code for seen in answer if seen.trimming is None for one in seen.findings}
