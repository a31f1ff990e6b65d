# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a session says and reports, command by command."""

from dataclasses import replace

import pytest

from poststelle.core.address import Address
from poststelle.core.arrival import Envelope, Peer
from poststelle.protocol.smtp import BodyDropped, BodyEnded, RecipientGiven, Session, State, TlsAsked, replies
from poststelle.protocol.smtp.session import MAX_IDLE_COMMANDS
from support.smtp_driver import SETTINGS, Driver, in_transaction

EHLO = b"EHLO client.example\r\n"
MAIL = b"MAIL FROM:<anna@example.net>\r\n"
RCPT = b"RCPT TO:<post@stadt.example>\r\n"
LMTP = replace(SETTINGS, lmtp=True)
TLS = replace(SETTINGS, offers_starttls=True)
TRUSTED = replace(SETTINGS, is_trusted=True)


def after(*wires: bytes, settings=SETTINGS) -> Driver:
    driver = Driver(settings)
    for wire in wires:
        driver.send(wire)
    return driver


# EHLO


def test_ehlo_announces_what_is_offered_and_no_more():
    assert Driver().send(EHLO) == [
        "250-mx.example.org",
        "250-PIPELINING",
        "250-SIZE 10000",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250 ENHANCEDSTATUSCODES",
    ]


def test_helo_announces_nothing():
    assert Driver().send(b"HELO client.example\r\n") == ["250 mx.example.org"]


def test_xforward_is_announced_to_trusted_peers_only():
    assert "250 XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT" in Driver(TRUSTED).send(EHLO)


def test_starttls_is_hidden_once_tls_is_up():
    driver = Driver(TLS)
    assert "250 STARTTLS" in driver.send(EHLO)
    assert driver.codes(b"STARTTLS\r\n") == ["220 2.0.0"]
    assert not any("STARTTLS" in line for line in driver.send(EHLO))
    assert driver.codes(b"STARTTLS\r\n") == ["502 5.5.1"]


# Order of commands

ORDER = [
    ("MAIL before EHLO", [], MAIL, "503 5.5.1"),
    ("RCPT before MAIL", [EHLO], RCPT, "503 5.5.1"),
    ("DATA before RCPT", [EHLO, MAIL], b"DATA\r\n", "503 5.5.1"),
    ("MAIL in a transaction", [EHLO, MAIL], MAIL, "503 5.5.1"),
    ("STARTTLS before EHLO", [], b"STARTTLS\r\n", "503 5.5.1"),
    ("STARTTLS in a transaction", [EHLO, MAIL], b"STARTTLS\r\n", "503 5.5.1"),
    ("DATA after refused recipients", [EHLO, MAIL, b"RCPT TO:<nobody@x.example>\r\n"], b"DATA\r\n", "503 5.5.1"),
    ("RSET ends a transaction", [EHLO, MAIL, RCPT, b"RSET\r\n"], RCPT, "503 5.5.1"),
    ("EHLO ends a transaction", [EHLO, MAIL, RCPT, EHLO], b"DATA\r\n", "503 5.5.1"),
    ("RSET before EHLO", [], b"RSET\r\n", "250 2.0.0"),
    ("NOOP with text", [], b"NOOP hello\r\n", "250 2.0.0"),
    ("VRFY", [], b"VRFY post\r\n", "252 2.5.2"),
    ("HELP", [], b"HELP MAIL\r\n", "214 2.0.0"),
    ("QUIT", [], b"QUIT\r\n", "221 2.0.0"),
]


@pytest.mark.parametrize(("before", "wire", "code"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER])
def test_order(before, wire, code):
    assert after(*before, settings=TLS).codes(wire) == [code]


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (b"EXPN list\r\n", "500 5.5.1"),
        (b"BDAT 5 LAST\r\n", "500 5.5.1"),
        (b"\r\n", "500 5.5.1"),
        (b" EHLO x\r\n", "500 5.5.1"),
        (b"STARTTLS\r\n", "502 5.5.1"),
        (b"XFORWARD NAME=x\r\n", "502 5.5.1"),
        (b"LHLO x\r\n", "502 5.5.1"),
        (b"EHLO\r\n", "501 5.5.4"),
        (b"RSET now\r\n", "501 5.5.4"),
        (b"NOOP \0\r\n", "501 5.5.2"),
        (b"NOOP \t\r\n", "501 5.5.2"),
        (b"NOOP a\nNOOP b\r\n", "501 5.5.2"),
        (b"NOOP a\rNOOP b\r\n", "501 5.5.2"),
        (b"NOOP \x7f\r\n", "501 5.5.2"),
        ("NOOP ä\r\n".encode(), "501 5.5.2"),
        ("EHLO münster.example\r\n".encode(), "501 5.5.2"),
    ],
)
def test_commands_refused(wire, code):
    assert after(EHLO).codes(wire) == [code]


