# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What every adapter of the port Spam holds to; run on the demo's stand-in and on a real rspamd."""

from io import BytesIO

import pytest

from poststelle.adapters.demo_scanner import GTUBE, DemoScanner
from poststelle.adapters.rspamd import Rspamd, RspamdAddress
from poststelle.application.ports import Spam
from support.engine_mail import arrival_of, mail_with
from support.gateway import a_free_port
from support.rspamd_server import RspamdServer

DEADLINE_SECONDS = 20.0


@pytest.fixture(scope="module")
def rspamd_server(tmp_path_factory):
    server = RspamdServer(tmp_path_factory.mktemp("rspamd"), a_free_port()).start()
    yield server
    server.stop()


@pytest.fixture(params=["demo", "rspamd"])
def spam(request) -> Spam:
    if request.param == "demo":
        return DemoScanner()
    return Rspamd(RspamdAddress(port=request.getfixturevalue("rspamd_server").port))


def rated(spam, message, **arrival: object):
    return spam.rate(BytesIO(message), arrival_of(message, **arrival), DEADLINE_SECONDS)


def test_an_honest_message_is_no_spam(spam):
    facts = rated(spam, mail_with(b"Guten Tag"))
    assert facts.is_spam is False
    assert facts.score is not None


def test_the_test_spam_is_spam_and_named(spam):
    facts = rated(spam, mail_with(GTUBE))
    assert facts.is_spam is True
    assert "GTUBE" in facts.symbols
    assert facts.threshold is not None
    assert facts.score >= facts.threshold


def test_a_bounce_without_sender_is_rated(spam):
    assert rated(spam, mail_with(b"Ihre Nachricht"), sender=None).is_spam is False


def test_rating_begins_at_the_current_position(spam):
    message = mail_with(b"Guten Tag")
    content = BytesIO(mail_with(GTUBE) + message)
    content.seek(-len(message), 2)
    assert spam.rate(content, arrival_of(message), DEADLINE_SECONDS).is_spam is False


def test_the_engine_is_named(spam):
    assert rated(spam, mail_with(b"Guten Tag")).engine.isprintable()
