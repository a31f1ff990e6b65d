# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The table of promises names only what exists."""

import ast
import re
from pathlib import Path

import pytest

from support.policies import policy_folder

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "promises.md"
STATES = {"kept", "thin", "open"}
PROMISES = [f"S{number}" for number in range(1, 35)]


def rows():
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if re.match(r"\| S\d+ \|", line)]
    return {cells[0]: cells[1:] for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)}


def named(cell):
    names = re.findall(r"`([^`]+)`", cell)
    assert names, f"nothing is named in {cell!r}"
    return names


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_promise_has_one_row_in_order():
    assert list(rows()) == PROMISES


@pytest.mark.parametrize("promise", PROMISES)
def test_what_a_row_names_exists(promise):
    _, clause, component, test, state = rows()[promise]
    clauses = policy_folder("muenster").editions[-1].policy.clauses
    assert set(named(clause)) <= set(clauses)
    assert [name for name in named(component) if not (ROOT / "src" / "poststelle" / name).is_file()] == []
    for name in named(test):
        path, _, function = name.partition("::")
        assert function in functions(ROOT / path), name
    assert state in STATES