LENGTHS = [
    (b"NOOP ", b"\r\n", 512),
    (b"RCPT TO:<", b"@stadt.example>\r\n", 1024),
    (b"MAIL FROM:<", b"@stadt.example>\r\n", 1024),
    (b"MAIL FROM:<", b"@stadt.example> SMTPUTF8\r\n", 1034),
    (b"VRFY ", b" SMTPUTF8\r\n", 522),
]


@pytest.mark.parametrize(("start", "end", "limit"), LENGTHS)
def test_a_command_line_has_its_limit_with_crlf(start, end, limit):
    longest = start + b"a" * (limit - len(start) - len(end)) + end
    too_long = longest.replace(b"a", b"aa", 1)
    assert (len(longest), len(too_long)) == (limit, limit + 1)
    assert "500 5.5.2" not in after(EHLO).codes(longest)
    assert after(EHLO).codes(too_long) == ["500 5.5.2"]


def test_a_line_without_end_is_not_kept_and_refused_once():
    driver = after(EHLO)
    for _ in range(50):
        assert driver.send(b"x" * 1000) == []
        assert driver.session.buffered_bytes <= 1034
    assert driver.codes(b"\r\nNOOP\r\n") == ["500 5.5.2", "250 2.0.0"]


# Envelope and peer


def test_the_envelope_is_what_was_accepted():
    driver = after(EHLO, MAIL, b"RCPT TO:<nobody@stadt.example>\r\n", RCPT, b"RCPT TO:<postmaster>\r\n", b"DATA\r\n")
    accepted = (Address("post", "stadt.example"), Address("postmaster", ""))
    assert driver.envelopes() == [Envelope(Address("anna", "example.net"), accepted)]
    assert driver.peers() == [Peer("192.0.2.7", "client.example", "", "ESMTP")]


def test_the_null_sender_and_smtputf8():
    mail, rcpt = b"MAIL FROM:<> SMTPUTF8\r\n", "RCPT TO:<bürger@münster.example>\r\n".encode()
    assert after(EHLO, mail, rcpt, b"DATA\r\n").envelopes() == [
        Envelope(None, (Address("bürger", "xn--mnster-3ya.example"),), smtputf8=True)
    ]


def test_smtputf8_holds_for_one_transaction():
    driver = after(EHLO, b"MAIL FROM:<> SMTPUTF8\r\n", b"RSET\r\n", MAIL)
    assert driver.codes("RCPT TO:<bürger@stadt.example>\r\n".encode()) == ["501 5.5.2"]


@pytest.mark.parametrize(
    ("hello", "settings", "protocol"),
    [(b"HELO x\r\n", SETTINGS, "SMTP"), (EHLO, SETTINGS, "ESMTP"), (b"LHLO x\r\n", LMTP, "LMTP")],
)
def test_the_protocol_is_the_one_greeted_with(hello, settings, protocol):
    assert after(hello, MAIL, RCPT, b"DATA\r\n", settings=settings).peers()[0].protocol == protocol


def test_xforward_from_a_trusted_peer_names_the_client():
    wires = (
        b"XFORWARD NAME=mail.example.net ADDR=IPv6:2001:db8::1 PROTO=ESMTP SOURCE=REMOTE\r\n",
        b"XFORWARD HELO=say+2Bhello IDENT=4F PORT=[UNAVAILABLE]\r\n",
    )
    driver = after(EHLO, *wires, MAIL, RCPT, b"DATA\r\n", settings=TRUSTED)
    assert driver.peers() == [Peer("2001:db8::1", "say+hello", "mail.example.net", "ESMTP")]


@pytest.mark.parametrize("written", [b"IPv6:::ffff:198.51.100.9", b"::FFFF:c633:6409", b"198.51.100.9"])
def test_an_ipv4_client_is_one_however_its_proxy_writes_it(written):
    """A check of SPF would find no address of the sender's in the other spelling."""
    wires = (EHLO, b"XFORWARD ADDR=" + written + b"\r\n", MAIL, RCPT, b"DATA\r\n")
    assert [peer.address for peer in after(*wires, settings=TRUSTED).peers()] == ["198.51.100.9"]


