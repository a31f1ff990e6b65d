# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle support-report FILE``: what helps others to help, without content, names, addresses or secrets."""

import argparse
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from poststelle.faces.cli.frame import CommandError, Exit

Report = Callable[[tuple[Path, ...]], Mapping[str, str]]
"""The files of the report by name, with the ends of these logs."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser(
        "support-report", help="pack versions, choices, diagnoses and counters, redacted, to show"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="new zip file")
    parser.add_argument(
        "--log",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="pack the redacted end of this log; repeat",
    )
    parser.set_defaults(command="support-report")


def run(arguments: argparse.Namespace, report: Report) -> int:
    """Write the file; never over another."""
    files = report(tuple(arguments.log))
    try:
        with zipfile.ZipFile(arguments.file, "x", zipfile.ZIP_DEFLATED) as packed:
            for name, text in files.items():
                packed.writestr(name, text)
    except FileExistsError as error:
        raise CommandError(f"{arguments.file} is there already", "Name a new file.", Exit.USAGE) from error
    except OSError as error:
        raise CommandError(f"{arguments.file}: {error.strerror}", "Name a place to write to.", Exit.USAGE) from error
    print(f"{arguments.file}: {', '.join(files)}. Read it before you pass it on.")
    return Exit.OK
