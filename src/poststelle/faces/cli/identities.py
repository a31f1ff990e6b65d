# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle identities …``: the register of checked signers, for installations and hours without the desk."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from poststelle.application.desk.acts import NotAllowedError, OvertakenError, UnusableError
from poststelle.application.desk.identities import CheckMethod, IdentityForm
from poststelle.core.register import IdentityCheck, IdentityState
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.listing import Listed, Row, show, takes_one_or_all


@dataclass(frozen=True, slots=True)
class IdentityBench:
    """What the composition root lends."""

    checks: Callable[[str], Listed[IdentityCheck]]
    """Of every key what counts, and what waits for a second person; of the authority named or of every one."""
    confirm: Callable[[str, IdentityForm], IdentityState]
    """(reference of a message that the key signed, what was checked) to what that made of the key."""
    revoke: Callable[[str, str], None]
    """(reference of a message that the key signed, why)."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("identities", help="list, confirm and revoke checked signers")
    actions = parser.add_subparsers(dest="identities_command", required=True, metavar="COMMAND")
    shown = actions.add_parser("list", help="the latest entry of every key")
    shown.add_argument("--json", action="store_true", help="one JSON line for each key")
    takes_one_or_all(shown)
    confirm = actions.add_parser("confirm", help="record that a signer's identity was checked")
    confirm.add_argument("reference", metavar="REFERENCE", help="of a message that the key signed")
    confirm.add_argument("--person", required=True, metavar="NAME", help="who was checked")
    confirm.add_argument("--method", required=True, choices=[one.value for one in CheckMethod], help="how")
    confirm.add_argument(
        "--heard", default="", metavar="FINGERPRINT", help="as the person read it out; wanted for known-voice"
    )
    confirm.add_argument("--why", default="", metavar="TEXT", help="a remark")
    revoke = actions.add_parser("revoke", help="let a key count no longer, for earlier messages too")
    revoke.add_argument("reference", metavar="REFERENCE", help="of a message that the key signed")
    revoke.add_argument("--why", required=True, metavar="TEXT", help="the reason")
    parser.set_defaults(command="identities")


def run(arguments: argparse.Namespace, bench: IdentityBench) -> int:
    """Carry out one of them."""
    try:
        return _COMMANDS[arguments.identities_command](arguments, bench)
    except NotAllowedError as error:
        raise CommandError(
            "there is no such message", "References look like PS-7K3M-Q9XA-2WEF.", Exit.NOT_FOUND
        ) from error
    except (OvertakenError, UnusableError) as error:
        raise CommandError(str(error), "poststelle identities list shows the register.", Exit.SETTINGS) from error


def _list(arguments: argparse.Namespace, bench: IdentityBench) -> int:
    return show(arguments, bench.checks(arguments.authority), _row, _line)


def _row(check: IdentityCheck) -> Row:
    return {
        "key": check.spki_sha256,
        "state": check.state.value,
        "person": check.person,
        "addresses": list(check.addresses),
        "by": check.checked_by,
        "at": check.checked_at.isoformat(),
    }


def _line(check: IdentityCheck) -> str:
    return (
        f"{check.state.value}  {check.person}  {check.checked_at.isoformat()}  by {check.checked_by}\n"
        f"    {', '.join(check.addresses)}  key {check.spki_sha256}"
    )


def _confirm(arguments: argparse.Namespace, bench: IdentityBench) -> int:
    form = IdentityForm(arguments.person, arguments.method, arguments.why, arguments.heard)
    state = bench.confirm(arguments.reference.strip().upper(), form)
    if state is IdentityState.PROPOSED:
        print("recorded; it counts once a second person has checked too")
    return Exit.OK


def _revoke(arguments: argparse.Namespace, bench: IdentityBench) -> int:
    bench.revoke(arguments.reference.strip().upper(), arguments.why)
    return Exit.OK


_COMMANDS: dict[str, Callable[[argparse.Namespace, IdentityBench], int]] = {
    "list": _list,
    "confirm": _confirm,
    "revoke": _revoke,
}
