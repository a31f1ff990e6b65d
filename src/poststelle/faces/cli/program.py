# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The program's command line: finds the command, and turns what goes wrong into sentences.

The commands get what they need as functions; the composition root makes them.
"""

import argparse
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from poststelle.application.backup import BackupError
from poststelle.application.health import Examination
from poststelle.application.keyring import KeyRingError
from poststelle.application.policies import PolicyError
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import SETTINGS_VARIABLE, Settings
from poststelle.faces.cli import (
    backup,
    check,
    consents,
    demo,
    doctor,
    identities,
    inspect,
    journal,
    journal_audit,
    journal_page,
    keys,
    person,
    policy,
    publish,
    recipients,
    retention,
    serve,
    smime,
    support,
    switches,
    users,
)
from poststelle.faces.cli.frame import (
    CommandError,
    Exit,
    common_parser,
    concluded,
    settings_of,
)
from poststelle.faces.cli.listing import Listed


@dataclass(frozen=True, slots=True)
class Tools:
    """What the composition root lends the commands."""

    checker: Callable[[Settings, str], AbstractContextManager[inspect.Check]]
    """By the policy of the authority with this id; of the only one for an empty id."""
    examinations: Callable[[Settings], Iterable[Examination]]
    dns_examinations: Callable[[Settings, doctor.DnsQuestion], tuple[Iterable[Examination], str]]
    read_story: Callable[[Settings, str, str], tuple[Listed[journal_page.Story], datetime]]
    audit_bench: Callable[[Settings], journal_audit.AuditBench]
    journal_key: journal_audit.ReadKey
    retention_bench: Callable[[Settings], retention.RetentionBench]
    person_bench: Callable[[Settings], AbstractContextManager[person.PersonBench]]
    roles: serve.Roles
    publish: Callable[[Settings, Path, str], int]
    published_recipients: Callable[[Settings, str], tuple[str, ...]]
    demonstrate: demo.Demonstrate
    key_bench: Callable[[Settings], keys.KeyBench]
    identity_bench: Callable[[Settings], identities.IdentityBench]
    consent_bench: Callable[[Settings], consents.ConsentBench]
    switch_board: Callable[[Settings], AbstractContextManager[switches.SwitchBoard]]
    user_desk: Callable[[Settings], AbstractContextManager[users.UserDesk]]
    smime_inspection: smime.Opening
    backup_bench: Callable[[Settings], backup.BackupBench]
    support_report: Callable[[Settings, tuple[Path, ...]], Mapping[str, str]]


def run(argv: list[str], tools: Tools) -> int:
    """Carry out one command; the exit code."""
    return concluded(lambda: _carried_out(argv, tools))


def _carried_out(argv: list[str], tools: Tools) -> int:
    arguments = _parser().parse_args(argv)
    try:
        return COMMANDS[arguments.command](arguments, tools)
    except PolicyError as error:
        sentence = "\n".join(str(fault) for fault in error.faults)
        raise CommandError(sentence, "poststelle policy lint DIR explains each.", Exit.SETTINGS) from error
    except KeyRingError as error:
        raise CommandError(error.sentence, error.remedy, Exit.SETTINGS) from error
    except BackupError as error:
        raise CommandError(error.sentence, error.remedy, Exit.OBJECTIONS) from error
    except UnavailableError as error:
        raise CommandError(str(error), "poststelle doctor says what is missing.", Exit.UNAVAILABLE) from error


def _parser() -> argparse.ArgumentParser:
    parser = common_parser()
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (
        serve,
        demo,
        check,
        publish,
        policy,
        recipients,
        journal,
        retention,
        person,
        keys,
        identities,
        consents,
        doctor,
        inspect,
        smime,
    ):
        module.add_parser(commands)
    switches.add_parsers(commands)
    backup.add_parsers(commands)
    support.add_parser(commands)
    users.add_parser(commands)
    return parser


def _check(arguments: argparse.Namespace, tools: Tools) -> int:
    with tools.checker(settings_of(arguments), arguments.authority) as judge:
        return check.run(arguments, judge)


def _inspect(arguments: argparse.Namespace, tools: Tools) -> int:
    settings = settings_of(arguments)
    with tools.checker(settings, arguments.authority) as judge:
        return inspect.run(arguments, judge, settings.inspector.workers)


def _journal(arguments: argparse.Namespace, tools: Tools) -> int:
    match arguments.journal_command:
        case "check-proof":
            return journal_audit.run_check(arguments, tools.journal_key)
        case "verify":
            bench = tools.audit_bench(settings_of(arguments))
            return journal_audit.run_verify(arguments, bench, tools.journal_key)
        case "head":
            return journal_audit.run_head(arguments, tools.audit_bench(settings_of(arguments)))
        case "prove":
            return journal_audit.run_prove(arguments, tools.audit_bench(settings_of(arguments)))
    settings = settings_of(arguments)
    return journal.run(arguments, lambda reference, named: tools.read_story(settings, reference, named))


def _publish(arguments: argparse.Namespace, tools: Tools) -> int:
    settings = settings_of(arguments)
    return publish.run(arguments, lambda out, named: tools.publish(settings, out, named))


def _serve(arguments: argparse.Namespace, tools: Tools) -> int:
    if arguments.settings is not None:
        os.environ[SETTINGS_VARIABLE] = str(arguments.settings)
    return serve.run(arguments, settings_of(arguments), tools.roles)


def _recipients(arguments: argparse.Namespace, tools: Tools) -> int:
    return recipients.run(arguments, lambda named: tools.published_recipients(settings_of(arguments), named))


def _smime(arguments: argparse.Namespace, tools: Tools) -> int:
    return smime.run(arguments, tools.smime_inspection)


def _switches(arguments: argparse.Namespace, tools: Tools) -> int:
    with tools.switch_board(settings_of(arguments)) as board:
        return switches.run(arguments, board)


def _doctor(arguments: argparse.Namespace, tools: Tools) -> int:
    settings = settings_of(arguments)
    if not arguments.dns:
        return doctor.run(arguments, tools.examinations(settings))
    looks, policy_file = tools.dns_examinations(settings, doctor.dns_question(arguments))
    return doctor.run(arguments, looks, doctor.mta_sts_lines(policy_file))


def _users(arguments: argparse.Namespace, tools: Tools) -> int:
    with tools.user_desk(settings_of(arguments)) as desk:
        return users.run(arguments, desk)


def _person(arguments: argparse.Namespace, tools: Tools) -> int:
    with tools.person_bench(settings_of(arguments)) as bench:
        return person.run(arguments, bench)


def _support(arguments: argparse.Namespace, tools: Tools) -> int:
    settings = settings_of(arguments)
    return support.run(arguments, lambda logs: tools.support_report(settings, logs))


def _backup(arguments: argparse.Namespace, tools: Tools) -> int:
    return backup.run(arguments, tools.backup_bench(settings_of(arguments)))


COMMANDS: dict[str, Callable[[argparse.Namespace, Tools], int]] = {
    "backup": _backup,
    "bypass": _switches,
    "check": _check,
    "demo": lambda arguments, tools: demo.run(arguments, tools.demonstrate),
    "doctor": _doctor,
    "inspect": _inspect,
    "journal": _journal,
    "consents": lambda arguments, tools: consents.run(arguments, tools.consent_bench(settings_of(arguments))),
    "identities": lambda arguments, tools: identities.run(arguments, tools.identity_bench(settings_of(arguments))),
    "keys": lambda arguments, tools: keys.run(arguments, tools.key_bench(settings_of(arguments))),
    "observe": _switches,
    "person": _person,
    "policy": lambda arguments, _tools: policy.run(arguments),
    "publish": _publish,
    "recipients": _recipients,
    "restore": _backup,
    "retention": lambda arguments, tools: retention.run(arguments, tools.retention_bench(settings_of(arguments))),
    "serve": _serve,
    "smime": _smime,
    "support-report": _support,
    "users": _users,
    "verify": _backup,
}
