# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the scanner is shown at the door of a mail with a large attachment, and that none passes of which it saw a part only."""

import base64

import pytest

from support.desk_house import InProcess
from support.front_house import POST, Front
from support.looking_scanner import WORM, Looking
from support.mails import TEXT, attachment, mixed

PAYLOAD = bytes(range(256)) * 400
ENCODED = base64.encodebytes(PAYLOAD).replace(b"\n", b"\r\n")
MAIL = mixed(TEXT, attachment(body=ENCODED)).replace(b"amt@stadt.example", POST.encode())
DOUBTFUL = MAIL.replace(b'boundary="b1"', b'boundary="b1"; boundary="b2"')
AS_WRITTEN = ENCODED[:76]


def sent(front, message):
    """What the scanner was shown, what the client heard, what is on record."""
    with front.opened() as door:
        reply = door.send(message)
        return front.malware.shown, reply, door.messages()


def test_a_large_attachment_is_shown_once(open_records, tmp_path):
    shown, _, _ = sent(Front(open_records(), tmp_path, malware=Looking()), MAIL)
    assert shown[0] == PAYLOAD
    assert [AS_WRITTEN in piece for piece in shown] == [False, False]


@pytest.mark.parametrize(
    ("message", "parts"),
    [(DOUBTFUL, {}), (MAIL, {"inspector": InProcess(is_blind=True)})],
    ids=["two readings", "nobody could look into it"],
)
def test_what_may_be_read_otherwise_is_shown_as_it_came_as_well(open_records, tmp_path, message, parts):
    shown, _, _ = sent(Front(open_records(), tmp_path, malware=Looking(), **parts), message)
    assert [AS_WRITTEN in piece for piece in shown] == [False, False, True]


def test_where_the_operator_wants_it_mail_is_shown_as_it_came(open_records, tmp_path):
    shown, _, _ = sent(Front(open_records(), tmp_path, malware=Looking(), shows_whole=True), MAIL)
    assert [AS_WRITTEN in piece for piece in shown] == [True]


@pytest.mark.parametrize("fails_at", [0, 1, 2])
def test_a_scanner_that_fails_at_any_piece_makes_the_sender_try_again(open_records, tmp_path, fails_at):
    _, reply, messages = sent(Front(open_records(), tmp_path, malware=Looking(fails_at=fails_at)), DOUBTFUL)
    assert reply.startswith("451")
    assert messages == []


def test_malware_in_a_large_attachment_ends_the_message(open_records, tmp_path):
    infected = base64.encodebytes(PAYLOAD + WORM).replace(b"\n", b"\r\n")
    _, reply, messages = sent(Front(open_records(), tmp_path, malware=Looking()), MAIL.replace(ENCODED, infected))
    assert reply.startswith("250")
    assert [message.state for message in messages] == ["deleted"]
