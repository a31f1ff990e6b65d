# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What went wrong is said in the frame of the site or of the desk, with a way on from there."""

from datetime import UTC, datetime

import pytest
from django.db import connections
from django.test import Client

from poststelle.application.desk.viewer import Role
from poststelle.faces.web import faults
from support.desk_house import PASSWORD, desk_rig
from support.records import HandClock
from support.web import furnished, links


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        running.employ("paula", Role.MAILROOM)
        yield running


@pytest.mark.parametrize(
    ("path", "home", "said"),
    [
        ("/nichts", "/kontakt", "Zur Kontaktseite"),
        ("/en/nothing", "/en/kontakt", "To the contact page"),
        ("/leicht/nichts", "/leicht/kontakt", "Zur Kontakt-Seite"),
    ],
)
def test_a_missing_page_stands_in_the_site_and_leads_on_in_its_language(path, home, said):
    html = furnished().get(path).content.decode()
    assert f'<p><a href="{home}">{said}</a></p>' in html
    assert "Münster" in html
    assert any("telefonverzeichnis" in link for link in links(html))
    assert '<meta name="robots" content="noindex">' in html
    assert "hreflang" not in html


def test_a_slash_too_many_keeps_what_was_asked():
    assert furnished().get("/anliegen/?q=hund").headers["Location"] == "/anliegen?q=hund"


def test_an_interface_answers_faults_as_problems():
    for answer in (furnished().get("/api/v2/check"), furnished().get("/api/v1/check")):
        assert answer.headers["Content-Type"] == "application/json"
        assert set(answer.json()) == {"error", "sentence"}


@pytest.mark.parametrize("path", ["/kontakt", "/en/kontakt", "/desk/verbleib"])
def test_a_method_that_an_address_does_not_take_is_answered_in_words(path):
    answer = furnished().post(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert "<h1>" in answer.content.decode()


def test_a_host_that_is_nobodys_gets_a_page_without_anybodys_name():
    answer = furnished().get("/kontakt", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "unter diesem Namen" in answer.content.decode()
    assert "Münster" not in answer.content.decode()


def test_our_own_fault_is_told_without_the_frame_that_may_have_failed(rf):
    answer = faults.unavailable(rf.get("/en/kontakt"))
    assert answer.status_code == 500
    assert "not your fault" in answer.content.decode()
    assert "Münster" not in answer.content.decode()


def test_a_missing_page_of_the_desk_leads_back_to_the_desk(rig):
    answer = rig.client("paula").get("/desk/liste/gibtsnicht")
    assert answer.status_code == 404
    assert '<a href="/desk/">Zum Schreibtisch</a>' in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_before_any_access_is_open_a_missing_page_is_still_answered():
    client = furnished(clock=HandClock(datetime(2025, 12, 31, tzinfo=UTC)))
    assert client.get("/kontakt").status_code == 503
    assert client.get("/nichts").status_code == 404


@pytest.mark.parametrize("path", ["/desk", "/desk/liste/posteingang"])
def test_an_account_without_a_role_can_sign_out(rig, path):
    from poststelle.records.accounts import add_account

    add_account(rig.database, "niemand", PASSWORD)
    nobody = rig.client("niemand")
    refused = nobody.get(path)
    html = refused.content.decode()
    assert 'action="/desk/abmelden"' in html
    assert "csrfmiddlewaretoken" in html
    assert "Zum Schreibtisch" in html
    assert refused.headers["Referrer-Policy"] == "same-origin", "else the form protection refuses the form"
    nobody.post("/desk/abmelden")
    assert nobody.get("/desk/anmelden").status_code == 200


def test_who_sent_a_form_after_the_session_ended_comes_back_to_the_form(rig):
    reference = rig.sample_arrives("pdf-and-docx")
    page = f"/desk/nachricht/{reference}"
    sent = Client().post(f"{page}/tat/erledigt", headers={"referer": f"http://testserver{page}"})
    assert sent.headers["Location"] == f"/desk/anmelden?weiter={page.replace('/', '%2F')}"
    assert Client().post(f"{page}/tat/erledigt").headers["Location"] == "/desk/anmelden?weiter=%2Fdesk%2F"


def test_a_database_that_is_away_is_the_worlds_fault(rig):
    paula = rig.client("paula")
    connections["default"].close()
    name = connections["default"].settings_dict["NAME"]
    connections["default"].settings_dict["NAME"] = f"{name}/away"
    try:
        answer = paula.get("/desk/verbleib")
    finally:
        connections["default"].settings_dict["NAME"] = name
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


@pytest.mark.parametrize("entered", ["9" * 5000, "²", "-1", "1.0", ""])
def test_what_is_no_number_is_answered_in_words(rig, entered):
    reference = rig.sample_arrives("macro-of-a-stranger")
    paula = rig.client("paula")
    paula.post(f"/desk/nachricht/{reference}/tat/aufgabe", {"aufgabe": entered})
    assert "Bitte wählen Sie eine Aufgabe." in paula.get(f"/desk/nachricht/{reference}").content.decode()
    moved = paula.post(f"/desk/nachricht/{reference}/tat/umleiten", {"amt": "ordnungsamt", "empfaenger": entered})
    assert moved.status_code == 302


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 5000])
def test_a_page_that_there_is_not_is_the_first_or_an_empty_one(rig, page):
    reference = rig.sample_arrives("pdf-and-docx")
    paula = rig.client("paula")
    for path in ("/desk/zustimmungen", f"/desk/nachricht/{reference}/ansicht/1"):
        assert paula.get(f"{path}?seite={page}").status_code == 200
