# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle doctor``: every problem with its remedy."""

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from poststelle.application.health import Diagnosis, Examination, Health
from poststelle.faces.cli.frame import Exit

_MARKS = {Health.FINE: "ok", Health.DOUBTFUL: "!!", Health.BROKEN: "XX"}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("doctor", help="find what is wrong with this installation, and say what to do")
    parser.add_argument("--dns", action="store_true", help="look at the DNS records of mail instead, and print each")
    parser.add_argument(
        "--certificate", type=Path, default=None, metavar="FILE", help="with --dns: the mail server's certificate (PEM)"
    )
    parser.add_argument(
        "--dkim-selector",
        default="poststelle",
        metavar="NAME",
        help="with --dns: the selector the mail server signs by",
    )
    parser.add_argument(
        "--reports-to", default="", metavar="ADDRESS", help="with --dns: who gets DMARC and TLS reports"
    )
    parser.add_argument("--json", action="store_true", help="one JSON line for each part")
    parser.set_defaults(command="doctor")


@dataclass(frozen=True, slots=True)
class DnsQuestion:
    """What was asked about DNS."""

    certificate: Path | None
    selector: str
    reports_to: str
    """Empty means the postmaster of the first domain."""


def dns_question(arguments: argparse.Namespace) -> DnsQuestion:
    """The question on the command line."""
    return DnsQuestion(arguments.certificate, arguments.dkim_selector, arguments.reports_to)


def mta_sts_lines(policy_file: str) -> tuple[str, ...]:
    """What is to be served beside the records."""
    return (
        "",
        "https://mta-sts.DOMAIN/.well-known/mta-sts.txt:",
        *(f"      {line}" for line in policy_file.splitlines()),
    )


def run(arguments: argparse.Namespace, examinations: Iterable[Examination], closing: tuple[str, ...] = ()) -> int:
    """Examine part after part, then say the closing lines to people; exit code 1 where anything is broken."""
    worst = Health.FINE
    for examine in examinations:
        diagnosis = examine()
        worst = max(worst, diagnosis.health, key=list(Health).index)
        print(json.dumps(asdict(diagnosis), ensure_ascii=False) if arguments.json else _line(diagnosis))
    if closing and not arguments.json:
        print("\n".join(closing))
    return Exit.OBJECTIONS if worst is Health.BROKEN else Exit.OK


def _line(diagnosis: Diagnosis) -> str:
    line = f"{_MARKS[diagnosis.health]}  {diagnosis.part}: {diagnosis.sentence}"
    return f"{line}\n      {diagnosis.remedy}" if diagnosis.remedy else line
