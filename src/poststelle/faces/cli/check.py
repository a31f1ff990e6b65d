# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle check FILE…``: what would become of these files, or of a whole message, if they were sent now."""

import argparse
import json
from pathlib import Path

from poststelle.application.check import Checked
from poststelle.application.notice_text import shown_name
from poststelle.application.precheck import described
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.remedies import REMEDIES
from poststelle.core.verdict import Objection
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.inspect import Check
from poststelle.faces.cli.listing import takes_one

_MARKS = {True: "kann verarbeitet werden", False: "kann so nicht verarbeitet werden"}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("check", help="say what would become of files or of a whole .eml")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="one JSON line for each file")
    takes_one(parser)
    parser.set_defaults(command="check")


def run(arguments: argparse.Namespace, check: Check) -> int:
    """Print a verdict for each file; exit code 1 where any of them is objected to."""
    all_accepted = True
    for path in arguments.files:
        checked = _checked(path, check)
        all_accepted = all_accepted and checked.is_accepted
        if arguments.json:
            print(
                json.dumps({"path": str(path), "name": path.name, **described(path.name, checked)}, ensure_ascii=False)
            )
        else:
            print("\n".join(_told(path, checked)))
    return Exit.OK if all_accepted else Exit.OBJECTIONS


def _checked(path: Path, check: Check) -> Checked:
    try:
        return check(path, path.name)
    except OSError as error:
        raise CommandError(
            f"{path} kann nicht gelesen werden: {error.strerror}", "Prüfen Sie Pfad und Rechte.", Exit.NOT_FOUND
        ) from error


def _told(path: Path, checked: Checked) -> list[str]:
    lines = [f"{shown_name(path.name)}: {_MARKS[checked.is_accepted]} ({checked.verdict.edition})"]
    for objection in checked.verdict.objections:
        lines += _objection_lines(objection)
    return lines


def _objection_lines(objection: Objection) -> list[str]:
    place = " › ".join((*objection.path, *objection.inner))
    return [
        f"  {place or 'Nachricht'}: {REASONS[objection.code].de} [{objection.clause}]",
        f"    {REMEDIES[objection.remedy].de}",
    ]
