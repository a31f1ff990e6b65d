# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the check before sending says of what the inspection saw, whatever it saw."""

import pytest

from poststelle.application.authorities import Authorities
from poststelle.application.check import as_simple_mail, conclude
from poststelle.application.policies import load_edition
from poststelle.core.arrival import Channel
from poststelle.core.facts import Finding, Inspection, Role
from poststelle.core.formats import Format
from poststelle.core.matter import Terms
from poststelle.core.policy import Language
from poststelle.core.reasons import Reason
from poststelle.core.signature import Encryption
from poststelle.core.verdict import Disposition
from poststelle.faces.web.loans import Asked
from poststelle.faces.web.precheck.asking import Answer
from poststelle.faces.web.precheck.result import BAD, GOOD, OPEN, PARTLY, Result, result
from poststelle.faces.web.site.visit import visit_of
from support.builders import (
    a_file,
    a_text,
    an_inspection,
    default_policy,
    encrypted,
    the_ciphertext,
    the_terms,
    with_rule,
)
from support.policies import policy_folder, policy_text
from support.web import a_house, authorities


def told(
    seen: Inspection | None,
    channel: Channel = Channel.EMAIL,
    office: str = "",
    *,
    language: Language = Language.DE,
    known: Authorities | None = None,
    terms: Terms | None = None,
) -> Result:
    """What is said of this, to somebody who visits Münster's pages."""
    visit = visit_of(a_house(authorities=known or authorities()), "localhost", language)
    terms = terms or visit.authority.terms(channel, visit.at)
    checked = conclude(as_simple_mail(seen) if seen else None, terms, visit.at)
    answer = Answer(Asked(visit.authority.id, channel, ()), checked)
    return result(answer, visit, visit.authority.directory.office(office))


def states(said: Result) -> dict[str, str]:
    return {file.name: file.state for file in said.files}


A_MACRO = an_inspection(a_file("a.docx", Format.DOCX, Reason.MACRO))
A_ZIP = {"container": True}
INSIDE = a_file("a.pdf", path=("antrag.zip", "a.pdf"))


def test_a_file_goes_with_the_archive_that_is_not_passed_on():
    said = told(an_inspection(a_file("antrag.zip", Format.ZIP, Reason.ZIP_STRUCTURE, **A_ZIP), INSIDE))
    assert states(said) == {"antrag.zip": BAD, "antrag.zip › a.pdf": BAD}
    assert said.files[1].complaints == ()
    assert said.state == BAD


def test_an_archive_of_good_files_is_good():
    said = told(an_inspection(a_file("antrag.zip", Format.ZIP, **A_ZIP), INSIDE, a_file("antrag.zip.pdf")))
    assert set(states(said).values()) == {GOOD}
    assert said.state == GOOD


def test_an_archive_is_not_blamed_for_another_file_whose_name_begins_alike():
    macro = a_file("antrag.zip.docx", Format.DOCX, Reason.MACRO)
    said = told(an_inspection(a_file("antrag.zip", Format.ZIP, **A_ZIP), INSIDE, macro))
    assert states(said) == {"antrag.zip": GOOD, "antrag.zip › a.pdf": GOOD, "antrag.zip.docx": BAD}


def test_an_archive_with_something_bad_in_it_is_good_in_part():
    bad = a_file("b.docx", Format.DOCX, Reason.MACRO, path=("antrag.zip", "b.docx"))
    assert states(told(an_inspection(a_file("antrag.zip", Format.ZIP, **A_ZIP), INSIDE, bad)))["antrag.zip"] == PARTLY


def test_the_words_of_a_message_are_listed_only_where_something_is_wrong_with_them():
    assert states(told(an_inspection(a_text()))) == {}
    assert states(told(an_inspection(a_file("text", Format.DOCX, Reason.MACRO, role=Role.BODY)))) == {"text": BAD}


