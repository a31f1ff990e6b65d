# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle publish``: the served site as files, whole or not at all, without script."""

import functools
import re
from dataclasses import replace
from pathlib import Path

import pytest

from poststelle.core.policy import Language
from poststelle.faces.web.site.export import NotAnExportError, export
from poststelle.faces.web.site.routes import every_document
from poststelle.faces.web.site.visit import visit_of
from support.policies import policy_folder
from support.web import a_house, an_edition, authorities, links


@functools.cache
def a_visit():
    known = authorities(an_edition("2026-01-01", 1), an_edition("2026-10-01", 2, "30 MB"))
    return replace(visit_of(a_house(authorities=known), "localhost", Language.DE), is_static=True)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def target(folder: Path, link: str) -> Path:
    path = folder / link.split("#", maxsplit=1)[0].lstrip("/")
    return path / "index.html" if path.is_dir() else path


def test_every_link_within_the_export_leads_to_a_file(tmp_path):
    export(a_visit(), tmp_path / "site")
    missing = {
        (name, link)
        for name, content in files_of(tmp_path / "site").items()
        if name.endswith(".html")
        for link in links(content.decode())
        if link.startswith("/") and not target(tmp_path / "site", link).is_file()
    }
    assert missing == set()


def test_the_export_has_no_script_and_no_form(tmp_path):
    export(a_visit(), tmp_path / "site")
    files = files_of(tmp_path / "site")
    assert [name for name in files if name.endswith(".js")] == []
    for name, content in files.items():
        if name.endswith(".html"):
            assert re.search(rb"<form|<script(?! type=\"application/ld\+json\")", content) is None, name


def test_sheets_of_the_export_name_fonts_that_lie_beside_them(tmp_path):
    export(a_visit(), tmp_path / "site")
    (sheet,) = (tmp_path / "site").glob("assets/*/site.css")
    fonts = re.findall(r'url\("([^"]+)"\)', sheet.read_text())
    assert len(fonts) == 2
    assert [font for font in fonts if not (sheet.parent / font).is_file()] == []


def test_a_second_export_replaces_the_first_as_a_whole(tmp_path):
    export(a_visit(), tmp_path / "site")
    (tmp_path / "site" / "stale.html").write_text("of yesterday")
    export(a_visit(), tmp_path / "site")
    assert not (tmp_path / "site" / "stale.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(NotAnExportError):
        export(a_visit(), tmp_path)
    assert files_of(tmp_path) == {"thesis.txt": b"years of work"}


def test_an_export_that_fails_leaves_the_former_one_in_place(tmp_path):
    export(a_visit(), tmp_path / "site")
    before = files_of(tmp_path / "site")
    broken = replace(a_visit(), house=a_house(certificates=lambda _authority, _at: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        export(broken, tmp_path / "site")
    assert files_of(tmp_path / "site") == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_exported_pages_are_those_of_the_same_documents(tmp_path):
    export(a_visit(), tmp_path / "site")
    for path, made in every_document(a_visit()):
        assert target(tmp_path / "site", path).read_bytes() == made.content
    assert policy_folder().editions[0].policy.number == 1
