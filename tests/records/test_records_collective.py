# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Real messages whose notices met the cap, written anew as one collective notice and sent by the real outbox."""

import email
from email import policy

import pytest

from poststelle.application.settings import House, Settings
from poststelle.application.settings import Outbox as OutboxChoices
from poststelle.compose.outgoing import outbox
from support.desk_house import SERVICE
from support.front_house import Front
from support.gateway import POLICY
from support.smtp_sink import SmtpSink


@pytest.fixture
def front(open_records, tmp_path):
    records = open_records()
    front = Front(records, tmp_path)
    records.outbox._clock = records.notices._clock = front.clock
    with front.opened() as opened:
        yield opened


def send_out(front, sink) -> None:
    """Everything that is due now."""
    rig = front.front
    settings = Settings(
        house=House(hostname=SERVICE, policies=(POLICY,), data=rig.folder), outbox=OutboxChoices(port=sink.port)
    )
    # No message here is rebuilt for an office: the pool is not asked.
    sending = outbox(settings, rig.records, rig.blobs, None, rig.clock)
    while sending.carry_out_next():
        pass


def test_seven_messages_of_one_sender_make_five_notices_and_one_for_the_rest(front):
    with SmtpSink() as sink:
        references = []
        for _ in range(7):
            assert front.send_sample("docm").startswith("250")
            references.append(front.messages()[-1].reference)
            front.front.clock.advance(minutes=1)
        send_out(front, sink)
        alone = [one for one in sink.received if one.sender == ""]
        assert len(alone) == 5
        assert [task.reason for task in front.tasks() if task.kind == "feedback"] == ["notice-cap"]
        front.front.clock.advance(days=1)
        send_out(front, sink)
        (collective,) = [one for one in sink.received if one.sender == ""][5:]
    message = email.message_from_bytes(collective.content, policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    assert all(reference in text for reference in references[5:])
    assert not any(reference in text for reference in references[:5])
    assert (message["Auto-Submitted"], collective.sender) == ("auto-replied", "")
    assert "Rückmeldung zu Ihren Nachrichten" in message["Subject"]
    states = {row.reference: row.state for row in front.effects() if row.kind == "notice"}
    assert [states[reference] for reference in references] == ["done"] * 5 + ["merged"] * 2
