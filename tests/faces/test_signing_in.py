# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signing in at the desk: how often one may fail, what the browser keeps, and what is left of a session that ended."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.utils import timezone

from poststelle.application.desk.viewer import Role
from poststelle.application.settings import read_settings
from poststelle.compose.keeping import keeper
from poststelle.faces.web.desk.entrance import FAILURES
from poststelle.faces.web.quota import Quota
from poststelle.records.accounts import FAILURES_ALLOWED, forget_sessions, take_try
from support.desk_house import MORNING, PASSWORD, desk_rig

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.77"}
AT_ONCE = 12


@pytest.fixture(autouse=True)
def fresh_quota():
    FAILURES._buckets.clear()
    yield
    FAILURES._buckets.clear()


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        running.employ("paula", Role.MAILROOM)
        yield running


def sign_in(name: str, password: str = PASSWORD, **environ: str):
    return Client(**environ).post("/desk/anmelden", {"name": name, "kennwort": password})


def test_of_tries_that_come_at_once_no_more_are_allowed_than_one_by_one(rig):
    together = Barrier(AT_ONCE)

    def guess(_number: int) -> bool:
        together.wait(10)
        try:
            return take_try(rig.database, "paula", MORNING)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(AT_ONCE) as guessers:
        assert sum(guessers.map(guess, range(AT_ONCE))) == FAILURES_ALLOWED


def test_success_gives_a_name_all_its_tries_again(rig):
    for password in (*["falsch"] * (FAILURES_ALLOWED - 1), PASSWORD) * 2:
        answer = sign_in("paula", password)
    assert answer.status_code == 302


def test_one_address_cannot_try_name_after_name(rig):
    tried = [sign_in(f"name{number}", "Sommer2026").status_code for number in range(61)]
    assert tried == [403] * 60 + [429]
    refused = sign_in("paula")
    assert refused.status_code == 429
    assert "Von Ihrem Anschluss" in refused.content.decode()
    assert sign_in("paula", **ELSEWHERE).status_code == 302
    rig.clock.advance(seconds=15)
    assert sign_in("paula").status_code == 302


def test_a_whole_authority_behind_one_address_signs_in(rig):
    assert {sign_in("paula").status_code for _ in range(70)} == {302}


def test_what_is_given_back_is_what_was_taken():
    quota = Quota(burst=2)
    quota.give_back("192.0.2.1")
    assert [quota.take("192.0.2.1", MORNING) > 0 for _ in range(3)] == [False, False, True]
    quota.give_back("192.0.2.1")
    assert [quota.take("192.0.2.1", MORNING) > 0 for _ in range(2)] == [False, True]


def test_the_browser_keeps_nothing_beyond_its_own_end_and_no_script_reads_it(rig):
    for cookie in sign_in("paula").cookies.values():
        assert (cookie["max-age"], cookie["expires"], cookie["httponly"]) == ("", "", True), cookie.key
        assert cookie["samesite"] in {"Lax", "Strict"}


def test_the_number_of_a_session_from_before_signing_in_is_worth_nothing_after(rig):
    paula = rig.client("paula")
    first = paula.cookies["poststelle-sitzung"].value
    paula.post("/desk/abmelden")
    assert not Session.objects.filter(session_key=first).exists()
    stolen = Client()
    stolen.cookies["poststelle-sitzung"] = first
    assert stolen.get("/desk/verbleib").status_code == 302


def test_the_role_that_keeps_the_records_forgets_ended_sessions(rig, tmp_path):
    for name, is_over in (("paula", True), ("petra", False)):
        rig.employ(name, Role.MAILROOM)
        key = rig.client(name).cookies["poststelle-sitzung"].value
        if is_over:
            Session.objects.filter(session_key=key).update(expire_date=MORNING - timedelta(seconds=1))
    settings = read_settings(f'house.data = "{tmp_path}"\nretention.erase = false', {})
    keeper(settings, rig.records, rig.blobs, rig.clock).one_round()
    assert [session.get_decoded()["_auth_user_id"] for session in Session.objects.all()] == [str(rig.accounts["petra"])]


def test_ended_sessions_are_forgotten_and_others_are_not(rig):
    paula = rig.client("paula")
    assert forget_sessions(rig.database, timezone.now()) == 0
    assert paula.get("/desk/verbleib").status_code == 200
    assert forget_sessions(rig.database, timezone.now() + timedelta(hours=11)) == 1
    assert paula.get("/desk/verbleib").status_code == 302
