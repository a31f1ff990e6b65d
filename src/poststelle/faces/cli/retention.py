# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle retention``: what is due to be erased by the terms of the policy, and its erasure."""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass

from poststelle.application.retention import Due, Term
from poststelle.faces.cli.frame import Exit


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is over one term."""

    term: Term
    due: tuple[Due, ...]
    kept: int
    """Over the term as well, and needed by somebody: a legal hold, an open task, an unfinished delivery or decision."""


@dataclass(frozen=True, slots=True)
class RetentionBench:
    """What the composition root lends these commands."""

    overdue: Callable[[], tuple[Overdue, ...]]
    apply: Callable[[], int]
    """How many were erased."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("retention", help="what is to be erased by the terms of the policy")
    actions = parser.add_subparsers(dest="retention_command", required=True, metavar="COMMAND")
    shown = actions.add_parser("list", help="dry run: say what is due and what stays although it is over its term")
    shown.add_argument("--json", action="store_true", help="one JSON line for each message or row that is due")
    actions.add_parser("apply", help="erase and journal now what is due; the sequencer does it by itself otherwise")
    parser.set_defaults(command="retention")


def run(arguments: argparse.Namespace, bench: RetentionBench) -> int:
    """Carry out one of them."""
    if arguments.retention_command == "apply":
        print(f"{bench.apply()} erased")
        return Exit.OK
    found = bench.overdue()
    for one in found:
        print("\n".join(_as_json(one)) if arguments.json else _as_text(one))
    if not found and not arguments.json:
        print("nothing is over its term")
    return Exit.OK


def _as_json(one: Overdue) -> list[str]:
    term = {"authority": one.term.authority, "class": one.term.holds.value, "edition": one.term.edition}
    return [
        json.dumps(
            {**term, "kept": due.kept.value, "reference": due.reference, "count": due.count}
            | {"at": due.received_at.isoformat()}
        )
        for due in one.due
    ]


def _as_text(one: Overdue) -> str:
    term = f"{one.term.authority}: {one.term.holds.value}, {one.term.days} days ({one.term.edition})"
    return f"{term}: {sum(due.count for due in one.due)} due, {one.kept} stay for now"
