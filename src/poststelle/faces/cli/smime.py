# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle smime inspect --batch -``: what we say of S/MIME cases whose keys and anchors are given beside them.

JSON lines in, one JSON line each out, in the same order; keys only grow. A tool for test collections: it refuses to
work where an installation lies, since it holds keys and reads mail in one process.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TextIO

from poststelle.application.keyring import KeyRingError
from poststelle.application.settings import Settings
from poststelle.core.signature import CryptoFacts, Layer
from poststelle.faces.cli.frame import (
    CommandError,
    Exit,
    batch_rows,
    common_parser,
    concluded,
    named_settings_file,
    settings_of,
)

Row = dict[str, object]
FORMS = ("mail", "der", "pem", "auto")
AT_SIGNING = "signing-time"


@dataclass(frozen=True, slots=True)
class Order:
    """One row as it was given."""

    path: Path
    form: str
    keys: str
    trust: str
    at: datetime | None
    """None where the time is the claimed one."""
    content: str = ""
    """What a detached signature is over: ``text:…`` or ``file:PATH``; may be left out."""


Inspect = Callable[[Order], CryptoFacts]
"""OSError or ValueError where the row names what cannot be read."""


class Opening(Protocol):
    """Makes the inspection; refuses where an installation is configured and has data."""

    def __call__(self, settings: Settings, *, is_configured: bool) -> Inspect:
        """The inspection of one row."""
        ...


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("smime", help="read S/MIME of a test collection with the keys given beside it")
    actions = parser.add_subparsers(dest="smime_command", required=True, metavar="COMMAND")
    inspect = actions.add_parser("inspect", help="say what encryption and signatures are, JSON lines in and out")
    inspect.add_argument(
        "--batch",
        required=True,
        metavar="FILE",
        help="JSON lines with path, form (mail, der, pem, auto), keys, trust and at; - for standard input",
    )
    parser.set_defaults(command="smime")


def run_alone(argv: list[str], opening: Opening) -> int:
    """The command as a program of its own, which loads nothing of the gateway."""
    parser = common_parser()
    add_parser(parser.add_subparsers(dest="command", required=True, metavar="COMMAND"))
    return concluded(lambda: run(parser.parse_args(argv), opening))


def run(arguments: argparse.Namespace, opening: Opening) -> int:
    """Answer every row of the batch."""
    is_configured = named_settings_file(arguments) is not None
    try:
        inspect = opening(settings_of(arguments), is_configured=is_configured)
    except KeyRingError as error:
        raise CommandError(error.sentence, error.remedy, Exit.SETTINGS) from error
    with batch_rows(arguments.batch) as rows:
        answer_all(rows, sys.stdout, inspect)
    return Exit.OK


def answer_all(rows: Iterable[str], out: TextIO, inspect: Inspect) -> None:
    """One line for each line, in order; a bad row gives ``{"path", "error"}``."""
    for row in rows:
        if row.strip():
            out.write(json.dumps(answer_row(row, inspect), ensure_ascii=False) + "\n")
            out.flush()


def answer_row(line: str, inspect: Inspect) -> Row:
    """The answer to one row; whatever goes wrong with it is said in its own line."""
    path = ""
    try:
        given = json.loads(line)
        path = str(given["path"])
        return {"path": path, **described(inspect(_order(given)))}
    except OSError as error:
        return {"path": path, "error": f"cannot be read: {error.strerror}: {error.filename}"}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return {"path": path, "error": f"not a row that can be followed: {error}"}
    except Exception as error:  # noqa: BLE001 - our own fault; the rows behind it are answered all the same
        return {"path": path, "error": f"our fault: {type(error).__name__}: {error}"}


def _order(given: dict[str, str]) -> Order:
    form = str(given.get("form") or "auto")
    if form not in FORMS:
        raise ValueError(f"form {form!r} is none of {', '.join(FORMS)}")
    return Order(
        path=Path(given["path"]),
        form=form,
        keys=str(given.get("keys") or ""),
        trust=str(given.get("trust") or ""),
        at=_moment(str(given.get("at") or "")),
        content=str(given.get("content") or ""),
    )


def _moment(at: str) -> datetime | None:
    if at == AT_SIGNING:
        return None
    if not at:
        return datetime.now(UTC)
    moment = datetime.fromisoformat(at)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def described(facts: CryptoFacts) -> Row:
    """The truths of a message as one object; the outermost layer first."""
    return {
        "encryption": facts.encryption.value,
        "signature": facts.signature.value,
        "chain": facts.chain.value,
        "from": facts.from_match.value,
        "coverage": facts.coverage.value,
        "notes": [note.value for note in facts.notes],
        "layers": [_layer(layer) for layer in facts.layers],
        "reasons": list(facts.reasons),
    }


def _layer(layer: Layer) -> Row:
    return {
        "kind": layer.kind.value,
        "encryption": layer.encryption.value,
        "signature": layer.signature.value,
        "chain": layer.chain.value,
        "notes": [note.value for note in layer.notes],
    }
