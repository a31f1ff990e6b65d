# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the import contracts cannot see: calls that touch the world, and rooms that grew too large."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "poststelle"
PURE_FLOORS = ("core", "inspection", "protocol")
LONGEST_MODULE_LINES = 400
LONGEST_FUNCTION_LINES = 40

WORLDLY_NAMES = frozenset({"open", "input", "print", "breakpoint", "exec", "eval", "__import__"})
WORLDLY_CALLS = frozenset(
    {
        ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
        ("uuid", "uuid4"), ("uuid", "uuid1"), ("os", "environ"), ("os", "urandom"),
    }
)  # fmt: skip
ALLOWED = {
    # file relative to the source folder: names allowed there, with the reason
    "inspection/pdf.py": {"open"},  # pikepdf.open on an in-memory buffer
    "inspection/image.py": {"open"},  # PIL.Image.open on an in-memory buffer
}


def modules(*floors: str):
    return sorted(path for floor in floors for path in (SOURCE / floor).rglob("*.py") if "migrations" not in path.parts)


def worldly_calls(tree):
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in WORLDLY_NAMES:
                yield node.lineno, name
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if (owner, name) in WORLDLY_CALLS:
                yield node.lineno, f"{owner}.{name}"


@pytest.mark.parametrize("path", modules(*PURE_FLOORS), ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_pure_floors_touch_no_world(path):
    allowed = ALLOWED.get(str(path.relative_to(SOURCE)), set())
    found = [call for call in worldly_calls(ast.parse(path.read_text(encoding="utf-8"))) if call[1] not in allowed]
    assert found == []


def test_the_purity_check_sees_a_clock_and_a_file():
    tree = ast.parse("from datetime import datetime\nx = datetime.now()\ny = open('z')\n")
    assert [name for _, name in worldly_calls(tree)] == ["open", "datetime.now"] or [
        name for _, name in worldly_calls(tree)
    ] == ["datetime.now", "open"]


@pytest.mark.parametrize("path", modules("."), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_room_is_too_large(path):
    text = path.read_text(encoding="utf-8")
    long_functions = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION_LINES
    ]
    assert long_functions == []
    assert text.count("\n") <= LONGEST_MODULE_LINES


@pytest.mark.parametrize("path", modules("."), ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
