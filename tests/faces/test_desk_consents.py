# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The desk's page of consents: what it shows to whom, and what each of its forms does."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from poststelle.application.desk.viewer import Role
from poststelle.core.journal import read_leaf
from poststelle.records.consents import PAGE_ROWS
from poststelle.records.models import ConsentRow, JournalLeaf, JournalValue
from support.desk_house import MUENSTER, desk_rig, sample

PAGE = "/desk/zustimmungen"
SENDER = sample("rtf").sender
SEALED_OFFICE = "personalrat"


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        running.employ("paula", Role.MAILROOM)
        running.employ("klara", Role.CLERK, "ordnungsamt")
        yield running


@pytest.fixture
def paula(rig):
    return rig.client("paula")


def until(rig, days=30):
    return (rig.clock.now().date() + timedelta(days=days)).isoformat()


def grant(rig, client, **changes: object):
    form = {"absender": SENDER, "format": ["rtf"], "amt": "", "bis": until(rig), "grund": "abgesprochen"} | changes
    return client.post(PAGE, form, follow=True)


def revoke(client, reference, why="nicht mehr nötig"):
    return client.post(f"{PAGE}/{reference}/widerrufen", {"grund": why}, follow=True)


def references():
    return tuple(ConsentRow.objects.order_by("id").values_list("reference", flat=True))


def shown(client, query=""):
    """The text of the page, without its marks."""
    answer = client.get(PAGE + query)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def a_row(rig, reference="Z-1", **changes: object):
    at = rig.clock.now()
    columns = {
        "reference": reference,
        "authority_id": MUENSTER,
        "sender": f"{reference.casefold()}@kanzlei.example",
        "formats": '["rtf"]',
        "valid_from": at - timedelta(days=9),
        "valid_until": at + timedelta(days=9),
        "granted_by": "user:999",
    }
    return ConsentRow.objects.create(**columns | changes)


def test_a_consent_is_given_on_the_page_used_and_revoked_there(rig, paula):
    assert "Keine Zustimmung ist eingetragen." in shown(paula)
    grant(rig, paula, absender=SENDER.upper())
    (reference,) = references()
    before = shown(paula)
    assert f"{SENDER} gilt : " in before
    assert "erteilt von Paula Test abgesprochen Nicht verwendet" in before
    passed = rig.sample_arrives("rtf")
    assert rig.desk.book.case(MUENSTER, passed).verdicts[0].withheld == ()
    assert f"Verwendet bei 1 Nachricht, zuletzt am {rig.clock.now():%d.%m.%Y}" in shown(paula)
    revoke(paula, reference, "Vertrag beendet")
    assert f"widerrufen am {rig.clock.now():%d.%m.%Y}" in shown(paula)
    assert rig.desk.book.case(MUENSTER, rig.sample_arrives("rtf")).verdicts[0].withheld
    assert "Verwendet bei 1 Nachricht," in shown(paula)


def test_both_acts_are_in_the_journal_with_who_and_why(rig, paula):
    grant(rig, paula)
    (reference,) = references()
    revoke(paula, reference, "Vertrag beendet")
    kinds = ("consent-granted", "consent-revoked")
    leaves = [read_leaf(bytes(row.leaf)) for row in JournalLeaf.objects.filter(kind__in=kinds).order_by("id")]
    actor = rig.viewer("paula").account
    assert [(str(one.kind), one.actor, dict(one.facts)["consent"]) for one in leaves] == [
        (kind, actor, reference) for kind in kinds
    ]
    assert [row.value for row in JournalValue.objects.filter(key="why").order_by("id")] == [
        "abgesprochen",
        "Vertrag beendet",
    ]


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ({"valid_from": -9, "valid_until": 9}, "gilt :"),
        ({"valid_from": -9, "valid_until": -1}, "abgelaufen :"),
        ({"valid_from": -9, "valid_until": 9, "revoked_at": -2}, "widerrufen am"),
        ({"valid_from": -9, "valid_until": -1, "revoked_at": -2}, "widerrufen am"),
        ({"valid_from": 3, "valid_until": 9}, "beginnt am"),
    ],
    ids=["holds", "over", "revoked", "revoked and over", "not yet"],
)
def test_each_consent_says_how_it_stands_and_only_what_holds_can_be_ended(rig, paula, days, state):
    a_row(rig, **{name: rig.clock.now() + timedelta(days=number) for name, number in days.items()})
    text = shown(paula)
    assert f"z-1@kanzlei.example {state}" in text
    assert ("Widerrufen : z-1@" in text) == (state in ("gilt :", "beginnt am"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"absender": "erika"},
        {"amt": "amt-99"},
        {"format": ["docm"]},
        {"format": []},
        {"bis": ""},
        {"bis": "2020-01-01"},
        {"bis": "2999-01-01"},
    ],
    ids=["no address", "no such office", "macros", "no format", "no end", "over already", "too long"],
)
def test_what_the_command_line_refuses_the_page_refuses_too_and_keeps_what_was_entered(rig, paula, wrong):
    answer = grant(rig, paula, **wrong)
    text = answer.content.decode()
    assert references() == ()
    assert 'role="alert"' in text
    assert 'value="abgesprochen"' in text


