# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle person``: what is held about somebody (Art. 15 GDPR), and its erasure by four eyes (Art. 17 GDPR).

What ``show`` prints for people is in German: it goes into the answer to the person.
"""

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from poststelle.application.person import LAPSES, Erased, Preview, RequestError
from poststelle.core.catalogue.person import GROUNDS, KINDS, SAID, VALUES
from poststelle.core.edition import legal_time
from poststelle.core.person import Holding, Kind
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.listing import Listed, Row, show, takes_one, takes_one_or_all


@dataclass(frozen=True, slots=True)
class Login:
    """Who acts: an account of the desk, which proves to be one."""

    name: str
    password: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose data are to be erased."""

    address: str
    authority: str
    """Empty where there is only one."""
    why: str


@dataclass(frozen=True, slots=True)
class PersonBench:
    """What the composition root lends these commands. The last three may raise RequestError."""

    show: Callable[[str, str], Listed[Holding]]
    """(address, authority or nothing)."""
    ask: Callable[[Wanted, Login], Preview]
    requests: Callable[[str], Listed[Preview]]
    confirm: Callable[[str, Login], Erased]


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("person", help="what is held about somebody, and its erasure")
    actions = parser.add_subparsers(dest="person_command", required=True, metavar="COMMAND")
    shown = actions.add_parser("show", help="everything under an address, and what would stay at an erasure and why")
    shown.add_argument("address", metavar="ADDRESS")
    shown.add_argument("--json", action="store_true", help="one JSON line for each thing that is held")
    takes_one_or_all(shown)
    asked = actions.add_parser("ask", help="ask for erasure; nothing goes before another account confirms")
    asked.add_argument("address", metavar="ADDRESS")
    asked.add_argument("--why", required=True, metavar="TEXT", help="such as the date of the letter")
    takes_one(asked)
    open_ones = actions.add_parser(
        "requests", help="what waits to be confirmed, with what would go and what would stay"
    )
    open_ones.add_argument("--json", action="store_true", help="one JSON line for each request")
    takes_one_or_all(open_ones)
    confirmed = actions.add_parser("confirm", help="erase what was asked for by another account")
    confirmed.add_argument("request", metavar="REQUEST", help="as ask and requests show it, such as LV-7K3M-Q9XA-2WEF")
    for one in (asked, confirmed):
        one.add_argument(
            "--account",
            required=True,
            metavar="NAME",
            help="account of the desk that acts; its password is asked for, or read from standard input",
        )
    parser.set_defaults(command="person")


def run(arguments: argparse.Namespace, bench: PersonBench) -> int:
    """Carry out one of them."""
    try:
        return _COMMANDS[arguments.person_command](arguments, bench)
    except RequestError as error:
        raise CommandError(
            str(error), "poststelle person requests shows what waits to be confirmed.", Exit.SETTINGS
        ) from error


def _show(arguments: argparse.Namespace, bench: PersonBench) -> int:
    found = bench.show(arguments.address, arguments.authority)
    if arguments.json:
        return show(arguments, found, _row, str)
    print(f"Auskunft nach Art. 15 DSGVO zu {arguments.address}")
    if not found.entries:
        print("\nUnter dieser Adresse ist nichts gespeichert.")
    for (authority, kind), entries in groupby(found.entries, key=lambda entry: (entry[0], entry[1].kind)):
        whose = f" ({authority})" if found.is_of_several else ""
        print(f"\n{KINDS[kind]}{whose}")
        for _, holding in entries:
            print("\n".join(_lines(holding)))
    return Exit.OK


def _lines(holding: Holding) -> Iterator[str]:
    at = f"{legal_time(holding.at):%d.%m.%Y %H:%M}" if holding.at else ""
    named = holding.reference if holding.kind in {Kind.MESSAGE, Kind.CONSENT} else ""
    yield f"  {'  '.join(part for part in (at, named) if part)}"
    for name, value in holding.said:
        yield f"      {SAID.get(name, name)}: {_german(name, value)}"
    if holding.stays is not None:
        reason, law = GROUNDS[holding.stays]
        yield f"      bleibt trotz eines Löschverlangens: {reason} ({law})"


def _german(name: str, value: str) -> str:
    """The value as it goes into a letter."""
    if name == "until":
        return f"{legal_time(datetime.fromisoformat(value)):%d.%m.%Y}"
    return VALUES.get(name, {}).get(value, value)


def _row(holding: Holding) -> Row:
    stays = {"stays": holding.stays.value, "law": GROUNDS[holding.stays][1]} if holding.stays else {"stays": None}
    at = holding.at.isoformat() if holding.at else None
    return {"kind": holding.kind.value, "reference": holding.reference, "at": at, "said": dict(holding.said), **stays}


def _ask(arguments: argparse.Namespace, bench: PersonBench) -> int:
    wanted = Wanted(arguments.address, arguments.authority, arguments.why.strip())
    print(_preview_line(bench.ask(wanted, Login(arguments.account, _password))))
    print("nothing is erased yet: another account confirms it with poststelle person confirm")
    return Exit.OK


def _requests(arguments: argparse.Namespace, bench: PersonBench) -> int:
    return show(arguments, bench.requests(arguments.authority), _preview_row, _preview_line)


def _preview_row(one: Preview) -> Row:
    return {
        "request": one.request.id,
        "address": one.request.address,
        "by": one.request.asked_by,
        "at": one.request.asked_at.isoformat(),
        "why": one.request.why,
        "goes": [_row(holding) for holding in one.goes],
        "stays": [_row(holding) for holding in one.stays],
    }


def _preview_line(one: Preview) -> str:
    request, until = one.request, one.request.asked_at + LAPSES
    asked = f"asked for by {request.asked_by} on {request.asked_at:%Y-%m-%d}, can be confirmed until {until:%Y-%m-%d}"
    return f"{request.id}  {request.address}  {asked}\n    {len(one.goes)} go, {_staying(one.stays)}"


def _confirm(arguments: argparse.Namespace, bench: PersonBench) -> int:
    done = bench.confirm(arguments.request.strip().upper(), Login(arguments.account, _password))
    print(f"{done.count} erased, {_staying(done.kept)}")
    return Exit.OK


def _staying(kept: tuple[Holding, ...]) -> str:
    """How many, and why each: what came after the request has no ground of its own."""
    grounds = sorted({one.stays.value if one.stays else "came after the request" for one in kept})
    return f"{len(kept)} stay" + (f": {', '.join(grounds)}" if grounds else "")


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")


_COMMANDS: dict[str, Callable[[argparse.Namespace, PersonBench], int]] = {
    "show": _show,
    "ask": _ask,
    "requests": _requests,
    "confirm": _confirm,
}
