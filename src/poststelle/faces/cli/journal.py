# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle journal show REFERENCE``: what happened to this message, as one page with its proof, or as JSON lines."""

import argparse
from collections.abc import Callable
from datetime import datetime

from poststelle.core.journal import JournalLine
from poststelle.faces.cli import journal_audit
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.journal_lines import entry_object
from poststelle.faces.cli.journal_page import Story, story_page
from poststelle.faces.cli.listing import Listed, Row, show, takes_one_or_all

ReadStory = Callable[[str, str], tuple[Listed[Story], datetime]]
"""(reference, authority or none): what each has about the message with this reference, and the moment of reading."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("journal", help="read the legal record, and prove it")
    actions = parser.add_subparsers(dest="journal_command", required=True, metavar="COMMAND")
    shown = actions.add_parser(
        "show", help="one page about one message: what happened, on which sentence, and the proof"
    )
    shown.add_argument("reference", metavar="REFERENCE")
    shown.add_argument("--json", action="store_true", help="one JSON line for each entry")
    takes_one_or_all(shown)
    journal_audit.add_parsers(actions)
    parser.set_defaults(command="journal")


def run(arguments: argparse.Namespace, read: ReadStory) -> int:
    """Print the page; exit code 1 where the proof does not hold."""
    found, made_at = read(arguments.reference.strip().upper(), arguments.authority)
    if not found.entries:
        raise CommandError(
            f"the journal knows no message {arguments.reference}",
            "References look like PS-7K3M-Q9XA-2WEF; they stand in replies and notices.",
            Exit.NOT_FOUND,
        )
    if arguments.json:
        lines = tuple((authority, line) for authority, story in found.entries for line in story.entries)
        show(arguments, Listed(lines), _row, str)
    else:
        print("\n".join(story_page(story, made_at) for _, story in found.entries))
    return Exit.OBJECTIONS if any(story.fault for _, story in found.entries) else Exit.OK


def _row(line: JournalLine) -> Row:
    return entry_object(line.index, line.leaf, line.values)
