# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Notices to addresses with umlauts, over a Postfix that takes none (``smtputf8_enable = no``)."""

import base64
from contextlib import ExitStack
from email.message import EmailMessage

import pytest

from poststelle.application.synthetic.packages import docm
from poststelle.records.database import attach, detach
from poststelle.records.queries import journal_of, message_by_reference
from support.gateway import Gateway, a_free_port, eventually, parsed
from support.posted import REFERENCE
from support.postfix_server import PostfixServer, ports
from support.programs import require_program
from support.recorded import tasks_of
from support.smtp_sink import SmtpSink

CENTRAL, HOSTNAME = "stadtverwaltung@stadt-muenster.example", "mx.stadt-muenster.example"


@pytest.fixture(scope="module")
def world():
    """Everybody's mailboxes, behind Postfix. They take umlauts; Postfix does not."""
    with SmtpSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def gateway(tmp_path_factory, world):
    require_program("postfix", "postfix")
    served = ports(a_free_port(), a_free_port(), world.port)
    changes = {"smtputf8_enable": "no", "default_transport": f"relay:[127.0.0.1]:{world.port}"}
    leaving = {"outbox": {"port": served.out}, "maildrop": {"enabled": False}}
    with ExitStack() as stack:
        stack.enter_context(PostfixServer(served, changes))
        running = stack.enter_context(Gateway(tmp_path_factory.mktemp("ascii"), changes=leaving))
        eventually(lambda: running.role("keyholder"), what="the keyholder, who signs notices, is at work")
        yield running


@pytest.fixture(scope="module")
def records(gateway, django_db_blocker):
    with django_db_blocker.unblock():
        database = attach(gateway.folder, "ascii")
        yield database
        detach(database)


def letter_with_macros(sender: str) -> bytes:
    """From a proven sender, with a file that a notice is owed for."""
    domain = sender.rpartition("@")[2]
    head = (
        f"Authentication-Results: {HOSTNAME}; spf=pass smtp.mailfrom={domain}; dmarc=pass header.from={domain}\r\n"
        f"From: {sender}\r\nTo: {CENTRAL}\r\nSubject: Amt 32\r\nMessage-ID: <{len(sender)}@umlaut.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        'Guten Tag\r\n--b\r\nContent-Disposition: attachment; filename="antrag.docm"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(docm()).replace(b"\n", b"\r\n") + b"--b--\r\n"


def handed_in(gateway, sender: str) -> str:
    """The reference of the message that the door took."""
    with gateway.session() as client:
        client.ehlo("mx.example.org")
        client.command_encoding = "utf-8"
        assert client.docmd("MAIL", f"FROM:<{sender}> SMTPUTF8")[0] == 250
        assert client.rcpt(CENTRAL)[0] == 250
        code, said = client.data(letter_with_macros(sender))
    assert code == 250, said
    found = REFERENCE.search(said.decode())
    assert found
    return found.group()


def notices_in(world, reference: str) -> list[tuple[tuple[str, ...], EmailMessage]]:
    """What arrived in the world about this message, with its envelope recipients."""
    about = f"{reference}.notice@".encode()
    return [(got.recipients, parsed(got.content)) for got in world.received if about in got.content]


def test_a_notice_that_the_relay_cannot_take_becomes_one_task_for_a_person(gateway, records, world):
    reference = handed_in(gateway, "jürgen@buerger.example")

    def tasks():
        return [task for task in tasks_of(records, reference) if task.kind == "feedback"]

    (task,) = eventually(tasks, what="a task on the case")
    view = message_by_reference(records, "muenster", reference)
    assert (task.reason, task.text_key, task.office) == ("given-up:notice", "feedback", view.verdicts[0].route.office)
    assert task.due_on
    (notice,) = (effect for effect in view.effects if effect.kind == "notice")
    assert (notice.state, notice.recipient) == ("given-up", "jürgen@buerger.example")
    assert "SMTPUTF8" in notice.remark
    kinds = [line.leaf.kind for line in journal_of(records, "muenster", reference)]
    assert [kinds.count(kind) for kind in ("given-up", "task-created", "notice-sent")] == [1, 1, 0]
    assert notices_in(world, reference) == []


def test_an_umlaut_in_the_domain_alone_is_no_obstacle(gateway, world):
    reference = handed_in(gateway, "juergen@bücher.example")
    ((recipients, notice),) = eventually(lambda: notices_in(world, reference), what="the notice")
    assert recipients == ("juergen@xn--bcher-kva.example",)
    assert notice["To"].addresses[0].addr_spec == "juergen@xn--bcher-kva.example"
    assert notice.as_bytes().isascii()
