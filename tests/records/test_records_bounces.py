# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Deliveries that come back, through the real door: a task on the case, never a notice, never a loop."""

from datetime import timedelta

import pytest

from poststelle.application.bounces import return_path, returning_to
from poststelle.application.carriers import delivery_carrier
from poststelle.application.ports import Submitted
from poststelle.core.address import Address
from support.desk_house import SERVICE
from support.front_house import OFFICE_32, Front

_LEASE = timedelta(minutes=5)
NOBODYS = "PS-2345-6789-ABCD"
REPORT = (
    b"From: MAILER-DAEMON@mail.intern.example\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n'
    b"--b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.intern.example\r\n\r\n"
    b"Final-Recipient: rfc822; %b\r\nAction: failed\r\nStatus: 5.2.2\r\n"
    b"Diagnostic-Code: smtp; 552 5.2.2 mailbox full\r\n\r\n--b1--\r\n"
)


@pytest.fixture
def front(open_records, tmp_path):
    records = open_records()
    with Front(records, tmp_path).opened() as opened:
        yield opened


@pytest.fixture
def case(front):
    """The reference of a message that was delivered to one office."""
    assert front.send().startswith("250")
    (message,) = front.messages()
    return message.reference


def bounce(front, case, report: bytes = REPORT % OFFICE_32.encode(), sender: str = "") -> str:
    return front.send(report, return_path(case, SERVICE), sender)


def delivery_tasks(front):
    return [task for task in front.tasks() if task.kind == "delivery"]


def test_a_delivery_that_failed_comes_back_as_a_task_on_its_case(front, case):
    assert bounce(front, case).startswith("250")
    (task,) = delivery_tasks(front)
    assert (task.message_id, task.reason, task.recipient) == (case, "bounced:5.2.2", OFFICE_32)
    (entry,) = front.journal("bounced")
    assert entry.reference == case
    assert dict(entry.facts)["status"] == "5.2.2"


def test_a_bounce_is_no_message_of_its_own_and_sends_nothing(front, case):
    before = len(front.effects())
    bounce(front, case)
    assert len(front.messages()) == 1
    assert len(front.effects()) == before


def test_the_same_mailbox_is_asked_for_once_however_often_it_comes_back(front, case):
    for _ in range(3):
        assert bounce(front, case).startswith("250")
    assert len(delivery_tasks(front)) == 1
    assert len(front.journal("bounced")) == 3


def test_letters_changed_on_the_way_back_do_not_matter(front, case):
    assert front.send(REPORT % OFFICE_32.encode(), return_path(case, SERVICE).lower(), "").startswith("250")
    assert len(delivery_tasks(front)) == 1


def test_a_mere_delay_is_noted_and_bothers_nobody(front, case):
    report = (REPORT % OFFICE_32.encode()).replace(b"Action: failed", b"Action: delayed")
    assert bounce(front, case, report).startswith("250")
    assert delivery_tasks(front) == []
    assert [entry.kind for entry in front.journal("bounced", "bounce-noted")] == ["bounce-noted"]


def test_a_bounce_that_cannot_be_read_is_a_task_all_the_same(front, case):
    assert bounce(front, case, b"Subject: Undeliverable\r\n\r\nThe mailbox does not exist.\r\n").startswith("250")
    assert [task.reason for task in delivery_tasks(front)] == ["bounced"]


def test_an_automatic_reply_is_noted_and_bothers_nobody(front, case):
    away = b"Subject: away\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
    assert bounce(front, case, away).startswith("250")
    assert delivery_tasks(front) == []


def test_people_are_told_that_the_address_takes_reports_only(front, case):
    assert bounce(front, case, sender="erika@buerger.example").startswith("550 5.7.1")
    assert delivery_tasks(front) == []


def test_a_reference_that_nothing_was_delivered_under_takes_nothing(front):
    assert bounce(front, NOBODYS).startswith("550 5.1.1")


@pytest.mark.parametrize("local", ["bounce+PS-1", "bounce", "bounce+PS-2345-6789-ABCDE", "bounce+../x"])
def test_what_has_not_the_form_of_a_return_path_is_no_address_of_ours(front, local):
    assert front.send(to=f"{local}@{SERVICE}", sender="").startswith("550 5.7.1")


def test_what_leaves_the_house_comes_back_to_the_same_case():
    reference = NOBODYS
    local, _, domain = return_path(reference, SERVICE).rpartition("@")
    assert returning_to(Address(local, domain), SERVICE) == reference
    assert returning_to(Address(local, "elsewhere.example"), SERVICE) is None


def test_a_delivery_leaves_with_the_return_path_of_its_case(front, case):
    (item, *_) = (one for one in front.front.records.outbox.claim(9, _LEASE) if one.kind == "deliver")
    sent = []

    class Post:
        def submit(self, sender, recipients, message):
            sent.append(sender)
            return Submitted(250, "taken")

    delivery_carrier(Post(), lambda _item, **_how: b"", SERVICE)(item)
    assert sent == [return_path(case, SERVICE)]
