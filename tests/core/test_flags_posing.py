# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Who writes under our name: what makes a clerk look twice, and what honest senders may be called."""

import pytest

from poststelle.core.arrival import Channel
from poststelle.core.judgement import judge, terms_of
from poststelle.core.lookalike import resembles, skeleton
from poststelle.core.register import Register
from support.builders import RECEIVED_AT, a_head, a_text, an_envelope, an_inspection, some_facts
from support.policies import policy_folder

MUENSTER = policy_folder("muenster")
TERMS = terms_of(MUENSTER.editions[-1], MUENSTER.directory, Channel.EMAIL)
OUTSIDE = "x@freepost.example"
POSING = {"name-in-mixed-letters", "claims-to-be-ours", "domain-resembles-ours"}


def raised(display: str, address: str = OUTSIDE) -> set[str]:
    """What is remarked of this From field."""
    head = a_head(from_display=display, from_addresses=(address,))
    facts = some_facts(inspection=an_inspection(a_text(), head=head))
    verdicts = judge(TERMS, facts, an_envelope(), Register(), RECEIVED_AT)
    return set(verdicts.by_recipient[0].flags) & POSING


CLAIMS = {
    "an office by number and name": "Amt 32 – Bußgeldstelle Stadt Münster",
    "an office by number": "Stadt Münster, Amt 32",
    "the authority alone": "Stadt Münster",
    "the authority alone, in English": "City of Münster",
    "umlauts spelt out": "Stadt Muenster - Ordnungsamt",
    "a person and an office": "Erika Meier, Ordnungsamt Stadt Münster",
    "office and place": "Ordnungsamt Münster",
    "a unit and the place": "Bußgeldstelle Münster",
    "the town hall": "Rathaus Münster",
    "what an office is known for": "Stadt Münster Hundesteuer",
    "our name for ourselves": "Poststelle der Stadt Münster",
    "our domain": "stadt-muenster.example",
    "our website": "www.stadt-muenster.example",
    "our address in disguise": "post(at)stadt-muenster.example",
    "our address": "post@stadt-muenster.example",
    "Cyrillic letters": "St\u0430dt M\u00fcnster",
    "full-width letters": "Ｓｔａｄｔ Ｍüｎｓｔｅｒ",
    "invisible letters": "St\u200badt M\u00fcn\u00adster",
    "a decomposed umlaut": "Stadt Mu\u0308nster",
    "digits for letters in our domain": "stadt-muenster.examp1e",
}


@pytest.mark.parametrize("display", CLAIMS.values(), ids=CLAIMS)
def test_who_is_called_like_us_and_writes_from_elsewhere_is_remarked(display):
    assert "claims-to-be-ours" in raised(display)


HONEST = {
    "nobody": "",
    "a person": "Erika Mustermann",
    "the place as a surname": "Max Münster",
    "the place": "Münster",
    "an office of another authority": "Ordnungsamt Stadt Coesfeld",
    "an office of nobody knows which": "Ordnungsamt",
    "a court": "Amtsgericht Münster",
    "the tax office of the Land": "Finanzamt Münster-Innenstadt",
    "the university": "Universität Münster",
    "the district government": "Bezirksregierung Münster",
    "a club": "Verein der Freunde der Stadt Münster e.V.",
    "a booster club": "Förderverein Feuerwehr Stadt Münster",
    "a political group": "CDU-Fraktion Stadt Münster",
    "a volunteer fire brigade": "Freiwillige Feuerwehr Münster",
    "a company": "Stadtreklame Münster GmbH",
    "another place of that name": "Ordnungsamt Münster (Hessen)",
    "Turkish": "Ayşe Yıldız",
    "Cyrillic": "Иван Петров",
    "both scripts, each for itself": "Ivan Petrov (Иван Петров)",
    "Greek": "Γιώργος Παπαδόπουλος",
    "a unit of measure": "µ-Elektronik Ω GmbH",
}


@pytest.mark.parametrize("display", HONEST.values(), ids=HONEST)
def test_who_is_called_something_else_is_not_remarked(display):
    assert raised(display) == set()


@pytest.mark.parametrize(
    "address",
    ["ordnungsamt@stadt-muenster.example", "x@amt32.stadt-muenster.example", "presse@www.stadt-muenster.example"],
)
def test_who_is_of_our_house_may_be_called_like_it(address):
    assert raised("Stadt Münster, Amt 32", address) == set()


def test_another_authority_of_the_same_place_may_name_its_office_and_the_place():
    assert raised("Jugendamt Münster", "x@kreis-muenster.example") == set()
    assert raised("Jugendamt Münster", OUTSIDE) == {"claims-to-be-ours"}


def test_our_domain_in_front_of_the_at_sign_is_remarked():
    assert "claims-to-be-ours" in raised("", "post.stadt-muenster.example@freepost.example")


def test_letters_of_two_scripts_in_one_word_are_remarked():
    assert raised("P\u0430yPal") == {"name-in-mixed-letters"}


OURS = "stadt-muenster.de"
LIKE_OURS = {
    "a letter left out": "stadt-muenter.de",
    "letters changed about": "stadt-meunster.de",
    "the hyphen left out": "stadtmuenster.de",
    "rn for m": "stadt-rnuenster.de",
    "a digit": "5tadt-muenster.de",
    "another ending": "stadt-muenster.com",
    "ours in front": "stadt-muenster.de.login.example",
    "ours in the middle": "mail.stadt-muenster.de.example",
    "ours with hyphens": "stadt-muenster-de.com",
    "below a near miss": "post.stadt-muenter.de",
    "an umlaut": "stadt-münster.de",
    "a Cyrillic letter": "stadt-muenst\u0435r.de",
}


@pytest.mark.parametrize("domain", LIKE_OURS.values(), ids=LIKE_OURS)
def test_a_domain_that_could_be_taken_for_ours_is_one(domain):
    assert resembles(domain.encode("idna").decode() if not domain.isascii() else domain, OURS)


@pytest.mark.parametrize(
    "domain",
    [
        OURS, f"mail.{OURS}", "muenster.de", "stadtwerke-muenster.de", "stadt-coesfeld.de", "cdu-stadt-muenster.de",
        "stadt-minden.de", "stadt.muenchen.de", "xn--mnchen-3ya.de", "xn--99999999.de", "de", "",
    ],
)  # fmt: skip
def test_ours_and_what_is_merely_near_are_none(domain):
    assert not resembles(domain, OURS)


@pytest.mark.parametrize("domain", ["muenster.com", "muenstner.de", "cdu-muenster.de", "muenster.uni.example"])
def test_a_short_name_has_honest_neighbours(domain):
    assert not resembles(domain, "muenster.de")


def test_a_short_name_in_other_letters_is_remarked_all_the_same():
    assert resembles("xn--mnster-3ya.de", "muenster.de")


def test_a_near_miss_is_remarked_on_the_message():
    assert raised("Erika", "erika@stadt-muenter.example") == {"domain-resembles-ours"}


def test_what_looks_the_same_has_the_same_skeleton():
    assert len({skeleton(text) for text in ("Illinois", "lllinois", "1llinois", "ILLINOIS")}) == 1
