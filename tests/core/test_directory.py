# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The directory: who is found under an id or an address, and that what is remembered of one is never taken for another."""

from poststelle.core.address import Address
from poststelle.core.directory import Directory, Person
from poststelle.core.subject import read_subject
from support.builders import DOMAIN, an_office

SHARED = Address("info", DOMAIN)


def test_an_address_is_found_whatever_its_letter_case():
    directory = Directory((an_office("32", "Ordnungsamt"),))
    assert directory.office_at(Address("AMT32", DOMAIN)) == directory.office("amt-32")
    assert directory.office_at(Address("amt33", DOMAIN)) is None


def test_of_two_that_claim_the_same_the_first_counts():
    twins = (an_office("1", "Bauamt", addresses=(SHARED,)), an_office("2", "Stab", id="amt-1", addresses=(SHARED,)))
    directory = Directory(twins)
    assert directory.office("amt-1") is twins[0]
    assert directory.office_at(SHARED) is twins[0]


def test_an_office_comes_before_a_person_of_the_same_address():
    office, other = an_office("1", "Bauamt", addresses=(SHARED,)), an_office("2", "Stab")
    persons = (Person("Petra Beispiel", SHARED, "amt-2"), Person("Paul Muster", Address("p.muster", DOMAIN), "amt-2"))
    directory = Directory((office, other), persons)
    assert directory.office_at(SHARED) is office
    assert directory.office_at(persons[1].address) is other


def test_a_person_of_no_known_office_leads_nowhere():
    person = Person("Petra Beispiel", Address("p.beispiel", DOMAIN), "amt-9")
    assert Directory((an_office("1", "Bauamt"),), (person,)).office_at(person.address) is None


def test_a_new_directory_of_the_same_offices_is_read_by_its_own_words():
    before, after = (
        Directory((an_office("1", name, keywords=(word,)),)) for name, word in (("Bauamt", "Kran"), ("Hochbau", "Turm"))
    )
    assert hash(before) == hash(after)
    assert read_subject(before, "Bauamt - kran").keyword == "Kran"
    assert read_subject(after, "Hochbau - turm").keyword == "Turm"
    assert read_subject(after, "Bauamt - kran").office == ""