def test_what_leads_to_nothing_is_not_complained_of():
    lenient = the_terms(with_rule(default_policy(), Reason.MACRO, Disposition.ACCEPT))
    assert states(told(A_MACRO)) == {"a.docx": BAD}
    assert states(told(A_MACRO, terms=lenient)) == {"a.docx": GOOD}


def test_a_fault_found_in_many_places_is_said_once():
    places = tuple(Finding(Reason.MACRO, (place,)) for place in ("word/a.bin", "word/b.bin"))
    twice = a_file("a.docx", Format.DOCX, findings=places)
    found = told(an_inspection(twice, a_file("b.docx", Format.DOCX, Reason.MACRO)))
    assert [len(file.complaints) for file in found.files] == [1, 1]


def test_what_is_said_of_a_file_is_not_said_of_the_message():
    assert told(A_MACRO).message_complaints == ()


@pytest.mark.parametrize(
    "seen",
    [
        an_inspection(a_file("geheim.p7m", Format.PKCS7)),
        an_inspection(a_text(), crypto=encrypted(Encryption.NO_KEY)),
        an_inspection(the_ciphertext(), crypto=encrypted(Encryption.NO_KEY)),
    ],
    ids=["a-file", "a-layer", "a-message"],
)
def test_ciphertext_cannot_be_checked_here(seen):
    said = told(seen)
    assert (said.state, said.is_encrypted) == (OPEN, True)
    assert set(states(said).values()) <= {OPEN}


def test_beside_ciphertext_what_is_bad_stays_bad():
    said = told(an_inspection(a_file("geheim.p7m", Format.PKCS7), a_file("a.docx", Format.DOCX, Reason.MACRO)))
    assert said.state == BAD
    assert states(said) == {"geheim.p7m": OPEN, "a.docx": BAD}


def test_what_nobody_could_look_into_is_neither_good_nor_bad():
    said = told(None)
    assert (said.state, said.is_encrypted, said.files) == (OPEN, False, ())


def test_the_way_to_send_it_is_that_of_the_channel_and_the_office():
    fine = an_inspection(a_file())
    assert told(fine).address == "stadtverwaltung@stadt-muenster.example"
    assert told(fine).subject == ""
    assert told(fine, office="ordnungsamt").address == "ordnungsamt@stadt-muenster.example"
    assert told(fine, Channel.BEBPO, "ordnungsamt").address == "Stadt Münster – Stadt Münster"


def test_where_only_named_addresses_are_open_an_office_s_own_is_not_proposed():
    folder = policy_folder("strict")
    office = next(one for one in folder.directory.offices if one.addresses)
    opened = {terms.address for terms in folder.editions[-1].policy.addresses}
    assert str(office.addresses[0]) not in opened
    assert told(an_inspection(a_file()), office=office.id, known=authorities(name="strict")).address in opened


def test_a_subject_line_names_the_office_by_number_or_name():
    fine = an_inspection(a_file())
    assert told(fine, office="ordnungsamt").subject == "Amt 32 – Bußgeldstelle"
    assert told(fine, office="personalrat").subject.startswith("Personalrat – ")


def test_an_english_complaint_links_to_the_english_clause():
    (file,) = told(A_MACRO, language=Language.EN).files
    assert [one.clause_path for one in file.complaints] == ["/en/kontakt#attachments.macros"]
    assert file.complaints[0].sentence.startswith("The file contains macros")
    assert file.complaints[0].clause_title == "No macros"


def test_where_a_clause_has_no_english_heading_the_german_one_stands():
    edition = load_edition("2026-01-01.toml", policy_text().replace('en = "No macros"', 'en = ""', 1).encode())
    (file,) = told(A_MACRO, language=Language.EN, known=authorities(edition)).files
    assert [one.clause_title for one in file.complaints] == ["Keine Makros"]


def test_a_rule_whose_clause_the_edition_does_not_have_is_told_without_a_link():
    (file,) = told(A_MACRO, terms=the_terms()).files
    assert {one.clause_title for one in file.complaints} == {""}
