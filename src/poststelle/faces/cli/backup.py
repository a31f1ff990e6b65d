# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle backup``, ``verify`` and ``restore``: the whole installation in one encrypted file, and back."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from poststelle.application.backup import Report, Tell
from poststelle.faces.cli.frame import CommandError, Exit

if TYPE_CHECKING:
    from poststelle.records.journal_check import JournalState
    from poststelle.records.rows_check import RowsState

VARIABLE = "POSTSTELLE_BACKUP_PASSPHRASE"
CREDENTIAL = "poststelle-backup-passphrase"
"""Name of the credential (systemd.exec, LoadCredential=)."""
MIN_CHARS = 12
_HELP = {
    "backup": "write the whole installation into one encrypted file, while it runs",
    "verify": "read a backup to its end and check every byte, the records and the journal",
    "restore": "put a backup back into an empty place; refuses to restore over anything",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a backup holds, and how rows and journal in it are."""

    report: Report
    rows: "RowsState"
    journal: "JournalState"


@dataclass(frozen=True, slots=True)
class BackupBench:
    """What the composition root lends these commands: (file, passphrase, progress). Each may raise BackupError."""

    make: Callable[[Path, bytes, Tell], Report]
    verify: Callable[[Path, bytes, Tell, str], Checked]
    """The last is the address of a PostgreSQL server to try it on, or empty."""
    restore: Callable[[Path, bytes, Tell], Checked]


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the three commands."""
    for name, about in _HELP.items():
        parser = commands.add_parser(name, help=about)
        parser.add_argument("file", type=Path, metavar="FILE", help="new file" if name == "backup" else "the backup")
        parser.add_argument(
            "--passphrase-file",
            type=Path,
            metavar="FILE",
            help=f"its first line; else a credential, {VARIABLE}, or a question on the terminal",
        )
        parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
        parser.add_argument("--json", action="store_true", help="one JSON line instead of a sentence")
        if name == "verify":
            parser.add_argument(
                "--server", default="", metavar="URL", help="PostgreSQL server on which to restore it for a trial"
            )
        parser.set_defaults(command=name)


def run(arguments: argparse.Namespace, bench: BackupBench) -> int:
    """Carry out one of them."""
    secret = find_passphrase(arguments.passphrase_file, os.environ)
    tell = _silent if arguments.quiet else _on_stderr
    if arguments.command == "backup":
        if len(secret) < MIN_CHARS:
            raise CommandError(
                f"the passphrase is shorter than {MIN_CHARS} characters", "Take a longer one.", Exit.USAGE
            )
        report, checked = bench.make(arguments.file, secret, tell), None
    elif arguments.command == "verify":
        checked = bench.verify(arguments.file, secret, tell, arguments.server)
        report = checked.report
    else:
        checked = bench.restore(arguments.file, secret, tell)
        report = checked.report
    print(_as_json(arguments, report, checked) if arguments.json else _as_text(arguments, report, checked))
    return Exit.OK


def find_passphrase(file: Path | None, environment: Mapping[str, str]) -> bytes:
    """From the file named, a credential of the service manager, the environment, or the terminal."""
    folder = environment.get("CREDENTIALS_DIRECTORY")
    credential = Path(folder) / CREDENTIAL if folder else None
    source = file or (credential if credential and credential.is_file() else None)
    try:
        if source is not None:
            return source.read_bytes().partition(b"\n")[0].rstrip(b"\r")
    except OSError as error:
        raise CommandError(f"{source}: {error.strerror}", "Name a file that can be read.", Exit.NOT_FOUND) from error
    if environment.get(VARIABLE):
        return environment[VARIABLE].encode()
    if sys.stdin.isatty():
        return getpass.getpass("Passphrase of the backup: ").encode()
    raise CommandError("no passphrase is given", f"Set {VARIABLE}, or name a file with --passphrase-file.", Exit.USAGE)


def _silent(_line: str) -> None:
    """Nothing is said."""


def _on_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _as_json(arguments: argparse.Namespace, report: Report, checked: Checked | None) -> str:
    found = {"rows": asdict(checked.rows), "journal": asdict(checked.journal)} if checked else {}
    return json.dumps({"act": arguments.command, "file": str(arguments.file), **asdict(report), **found})


def _as_text(arguments: argparse.Namespace, report: Report, checked: Checked | None) -> str:
    said = {"backup": "written", "verify": "is whole", "restore": "is restored"}[arguments.command]
    held = f"{report.bodies} bodies, {report.entries} entries, {report.bytes >> 10} KiB"
    lines = [f"{arguments.file} {said}: {report.kind}, taken {report.taken_at}, {held}"]
    if checked is not None:
        rows, journal = checked.rows, checked.journal
        lines.append(
            f"rows and bodies belong together: {rows.messages} messages, "
            f"{rows.bodies_inside} bodies with their rows, {rows.bodies_outside} beside them"
        )
        lines.append(
            f"the journal holds: {journal.leaves} entries, {journal.heads} signed heads, {journal.waiting} waiting"
        )
    return "\n".join(lines)
