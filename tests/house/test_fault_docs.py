# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every fault has a defence, every defence a test that fails without it, and operators a page that is up to date."""

import ast
from importlib import import_module
from operator import attrgetter

import pytest

from poststelle.protocol.smtp.replies import Reply
from support import fault_docs
from support.defences import BY_NAME, DEFENCES
from support.faults import DEATHS, FAULTS
from support.kill_points import Point
from support.programs import ROOT

NAMED = {name for row in (*FAULTS, *DEATHS) for name in row.defences}


def source_of(test: str) -> str:
    """The file of a test, which must have a function of that name."""
    file, _, name = test.partition("[")[0].partition("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    assert name in {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    return text


def test_the_page_is_up_to_date():
    run = "run: PYTHONPATH=src:tests python tests/support/fault_docs.py"
    assert fault_docs.PAGE.read_text(encoding="utf-8") == fault_docs.generated(), run


def test_every_defence_is_against_a_fault_and_has_one_row():
    assert set(BY_NAME) == NAMED
    assert len(DEFENCES) == len(BY_NAME)


def test_every_point_at_which_a_process_dies_has_its_row():
    assert [death.point for death in DEATHS] == [point for point in Point if point is not Point.NOWHERE]


@pytest.mark.parametrize("row", [*FAULTS, *DEATHS], ids=lambda row: getattr(row, "what", "") or row.point)
def test_every_fault_has_a_defence(row):
    assert row.defences


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name)
def test_every_defence_has_a_test_of_that_name(defence):
    assert defence.tests
    assert all(source_of(test) for test in defence.tests)


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name)
def test_what_a_defence_is_stands_where_the_ledger_says(defence):
    for removal in defence.removals:
        assert attrgetter(removal.place.partition(":")[2])(import_module(removal.module))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_what_the_page_says_of_reply_and_journal_stands_in_a_test(fault):
    said = "\n".join(source_of(test) for name in fault.defences for test in BY_NAME[name].tests)
    assert [kind for kind in fault.journal if kind.value not in said] == []
    assert not isinstance(fault.heard, Reply) or str(fault.heard.code) in said
