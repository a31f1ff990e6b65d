# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The commands that look at files: what they print, and what they say where there is no file."""

import io
import json
import sys
from pathlib import Path

import pytest

from poststelle.application.check import as_simple_mail, conclude
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.faces.cli import check, inspect
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.program import _parser
from support.builders import RECEIVED_AT, a_file, an_inspection, the_terms


def judged(path: Path, name: str):
    """A file with macros where it is called so; read, as the real one is."""
    path.read_bytes()
    codes = (Reason.MACRO,) if "makro" in name else ()
    seen = an_inspection(a_file(name, Format.DOCX, *codes))
    return conclude(as_simple_mail(seen), the_terms(), RECEIVED_AT)


def run(module, *words: object) -> int:
    arguments = _parser().parse_args([module.__name__.rpartition(".")[2], *map(str, words)])
    return module.run(arguments, judged, 2) if module is inspect else module.run(arguments, judged)


@pytest.fixture
def folder(tmp_path):
    for name in ("gut.docx", "makro.docx"):
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def test_one_file_that_is_objected_to_decides_the_exit_code(folder, capsys):
    assert run(check, folder / "gut.docx") == Exit.OK
    assert run(check, folder / "makro.docx", folder / "gut.docx") == Exit.OBJECTIONS
    said = capsys.readouterr().out
    assert "gut.docx: kann verarbeitet werden" in said
    assert "Die Datei enthält Makros." in said


def test_for_programs_there_is_one_line_for_each_file(folder, capsys):
    run(check, "--json", folder / "makro.docx", folder / "gut.docx")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["name"], row["verdict"]) for row in rows] == [("makro.docx", "reject"), ("gut.docx", "accept")]


def test_a_file_name_does_nothing_to_the_terminal(folder, capsys):
    strange = folder / "\x1b[31mmakro\n.docx"
    strange.write_bytes(b"x")
    run(check, strange)
    first = capsys.readouterr().out.splitlines()[0]
    assert first.isprintable()
    assert "makro_.docx" in first


@pytest.mark.parametrize("name", ["nichts.docx", ""])
def test_what_cannot_be_read_is_said_in_a_sentence(folder, name):
    with pytest.raises(CommandError, match="kann nicht gelesen werden") as refused:
        run(check, folder / name)
    assert refused.value.exit_code is Exit.NOT_FOUND


@pytest.mark.parametrize("name", ["nichts.jsonl", ""])
def test_a_batch_that_cannot_be_read_is_said_in_a_sentence(folder, name):
    with pytest.raises(CommandError, match="cannot be read") as refused:
        run(inspect, "--batch", folder / name)
    assert refused.value.exit_code is Exit.NOT_FOUND


def test_a_batch_is_a_file_or_what_is_piped_in(folder, capsys):
    row = json.dumps({"path": str(folder / "gut.docx"), "name": "makro.docx"})
    (folder / "rows.jsonl").write_text(f"{row}\n\n{row}\n", encoding="utf-8")
    assert run(inspect, "--batch", folder / "rows.jsonl") == Exit.OK
    from_file = capsys.readouterr().out
    before, sys.stdin = sys.stdin, io.StringIO(f"{row}\n{row}\n")
    try:
        run(inspect, "--batch", "-")
    finally:
        sys.stdin = before
    assert capsys.readouterr().out == from_file
    assert [json.loads(line)["verdict"] for line in from_file.splitlines()] == ["reject", "reject"]


def test_a_line_that_is_not_utf_8_spoils_itself_only(folder, capsys):
    row = json.dumps({"path": str(folder / "gut.docx")}).encode()
    (folder / "rows.jsonl").write_bytes(b'{"path": "\xff.docx"}\n' + row)
    run(inspect, "--batch", folder / "rows.jsonl")
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert ("error" in first, second["verdict"]) == (True, "accept")


@pytest.mark.parametrize("row", ["nonsense", "[]", "{}", '{"path": 7}', '{"path": ["x"]}', '{"path": "/nicht/da"}'])
def test_a_bad_row_gives_an_error_in_its_own_line(row):
    answer = inspect.answer_row(row, judged)
    assert set(answer) == {"path", "error"}
