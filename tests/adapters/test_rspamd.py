# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import json
import time
from io import BytesIO

import pytest

from poststelle.adapters.rspamd import MAX_SYMBOLS, SPAM_ACTIONS, Rspamd, RspamdAddress
from poststelle.application.ports import UnavailableError
from poststelle.core.address import Address
from poststelle.core.arrival import Peer
from poststelle.core.codec import dump, load
from poststelle.core.facts import SpamFacts
from support.engine_mail import arrival_of, mail_with
from support.gateway import a_free_port
from support.rspamd_server import RspamdServer, ScriptedRspamd

DEADLINE_SECONDS = 20.0
MESSAGE = mail_with(b"Guten Tag")


def http(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nServer: rspamd/3.4\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def opinion(**changes: object) -> bytes:
    return http(
        json.dumps({"action": "no action", "score": 1.5, "required_score": 15.0, "symbols": {}} | changes).encode()
    )


def rated(answer, **arrival: object):
    with ScriptedRspamd(answer) as scripted:
        rspamd = Rspamd(RspamdAddress(port=scripted.port, password="geheim"))
        facts = rspamd.rate(BytesIO(MESSAGE), arrival_of(MESSAGE, **arrival), DEADLINE_SECONDS)
        return facts, scripted.requests[0]


@pytest.mark.parametrize(("action", "spam"), SPAM_ACTIONS.items())
def test_the_action_decides(action, spam):
    assert rated(opinion(action=action))[0].is_spam is spam


@pytest.mark.parametrize(("score", "spam"), [(14.9, False), (15.0, True)])
def test_an_action_of_the_operators_own_is_judged_by_the_score(score, spam):
    assert rated(opinion(action="to the dean", score=score))[0].is_spam is spam


@pytest.mark.parametrize("written", ["Infinity", "-Infinity", "NaN", "1e999", "null"])
def test_a_threshold_that_is_no_number_is_none(written):
    """A record cannot hold it: what was judged must be what is read again."""
    answer = http(b'{"action": "no action", "score": 1.5, "required_score": %s}' % written.encode())
    facts, _ = rated(answer)
    assert facts.threshold is None
    assert load(SpamFacts, dump(facts)) == facts


def test_an_action_of_the_operators_own_without_a_threshold_is_no_opinion():
    with pytest.raises(UnavailableError, match="no opinion: 200 to the dean"):
        rated(opinion(action="to the dean", required_score=None))


def test_score_threshold_engine_and_symbols_are_passed_on_heaviest_first():
    symbols = {"MILD": {"score": 0.5}, "HEAVY": {"score": -4.0, "options": ["x"]}, "ALSO_MILD": {"score": 0.5}}
    facts, _ = rated(opinion(symbols=symbols, score=-3.0))
    assert facts.symbols == ("HEAVY", "ALSO_MILD", "MILD")
    assert (facts.score, facts.threshold, facts.engine) == (-3.0, 15.0, "rspamd/3.4")


def test_the_symbols_are_bounded():
    symbols = {f"S{number}": {"score": 1} for number in range(MAX_SYMBOLS + 10)}
    assert len(rated(opinion(symbols=symbols))[0].symbols) == MAX_SYMBOLS


def test_the_envelope_and_the_peer_are_told():
    _, request = rated(opinion())
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /checkv2 HTTP/1.1"
    assert b"From: erika@buerger.example" in lines
    assert b"Rcpt: stadtverwaltung@stadt.example" in lines
    assert b"IP: 192.0.2.7" in lines
    assert b"Helo: mx.buerger.example" in lines
    assert b"Password: geheim" in lines
    assert body == MESSAGE


def test_a_hostile_greeting_cannot_add_a_field():
    _, request = rated(opinion(), peer=Peer("192.0.2.7", helo="a\r\nSettings: {}"))
    assert b"Settings" not in request
    assert b"IP: 192.0.2.7" in request


def test_an_international_sender_is_told_in_utf_8():
    _, request = rated(opinion(), sender=Address("jürgen", "buerger.example"))
    assert "From: jürgen@buerger.example".encode() in request


@pytest.mark.parametrize(
    "answer",
    [
        http(b"{}"),
        http(b"[]"),
        http(b"no json"),
        http(b'{"action": "reject"}'),
        http(b'{"action": "reject", "score": "much"}'),
        http(b'{"action": "no action", "score": NaN}'),
        http(b"[" * 100_000),
        http(b'{"error": "invalid command"}', "404 Not found"),
        http(json.dumps({"action": "no action", "score": 1}).encode(), "500 Error"),
        opinion(action="soft reject"),
        opinion()[:-5],
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{",
        b"x" * 5_000_000,
    ],
    ids=[
        "empty", "list", "text", "no-score", "score-text", "nan", "deep", "404", "500", "soft-reject", "cut", "hang-up",
        "no-http", "short", "endless",
    ],
)  # fmt: skip
def test_every_other_answer_is_unavailable(answer):
    with pytest.raises(UnavailableError):
        rated(answer)


def test_silence_ends_at_the_deadline():
    with ScriptedRspamd(None) as silent:
        begun = time.monotonic()
        with pytest.raises(UnavailableError, match="in time"):
            Rspamd(RspamdAddress(port=silent.port)).rate(BytesIO(MESSAGE), arrival_of(MESSAGE), 0.3)
        assert time.monotonic() - begun < 3


def test_nobody_listening_is_unavailable():
    with pytest.raises(UnavailableError):
        Rspamd(RspamdAddress(port=a_free_port())).rate(BytesIO(MESSAGE), arrival_of(MESSAGE), DEADLINE_SECONDS)


def test_a_message_over_the_daemons_limit_is_unavailable(tmp_path):
    server = RspamdServer(tmp_path, a_free_port()).start()
    large = mail_with(b"x" * 70 + b"\r\n") + bytes(5 * 1024 * 1024)
    try:
        with pytest.raises(UnavailableError):
            Rspamd(RspamdAddress(port=server.port)).rate(BytesIO(large), arrival_of(large), DEADLINE_SECONDS)
    finally:
        server.stop()
