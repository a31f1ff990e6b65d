# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Somebody with roles at two authorities: one desk at a time, changed on every page, with an entry for each change."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from poststelle.application.authorities import Authorities
from poststelle.application.desk.viewer import Role
from poststelle.application.ports import UnavailableError
from poststelle.core.journal import read_leaf
from poststelle.faces.web.shelf import furnish, lent
from support.desk_house import MUENSTER, PASSWORD
from support.several import OURS, STRICT, THEIRS, arrives, employ_at, several_rig

INBOX = "/desk/liste/posteingang"
CITY, COUNTY = "Stadt Münster – Poststelle", "Kreis Strengen – Poststelle"


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), several_rig(tmp_path) as running:
        running.employ("bea", Role.MAILROOM)
        employ_at(running, STRICT, "bea", Role.MAILROOM)
        running.employ("paula", Role.MAILROOM)
        yield running


def signed_in_at(host: str, name: str = "bea") -> Client:
    client = Client(headers={"host": host})
    answer = client.post("/desk/anmelden", {"name": name, "kennwort": PASSWORD})
    assert answer.status_code == 302
    return client


def entries(rig) -> list[tuple[str, str]]:
    """(authority, kind) of every entry about no message, oldest first."""
    from poststelle.records.models import JournalLeaf

    leaves = (read_leaf(bytes(row.leaf)) for row in JournalLeaf.objects.filter(reference="").order_by("id"))
    return [(leaf.authority, leaf.kind) for leaf in leaves if leaf.kind in {"signed-in", "desk-entered"}]


def choose(client: Client, authority: str):
    return client.post("/desk/behoerde", {"behoerde": authority})


@pytest.mark.parametrize(
    ("host", "owner", "name"),
    [
        ("www.kreis-streng.example", STRICT, COUNTY),
        ("www.stadt-muenster.example", MUENSTER, CITY),
        ("localhost", MUENSTER, CITY),
    ],
)
def test_the_desk_that_opens_is_that_of_the_host_and_its_journal_says_so(rig, settings, host, owner, name):
    settings.ALLOWED_HOSTS = ["*"]
    client = signed_in_at(host)
    assert name in client.get(INBOX).content.decode()
    assert entries(rig) == [(owner, "signed-in")]


def test_the_form_to_sign_in_names_the_authority_of_the_host(rig, settings):
    settings.ALLOWED_HOSTS = ["*"]
    for host, name, other in (
        ("www.kreis-streng.example", COUNTY, CITY),
        ("www.stadt-muenster.example", CITY, COUNTY),
    ):
        shown = Client(headers={"host": host}).get("/desk/anmelden").content.decode()
        assert name in shown
        assert other not in shown


def test_a_change_shows_the_other_desk_only_and_is_journaled_there(rig):
    ours, theirs = arrives(rig, MUENSTER, OURS), arrives(rig, STRICT, THEIRS)
    bea = rig.client("bea")
    for chosen, name, seen, hidden in ((STRICT, COUNTY, theirs, ours), (MUENSTER, CITY, ours, theirs)):
        answer = choose(bea, chosen)
        assert (answer.status_code, answer["Location"]) == (302, "/desk/")
        shown = bea.get(INBOX).content.decode()
        assert name in shown
        assert f"Sie arbeiten jetzt für: {name.removesuffix(' – Poststelle')}." in shown
        assert f"/desk/nachricht/{seen}" in shown
        assert f"/desk/nachricht/{hidden}" not in shown
        assert bea.get(f"/desk/nachricht/{seen}").status_code == 200
        assert bea.get(f"/desk/nachricht/{hidden}").status_code == 404
    assert entries(rig) == [(MUENSTER, "signed-in"), (STRICT, "desk-entered"), (MUENSTER, "desk-entered")]


def test_acts_are_done_for_the_authority_chosen_and_journaled_as_its(rig):
    from poststelle.records.queries import journal_of

    theirs = arrives(rig, STRICT, THEIRS)
    bea = rig.client("bea")
    assert bea.post(f"/desk/nachricht/{theirs}/tat/uebernehmen").status_code == 403
    choose(bea, STRICT)
    assert bea.post(f"/desk/nachricht/{theirs}/tat/uebernehmen").status_code == 302
    assert "task-assigned" in [line.leaf.kind for line in journal_of(rig.database, STRICT, theirs)]
    assert journal_of(rig.database, MUENSTER, theirs) == ()


def test_who_has_a_role_at_one_authority_has_nothing_to_choose_and_cannot(rig):
    paula = rig.client("paula")
    assert 'name="behoerde"' not in paula.get(INBOX).content.decode()
    for wanted in (STRICT, "elsewhere", ""):
        assert choose(paula, wanted).status_code == 403
    assert CITY in paula.get(INBOX).content.decode()
    assert entries(rig) == [(MUENSTER, "signed-in")]


def test_the_choice_is_a_labelled_list_of_names_with_the_present_one_chosen(rig):
    shown = rig.client("bea").get(INBOX).content.decode()
    assert '<label for="behoerde">Behörde</label><select id="behoerde" name="behoerde">' in shown
    assert f'<option value="{MUENSTER}" selected>Stadt Münster</option>' in shown
    assert f'<option value="{STRICT}">Kreis Strengen</option>' in shown


def test_to_choose_what_is_there_already_is_no_change(rig):
    bea = rig.client("bea")
    assert choose(bea, MUENSTER).status_code == 302
    assert entries(rig) == [(MUENSTER, "signed-in")]


def test_a_change_wants_a_form_of_ours(rig):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = rig.client("bea").cookies
    assert choose(strict, STRICT).status_code == 403
    assert strict.get("/desk/behoerde").status_code == 405
    assert entries(rig) == [(MUENSTER, "signed-in")]


def test_a_role_that_ended_leads_back_with_an_entry(rig):
    employ_at(rig, STRICT, "bea", Role.MAILROOM, valid_until=rig.clock.now().date())
    bea = rig.client("bea")
    choose(bea, STRICT)
    assert COUNTY in bea.get(INBOX).content.decode()
    rig.clock.advance(days=1)
    assert CITY in bea.get(INBOX).content.decode()
    assert entries(rig)[1:] == [(STRICT, "desk-entered"), (MUENSTER, "desk-entered")]


def test_without_an_entry_there_is_no_change(rig):
    def fails(_events: object) -> None:
        raise UnavailableError("database")

    bea = rig.client("bea")
    furnish(replace(lent(), desk=replace(lent().desk, journal=fails)))
    assert choose(bea, STRICT).status_code == 503
    assert CITY in bea.get(INBOX).content.decode()


def test_an_authority_whose_access_is_not_open_yet_has_no_desk(rig):
    city, county = lent().authorities.by_id.values()
    later = county.editions[0].policy.model_copy(update={"valid_from": date(2027, 1, 1)})
    waiting = replace(county, editions=(replace(county.editions[0], policy=later),))
    furnish(replace(lent(), authorities=Authorities({MUENSTER: city, STRICT: waiting})))
    bea = rig.client("bea")
    assert 'name="behoerde"' not in bea.get(INBOX).content.decode()
    assert choose(bea, STRICT).status_code == 403


def test_the_link_to_the_public_page_is_that_of_the_authority_chosen(rig):
    bea = rig.client("bea")
    choose(bea, STRICT)
    assert 'href="https://www.kreis-streng.example/kontakt">Öffentliche Seite' in bea.get(INBOX).content.decode()
