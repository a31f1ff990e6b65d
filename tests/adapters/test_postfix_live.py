# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The example configuration in deploy/postfix, run: Debian's Postfix on loopback in front of a sink as the door."""

import re
import smtplib
import socket

import pytest

from poststelle.adapters.submission import Relay, SmtpSubmission, Tls
from support.engine_mail import mail_with
from support.gateway import a_free_port, eventually
from support.postfix_server import PolicyStub, PostfixServer, ports
from support.smtp_sink import Script, SmtpSink
from support.smuggling import ENDS

SENDER = "erika@buerger.example"
RECIPIENT = "stadtverwaltung@stadt.example"
KNOWN = frozenset({RECIPIENT, "post@stadt.example"})
MESSAGE = mail_with(b"Guten Tag")
DOOR_EXTENSIONS = ("PIPELINING", "SIZE 56000000", "8BITMIME", "SMTPUTF8", "XFORWARD NAME ADDR PROTO HELO SOURCE")


@pytest.fixture(scope="module")
def house():
    """Postfix, the sink in the door's place, and the sink in the mailboxes' place."""
    with (
        SmtpSink(Script(extensions=DOOR_EXTENSIONS)) as door,
        SmtpSink() as mailboxes,
        PolicyStub(KNOWN) as policy,
        PostfixServer(ports(door.port, policy.port, mailboxes.port)) as postfix,
    ):
        yield postfix, door, mailboxes


@pytest.fixture
def postfix(house):
    return house[0]


@pytest.fixture
def door(house):
    sink = house[1]
    sink.received.clear()
    yield sink
    sink.script = Script(extensions=DOOR_EXTENSIONS)


def sent(postfix, message=MESSAGE, recipients=(RECIPIENT,)):
    with smtplib.SMTP("127.0.0.1", postfix.ports.smtp, local_hostname="mx.buerger.example", timeout=20) as client:
        client.sendmail(SENDER, list(recipients), message)


def test_a_message_reaches_the_door_with_envelope_and_the_clients_address(postfix, door):
    sent(postfix, recipients=sorted(KNOWN))
    (received,) = door.received
    assert received.sender == SENDER
    assert received.recipients == tuple(sorted(KNOWN))
    assert received.content.endswith(MESSAGE)
    assert "ADDR=127.0.0.1" in received.forwarded
    assert "HELO=mx.buerger.example" in received.forwarded


def test_the_doors_refusal_is_what_the_client_hears(postfix, door):
    door.script = Script(extensions=DOOR_EXTENSIONS, after_data=b"550 5.6.1 Anlage.exe: this format is not accepted")
    with pytest.raises(smtplib.SMTPDataError) as caught:
        sent(postfix)
    assert caught.value.smtp_code == 550
    assert caught.value.smtp_error == b"5.6.1 Anlage.exe: this format is not accepted"


def test_the_doors_trouble_is_a_later_attempt(postfix, door):
    door.script = Script(extensions=DOOR_EXTENSIONS, after_data=b"451 4.3.0 please try again later")
    with pytest.raises(smtplib.SMTPDataError) as caught:
        sent(postfix)
    assert caught.value.smtp_code == 451


@pytest.mark.parametrize("station", ["EHLO", "MAIL", "DATA", "dot"])
def test_a_door_that_dies_is_a_later_attempt(postfix, door, station):
    door.script = Script(extensions=DOOR_EXTENSIONS, drop_at=station)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        sent(postfix)
    assert 400 <= caught.value.smtp_code < 500
    assert door.received == []


def test_an_unknown_address_is_refused_in_the_dialogue_and_the_known_one_is_served(postfix, door):
    sent(postfix, recipients=(RECIPIENT, "niemand@stadt.example"))
    assert door.received[0].recipients == (RECIPIENT,)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        sent(postfix, recipients=("niemand@stadt.example",))
    assert caught.value.recipients["niemand@stadt.example"][0] == 550


def test_mail_for_others_is_not_relayed_not_even_for_our_own_network(postfix, door):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        sent(postfix, recipients=("someone@elsewhere.example",))
    assert caught.value.recipients["someone@elsewhere.example"][0] == 554
    assert door.received == []


def test_the_announced_size_is_the_gateways(postfix):
    with smtplib.SMTP("127.0.0.1", postfix.ports.smtp, timeout=20) as client:
        client.ehlo("mx.buerger.example")
        assert client.esmtp_features["size"] == "56000000"
        assert "chunking" not in client.esmtp_features
        assert client.docmd("MAIL", f"FROM:<{SENDER}> SIZE=56000001")[0] == 552


SMUGGLED = b"MAIL FROM:<boss@stadt.example>\r\nRCPT TO:<%s>\r\nDATA\r\nSubject: smuggled\r\n\r\nx" % RECIPIENT.encode()


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_no_odd_end_of_data_makes_a_second_message(postfix, door, end):
    dialogue = b"".join((MESSAGE, b"text", end, SMUGGLED, b"\r\n.\r\n"))
    with socket.create_connection(("127.0.0.1", postfix.ports.smtp), 20) as client, client.makefile("rb") as replies:
        _expect(replies, b"220")
        for line in (b"HELO mx.buerger.example", f"MAIL FROM:<{SENDER}>".encode(), f"RCPT TO:<{RECIPIENT}>".encode()):
            client.sendall(line + b"\r\n")
            _expect(replies, b"250")
        client.sendall(b"DATA\r\n")
        _expect(replies, b"354")
        client.sendall(dialogue)
        answer = replies.readline()
    assert len(door.received) <= 1
    assert not any(received.sender.startswith("boss") for received in door.received)
    if b"\n" in end.replace(b"\r\n", b""):
        assert answer.startswith(b"5")
        assert door.received == []


def _expect(replies, code):
    assert replies.readline().startswith(code)


def test_the_gateways_own_mail_goes_to_the_mailboxes_and_not_back_to_the_door(house, door):
    postfix, _, mailboxes = house
    out = SmtpSubmission(Relay("127.0.0.1", postfix.ports.out, Tls.NONE, "mx.stadt.example"))
    assert out.submit("", ["amt32@stadt.example"], MESSAGE).is_accepted
    eventually(lambda: bool(mailboxes.received), 20, postfix.log())
    assert mailboxes.received[0].recipients == ("amt32@stadt.example",)
    assert door.received == []


def test_a_letter_on_its_way_to_an_office_is_not_completed(house):
    postfix, _, mailboxes = house
    letter = b"From: erika\r\nCc: amt32\r\nSubject: as it came\r\n\r\nGuten Tag\r\n"
    out = SmtpSubmission(Relay("127.0.0.1", postfix.ports.out, Tls.NONE, "mx.stadt.example"))
    assert out.submit("", ["amt32@stadt.example"], letter).is_accepted
    eventually(lambda: any(b"as it came" in one.content for one in mailboxes.received), 20, postfix.log())
    (arrived,) = [one.content for one in mailboxes.received if b"as it came" in one.content]
    assert arrived.endswith(letter)
    assert not re.search(rb"(?im)^(?:message-id|date|to):", arrived)


def test_with_the_gateway_down_nothing_is_taken():
    with PolicyStub(KNOWN) as policy, PostfixServer(ports(a_free_port(), policy.port, a_free_port())) as alone:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            sent(alone)
        assert 400 <= caught.value.smtp_code < 500


def test_postfix_finds_nothing_to_warn_of(postfix):
    said = postfix.log() + (postfix.folder / "start.log").read_text()
    for word in ("fatal:", "unused parameter", "overriding earlier entry", "not owned by"):
        assert word not in said
