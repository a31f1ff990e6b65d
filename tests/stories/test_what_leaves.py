# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What leaves a running gateway: rebuilt mail can be answered, a bounce finds its case, and an end in the middle of a
delivery neither loses nor repeats it.
"""

import base64
import os
import signal
import threading

import pytest

from poststelle.application.synthetic.packages import docm
from poststelle.records.database import attach, detach
from poststelle.records.queries import message_by_reference
from support.gateway import Gateway, eventually, is_running, parsed
from support.posted import REFERENCE
from support.recorded import open_tasks
from support.smime_mails import TEXT, message
from support.smtp_sink import Script, SmtpSink

CENTRAL, OFFICE = "stadtverwaltung@stadt-muenster.example", "ordnungsamt@intern.stadt-muenster.example"
HOST = "mx.stadt-muenster.example"


@pytest.fixture
def delivered(gateway, post):
    """Hands a message in and gives what the office got of it, byte for byte, with what is on record."""

    def found(content: bytes):
        posted = post(content, to=CENTRAL)
        assert posted.code == 250
        mark = f"X-Poststelle-Reference: {posted.reference}".encode()

        def looked() -> bytes | None:
            files = (gateway.folder / "mailboxes" / OFFICE / "new").glob("*")
            return next((kept for file in files if mark in (kept := file.read_bytes())), None)

        return eventually(looked, what="delivered"), posted

    return found


def test_a_rebuilt_mail_is_in_our_name_and_still_of_its_thread(delivered):
    encoded = base64.encodebytes(docm()).replace(b"\n", b"\r\n")
    sent = (
        f"Authentication-Results: {HOST}; spf=pass smtp.mailfrom=erika@example.org; "
        f"dmarc=pass (p=reject) header.from=example.org\r\n"
        f"From: Erika <erika@example.org>\r\nTo: {CENTRAL}\r\nSubject: Amt 32\r\nMessage-ID: <whole@example.org>\r\n"
        "In-Reply-To: <b@example.org>\r\nReferences: <a@example.org>\r\n <b@example.org>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nGuten Tag\r\n--b\r\n'
        'Content-Disposition: attachment; filename="antrag.docm"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    ).encode() + encoded + b"--b--\r\n"  # fmt: skip
    got, posted = delivered(sent)
    mail = parsed(got)
    assert posted.verdict.withheld
    assert (mail["X-Poststelle-Packing"], encoded[:200] in got) == ("rebuilt", False)
    assert mail["From"].addresses[0].addr_spec == f"poststelle@{HOST}"
    assert mail["Return-Path"].strip("<>").rpartition("@")[2] == HOST, "aligned with the envelope sender"
    assert mail["Reply-To"].addresses[0].addr_spec == "erika@example.org"
    assert (mail["Message-ID"], mail["In-Reply-To"]) == ("<whole@example.org>", "<b@example.org>")
    assert mail["References"].split() == ["<a@example.org>", "<b@example.org>"]


def test_a_full_mailbox_bounces_to_our_return_path_and_becomes_a_task_on_its_case(
    gateway, delivered, on_record, records
):
    got, posted = delivered(message(TEXT, to=CENTRAL))
    back = parsed(got)["Return-Path"].strip("<>")
    report = (
        f"From: MAILER-DAEMON@intern.stadt-muenster.example\r\nTo: {back}\r\nSubject: Undelivered\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThe mailbox is full.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; intern.stadt-muenster.example\r\n\r\n"
        f"Final-Recipient: rfc822; {OFFICE}\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        "Diagnostic-Code: smtp; 552 5.2.2 mailbox full\r\n\r\n--b--\r\n"
    )
    with gateway.session() as client:
        client.sendmail("", [back], report)
    after = on_record(posted.reference)
    mine = (task for task in open_tasks(records, "muenster") if task.message_id == posted.reference)
    (task,) = (task for task in mine if task.kind == "delivery")
    assert (task.reason, task.recipient) == ("bounced:5.2.2", OFFICE)
    assert "bounced" in after.journal
    assert after.notices == []


def test_who_is_asked_to_end_finishes_and_records_the_delivery_under_way_and_repeats_nothing(
    tmp_path, django_db_blocker
):
    arrived, answer = threading.Semaphore(0), threading.Event()

    def wait() -> None:
        arrived.release()
        answer.wait(60)

    with SmtpSink(Script(before_answer=wait)) as office:
        gateway = Gateway(
            tmp_path / "data", changes={"outbox": {"port": office.port, "threads": 1}, "maildrop": {"enabled": False}}
        )
        with gateway:
            references = [handed_in(gateway) for _ in range(2)]
            assert arrived.acquire(timeout=30), "one delivery is under way, and the next server has not answered"
            others = [found.pid for name in ("door", "sequencer") if (found := gateway.role(name))]
            os.kill(gateway.pid, signal.SIGTERM)
            eventually(lambda: not any(map(is_running, others)), what="every role was asked to end")
            answer.set()
        (first,) = office.received
        with django_db_blocker.unblock():
            database = attach(gateway.folder, "ended")
            views = [message_by_reference(database, "muenster", one) for one in references]
            detach(database)
        ended = {view.line.reference: [effect.state for effect in view.effects] for view in views}
        taken = parsed(first.content)["X-Poststelle-Reference"]
        assert ended.pop(taken) == ["done"]
        assert list(ended.values()) == [["open"]], "not begun"
        with gateway:
            eventually(lambda: len(office.received) >= 2, what="the other one")
        assert sorted(parsed(one.content)["X-Poststelle-Reference"] for one in office.received) == sorted(references)


def handed_in(gateway: Gateway) -> str:
    with gateway.session() as client:
        client.ehlo("mx.example.org")
        client.mail("erika@example.org")
        client.rcpt(CENTRAL)
        found = REFERENCE.search(client.data(message(TEXT, to=CENTRAL))[1].decode())
    assert found is not None
    return found.group()
