# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle person``: what it prints, whom it lets act, and that nothing goes by one account alone."""

import io
import json
import sys

import pytest

from poststelle.application.desk.viewer import Role
from poststelle.compose.operator import operator
from poststelle.compose.person import bench_on
from poststelle.core.catalogue.person import GROUNDS, KINDS, VALUES
from poststelle.core.person import Ground, Kind
from poststelle.faces.cli import person
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.program import _parser
from poststelle.records.models import Message, MessageState, OutboxRow, TaskRow
from poststelle.records.queries import journal_of
from support.desk_house import MUENSTER, PASSWORD, desk_rig, the_authorities

ERIKA = "erika@buerger.example"


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        running.employ("paula", Role.MAILROOM)
        running.employ("ada", Role.ADMIN)
        running.employ("petra", Role.AUDIT)
        running.employ("arne", Role.CLERK, "ordnungsamt")
        yield running


@pytest.fixture
def call(rig, capsys):
    """One command; what it printed. ``password`` stands on stdin."""
    before = sys.stdin

    def called(*words: str, password: str = PASSWORD) -> str:
        sys.stdin = io.StringIO(f"{password}\n")
        bench = bench_on(the_authorities(), rig.database, rig.clock)
        assert person.run(_parser().parse_args(["person", *words]), bench) == Exit.OK
        return capsys.readouterr().out

    yield called
    sys.stdin = before


def arrives_and_is_done(rig) -> str:
    content = f"From: {ERIKA}\r\nSubject: Amt 32\r\n\r\nGuten Tag\r\n".encode()
    reference = rig.arrives(content, "stadtverwaltung@stadt-muenster.example", sender=ERIKA)
    for model in (OutboxRow, TaskRow):
        model.objects.using(rig.database.alias).update(state="done")
    Message.objects.using(rig.database.alias).filter(state="accepted").update(state="delivered")
    return reference


def test_no_value_in_the_answer_is_left_in_the_words_of_the_program(rig, call):
    arrives_and_is_done(rig)
    call("ask", ERIKA, "--why", "Brief", "--account", "paula")
    said = call("show", ERIKA)
    assert "Kanal: E-Mail" in said
    assert "Stand: zugestellt" in said
    assert "Ereignis: Löschung verlangt" in said
    assert "Begründung: Brief" in said


@pytest.mark.parametrize("state", MessageState.values)
def test_every_state_of_a_message_has_a_german_name(state):
    assert state in VALUES["state"]


def test_the_answer_to_the_person_is_in_german_and_says_what_stays_and_by_which_provision(rig, call):
    reference = arrives_and_is_done(rig)
    shown = call("show", ERIKA)
    assert shown.splitlines()[0] == f"Auskunft nach Art. 15 DSGVO zu {ERIKA}"
    assert [line for line in shown.splitlines() if reference in line] == [f"  04.03.2026 09:00  {reference}"]
    assert {"Nachrichten", "      Betreff: Amt 32", "      Inhalt: vorhanden"} <= set(shown.splitlines())
    assert "bleibt" not in shown
    Message.objects.using(rig.database.alias).update(legal_hold=True)
    assert "es besteht eine Löschsperre (Art. 17 Abs. 3 Buchst. e DSGVO)" in call("show", ERIKA)
    assert "ist nichts gespeichert" in call("show", "niemand@buerger.example")


def test_the_same_for_machines(rig, call):
    reference = arrives_and_is_done(rig)
    Message.objects.using(rig.database.alias).update(legal_hold=True)
    row = json.loads(call("show", ERIKA, "--json").splitlines()[0])
    assert (row["authority"], row["kind"], row["reference"]) == ("muenster", "message", reference)
    assert (row["said"]["subject"], row["stays"]) == ("Amt 32", "legal-hold")
    assert row["at"].startswith("2026-03-04T08:00:00")


def test_whoever_looks_somebody_up_is_in_the_journal(rig, call):
    call("show", ERIKA)
    (line,) = (one for one in journal_of(rig.database, MUENSTER, "") if one.leaf.kind == "exported")
    assert (line.leaf.actor, line.values) == (operator(), (("address", ERIKA),))
    assert dict(line.leaf.facts) == {"of": "person", "count": "0"}


def ask(call) -> str:
    """The number of the request."""
    return call("ask", ERIKA, "--why", "Schreiben vom 1. März", "--account", "paula").split()[0]


def test_one_asks_and_another_confirms(rig, call):
    arrives_and_is_done(rig)
    number = ask(call)
    assert number.startswith("LV-")
    waiting = call("requests")
    assert f"{number}  {ERIKA}  asked for by user:1" in waiting
    assert "1 go, 1 stay: proof" in waiting
    (row,) = map(json.loads, call("requests", "--json").splitlines())
    assert [one["kind"] for one in row["goes"]] == ["message"]
    assert call("confirm", number.lower(), "--account", "ada") == "1 erased, 1 stay: proof\n"
    assert call("requests") == ""
    assert ERIKA not in call("show", ERIKA).partition("Weitere Einträge")[0].partition("\n")[2]


REFUSED = {
    "the one who asked": ("paula", PASSWORD, "another person has to confirm"),
    "a wrong password": ("ada", "falsch", "name or password is wrong"),
    "an account that does not exist": ("niemand", PASSWORD, "name or password is wrong"),
    "somebody who only reads": ("petra", PASSWORD, "neither of the mailroom nor of the administration"),
    "somebody of one office": ("arne", PASSWORD, "neither of the mailroom nor of the administration"),
}


@pytest.mark.parametrize("who", REFUSED)
def test_nobody_else_confirms(rig, call, who):
    reference = arrives_and_is_done(rig)
    number, (name, password, said) = ask(call), REFUSED[who]
    with pytest.raises(CommandError) as refused:
        call("confirm", number, "--account", name, password=password)
    assert said in refused.value.sentence
    assert Message.objects.using(rig.database.alias).get(reference=reference).sender == ERIKA


@pytest.mark.parametrize("name", ["petra", "arne"])
def test_nobody_else_asks(rig, call, name):
    with pytest.raises(CommandError):
        call("ask", ERIKA, "--why", "x", "--account", name)
    assert call("requests") == ""


def test_passwords_are_not_tried_out_here_either(rig, call):
    number = ask(call)
    for _ in range(5):
        with pytest.raises(CommandError):
            call("confirm", number, "--account", "ada", password="falsch")
    with pytest.raises(CommandError, match="too many failures"):
        call("confirm", number, "--account", "ada")


def test_a_request_is_confirmed_once(rig, call):
    number = ask(call)
    call("confirm", number, "--account", "ada")
    with pytest.raises(CommandError, match="no request"):
        call("confirm", number, "--account", "ada")


def test_everything_that_can_be_held_or_can_stay_has_words():
    assert (set(KINDS), set(GROUNDS)) == (set(Kind), set(Ground))
