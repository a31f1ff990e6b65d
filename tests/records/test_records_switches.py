# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Observe and bypass, through the real door: what follows from a verdict while a switch is on."""

import json

import pytest

from poststelle.application.switches import Flip, Switch
from poststelle.core.arrival import AuthorityId
from poststelle.core.codec import load
from poststelle.core.verdict import Verdict
from poststelle.records.models import VerdictRow
from support.desk_house import MORNING, MUENSTER
from support.front_house import OFFICE_32, PLAIN, POST, Front


@pytest.fixture
def front(open_records, tmp_path):
    records = open_records()
    with Front(records, tmp_path).opened() as opened:
        yield opened


def flip(front, switch: Switch, *, is_on: bool = True, authority: AuthorityId = MUENSTER):
    front.front.records.switches.flip([Flip(authority, switch, is_on, MORNING, "operator", "trying out")])


def verdict_of(front) -> Verdict:
    row = VerdictRow.objects.using(front.front.records.database.alias).order_by("id").last()
    return load(Verdict, row.verdict.encode())


BROKEN = b"From: otto@buerger.example\r\n" + PLAIN
"""Two of a field there may be one of: refused for its structure."""


def infected() -> bytes:
    from poststelle.application.synthetic.teststrings import EICAR

    return PLAIN + EICAR + b"\r\n"


def test_without_a_switch_it_is_refused_and_malware_deleted(front):
    assert front.send(BROKEN).startswith("550")
    assert front.send(infected()).startswith("250")
    assert [message.state for message in front.messages()] == ["refused", "deleted"]


@pytest.mark.parametrize("content", [PLAIN, BROKEN, infected()], ids=["plain", "broken", "infected"])
def test_observed_everything_is_answered_250_and_goes_on_as_it_came(front, content):
    flip(front, Switch.OBSERVE)
    assert front.send(content).startswith("250")
    (message,) = front.messages()
    assert (message.is_observed, message.state, message.reply_code) == (True, "accepted", 250)
    (effect,) = front.effects()
    order = json.loads(effect.payload)
    assert (effect.kind, order["untouched"]) == ("deliver", True)
    with front.front.blobs.open(order["body"]) as kept:
        assert kept.read() == content


def test_observed_what_was_concluded_is_on_record_and_nobody_is_told_or_asked(front):
    flip(front, Switch.OBSERVE)
    front.send(BROKEN)
    assert front.messages()[0].disposition == "refuse"
    assert verdict_of(front).objections
    assert front.tasks() == []
    (observed,) = front.journal("observed")
    assert dict(observed.facts)["disposition"] == "refuse"
    assert not front.journal("refused", "malware-deleted", "notice-queued", "task-created")
    assert front.journal("judged")


def test_observed_what_would_have_waited_for_a_decision_asks_nobody(front):
    from poststelle.application.synthetic.teststrings import GTUBE

    flip(front, Switch.OBSERVE)
    front.send(PLAIN + GTUBE + b"\r\n")
    assert front.messages()[0].disposition == "hold"
    assert front.tasks() == []
    assert verdict_of(front).flags[-1] == "observe"


def test_observed_a_message_that_is_routed_goes_to_its_office_and_another_to_its_address(front):
    flip(front, Switch.OBSERVE)
    front.send(PLAIN)
    front.send(PLAIN.replace(b"Amt 32 - Anwohnerparken", b"Eine Frage"))
    assert [effect.recipient for effect in front.effects()] == [OFFICE_32, POST]


def test_observed_no_notice_goes_to_a_sender_who_would_have_had_one(front):
    flip(front, Switch.OBSERVE)
    assert front.send_sample("docm").startswith("250")
    assert front.messages()[0].disposition == "notify"
    assert {effect.kind for effect in front.effects()} == {"deliver"}


def test_bypassed_a_refusal_becomes_a_hold_that_somebody_decides(front):
    flip(front, Switch.BYPASS)
    assert front.send(BROKEN).startswith("250")
    (message,) = front.messages()
    assert (message.state, message.disposition) == ("held", "hold")
    assert message.body_id
    assert [task.kind for task in front.tasks()] == ["decide-hold"]
    assert "bypass" in verdict_of(front).flags
    assert front.effects() == []


def test_bypassed_malware_is_kept_for_somebody_and_delivered_to_nobody(front):
    flip(front, Switch.BYPASS)
    assert front.send(infected()).startswith("250")
    (message,) = front.messages()
    assert (message.state, bool(message.body_id)) == ("held", True)
    assert front.effects() == []
    assert not front.journal("malware-deleted")


def test_bypassed_what_is_fine_goes_on_as_ever(front):
    flip(front, Switch.BYPASS)
    front.send(PLAIN)
    assert front.messages()[0].state == "accepted"
    assert [effect.recipient for effect in front.effects()] == [OFFICE_32]


def test_a_switch_that_was_lifted_is_off(front):
    flip(front, Switch.OBSERVE)
    flip(front, Switch.OBSERVE, is_on=False)
    assert front.send(BROKEN).startswith("550")


def test_a_switch_holds_for_its_authority_only(front):
    flip(front, Switch.OBSERVE, authority=AuthorityId("coesfeld"))
    assert front.send(BROKEN).startswith("550")


def test_observe_goes_before_bypass(front):
    flip(front, Switch.BYPASS)
    flip(front, Switch.OBSERVE)
    front.send(BROKEN)
    assert front.messages()[0].is_observed


def test_every_flip_stands_in_the_journal_and_in_the_standing(front):
    flip(front, Switch.OBSERVE)
    flip(front, Switch.BYPASS)
    flip(front, Switch.OBSERVE, is_on=False)
    assert front.kinds() == ["observe-set", "bypass-set", "observe-lifted"]
    standing = {one.switch: one.is_on for one in front.front.records.switches.standing(MUENSTER)}
    assert standing == {Switch.OBSERVE: False, Switch.BYPASS: True}
    assert front.front.records.switches.on(MUENSTER) == {Switch.BYPASS}
