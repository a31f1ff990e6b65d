# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle doctor``: every problem with its remedy."""

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict

from poststelle.application.health import Diagnosis, Examination, Health
from poststelle.faces.cli.frame import Exit

_MARKS = {Health.FINE: "ok", Health.DOUBTFUL: "!!", Health.BROKEN: "XX"}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("doctor", help="find what is wrong with this installation, and say what to do")
    parser.add_argument("--json", action="store_true", help="one JSON line for each part")
    parser.set_defaults(command="doctor")


def run(arguments: argparse.Namespace, examinations: Iterable[Examination]) -> int:
    """Examine part after part; exit code 1 where anything is broken."""
    worst = Health.FINE
    for examine in examinations:
        diagnosis = examine()
        worst = max(worst, diagnosis.health, key=list(Health).index)
        print(json.dumps(asdict(diagnosis), ensure_ascii=False) if arguments.json else _line(diagnosis))
    return Exit.OBJECTIONS if worst is Health.BROKEN else Exit.OK


def _line(diagnosis: Diagnosis) -> str:
    line = f"{_MARKS[diagnosis.health]}  {diagnosis.part}: {diagnosis.sentence}"
    return f"{line}\n      {diagnosis.remedy}" if diagnosis.remedy else line
