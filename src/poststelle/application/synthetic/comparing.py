# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What became of a synthetic citizen's message, and where that differs from what was expected."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from poststelle.application.synthetic.sample import Expected
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition, SenderTold, TaskKind, Verdicts


@dataclass(frozen=True, slots=True)
class Became:
    """What the dialogue said, and what is on record."""

    replies: tuple[int, ...]
    """One for each time it was handed in."""
    references: tuple[str, ...]
    """As named in the replies; empty where the dialogue ended before there was one."""
    verdicts: Verdicts | None


def differences(expected: Expected, became: Became) -> tuple[str, ...]:
    """One sentence for each thing that came otherwise; empty where the promise holds."""
    return tuple(_replies(expected, became)) + tuple(_verdicts(expected, became.verdicts))


def _replies(expected: Expected, became: Became) -> Iterator[str]:
    if set(became.replies) != {expected.reply}:
        yield f"Antwort {sorted(set(became.replies))} statt {expected.reply}"
    if len(set(became.references)) > 1:
        yield f"dieselbe Nachricht bekam {len(set(became.references))} Zeichen"


def _verdicts(expected: Expected, verdicts: Verdicts | None) -> Iterator[str]:
    if verdicts is None or expected.disposition is None:
        if (verdicts is None) != (expected.disposition is None):
            yield "es gibt kein Urteil" if verdicts is None else "es gibt ein Urteil"
        return
    for name, wanted, look in _LOOKS:
        found = look(verdicts)
        if found != wanted(expected):
            yield f"{name}: {_said(found)} statt {_said(wanted(expected))}"


def _said(value: object) -> str:
    return ", ".join(sorted(str(one) for one in value)) or "–" if isinstance(value, tuple | frozenset) else str(value)


def _disposition(verdicts: Verdicts) -> Disposition:
    return verdicts.strictest.disposition


def _told(verdicts: Verdicts) -> SenderTold:
    return verdicts.strictest.sender_told


def _offices(verdicts: Verdicts) -> tuple[str, ...]:
    return tuple(verdict.route.office for verdict in verdicts.by_recipient)


def _codes(verdicts: Verdicts) -> frozenset[Reason]:
    return frozenset(entry.code for verdict in verdicts.by_recipient for entry in verdict.objections)


def _withheld(verdicts: Verdicts) -> frozenset[str]:
    kept = (verdict for verdict in verdicts.by_recipient if verdict.disposition in _LIVING)
    paths = frozenset(path for verdict in kept for path in verdict.withheld)
    outermost = (path for path in paths if not any(path[:length] in paths for length in range(1, len(path))))
    return frozenset("/".join(path) for path in outermost)


_LIVING = frozenset({Disposition.ACCEPT, Disposition.NOTIFY, Disposition.HOLD})


def _tasks(verdicts: Verdicts) -> frozenset[TaskKind]:
    return frozenset(task.kind for verdict in verdicts.by_recipient for task in verdict.tasks)


def _hints(verdicts: Verdicts) -> frozenset[str]:
    return frozenset(hint for verdict in verdicts.by_recipient for hint in verdict.hints)


_LOOKS: tuple[tuple[str, Callable[[Expected], object], Callable[[Verdicts], object]], ...] = (
    ("Ergebnis", lambda expected: expected.disposition, _disposition),
    ("Ämter", lambda expected: expected.offices, _offices),
    ("Absender erfährt es", lambda expected: expected.told, _told),
    ("Gründe", lambda expected: expected.codes, _codes),
    ("zurückbehalten", lambda expected: expected.withheld, _withheld),
    ("Aufgaben", lambda expected: expected.tasks, _tasks),
    ("Hinweise", lambda expected: expected.hints, _hints),
)
