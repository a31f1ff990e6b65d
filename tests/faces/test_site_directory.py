# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The directory as people find it: services and offices from A to Z, and the telephone directory."""

import json
from dataclasses import replace

import pikepdf
import pytest

from poststelle.core.address import Address
from poststelle.core.directory import Directory, Office, Person, Service
from poststelle.core.policy import Language
from poststelle.faces.web.site import telephone
from poststelle.faces.web.site.a_to_z import MOST_CHARS, a_to_z_page, by_letter, entries, search
from poststelle.faces.web.site.collation import plain
from poststelle.faces.web.site.telephone import office_lines, person_lines, telephone_pdf
from poststelle.faces.web.site.visit import Visit, visit_of
from support.web import a_house, furnished

TOWN = Directory(
    offices=(
        Office("sport", "", "Sportstätten"),
        Office("archiv", "", "Ämterarchiv", synonyms=("Stadtgedächtnis",)),
        Office("ordnung", "32", "Ordnungsamt", "Public order", units=(("32.1", "Fundbüro"),), is_demo=True),
        Office("schule", "040", "Schulamt"),
    ),
    persons=(
        Person("Zoe Adler", Address("z.adler", "stadt.example"), "ordnung", is_demo=True),
        Person("Anna von Berg", Address("a.berg", "stadt.example"), "nirgends"),
        Person("Özlem Ätna", Address("o.aetna", "stadt.example"), "schule"),
    ),
    services=(
        Service("Hund anmelden", "ordnung", "Dog licence", keywords=("Welpe",)),
        Service("24-Stunden-Lauf", "sport"),
        Service("Zoo besuchen", "schule", url="https://zoo.example/"),
    ),
)


def visit(language: Language = Language.DE, directory: Directory = TOWN, **changes: object) -> Visit:
    here = visit_of(a_house(), "localhost", language)
    return replace(here, authority=replace(here.authority, directory=directory), **changes)


def found(asked: str, language: Language = Language.DE) -> list[str]:
    return [entry.name for entry in search(entries(visit(language)), asked)]


def test_services_and_offices_stand_together_by_letter_and_digits_first():
    letters = {letter.letter: [entry.name for entry in letter.entries] for letter in by_letter(entries(visit()))}
    assert letters == {
        "#": ["24-Stunden-Lauf"],
        "A": ["Ämterarchiv"],
        "H": ["Hund anmelden"],
        "O": ["Ordnungsamt"],
        "S": ["Schulamt", "Sportstätten"],
        "Z": ["Zoo besuchen"],
    }
    assert [letter.anchor for letter in by_letter(entries(visit()))][:2] == ["buchstabe-0", "buchstabe-a"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("hund", ["Hund anmelden"]),
        ("welpe", ["Hund anmelden"]),
        ("Dog licence", ["Hund anmelden"]),
        ("Stadtgedächtnis", ["Ämterarchiv"]),
        ("fundbuero", ["Ordnungsamt"]),
        ("public order", ["Ordnungsamt"]),
        ("32", ["Ordnungsamt"]),
        ("ordnungsamt hund", ["Hund anmelden"]),
        ("Ordnunksamt", ["Hund anmelden", "Ordnungsamt"]),
        ("xyzzy", []),
    ],
)
def test_an_entry_is_found_by_every_name_it_has(asked, names):
    assert found(asked) == names


@pytest.mark.parametrize("asked", ["", "  ", "!?"])
def test_who_asks_for_nothing_finds_everything(asked):
    assert len(found(asked)) == 7


def test_what_has_no_english_name_is_marked_as_german():
    german = {entry.name for entry in entries(visit(Language.EN)) if entry.is_german}
    assert german == {"24-Stunden-Lauf", "Zoo besuchen", "Sportstätten", "Ämterarchiv", "Schulamt"}
    assert [entry for entry in entries(visit()) if entry.is_german] == []
    assert {entry.name for entry in entries(visit(Language.EN))} >= {"Dog licence", "Public order"}


def test_a_subject_line_is_proposed_where_the_office_has_a_number():
    subjects = {entry.name: entry.subject for entry in entries(visit()) if entry.service}
    assert subjects == {
        "Hund anmelden": "Amt 32 – Hund anmelden",
        "24-Stunden-Lauf": "",
        "Zoo besuchen": "Amt 040 – Zoo besuchen",
    }


def test_further_information_at_somebody_else_s_is_marked():
    assert {entry.name for entry in entries(visit()) if entry.mark} == {"Zoo besuchen"}


def test_letters_that_only_look_like_others_with_marks_are_found_by_these():
    assert plain("Łódź, Ørsted – ÆSIR / Iğdır") == "lodz orsted aesir igdir"


def test_a_search_of_many_letters_is_cut_before_it_is_shown():
    html = furnished().get("/anliegen", {"q": "x" * 500}).content.decode()
    assert "x" * MOST_CHARS in html
    assert "x" * (MOST_CHARS + 1) not in html


def test_the_exported_list_is_not_searched():
    whole = a_to_z_page(visit(is_static=True, asked={"q": "hund"})).content.decode()
    assert "Sportstätten" in whole
    assert "<form" not in whole


def test_offices_stand_by_number_and_those_without_one_last_by_name():
    assert [line.name for line in office_lines(visit())] == ["Schulamt", "Ordnungsamt", "Ämterarchiv", "Sportstätten"]
    assert [line.is_german for line in office_lines(visit(Language.EN))] == [True, False, True, True]


def test_persons_stand_by_family_name_with_their_office():
    lines = [(line.person.name, line.office) for line in person_lines(visit())]
    assert lines == [("Zoe Adler", "Ordnungsamt"), ("Özlem Ätna", "Schulamt"), ("Anna von Berg", "")]


def said_in_pdf(here: Visit) -> dict[str, object]:
    return json.loads(json.dumps(telephone._said(here)))


def test_the_printed_directory_says_what_the_page_says():
    said = said_in_pdf(visit())
    offices, persons = said["sections"]
    assert offices["columns"] == ["Amt", "Bezeichnung", "Telefon", "E-Mail"]
    assert persons["columns"] == ["Name", "Amt oder Einrichtung", "Telefon", "E-Mail"]
    assert persons["rows"][0][:2] == ["Zoe Adler (Beispiel)", "Ordnungsamt"]
    assert {len(row) for section in said["sections"] for row in section["rows"]} == {4}
    assert (said["lang"], said_in_pdf(visit(Language.EN))["lang"]) == ("de", "en")


def test_a_directory_without_persons_has_no_empty_table():
    assert len(said_in_pdf(visit(directory=replace(TOWN, persons=())))["sections"]) == 1


def test_the_printed_directory_can_be_read_aloud(tmp_path):
    (tmp_path / "a.pdf").write_bytes(telephone_pdf(visit()))
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
