# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One entry of the journal as a line for people, or as an object for machines."""

from collections.abc import Iterable

from poststelle.core.journal import Leaf

Values = Iterable[tuple[str, str]]
"""Personal values by key, those that are there."""


def entry_object(index: int | None, leaf: Leaf, values: Values) -> dict[str, object]:
    """As ``--json`` prints it."""
    return {
        "index": index,
        "at": leaf.at,
        "kind": leaf.kind,
        "actor": leaf.actor,
        "clause": leaf.clause,
        "edition": leaf.edition,
        "facts": dict(leaf.facts),
        "personal": dict(values),
    }


def entry_text(index: int | None, leaf: Leaf, values: Values) -> str:
    """One line: when, at which place, what, by which clause, who, and what is said with it."""
    told = [f"{key}={value}" for key, value in (*leaf.facts, *values) if value]
    clause = f" [{leaf.clause}]" if leaf.clause else ""
    place = "" if index is None else f" #{index}"
    return f"{leaf.at}{place}  {leaf.kind}{clause}  {leaf.actor}  {'  '.join(told)}".rstrip()
