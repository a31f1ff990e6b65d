# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle observe`` and ``poststelle bypass``: the switches for hard days, for every node at once."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from poststelle.application.switches import Flip, Switch
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.listing import Listed, Row, show, takes_one_or_all

_HELP = {
    Switch.OBSERVE: "judge and journal everything, and change nothing: no refusal, no notice, nothing withheld",
    Switch.BYPASS: "hold for a clerk whatever would be refused or deleted",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator wants of a switch."""

    switch: Switch
    is_on: bool
    authority: str
    """Empty for all of them."""
    why: str


@dataclass(frozen=True, slots=True)
class SwitchBoard:
    """What the composition root lends these commands."""

    standing: Callable[[str], Iterable[Flip]]
    """How every switch stands that was ever set, for the authority named or for each."""
    flip: Callable[[Wish], None]


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of both commands."""
    for switch in Switch:
        parser = commands.add_parser(switch.value, help=_HELP[switch])
        parser.add_argument("position", choices=("on", "off", "status"))
        takes_one_or_all(parser)
        parser.add_argument("--why", default="", metavar="TEXT", help="goes into the journal; wanted for 'on'")
        parser.add_argument("--json", action="store_true", help="one JSON line for each switch")
        parser.set_defaults(command=switch.value)


def run(arguments: argparse.Namespace, board: SwitchBoard) -> int:
    """Set the switch or say how it stands; exit code 1 of ``status`` where it is on."""
    switch = Switch(arguments.command)
    if arguments.position != "status":
        is_on = arguments.position == "on"
        if is_on and not arguments.why.strip():
            raise CommandError("no reason is given", "Say it with --why: it goes into the journal.", Exit.USAGE)
        board.flip(Wish(switch, is_on, arguments.authority, arguments.why.strip()))
    flips = [one for one in board.standing(arguments.authority) if one.switch is switch]
    show(arguments, Listed(tuple((flip.authority, flip) for flip in flips), is_of_several=True), _row, _line)
    if not flips and not arguments.json:
        print(f"{switch.value} was never on")
    is_on_somewhere = any(flip.is_on for flip in flips)
    return Exit.OBJECTIONS if arguments.position == "status" and is_on_somewhere else Exit.OK


def _row(flip: Flip) -> Row:
    return {
        "switch": flip.switch.value,
        "is_on": flip.is_on,
        "since": flip.at.isoformat(),
        "by": flip.by,
        "why": flip.why,
    }


def _line(flip: Flip) -> str:
    position = "ON" if flip.is_on else "off"
    return f"{flip.switch.value} {position} since {flip.at:%Y-%m-%d %H:%M} UTC by {flip.by}  {flip.why}".rstrip()
