# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What changed between two editions, key by key, so that lint, page and people speak of the same differences."""

from collections.abc import Iterator
from dataclasses import dataclass

from poststelle.core.policy import Policy

_LABELS = ("id", "clause", "holds", "role", "citation", "kind", "format")
"""What tells the tables of one array apart, so that an inserted table does not shift all others."""


@dataclass(frozen=True, slots=True)
class Change:
    """One key that differs. An empty side means that the key is not stated there."""

    key: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.before:
            return f"+ {self.key}: {self.after}"
        if not self.after:
            return f"- {self.key}: {self.before}"
        return f"~ {self.key}: {self.before} → {self.after}"


def changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Every key that differs, in the order of the newer edition; keys it no longer states come last."""
    old, new = _stated(before), _stated(after)
    order = dict.fromkeys([*new, *old])
    return tuple(
        Change(key, old.get(key, ""), new.get(key, "")) for key in order if old.get(key, "") != new.get(key, "")
    )


def _stated(policy: Policy) -> dict[str, str]:
    return dict(_flat("", policy.model_dump(mode="json", exclude_none=True)))


def _flat(key: str, entry: object) -> Iterator[tuple[str, str]]:
    if isinstance(entry, dict):
        for name, below in entry.items():
            shown = f'"{name}"' if "." in str(name) else str(name)
            yield from _flat(f"{key}.{shown}".lstrip("."), below)
    elif isinstance(entry, list) and any(isinstance(below, dict) for below in entry):
        for label, below in _labelled(entry):
            yield from _flat(f"{key}[{label}]", below)
    elif isinstance(entry, list):
        yield key, ", ".join(str(below) for below in entry)
    else:
        yield key, str(entry)


def _labelled(tables: list[dict[str, object]]) -> Iterator[tuple[str, object]]:
    seen: dict[str, int] = {}
    for table in tables:
        label = next((str(table[name]) for name in _LABELS if table.get(name)), "")
        seen[label] = seen.get(label, 0) + 1
        yield (label if seen[label] == 1 else f"{label} #{seen[label]}"), table