def test_a_revocation_wants_a_reason_and_a_consent_that_holds(rig, paula):
    row = a_row(rig)
    assert "Bitte begründen Sie den Widerruf." in revoke(paula, row.reference, " ").content.decode()
    assert "gilt nicht mehr" in revoke(paula, "Z-9").content.decode()
    row.refresh_from_db()
    assert row.revoked_at is None


def test_an_office_sees_and_ends_its_own_and_sees_those_for_every_office(rig):
    klara = rig.client("klara")
    for reference, office in (("Z-OWN", "ordnungsamt"), ("Z-ALL", ""), ("Z-OTHER", "standesamt")):
        a_row(rig, reference, office=office)
    text = shown(klara)
    assert [one in text for one in ("Z-OWN", "Z-ALL", "Z-OTHER")] == [True, True, False]
    assert "Widerrufen : z-own@" in text
    assert "Widerrufen : z-all@" not in text
    assert [revoke(klara, one).status_code for one in ("Z-OTHER", "Z-ALL", "Z-OWN")] == [403, 403, 200]
    assert list(ConsentRow.objects.exclude(revoked_at=None).values_list("reference", flat=True)) == ["Z-OWN"]


def test_who_gave_a_consent_for_every_office_may_end_it(rig):
    a_row(rig, office="", granted_by=rig.viewer("klara").account)
    assert revoke(rig.client("klara"), "Z-1").status_code == 200
    assert ConsentRow.objects.get().revoked_at is not None


@pytest.mark.parametrize(("office", "status"), [("ordnungsamt", 200), ("standesamt", 403), ("", 403)])
def test_an_office_consents_for_itself_and_for_no_other(rig, office, status):
    assert grant(rig, rig.client("klara"), amt=office).status_code == status
    assert len(references()) == (status == 200)


def test_a_sealed_office_s_consents_are_its_own(rig, paula):
    a_row(rig, office=SEALED_OFFICE)
    assert SEALED_OFFICE in rig.viewer("paula").closed
    assert "Z-1" not in shown(paula)
    assert revoke(paula, "Z-1").status_code == 403
    assert grant(rig, paula, amt=SEALED_OFFICE).status_code == 403
    rig.employ("rolf", Role.CLERK, SEALED_OFFICE)
    assert "Z-1" in shown(rig.client("rolf"))


@pytest.mark.parametrize("role", [Role.AUDIT, Role.ADMIN])
def test_who_may_not_consent_has_no_such_page(rig, role):
    rig.employ("arno", role)
    arno = rig.client("arno")
    a_row(rig)
    assert PAGE not in arno.get("/desk/verbleib").content.decode()
    assert [arno.get(PAGE).status_code, grant(rig, arno).status_code, revoke(arno, "Z-1").status_code] == [404] * 3
    assert ConsentRow.objects.get().revoked_at is None


def test_the_consents_of_another_authority_are_neither_shown_nor_ended(rig, paula):
    a_row(rig, authority_id="strict", sender=SENDER)
    text = shown(paula)
    assert "Keine Zustimmung ist eingetragen." in text
    guessed, none = (revoke(paula, one).content for one in ("Z-1", "Z-9"))
    assert re.sub(rb'value="\w{64}"', b"", guessed) == re.sub(rb'value="\w{64}"', b"", none)
    assert ConsentRow.objects.get().revoked_at is None
    assert not JournalLeaf.objects.filter(kind="consent-revoked").exists()


def test_where_the_page_forbids_consents_none_is_offered(rig, paula):
    from poststelle.application.authorities import Authorities
    from poststelle.faces.web.shelf import furnish, lent

    ours = rig.house.authorities.by_id[MUENSTER]
    (edition,) = ours.editions
    rules = edition.policy.email.model_copy(update={"consent": "never"})
    never = replace(edition, policy=edition.policy.model_copy(update={"email": rules}))
    furnish(replace(lent(), authorities=Authorities({MUENSTER: replace(ours, editions=(never,))})))
    text = shown(paula)
    assert "nicht vorgesehen" in text
    assert "Zustimmung erteilen" not in text


def test_long_registers_come_in_pages_and_what_holds_stands_first(rig, paula):
    at = rig.clock.now()
    a_row(rig, "Z-OLD", valid_from=at - timedelta(days=300))
    for number in range(PAGE_ROWS):
        a_row(rig, f"Z-{number}", revoked_at=at)
    first, second = (shown(paula, f"?seite={number}") for number in (1, 2))
    assert first.index("z-old@") < first.index("z-49@")
    assert ["z-0@" in text for text in (first, second)] == [False, True]
    assert ["Ältere" in text for text in (first, second)] == [True, False]
    assert shown(paula, "?seite=-1") == shown(paula, "?seite=x") == first
