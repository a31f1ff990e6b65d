# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The sandbox around the office program, with a program in its place that tries what a hostile document would."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from poststelle.adapters.previews import OfficePreviews, find_office_previews
from poststelle.inspection.preview import preview
from support.packages import docx
from support.programs import require_program


def convert(script: str, tmp_path: Path, extension: str = "docx", seconds: float = 20.0) -> bytes | None:
    """What comes back where ``sh`` runs this script in the place of LibreOffice."""
    bubblewrap = require_program("bwrap", "bubblewrap")
    prlimit = require_program("prlimit", "util-linux")
    office = tmp_path / "office"
    office.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    office.chmod(0o755)
    programs = OfficePreviews(bubblewrap, prlimit, "/bin/sh")
    command = OfficePreviews._command

    class Scripted(OfficePreviews):
        __slots__ = ()

        def _command(self, folder, ending):
            shutil.copy(office, folder / "office")
            whole = command(self, folder, ending)
            return (*whole[: whole.index("/bin/sh")], "/bin/sh", "/work/office")

    return Scripted(programs.bubblewrap, programs.prlimit, programs.office).as_pdf(docx(), extension, seconds)


def test_what_the_program_writes_comes_back(tmp_path):
    assert convert("cat in.docx > in.pdf", tmp_path) == docx()


@pytest.mark.parametrize(
    ("word", "attempt"),
    [
        ("files of this machine", f"test -e {Path(__file__)}"),
        ("the home folder", f"test -e {Path.home()}/.profile -o -e {Path.home()}/.bashrc"),
        ("accounts", "test -e /etc/passwd"),
        ("other processes", f"test -e /proc/{os.getpid()}/environ && test $(ls -d /proc/[0-9]* | wc -l) -gt 5"),
        ("the network", "test $(ls /sys/class/net 2>/dev/null | grep -vc '^lo$') -gt 0"),
        ("writing programs", "touch /usr/bin/poststelle-was-here"),
        ("our environment", 'test -n "$POSTSTELLE_CORPORA$USER"'),
    ],
)
def test_the_program_reaches_nothing(word, attempt, tmp_path):
    assert (
        convert(f"if {attempt} 2>/dev/null; then echo reached > in.pdf; else echo no > in.pdf; fi", tmp_path) == b"no\n"
    ), word


@pytest.mark.parametrize(
    ("word", "script"),
    [
        ("it fails", "exit 3"),
        ("it writes nothing", "true"),
        ("it points elsewhere", "ln -s /etc/hostname in.pdf"),
        ("it never ends", "while :; do :; done"),
        ("it floods the disk", "head -c 100000000 /dev/zero > in.pdf"),
    ],
)
def test_where_nothing_comes_back_there_is_no_preview(word, script, tmp_path):
    assert convert(script, tmp_path, seconds=2.0) is None, word


def test_only_office_documents_are_handed_to_the_program(tmp_path):
    assert convert("cat in.* > in.pdf", tmp_path, extension="exe") is None


def test_no_folder_is_left(tmp_path):
    convert("cat in.docx > in.pdf", tmp_path)
    assert not list(Path(tempfile.gettempdir()).glob("poststelle-preview-*"))


def test_a_document_becomes_pages_where_libreoffice_is_installed():
    require_program("soffice", "libreoffice-core")
    require_program("bwrap", "bubblewrap")
    programs = find_office_previews()
    assert programs is not None
    made = programs.as_pdf(docx("<w:p><w:r><w:t>Guten Tag</w:t></w:r></w:p>"), "docx")
    assert made is not None
    assert "Guten Tag" in preview(made).text
