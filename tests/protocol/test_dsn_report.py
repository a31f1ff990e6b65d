# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is read of a delivery status notification (RFC 3464), whoever wrote it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.protocol.dsn import Action, DeliveryReport, is_automatic_reply, read_report

HEAD = (
    b"From: MAILER-DAEMON@mail.intern.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
    b"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n'
    b"--b1\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b1\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mail.intern.example\r\n\r\n"
)
END = b"\r\n--b1\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Antrag\r\nAction: failed\r\n--b1--\r\n"
FAILED = (
    b"Final-Recipient: rfc822; amt32@intern.example\r\nAction: failed\r\nStatus: 5.2.2\r\n"
    b"Diagnostic-Code: smtp; 552 5.2.2 mailbox\r\n    is full\r\n"
)


def test_a_report_of_postfix_says_what_where_and_why():
    assert read_report(HEAD + FAILED + END) == DeliveryReport(
        Action.FAILED, "5.2.2", "amt32@intern.example", "smtp; 552 5.2.2 mailbox is full"
    )


def test_bare_line_feeds_are_read_as_well():
    report = read_report((HEAD + FAILED + END).replace(b"\r\n", b"\n"))
    assert report is not None
    assert (report.action, report.status) == (Action.FAILED, "5.2.2")


def test_of_several_recipients_the_one_it_went_worst_for_is_told():
    delayed = b"Final-Recipient: rfc822; a@x.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n"
    report = read_report(HEAD + delayed + FAILED + END)
    assert report is not None
    assert report.recipient == "amt32@intern.example"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_every_action_of_the_standard_is_read(action):
    report = read_report(HEAD + FAILED.replace(b"failed", action.encode()) + END)
    assert report is not None
    assert report.action == action


@pytest.mark.parametrize(
    ("word", "content"),
    [
        ("nothing", b""),
        ("no report", b"Subject: hello\r\n\r\nhello\r\n"),
        ("no blank line", b"Content-Type: message/delivery-status\r\nAction: failed\r\n"),
        ("an unknown action", HEAD + FAILED.replace(b"failed", b"eaten") + END),
        ("only what is about the message", HEAD + END),
    ],
)
def test_what_is_no_report_is_none(word, content):
    assert read_report(content) is None


def test_a_status_that_is_none_is_left_out():
    report = read_report(HEAD + FAILED.replace(b"5.2.2\r\nDiag", b"9.9.9999\r\nDiag") + END)
    assert report is not None
    assert report.status == ""


def test_the_diagnostic_is_printable_and_bounded():
    report = read_report(HEAD + FAILED.replace(b"is full", b"\x1b[31m" + b"x" * 5000) + END)
    assert report is not None
    assert len(report.diagnostic) <= 300
    assert report.diagnostic.isprintable()


def test_a_report_far_behind_the_head_is_not_looked_for():
    assert read_report(b"Subject: x\r\n\r\n" + b"x\r\n" * 50_000 + HEAD + FAILED + END) is None


def test_a_reply_without_a_person_says_so_in_its_header_only():
    assert is_automatic_reply(b"Subject: away\r\nAuto-Submitted: auto-replied\r\n\r\nI am away\r\n")
    assert not is_automatic_reply(b"Subject: x\r\n\r\nAuto-Submitted: auto-replied\r\n")
    assert not is_automatic_reply(b"Auto-Submitted: auto-generated\r\n\r\n")


@given(st.binary(max_size=300))
def test_hostile_bytes_never_break_the_reader(noise):
    for content in (noise, HEAD + noise, HEAD + FAILED + noise):
        report = read_report(content)
        assert report is None or len(report.diagnostic) <= 300
        is_automatic_reply(content)


@pytest.mark.parametrize(
    "unit", [b"Content-Type: message/delivery-status\r\n", b"\r\n", b" \r\n", b"Action:" + b" " * 900 + b"\r\n", b"\t"]
)
def test_work_grows_with_the_size_only(unit):
    begun = time.process_time()
    read_report(HEAD + unit * (400_000 // len(unit)))
    assert time.process_time() - begun < 0.5
