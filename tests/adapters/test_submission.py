# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from poststelle.adapters.submission import FAREWELL_SECONDS, Relay, SmtpSubmission, Tls, _stuffed
from poststelle.application.ports import LostAfterDotError, UnavailableError
from support.gateway import a_free_port
from support.smtp_sink import Script, SmtpSink

SENDER = "poststelle@stadt.example"
OFFICE = "amt32@innen.stadt.example"
OTHER = "amt36@innen.stadt.example"
MESSAGE = b"Subject: Amt 32\r\nMessage-ID: <1@stadt.example>\r\n\r\nGuten Tag\r\n"


def to(sink: SmtpSink, **changes: object) -> SmtpSubmission:
    return SmtpSubmission(Relay("127.0.0.1", sink.port, **{"helo": "mx.stadt.example", "timeout_seconds": 5} | changes))


def test_the_message_arrives_byte_for_byte_with_its_envelope():
    with SmtpSink() as sink:
        answer = to(sink).submit(SENDER, [OFFICE, OTHER], MESSAGE)
    assert answer.is_accepted
    assert answer.text == "2.0.0 taken"
    (received,) = sink.received
    assert received.content == MESSAGE
    assert (received.helo, received.sender, received.recipients) == ("mx.stadt.example", SENDER, (OFFICE, OTHER))
    assert received.options == (f"SIZE={len(MESSAGE)}",)


def test_an_empty_sender_is_the_null_reverse_path():
    with SmtpSink() as sink:
        assert to(sink).submit("", [OFFICE], MESSAGE).is_accepted
    assert sink.received[0].sender == ""


@pytest.mark.parametrize("body", [b".\r\n", b".hidden\r\n..\r\n", b"\r\n.\r\nMAIL FROM:<x@y>\r\n", b"no end"])
def test_dots_at_line_starts_survive(body):
    with SmtpSink() as sink:
        assert to(sink).submit(SENDER, [OFFICE], MESSAGE + body).is_accepted
    assert len(sink.received) == 1
    assert sink.received[0].content.removesuffix(b"\r\n") == (MESSAGE + body).removesuffix(b"\r\n")


@given(st.lists(st.sampled_from([b".", b"..", b"a", b"\r\n", b".\r\n"]), max_size=12))
def test_no_content_ends_the_data_early(pieces):
    message = b"".join(pieces)
    assert b"\r\n.\r\n" not in b"\r\n" + _stuffed(message)


@pytest.mark.parametrize("bad", [b"a\nb", b"a\rb", b"a\n.\r\n", b"\n", b"a\r"])
def test_a_bare_line_end_is_refused_here(bad):
    with SmtpSink() as sink:
        answer = to(sink).submit(SENDER, [OFFICE], MESSAGE + bad)
    assert answer.is_permanent
    assert sink.received == []


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (Script(refuse_sender=b"550 5.7.1 not you"), 550),
        (Script(refuse_recipients={OTHER: b"550 5.1.1 unknown"}), 550),
        (Script(refuse_recipients={OTHER: b"450 4.2.1 later"}), 450),
        (Script(refuse_data=b"554 5.5.1 no"), 554),
        (Script(after_data=b"552 5.3.4 too big"), 552),
        (Script(after_data=b"451 4.3.0 later"), 451),
    ],
    ids=["sender", "one-recipient", "one-recipient-later", "data", "dot", "dot-later"],
)
def test_a_refusal_is_an_answer_and_nothing_is_handed_over_to_anybody(script, code):
    with SmtpSink(script) as sink:
        answer = to(sink).submit(SENDER, [OFFICE, OTHER], MESSAGE)
    assert answer.code == code
    assert not answer.is_accepted
    assert answer.is_permanent is (code >= 500)
    assert sink.received == []


@pytest.mark.parametrize(
    "script",
    [
        Script(greeting=b"554 no service"),
        Script(greeting=b"421 4.3.2 closing"),
        Script(greeting=b"SSH-2.0"),
        Script(refuse_sender=b"421 4.3.2 closing"),
        Script(drop_at="EHLO"),
        Script(drop_at="MAIL"),
        Script(drop_at="RCPT"),
        Script(drop_at="DATA"),
    ],
    ids=["554", "421", "no-smtp", "421-at-mail", "ehlo", "mail", "rcpt", "data"],
)
def test_a_connection_lost_before_the_dot_is_unavailable_and_surely_not_taken(script):
    with SmtpSink(script) as sink, pytest.raises(UnavailableError) as caught:
        to(sink).submit(SENDER, [OFFICE], MESSAGE)
    assert not isinstance(caught.value, LostAfterDotError)


@pytest.mark.parametrize(
    "script",
    [
        Script(refuse_sender=b"252 2.5.2 perhaps"),
        Script(refuse_recipients={OTHER: b"252 2.5.2 perhaps"}),
        Script(refuse_data=b"250 2.0.0 thank you"),
    ],
    ids=["252-to-mail", "252-to-rcpt", "250-to-data"],
)
def test_a_yes_to_another_question_is_not_a_message_taken(script):
    with SmtpSink(script) as sink, pytest.raises(UnavailableError, match="answered") as caught:
        to(sink).submit(SENDER, [OFFICE, OTHER], MESSAGE)
    assert not isinstance(caught.value, LostAfterDotError)
    assert sink.received == []


@pytest.mark.parametrize("address", ["a@b\r\nRCPT TO:<x@y>", "a\0@b"])
def test_an_address_cannot_add_a_command(address):
    with SmtpSink() as sink:
        assert to(sink).submit(SENDER, [address], MESSAGE).is_permanent
        assert to(sink).submit(address, [OFFICE], MESSAGE).is_permanent
    assert sink.received == []


