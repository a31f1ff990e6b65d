# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Lists of records, and ``--authority ID``: one option with one meaning, wherever one of several authorities is meant.

A list shows the records of every authority here, and each row says whose it is; with the option it shows those of one.
What is done for one authority wants its name where there are several: nothing is guessed.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from poststelle.faces.cli.frame import Exit

Entry = TypeVar("Entry")
Row = dict[str, object]
"""One entry by public names; they only grow."""


@dataclass(frozen=True, slots=True)
class Listed(Generic[Entry]):
    """What a list shows."""

    entries: tuple[tuple[str, Entry], ...]
    """(id of its authority, entry)."""
    is_of_several: bool = False
    """Of more than one authority: each line for people begins with its name."""


def takes_one_or_all(parser: argparse.ArgumentParser) -> None:
    """The option of what lists, and of what works through everything that is there."""
    parser.add_argument(
        "--authority", default="", metavar="ID", help="only of this authority; of every one here when left out"
    )


def takes_one(parser: argparse.ArgumentParser) -> None:
    """The option of what is done for one authority."""
    parser.add_argument(
        "--authority", default="", metavar="ID", help="for this authority; wanted where several are served"
    )


def show(
    arguments: argparse.Namespace,
    listed: Listed[Entry],
    row_of: Callable[[Entry], Row],
    line_of: Callable[[Entry], str],
) -> int:
    """Print every entry, as JSON lines with ``--json``."""
    for authority, entry in listed.entries:
        if arguments.json:
            print(json.dumps({"authority": authority, **row_of(entry)}, ensure_ascii=False))
        else:
            print(f"{authority}: {line_of(entry)}" if listed.is_of_several else line_of(entry))
    return Exit.OK
