# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle journal show REFERENCE``: what happened to this message, entry by entry."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from poststelle.faces.cli import journal_audit
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.journal_lines import entry_object, entry_text
from poststelle.faces.cli.listing import Listed, Row, show, takes_one_or_all

if TYPE_CHECKING:
    from poststelle.records.queries import JournalLine

ReadJournal = Callable[[str, str], Listed["JournalLine"]]
"""(reference, authority or none): every entry about the message with this reference, oldest first."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("journal", help="read the legal record, and prove it")
    actions = parser.add_subparsers(dest="journal_command", required=True, metavar="COMMAND")
    shown = actions.add_parser("show", help="everything recorded about one message")
    shown.add_argument("reference", metavar="REFERENCE")
    shown.add_argument("--json", action="store_true", help="one JSON line for each entry")
    takes_one_or_all(shown)
    journal_audit.add_parsers(actions)
    parser.set_defaults(command="journal")


def run(arguments: argparse.Namespace, read: ReadJournal) -> int:
    """Print the entries."""
    found = read(arguments.reference.strip().upper(), arguments.authority)
    if not found.entries:
        raise CommandError(
            f"the journal knows no message {arguments.reference}",
            "References look like PS-7K3M-Q9XA-2WEF; they stand in replies and notices.",
            Exit.NOT_FOUND,
        )
    return show(arguments, found, _row, _line)


def _row(line: "JournalLine") -> Row:
    return entry_object(line.index, line.leaf, line.values)


def _line(line: "JournalLine") -> str:
    return entry_text(line.index, line.leaf, line.values)