def test_an_odd_address_is_commanded_as_it_is_written():
    with SmtpSink() as sink:
        assert to(sink).submit('"a b,c"@stadt.example', [OFFICE], MESSAGE).is_accepted
    assert sink.received[0].sender == '"a b,c"@stadt.example'


def test_a_connection_lost_after_the_dot_is_told_apart():
    with SmtpSink(Script(drop_at="dot")) as sink, pytest.raises(LostAfterDotError):
        to(sink).submit(SENDER, [OFFICE], MESSAGE)


@pytest.mark.parametrize("station", ["greeting", "EHLO", "MAIL", "dot"])
def test_silence_ends_at_the_time_out(station):
    with SmtpSink(Script(silent_at=station)) as sink:
        begun = time.monotonic()
        with pytest.raises(UnavailableError):
            to(sink, timeout_seconds=0.2, whole_seconds=0.4).submit(SENDER, [OFFICE], MESSAGE)
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize("station", ["greeting", "EHLO", "MAIL", "dot"])
def test_a_reply_that_never_ends_does_not_outlast_the_submission(station):
    with SmtpSink(Script(drips_at=station)) as sink:
        begun = time.monotonic()
        with pytest.raises(UnavailableError):
            to(sink, timeout_seconds=0.3, whole_seconds=0.6).submit(SENDER, [OFFICE], MESSAGE)
        assert time.monotonic() - begun < 3


def test_a_reply_is_not_kept_beyond_every_measure():
    endless = Script(greeting=b"220-hello\r\n" * 10_000 + b"220 at last")
    with SmtpSink(endless) as sink, pytest.raises(UnavailableError, match="without an end"):
        to(sink).submit(SENDER, [OFFICE], MESSAGE)


def test_a_long_greeting_is_heard_to_its_end():
    with SmtpSink(Script(greeting=b"220-hello\r\n" * 1_000 + b"220 at last")) as sink:
        assert to(sink).submit(SENDER, [OFFICE], MESSAGE).is_accepted


@pytest.mark.parametrize("station", ["silent_at", "drips_at"])
def test_who_does_not_say_goodbye_does_not_hold_the_answer_back(station):
    with SmtpSink(Script(**{station: "QUIT"})) as sink:
        begun = time.monotonic()
        assert to(sink, timeout_seconds=60, whole_seconds=60).submit(SENDER, [OFFICE], MESSAGE).is_accepted
        assert time.monotonic() - begun < 3 * FAREWELL_SECONDS


def test_nobody_listening_is_unavailable():
    with pytest.raises(UnavailableError):
        SmtpSubmission(Relay("127.0.0.1", a_free_port())).submit(SENDER, [OFFICE], MESSAGE)


def test_8_bit_content_is_announced():
    with SmtpSink() as sink:
        assert to(sink).submit(SENDER, [OFFICE], MESSAGE + "Grüße\r\n".encode()).is_accepted
    assert "BODY=8BITMIME" in sink.received[0].options
    assert "SMTPUTF8" not in sink.received[0].options


@pytest.mark.parametrize(
    ("sender", "message"), [("jürgen@stadt.example", MESSAGE), (SENDER, "Subject: Grüße\r\n\r\nx\r\n".encode())]
)
def test_international_mail_is_announced(sender, message):
    with SmtpSink() as sink:
        assert to(sink).submit(sender, [OFFICE], message).is_accepted
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(sink.received[0].options)
    assert sink.received[0].sender == sender


def test_what_the_next_server_cannot_take_unaltered_is_not_sent():
    with SmtpSink(Script(extensions=("SIZE 1000000",))) as sink:
        assert to(sink).submit(SENDER, [OFFICE], MESSAGE + "Grüße\r\n".encode()).text.startswith("5.6.3")
        refused = to(sink).submit("jürgen@stadt.example", [OFFICE], MESSAGE)
        assert refused.text.startswith("5.6.7")
        assert refused.is_unfit
        assert to(sink).submit(SENDER, [OFFICE], MESSAGE).is_accepted


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "sink.crt").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (folder / "sink.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


@pytest.fixture
def tls_script(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "sink.crt", certificate / "sink.key")
    return Script(tls=context)


def test_starttls_is_used_where_it_is_offered(tls_script):
    with SmtpSink(tls_script) as sink:
        assert to(sink, tls=Tls.OPPORTUNISTIC).submit(SENDER, [OFFICE], MESSAGE).is_accepted
    assert sink.received[0].tls


def test_starttls_is_left_alone_where_it_is_switched_off(tls_script):
    with SmtpSink(tls_script) as sink:
        assert to(sink, tls=Tls.NONE).submit(SENDER, [OFFICE], MESSAGE).is_accepted
    assert not sink.received[0].tls


def test_required_tls_believes_only_a_known_issuer(tls_script, certificate):
    with SmtpSink(tls_script) as sink:
        with pytest.raises(UnavailableError, match="certificate"):
            to(sink, tls=Tls.REQUIRED).submit(SENDER, [OFFICE], MESSAGE)
        known = to(sink, tls=Tls.REQUIRED, ca_file=str(certificate / "sink.crt"))
        assert known.submit(SENDER, [OFFICE], MESSAGE).is_accepted
    assert [received.tls for received in sink.received] == [True]


def test_required_tls_that_is_not_offered_sends_nothing():
    with SmtpSink() as sink:
        with pytest.raises(UnavailableError, match="STARTTLS"):
            to(sink, tls=Tls.REQUIRED).submit(SENDER, [OFFICE], MESSAGE)
        assert to(sink, tls=Tls.OPPORTUNISTIC).submit(SENDER, [OFFICE], MESSAGE).is_accepted
    assert len(sink.received) == 1