def test_xforward_holds_for_one_message():
    driver = after(EHLO, b"XFORWARD ADDR=198.51.100.9\r\n", MAIL, RCPT, b"DATA\r\n", b"x\r\n.\r\n", settings=TRUSTED)
    driver.send(MAIL)
    driver.send(RCPT)
    driver.send(b"DATA\r\n")
    assert [peer.address for peer in driver.peers()] == ["198.51.100.9", "192.0.2.7"]


@pytest.mark.parametrize(
    "argument",
    [
        b"",
        b"NAME",
        b"COLOUR=red",
        b"ADDR=300.1.1.1",
        b"ADDR=fe80::1%eth0",
        b"NAME=a+0Ab",
        b"NAME=+",
        b"HELO=" + b"a" * 256,
    ],
)
def test_xforward_that_is_none(argument):
    assert after(EHLO, settings=TRUSTED).codes(b"XFORWARD " + argument + b"\r\n") == ["501 5.5.4"]


def test_xforward_is_not_for_the_middle_of_a_transaction():
    assert after(EHLO, MAIL, settings=TRUSTED).codes(b"XFORWARD NAME=x\r\n") == ["503 5.5.1"]


# Limits


def test_size_announced_beyond_the_limit_is_refused_at_mail():
    assert after(EHLO).codes(b"MAIL FROM:<> SIZE=10000\r\n") == ["250 2.1.0"]
    assert after(EHLO).codes(b"MAIL FROM:<> SIZE=10001\r\n") == ["552 5.3.4"]


def test_a_content_beyond_the_limit_is_swallowed_and_refused():
    driver = in_transaction()
    assert driver.send(b"a" * 10_001) == []
    assert driver.codes(b"\r\n.\r\nNOOP\r\n") == ["552 5.3.4", "250 2.0.0"]
    assert driver.messages == []
    assert BodyDropped() in driver.events


def test_the_recipient_beyond_the_limit_is_asked_to_wait_for_another_transaction():
    driver = after(EHLO, MAIL, settings=replace(SETTINGS, max_recipients=2))
    assert driver.codes(RCPT * 3) == ["250 2.1.5", "250 2.1.5", "452 4.5.3"]


def test_the_last_error_of_the_budget_ends_the_session():
    driver = after(EHLO)
    assert driver.codes(b"WHAT\r\n" * 12) == ["500 5.5.1"] * 9 + ["421 4.7.0"]
    assert driver.is_closed


def test_unknown_recipients_are_errors_unless_a_trusted_peer_asks():
    guesses = b"RCPT TO:<nobody@stadt.example>\r\n" * 11
    assert after(EHLO, MAIL).codes(guesses) == ["550 5.1.1"] * 9 + ["421 4.7.0"]
    assert after(EHLO, MAIL, settings=TRUSTED).codes(guesses) == ["550 5.1.1"] * 11


def test_commands_that_move_no_mail_are_limited():
    driver = after(EHLO)
    assert driver.codes(b"RSET\r\n" * MAX_IDLE_COMMANDS)[-2:] == ["250 2.0.0", "421 4.7.0"]
    assert driver.is_closed


# Pipelining


def test_a_group_of_commands_is_answered_in_one_go():
    driver = after(EHLO)
    assert driver.codes(MAIL + RCPT + RCPT + b"DATA\r\n") == ["250 2.1.0", "250 2.1.5", "250 2.1.5", "354 End"]
    assert driver.codes(b"Subject: x\r\n\r\nx\r\n.\r\n" + MAIL + RCPT + b"DATA\r\n")[-1] == "354 End"


@pytest.mark.parametrize("command", [b"EHLO x", b"DATA", b"NOOP", b"VRFY x", b"HELP", b"QUIT", b"STARTTLS"])
def test_nothing_may_follow_a_command_that_ends_a_group(command):
    driver = after(EHLO, MAIL, RCPT, settings=TLS) if command == b"DATA" else after(EHLO, settings=TLS)
    assert driver.codes(command + b"\r\nMAIL") == ["554 5.5.0"]
    assert driver.is_closed
    assert TlsAsked() not in driver.events


def test_without_ehlo_nothing_is_pipelined():
    assert after().codes(b"RSET\r\nRSET\r\n") == ["554 5.5.0"]
    assert after(b"HELO x\r\n").codes(MAIL + RCPT) == ["554 5.5.0"]


