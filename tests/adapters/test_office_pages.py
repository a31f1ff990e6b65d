# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""LibreOffice in its sandbox, the real one; and in its place a program that tries what a hostile document would."""

import os
import socket
from pathlib import Path

import pytest

from poststelle.adapters.office_pages import CONVERSION_SECONDS, OfficePages, find_office_pages
from poststelle.inspection.preview import preview
from support.gateway import children, eventually
from support.packages import docx
from support.programs import require_program

LETTER = docx("<w:p><w:r><w:t>Guten Tag aus Münster</w:t></w:r></w:p>")


@pytest.fixture(scope="module")
def office() -> OfficePages:
    require_program("bwrap", "bubblewrap")
    require_program("soffice", "libreoffice-writer libreoffice-calc libreoffice-impress")
    found = find_office_pages()
    if found is None and os.environ.get("POSTSTELLE_TEST_REQUIRE_ALL") != "1":
        pytest.skip("bubblewrap cannot set up a sandbox here: user namespaces are switched off")
    assert found is not None
    return found


def scripted(office: OfficePages, tmp_path, script: str) -> OfficePages:
    """The same sandbox around a script of a test, which gets LibreOffice's arguments."""

    class Scripted(OfficePages):
        __slots__ = ()

        def command(self, document, extension):
            whole = super().command(document, extension)
            at = whole.index("--size", whole.index("--setenv"))
            return (*whole[:at], "--ro-bind", str(tmp_path), "/script", *whole[at:])

    program = tmp_path / "office"
    program.write_text(f"#!/usr/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return Scripted(office.bubblewrap, "/script/office")


def said(office: OfficePages, tmp_path, script: str, seconds: float = 10.0) -> bytes | None:
    """What comes out where the script writes its findings behind a PDF's first bytes."""
    return scripted(office, tmp_path, script).as_pdf(LETTER, "docx", seconds)


def test_a_document_becomes_pages(office):
    pdf = office.as_pdf(LETTER, "docx")
    assert pdf is not None
    shown = preview(pdf)
    assert (shown.page_count, len(shown.images), shown.text.strip()) == (1, 1, "Guten Tag aus Münster")


def test_what_is_no_document_gives_no_pages(office):
    assert office.as_pdf(bytes(range(256)) * 40, "docx") is None
    assert office.as_pdf(LETTER, "exe") is None


def test_what_the_program_writes_comes_back(office, tmp_path):
    assert said(office, tmp_path, "echo %PDF-x > out/in.pdf") == b"%PDF-x\n"


ATTEMPTS = {
    "files of this machine": f"test -e {Path(__file__)}",
    "a home folder": "test -e /root -o -e /home",
    "accounts": "test -e /etc/passwd -o -e /etc/shadow",
    "other processes": "test $(ls -d /proc/[0-9]* | wc -l) -gt 8",
    "the network": "test $(grep -c : /proc/net/dev) -gt 1",
    "a server of this machine": "exec 3<>/dev/tcp/127.0.0.1/{port}",
    "programs": "touch /usr/bin/poststelle-was-here",
    "our environment": 'test -n "$POSTSTELLE_SECRET$USER$LOGNAME"',
    "a descriptor of ours": "test -e /proc/self/fd/7",
    "another user": "test $(grep -c CapEff.*[1-9a-f] /proc/self/status) -gt 0",
}


@pytest.mark.parametrize("word", ATTEMPTS)
def test_nothing_is_reached_from_inside(office, tmp_path, word):
    with socket.create_server(("127.0.0.1", 0)) as server:
        attempt = ATTEMPTS[word].replace("{port}", str(server.getsockname()[1]))
        script = f"if bash -c '{attempt}' 2>/dev/null; then echo %PDF-reached; else echo %PDF-no; fi > out/in.pdf"
        assert said(office, tmp_path, script) == b"%PDF-no\n"


@pytest.mark.parametrize(
    ("word", "script"),
    [
        ("it fails", "exit 3"),
        ("it writes nothing", "true"),
        ("it writes no PDF", "echo MZ > out/in.pdf"),
        ("it points elsewhere", "ln -s /etc/hostname out/in.pdf"),
        ("it floods its disk", "head -c 100000000 /dev/zero > out/in.pdf"),
        ("it takes all memory", "head -c 6000000000 /dev/zero | tail | sort > out/in.pdf"),
    ],
)
def test_where_no_pdf_comes_back_there_are_no_pages(office, tmp_path, word, script):
    assert said(office, tmp_path, script, seconds=4.0) is None, word


def test_what_never_ends_is_ended_in_time_with_all_its_children(office, tmp_path):
    before = children(os.getpid())
    assert said(office, tmp_path, "(while :; do :; done) & while :; do :; done", seconds=1.0) is None
    assert children(os.getpid()) == before
    lines = Path("/proc").glob
    eventually(lambda: not any(b"/script/office" in _read(line) for line in lines("[0-9]*/cmdline")), 5.0, "all ended")


def test_one_document_at_a_time_and_nobody_waits_beyond_the_deadline(office):
    with office._turn:
        assert office.as_pdf(LETTER, "docx", 0.1) is None
    assert CONVERSION_SECONDS < 30


def _read(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError:
        return b""
