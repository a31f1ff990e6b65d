# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle serve``: run every role, or one of them as systemd does."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from poststelle.application.readiness import refusals
from poststelle.application.settings import Settings
from poststelle.faces.cli.frame import CommandError, Exit, complain


@dataclass(frozen=True, slots=True)
class Roles:
    """What the composition root can run."""

    names: Callable[[Settings], tuple[str, ...]]
    """Those there are with these settings."""
    start: Callable[[Settings, str], None]
    """Runs one role until the process is asked to end."""
    run_all: Callable[[Settings], None]
    """Runs every role in a process of its own, until asked to end."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("serve", help="run the gateway: every role, or the one named")
    parser.add_argument("--role", default="", metavar="ROLE", help="door, outbox, sequencer, …; all when left out")
    parser.set_defaults(command="serve")


def run(arguments: argparse.Namespace, settings: Settings, roles: Roles) -> int:
    """Run until asked to end. Refuses to start where something could be accepted that nobody looked at."""
    reasons = refusals(settings)
    for reason in reasons:
        complain(CommandError(reason.sentence, reason.remedy, Exit.SETTINGS))
    if reasons:
        return Exit.SETTINGS
    if not arguments.role:
        roles.run_all(settings)
    elif arguments.role in (names := roles.names(settings)):
        roles.start(settings, arguments.role)
    else:
        raise CommandError(f"there is no role {arguments.role}", f"Roles: {', '.join(names)}.", Exit.USAGE)
    return Exit.OK
