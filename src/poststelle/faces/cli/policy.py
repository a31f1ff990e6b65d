# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle policy …``: lint policy files, show an edition as people read it, print the JSON Schemas.

Reads only the files it is pointed to; needs no installation, no database and no keys.
"""

import argparse
import json
import sys
from dataclasses import asdict
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

from poststelle.application.policies import PolicyError, policy_schema
from poststelle.application.policy_folder import DIRECTORY_FILE, folder_faults, load_folder
from poststelle.application.policy_reference import reference
from poststelle.application.preview import preview
from poststelle.core.edition import Edition
from poststelle.core.edition_diff import changes
from poststelle.core.lint import Fault, Severity
from poststelle.core.page import render, render_title
from poststelle.core.policy import Language, Policy

OK, FAULTY, UNUSABLE = 0, 1, 2
"""Exit codes: everything in order; faults found; the folder cannot be read."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Hang ``policy`` and its commands below the program's own parser."""
    parser = subparsers.add_parser("policy", help="check, show and describe policy files")
    commands = parser.add_subparsers(dest="policy_command", required=True, metavar="COMMAND")
    lint = commands.add_parser("lint", help="check the files of one authority or of all; exit code 1 on errors")
    lint.add_argument("folder", nargs="?", default="policies", metavar="DIR", help="folder (default: policies)")
    lint.add_argument("--strict", action="store_true", help="warnings count as errors")
    lint.add_argument("--json", action="store_true", help="one JSON array instead of lines")
    schema = commands.add_parser("schema", help="print the JSON Schema of policy or directory files, for editors")
    schema.add_argument("--directory", action="store_true", help="of directory.toml")
    show = commands.add_parser("show", help="print the clauses of the newest edition as the page shows them")
    show.add_argument("folder", metavar="DIR", help="folder of one authority")
    show.add_argument("--lang", choices=[language.value for language in Language], default="de", help="language")
    show.add_argument("--edition", metavar="DATE", default="", help="another edition, by its first day")
    diff = commands.add_parser("diff", help="print what changed between two editions of one authority")
    diff.add_argument("folder", metavar="DIR", help="folder of one authority")
    diff.add_argument(
        "--old", metavar="DATE", default="", help="first day of the older edition (default: the last but one)"
    )
    diff.add_argument("--new", metavar="DATE", default="", help="first day of the newer edition (default: the last)")
    commands.add_parser("reference", help="print every key and lint code as Markdown, as in docs/policy.md")
    preview_ = commands.add_parser(
        "preview", help="print what senders would meet under an edition: size, refusal, notice"
    )
    preview_.add_argument("folder", metavar="DIR", help="folder of one authority")
    preview_.add_argument("--edition", metavar="DATE", default="", help="another edition, by its first day")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command; the exit code."""
    return _COMMANDS[args.policy_command](args)


def _lint(args: argparse.Namespace) -> int:
    root = Path(args.folder)
    if not root.is_dir():
        return _unusable(f"{root}: no such folder")
    folders = _authority_folders(root)
    if not folders:
        return _unusable(f"{root}: no policy files here; expected <authority>/<valid_from>.toml")
    faults = tuple(fault for folder in folders for fault in folder_faults(str(folder), _files(folder)))
    if args.json:
        print(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False, indent=2))
    else:
        _print_faults(faults, len(folders))
    counted = faults if args.strict else tuple(fault for fault in faults if fault.severity is Severity.ERROR)
    return FAULTY if counted else OK


def _print_faults(faults: tuple[Fault, ...], folders: int) -> None:
    for fault in faults:
        print(fault)
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    print(f"authorities: {folders}, errors: {errors}, warnings: {len(faults) - errors}")


def _schema(args: argparse.Namespace) -> int:
    print(json.dumps(policy_schema("directory" if args.directory else "policy"), ensure_ascii=False, indent=2))
    return OK


def _reference(_args: argparse.Namespace) -> int:
    print(reference(), end="")
    return OK


def _show(args: argparse.Namespace) -> int:
    editions = _editions(Path(args.folder))
    if editions is None:
        return FAULTY
    edition = _wanted(editions, args.edition, -1)
    if edition is None:
        return _no_such_edition(editions)
    print(f"{edition.id}  sha256:{edition.hash}")
    _print_clauses(edition.policy, Language(args.lang))
    return OK


def _diff(args: argparse.Namespace) -> int:
    editions = _editions(Path(args.folder))
    if editions is None:
        return FAULTY
    old, new = _wanted(editions, args.old, -2), _wanted(editions, args.new, -1)
    if old is None or new is None:
        return _no_such_edition(editions)
    for change in changes(old.policy, new.policy):
        print(change)
    return OK


def _preview(args: argparse.Namespace) -> int:
    try:
        folder = load_folder(args.folder, _files(Path(args.folder)))
    except PolicyError as error:
        print(error, file=sys.stderr)
        return FAULTY
    edition = _wanted(folder.editions, args.edition, -1)
    if edition is None:
        return _no_such_edition(folder.editions)
    shown = preview(edition, folder.directory, edition.policy.page.base_url, edition.valid_from_at)
    text = message_from_bytes(shown.notice, policy=SMTP).get_body(("plain",))
    print(f"EHLO: SIZE {shown.size_bytes}\n\n{shown.refusal}\n{text.get_content() if text else ''}")
    return OK


def _editions(folder: Path) -> tuple[Edition, ...] | None:
    try:
        return load_folder(str(folder), _files(folder)).editions
    except PolicyError as error:
        print(error, file=sys.stderr)
        return None


def _wanted(editions: tuple[Edition, ...], first_day: str, otherwise: int) -> Edition | None:
    if not first_day:
        return editions[otherwise] if len(editions) >= -otherwise else None
    return next((edition for edition in editions if str(edition.policy.valid_from) == first_day), None)


def _no_such_edition(editions: tuple[Edition, ...]) -> int:
    known = ", ".join(str(edition.policy.valid_from) for edition in editions)
    return _unusable(f"no such edition; there is {known}")


def _print_clauses(policy: Policy, language: Language) -> None:
    for clause_id in policy.clauses:
        title = render_title(policy, clause_id, language)
        print(f"\n[{clause_id}] {title}\n{render(policy, clause_id, language, {})}")


def _authority_folders(root: Path) -> list[Path]:
    return [folder for folder in (root, *sorted(root.iterdir())) if folder.is_dir() and _edition_files(folder)]


def _edition_files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.toml") if path.name != DIRECTORY_FILE]


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}


_COMMANDS = {
    "lint": _lint,
    "schema": _schema,
    "show": _show,
    "diff": _diff,
    "preview": _preview,
    "reference": _reference,
}


def _unusable(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return UNUSABLE
