# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle publish --out DIR``: the public site as files, for a web server that runs nothing."""

import argparse
from collections.abc import Callable
from pathlib import Path

from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.listing import takes_one

Publish = Callable[[Path, str], int]
"""Writes the site of the authority named to this folder; the number of files. ValueError where the folder holds something else."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("publish", help="write the public site as static files")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder to write, replaced as a whole")
    takes_one(parser)
    parser.set_defaults(command="publish")


def run(arguments: argparse.Namespace, publish: Publish) -> int:
    """Write the site and say how much was written."""
    try:
        count = publish(arguments.out.absolute(), arguments.authority)
    except ValueError as error:
        raise CommandError(str(error), "Name an empty folder, or one written by publish before.", Exit.USAGE) from error
    except OSError as error:
        sentence = f"{arguments.out} kann nicht geschrieben werden: {error.strerror}"
        raise CommandError(sentence, "Prüfen Sie Pfad und Rechte.", Exit.UNAVAILABLE) from error
    print(f"{count} Dateien in {arguments.out}")
    return Exit.OK
