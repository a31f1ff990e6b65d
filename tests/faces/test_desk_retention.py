# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the desk shows of a message whose content, and then whose facts, were erased by their terms: a page, no error."""

from datetime import timedelta

import pytest
from django.apps import apps

from poststelle.application.desk.viewer import Role
from poststelle.application.retention import erase_due, terms_now
from poststelle.records.models import Message, OutboxRow, TaskRow
from poststelle.records.retention import RetentionTable
from support.desk_house import MORNING, MUENSTER, desk_rig
from support.policies import policy_folder

PARTS = ("", "/druck", "/html", "/datei/1", "/ansicht/1")


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        running.employ("paula", Role.MAILROOM)
        yield running


def erase_after(rig, days: float) -> int:
    now = MORNING + timedelta(days=days)
    terms = tuple(terms_now(MUENSTER, policy_folder().editions, now))
    return erase_due(terms, RetentionTable(rig.database, rig.database), now)


def done(rig) -> None:
    for model in (OutboxRow, TaskRow):
        model.objects.using(rig.database.alias).update(state="done")
    Message.objects.using(rig.database.alias).filter(state="accepted").update(state="delivered")


def test_no_row_names_a_file_once_the_facts_are_erased_and_the_notice_is_shown_without_its_text(rig):
    reference = rig.sample_arrives("docm")
    done(rig)
    assert "formular.docm" in str(list(OutboxRow.objects.using(rig.database.alias).values()))
    assert [erase_after(rig, days) for days in (200, 800)] == [1, 1]
    for model in apps.get_app_config("records").get_models():
        assert "formular" not in str(list(model._default_manager.using(rig.database.alias).values())), model
    shown = rig.client("paula").get(f"/desk/nachricht/{reference}").content.decode()
    assert "Rückmeldung, Text nach Ablauf der Frist gelöscht" in shown


@pytest.mark.parametrize("name", ["pdf-and-docx", "gtube"])
def test_an_erased_message_says_so_and_keeps_its_history(rig, name):
    reference = rig.sample_arrives(name)
    paula = rig.client("paula")
    done(rig)
    for days, said in ((200, "Inhalt nach Ablauf der Frist gelöscht."), (800, "Prüfergebnisse nach Ablauf der Frist gelöscht.")):  # fmt: skip
        assert erase_after(rig, days) == 1
        page = paula.get(f"/desk/nachricht/{reference}")
        assert (page.status_code, said in page.content.decode()) == (200, True)
        for part in PARTS:
            assert paula.get(f"/desk/nachricht/{reference}{part}").status_code in {200, 302, 404, 410}, (days, part)
    assert paula.get("/desk/verbleib").status_code == 200


@pytest.mark.parametrize("name", ["pdf-and-docx", "docm", "two-recipients"])
def test_a_message_whose_envelope_was_erased_is_shown_as_such_and_names_nobody(rig, name):
    reference = rig.sample_arrives(name)
    sender = Message.objects.using(rig.database.alias).get(reference=reference).sender
    paula = rig.client("paula")
    assert sender in paula.get("/desk/verbleib").content.decode()
    done(rig)
    for days in (200, 800, 4000):
        erase_after(rig, days)
    for path in ("/desk/verbleib", *(f"/desk/nachricht/{reference}{part}" for part in ("", "/druck"))):
        shown = paula.get(path).content.decode()
        assert (sender in shown, "gelöscht" in shown, "(leer)" in shown, ">@<" in shown) == (
            False,
            True,
            False,
            False,
        ), path
    assert "<dt>An</dt><dd>gelöscht</dd>" in paula.get(f"/desk/nachricht/{reference}/druck").content.decode()
    for part in PARTS:
        assert paula.get(f"/desk/nachricht/{reference}{part}").status_code in {200, 302, 404, 410}, part
    history = paula.get(f"/desk/nachricht/{reference}").content.decode()
    assert "Personenbezogene Angaben gelöscht." in history
