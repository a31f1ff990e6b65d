# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Log lines: one line each, keys as keys, and of a fault its type and place but never its words."""

import json
import logging
import subprocess
import sys

import pytest

from poststelle.adapters.logs import JsonLines, TextLines
from support.programs import OF_A_CHILD

SHAPES = {"text": TextLines(), "json": JsonLines()}


def record(text: str, *arguments: object, exc_info: object = None) -> logging.LogRecord:
    return logging.LogRecord("poststelle.door", logging.INFO, __file__, 1, text, arguments, exc_info)


def failed() -> logging.LogRecord:
    try:
        int("Sehr geehrte Damen und Herren")
    except ValueError:
        return record("event=broken role=%s", "door", exc_info=sys.exc_info())


@pytest.mark.parametrize("shape", SHAPES)
def test_a_fault_is_told_by_type_and_place_without_its_words(shape):
    line = SHAPES[shape].format(failed())
    assert "geehrte" not in line
    assert "ValueError at adapters/test_logs.py:" in line


@pytest.mark.parametrize("shape", SHAPES)
def test_a_line_is_one_line_whatever_is_in_it(shape):
    assert "\n" not in SHAPES[shape].format(record("event=x cause=%s", "a\nforged line\r\nb"))


def test_keys_of_the_message_are_keys_of_the_object_and_never_ours():
    line = json.loads(JsonLines().format(record("told first event=put-off cause=%s level=9 try=2", "not there yet")))
    assert {key: line[key] for key in ("text", "event", "cause", "try", "level", "logger")} == {
        "text": "told first", "event": "put-off", "cause": "not there yet", "try": "2", "level": "INFO",
        "logger": "poststelle.door",
    }  # fmt: skip


WHERE = {
    "the program": "raise ValueError('geehrte')",
    "a thread": """
import threading
def broken():
    raise ValueError("geehrte")
thread = threading.Thread(target=broken, name="ask-database")
thread.start()
thread.join()
""",
}


@pytest.mark.parametrize("where", WHERE)
def test_what_ends_a_program_or_a_thread_is_told_without_its_words(where):
    program = f"from poststelle.adapters.logs import set_up\nset_up('text')\n{WHERE[where]}"
    done = subprocess.run([sys.executable, "-c", program], env=OF_A_CHILD, capture_output=True, text=True, check=False)
    (line,) = done.stderr.splitlines()
    assert "event=broken" in line
    assert "fault=ValueError at " in line
    assert "geehrte" not in line
    assert done.returncode == (where == "the program")