def test_talking_before_the_greeting_ends_the_session():
    assert Driver(is_greeted=False).codes(EHLO) == ["554 5.5.0"]


# Questions


def test_nothing_is_read_before_a_question_is_answered():
    session = Session(SETTINGS)
    session.greet()
    session.receive(EHLO)
    session.outgoing()
    events = session.receive(MAIL + RCPT + b"DATA\r\n")
    assert isinstance(events[-1], RecipientGiven)
    assert session.outgoing().startswith(b"250 2.1.0")
    assert session.receive(b"") == ()
    session.answer(replies.RECIPIENT_OK)
    assert session.state is State.BODY


def test_an_answer_nobody_asked_for_is_a_programming_error():
    with pytest.raises(ValueError, match="1 answers in state greeted"):
        after().session.answer(replies.OK)


def test_a_verdict_has_as_many_replies_as_are_due():
    session = in_transaction().session
    assert session.receive(b"x\r\n.\r\n")[-1] == BodyEnded(3)
    with pytest.raises(ValueError, match="2 answers"):
        session.answer(replies.ACCEPTED, replies.ACCEPTED)


# LMTP


def lmtp_with_two() -> Driver:
    return after(b"LHLO x\r\n", MAIL, RCPT + RCPT + b"RCPT TO:<nobody@x.example>\r\nDATA\r\n", settings=LMTP)


@pytest.mark.parametrize(("hello", "settings"), [(EHLO, SETTINGS), (b"LHLO x\r\n", LMTP)])
def test_the_envelope_says_whether_each_recipient_is_answered(hello, settings):
    [envelope] = after(hello, MAIL, RCPT, b"DATA\r\n", settings=settings).envelopes()
    assert envelope.answered_each == settings.lmtp


def test_a_proxy_that_speaks_lmtp_is_heard_as_lmtp_whatever_its_client_spoke():
    trusted = replace(LMTP, is_trusted=True)
    wires = (b"LHLO x\r\n", b"XFORWARD ADDR=198.51.100.9 PROTO=ESMTP\r\n", MAIL, RCPT, b"DATA\r\n")
    [peer] = after(*wires, settings=trusted).peers()
    assert (peer.address, peer.protocol, peer.speaks_lmtp) == ("198.51.100.9", "LMTP", True)


def test_lmtp_knows_no_helo_and_no_ehlo():
    assert after(settings=LMTP).codes(EHLO) == ["502 5.5.1"]
    assert after(settings=LMTP).codes(b"HELO x\r\n") == ["502 5.5.1"]


def test_lmtp_replies_once_per_accepted_recipient_in_their_order():
    driver = lmtp_with_two()
    driver.verdicts.append((replies.ACCEPTED, replies.OUR_FAILURE))
    assert driver.codes(b"x\r\n.\r\n") == ["250 2.0.0", "451 4.3.0"]


@pytest.mark.parametrize(
    ("content", "code"), [(b"x\r\n", "250 2.0.0"), (b"x\n", "550 5.6.0"), (b"x" * 20_000, "552 5.3.4")]
)
def test_lmtp_replies_twice_whatever_the_content(content, code):
    driver = lmtp_with_two()
    assert driver.codes(content + b"\r\n.\r\n") == [code, code]


# STARTTLS


def test_starttls_forgets_what_was_said_in_the_clear():
    driver = after(EHLO, b"STARTTLS\r\n", settings=TLS)
    assert driver.codes(MAIL) == ["503 5.5.1"]
    driver.send(EHLO)
    driver.send(MAIL)
    driver.send(RCPT)
    driver.send(b"DATA\r\n")
    assert driver.peers() == [Peer("192.0.2.7", "client.example", "", "ESMTPS", tls=True)]


def test_bytes_that_came_before_tls_are_never_read_as_commands():
    session = Session(TLS)
    session.greet()
    session.receive(EHLO)
    session.receive(b"STARTTLS\r\n")
    session.outgoing()
    assert session.receive(b"RSET\r\n" + MAIL) == ()
    session.secured()
    assert session.receive(EHLO) == ()
    assert session.outgoing().startswith(b"250-mx.example.org")
    assert session.state is State.READY


def test_a_closed_session_says_and_hears_nothing():
    driver = after(b"QUIT\r\n")
    assert driver.send(EHLO) == []
    assert driver.session.close(replies.TIMED_OUT) == ()
