# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle users``: who may sign in at the desk, with which roles. Passwords are read from the terminal or stdin."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from poststelle.application.desk.viewer import OFFICE_BOUND, Role
from poststelle.faces.cli.frame import CommandError, Exit, day
from poststelle.faces.cli.listing import takes_one, takes_one_or_all


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role as asked for on the command line."""

    name: str
    role: str
    office: str
    authority: str
    """Empty where there is only one."""
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class UserRow:
    """One account as listed."""

    name: str
    full_name: str
    is_active: bool
    roles: tuple[str, ...]
    """Such as ``clerk ordnungsamt (muenster)``."""


@dataclass(frozen=True, slots=True)
class UserDesk:
    """What the composition root lends these commands. Each raises ValueError with a sentence where it cannot be done."""

    listed: Callable[[str], tuple[UserRow, ...]]
    """Every account; of the authority named those who have a role there, with these roles only."""
    add: Callable[[str, str, str], None]
    """(name, password, full name)."""
    grant: Callable[[NewRole], None]
    set_password: Callable[[str, str], None]
    set_active: Callable[[str, bool], None]
    offices: Callable[[str], tuple[str, ...]]
    """Office ids of an authority; of the only one for an empty id."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("users", help="accounts and roles of the clerks' desk")
    actions = parser.add_subparsers(dest="users_command", required=True, metavar="COMMAND")
    shown = actions.add_parser("list", help="every account with its roles")
    shown.add_argument("--json", action="store_true", help="one JSON line for each account")
    takes_one_or_all(shown)
    added = actions.add_parser("add", help="make an account with its first role; asks for a password")
    added.add_argument("--full-name", default="", metavar="NAME", help="as shown to colleagues")
    granted = actions.add_parser("grant", help="give an account a further role, or change its period")
    for one in (added, granted):
        _add_role_arguments(one)
    for name, about in (
        ("password", "set another password; also ends a lock"),
        ("disable", "let an account sign in no longer"),
        ("enable", "let it sign in again"),
    ):
        actions.add_parser(name, help=about).add_argument("name", metavar="NAME")
    parser.set_defaults(command="users")


def _add_role_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the name to sign in with")
    parser.add_argument("--role", required=True, choices=[role.value for role in Role], help="what they are")
    parser.add_argument("--office", default="", metavar="ID", help="wanted for clerk and lead: an office id")
    takes_one(parser)
    parser.add_argument("--from", dest="valid_from", type=day, metavar="DATE", help="first day")
    parser.add_argument("--until", dest="valid_until", type=day, metavar="DATE", help="last day")


def run(arguments: argparse.Namespace, desk: UserDesk) -> int:
    """Carry out one of them."""
    try:
        _COMMANDS[arguments.users_command](arguments, desk)
    except ValueError as error:
        raise CommandError(str(error), "poststelle users list shows the accounts.", Exit.SETTINGS) from error
    return Exit.OK


def _list(arguments: argparse.Namespace, desk: UserDesk) -> None:
    for row in desk.listed(arguments.authority):
        if arguments.json:
            entry = {"name": row.name, "full_name": row.full_name, "active": row.is_active, "roles": list(row.roles)}
            print(json.dumps(entry, ensure_ascii=False))
        else:
            print(f"{row.name:20} {row.full_name:24} {'' if row.is_active else 'disabled '}{', '.join(row.roles)}")


def _add(arguments: argparse.Namespace, desk: UserDesk) -> None:
    wanted = _role(arguments, desk)
    desk.add(arguments.name, _new_password(), arguments.full_name)
    desk.grant(wanted)


def _grant(arguments: argparse.Namespace, desk: UserDesk) -> None:
    desk.grant(_role(arguments, desk))


def _role(arguments: argparse.Namespace, desk: UserDesk) -> NewRole:
    """Checked before anything is written: a role without its office is nobody's."""
    known = desk.offices(arguments.authority)
    if Role(arguments.role) in OFFICE_BOUND and not arguments.office:
        raise CommandError(f"the role {arguments.role} is of one office", "Name it with --office ID.", Exit.USAGE)
    if arguments.office and arguments.office not in known:
        raise CommandError(f"there is no office {arguments.office}", f"Known: {', '.join(known)}.", Exit.NOT_FOUND)
    period = (arguments.valid_from, arguments.valid_until)
    if None not in period and period[1] < period[0]:
        raise CommandError("the last day comes before the first", "Correct --from or --until.", Exit.USAGE)
    return NewRole(arguments.name, arguments.role, arguments.office, arguments.authority, *period)


def _new_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("the two passwords differ", "Try again.", Exit.USAGE)
    return password


_COMMANDS: dict[str, Callable[[argparse.Namespace, UserDesk], None]] = {
    "list": _list,
    "add": _add,
    "grant": _grant,
    "password": lambda arguments, desk: desk.set_password(arguments.name, _new_password()),
    "disable": lambda arguments, desk: desk.set_active(arguments.name, False),
    "enable": lambda arguments, desk: desk.set_active(arguments.name, True),
}
