# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle journal show REFERENCE``: what happened to this message, entry by entry."""

import argparse
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from poststelle.faces.cli.frame import CommandError, Exit

if TYPE_CHECKING:
    from poststelle.records.queries import JournalLine

ReadJournal = Callable[[str], Iterable["JournalLine"]]
"""Every entry about the message with this reference, oldest first, of whatever authority."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("journal", help="read the legal record")
    actions = parser.add_subparsers(dest="journal_command", required=True, metavar="COMMAND")
    show = actions.add_parser("show", help="everything recorded about one message")
    show.add_argument("reference", metavar="REFERENCE")
    show.add_argument("--json", action="store_true", help="one JSON line for each entry")
    parser.set_defaults(command="journal")


def run(arguments: argparse.Namespace, read: ReadJournal) -> int:
    """Print the entries."""
    lines = tuple(read(arguments.reference.strip().upper()))
    if not lines:
        raise CommandError(
            f"the journal knows no message {arguments.reference}",
            "References look like PS-7K3M-Q9XA-2WEF; they stand in replies and notices.",
            Exit.NOT_FOUND,
        )
    for line in lines:
        print(_as_json(line) if arguments.json else _as_text(line))
    return Exit.OK


def _as_json(line: "JournalLine") -> str:
    leaf = line.leaf
    entry = {
        "index": line.index,
        "at": leaf.at,
        "kind": leaf.kind,
        "actor": leaf.actor,
        "clause": leaf.clause,
        "edition": leaf.edition,
        "facts": dict(leaf.facts),
        "personal": dict(line.values),
    }
    return json.dumps(entry, ensure_ascii=False)


def _as_text(line: "JournalLine") -> str:
    leaf = line.leaf
    told = [f"{key}={value}" for key, value in (*leaf.facts, *line.values) if value]
    clause = f" [{leaf.clause}]" if leaf.clause else ""
    place = "" if line.index is None else f" #{line.index}"
    return f"{leaf.at}{place}  {leaf.kind}{clause}  {leaf.actor}  {'  '.join(told)}".rstrip()
