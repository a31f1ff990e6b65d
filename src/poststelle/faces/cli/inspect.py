# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle inspect --batch -``: the machine interface. JSON lines in, one JSON line each out, in the same order.

The form of the lines is stable: keys only grow. Judged by the policy alone: no scanner, no key, no network.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from poststelle.application.check import Checked
from poststelle.application.precheck import described
from poststelle.faces.cli.frame import Exit, batch_rows
from poststelle.faces.cli.listing import takes_one

LOOKAHEAD = 32
"""Rows under way at once: enough to keep every worker busy, few enough to bound memory."""

Check = Callable[[Path, str], Checked]
"""Look at the file at this path as if it came under this name."""

Row = dict[str, object]


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("inspect", help="judge files by the policy, JSON lines in and out")
    parser.add_argument(
        "--batch", required=True, metavar="FILE", help="JSON lines with path and name; - for standard input"
    )
    takes_one(parser)
    parser.set_defaults(command="inspect")


def run(arguments: argparse.Namespace, check: Check, workers: int) -> int:
    """Answer every row of the batch."""
    with batch_rows(arguments.batch) as rows:
        answer_all(rows, sys.stdout, check, workers)
    return Exit.OK


def answer_all(rows: Iterable[str], out: TextIO, check: Check, workers: int) -> None:
    """One line for each line, in order; a bad row gives ``{"path", "error"}``."""
    with ThreadPoolExecutor(workers) as threads:
        for answer in _in_order(rows, lambda row: threads.submit(answer_row, row, check)):
            out.write(json.dumps(answer, ensure_ascii=False) + "\n")
            out.flush()


def _in_order(rows: Iterable[str], submit: Callable[[str], Future[Row]]) -> Iterator[Row]:
    under_way: list[Future[Row]] = []
    for row in rows:
        if not row.strip():
            continue
        under_way.append(submit(row))
        if len(under_way) >= LOOKAHEAD:
            yield under_way.pop(0).result()
    for future in under_way:
        yield future.result()


def answer_row(line: str, check: Check) -> Row:
    """The answer to one row; whatever goes wrong with it is said in its own line."""
    path = ""
    try:
        order = json.loads(line)
        path, name = str(order["path"]), str(order.get("name") or Path(order["path"]).name)
        return {"path": path, "name": name, **described(name, check(Path(path), name))}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return {"path": path, "error": f"not a row with path and name: {error}"}
    except OSError as error:
        return {"path": path, "error": f"cannot be read: {error.strerror}"}
