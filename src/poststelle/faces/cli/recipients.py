# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle recipients``: the addresses that take mail now, printed or written as Postfix's relay_recipient_maps."""

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from poststelle.application.recipients import as_map
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.listing import takes_one_or_all

MAP_MODE = 0o644
"""Postfix reads it as another user; the addresses are published ones."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("recipients", help="list the addresses that take mail, for Postfix")
    parser.set_defaults(command="recipients")
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    takes_one_or_all(acts.add_parser("list", help="print every address that takes mail now, one a line"))
    write = acts.add_parser("write", help="write them as relay_recipient_maps (texthash), all at once or not at all")
    write.add_argument("file", type=Path, metavar="FILE", help="for example /etc/postfix/poststelle-recipients")
    write.set_defaults(authority="")


def run(arguments: argparse.Namespace, published: Callable[[str], tuple[str, ...]]) -> int:
    """Carry out ``list`` or ``write``."""
    addresses = published(arguments.authority)
    if arguments.act == "list":
        print("\n".join(addresses))
        return Exit.OK
    if not addresses:
        raise CommandError(
            "no address takes mail", "poststelle policy lint DIR explains what is missing.", Exit.SETTINGS
        )
    try:
        _replace(arguments.file, as_map(addresses))
    except OSError as error:
        raise CommandError(
            f"{arguments.file} cannot be written: {error.strerror}",
            "Choose a folder you may write to.",
            Exit.UNAVAILABLE,
        ) from error
    print(f"{len(addresses)} addresses in {arguments.file}; tell Postfix with: postfix reload")
    return Exit.OK


def _replace(place: Path, text: str) -> None:
    """Whoever reads finds the old list or the new one, also after a power cut."""
    number, draft = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), MAP_MODE)
            os.fsync(file.fileno())
        Path(draft).replace(place)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
