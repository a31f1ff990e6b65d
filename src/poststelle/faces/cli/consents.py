# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle consents …``: grants of other formats to one sender, before or after a message came."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from poststelle.application.desk.acts import NotAllowedError, OvertakenError, UnusableError
from poststelle.application.desk.consents import GRANTABLE, ConsentForm
from poststelle.core.register import Consent
from poststelle.faces.cli.frame import CommandError, Exit, day
from poststelle.faces.cli.listing import Listed, Row, show, takes_one_or_all


@dataclass(frozen=True, slots=True)
class Ahead:
    """Whom a consent is given to who has not written yet."""

    sender: str
    authority: str
    """Empty where there is only one."""
    office: str
    """Empty for every office."""


@dataclass(frozen=True, slots=True)
class ConsentBench:
    """What the composition root lends."""

    consents: Callable[[str], Listed[Consent]]
    """All that are in force, of the authority named or of every one."""
    ahead: Callable[[Ahead, ConsentForm], Consent]
    after: Callable[[str, ConsentForm], bool]
    """(reference of a message): for its sender; True where that released a file of it."""
    revoke: Callable[[str, str], None]
    """(reference of the consent, why)."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("consents", help="grant, list and revoke consents to other formats")
    actions = parser.add_subparsers(dest="consents_command", required=True, metavar="COMMAND")
    grant = actions.add_parser("grant", help="let one sender send other formats for a while")
    whom = grant.add_mutually_exclusive_group(required=True)
    whom.add_argument("--sender", default="", metavar="ADDRESS", help="address, @domain or SAFE-ID, before it writes")
    whom.add_argument("--message", default="", metavar="REFERENCE", help="sender of this message; releases its files")
    grant.add_argument("--formats", required=True, metavar="LIST", help="such as heic,tiff; never macros or programs")
    grant.add_argument("--until", required=True, type=day, metavar="DATE", help="last day, such as 2026-12-31")
    where = grant.add_mutually_exclusive_group()
    where.add_argument("--office", default="", metavar="ID", help="with --sender: only for this office")
    where.add_argument("--everywhere", action="store_true", help="with --message: for every office")
    grant.add_argument("--authority", default="", metavar="ID", help="with --sender, where there are several")
    grant.add_argument("--why", default="", metavar="TEXT", help="a remark")
    shown = actions.add_parser("list", help="the consents in force")
    shown.add_argument("--json", action="store_true", help="one JSON line for each consent")
    takes_one_or_all(shown)
    revoke = actions.add_parser("revoke", help="end a consent at once; what it released stays released")
    revoke.add_argument("consent", metavar="CONSENT", help="reference of the consent, as list shows it")
    revoke.add_argument("--why", required=True, metavar="TEXT", help="the reason")
    parser.set_defaults(command="consents")


def run(arguments: argparse.Namespace, bench: ConsentBench) -> int:
    """Carry out one of them."""
    try:
        return _COMMANDS[arguments.consents_command](arguments, bench)
    except NotAllowedError as error:
        raise CommandError(
            "there is no such message", "References look like PS-7K3M-Q9XA-2WEF.", Exit.NOT_FOUND
        ) from error
    except OvertakenError as error:
        raise CommandError(
            "it is no longer open or in force", "poststelle consents list shows the consents.", Exit.NOT_FOUND
        ) from error
    except UnusableError as error:
        formats = ", ".join(sorted(one.value for one in GRANTABLE))
        raise CommandError(str(error), f"Formats that can be granted: {formats}.", Exit.SETTINGS) from error


def _grant(arguments: argparse.Namespace, bench: ConsentBench) -> int:
    formats = tuple(part.strip().lower() for part in arguments.formats.split(",") if part.strip())
    form = ConsentForm(formats, arguments.until, arguments.everywhere, arguments.why)
    if arguments.sender:
        consent = bench.ahead(Ahead(arguments.sender.strip(), arguments.authority, arguments.office), form)
        print(f"{consent.reference}: granted to {consent.sender} until {arguments.until}")
        return Exit.OK
    has_released = bench.after(arguments.message.strip().upper(), form)
    print("granted; files of the message released" if has_released else "granted; nothing of the message was waiting")
    return Exit.OK


def _list(arguments: argparse.Namespace, bench: ConsentBench) -> int:
    return show(arguments, bench.consents(arguments.authority), _row, _line)


def _row(consent: Consent) -> Row:
    return {
        "consent": consent.reference,
        "sender": consent.sender,
        "formats": _formats(consent),
        "office": consent.office,
        "from": consent.valid_from.isoformat(),
        "until": consent.valid_until.isoformat(),
        "by": consent.granted_by,
    }


def _line(consent: Consent) -> str:
    return (
        f"{consent.reference}  {consent.sender}  until {consent.valid_until.isoformat()}  by {consent.granted_by}\n"
        f"    {', '.join(_formats(consent))}  office {consent.office or 'any'}"
    )


def _formats(consent: Consent) -> list[str]:
    return sorted(one.value for one in consent.formats)


def _revoke(arguments: argparse.Namespace, bench: ConsentBench) -> int:
    bench.revoke(arguments.consent.strip().upper(), arguments.why)
    return Exit.OK


_COMMANDS: dict[str, Callable[[argparse.Namespace, ConsentBench], int]] = {
    "grant": _grant,
    "list": _list,
    "revoke": _revoke,
}
