# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Thousands of honest messages of many programs through the real door: none is turned away, none told wrongly."""

import pytest

from support.front_house import SERVICE, Front
from support.ham import ham
from support.records import open_records

__all__ = ["open_records"]
MESSAGES = 3_000


@pytest.mark.soak
def test_honest_mail_is_taken_accepted_and_never_answered(open_records, tmp_path):
    turned_away = []
    with Front(open_records(), tmp_path).opened() as front:
        for one in ham(MESSAGES):
            sender = "" if one.is_bounce else "erika@buerger.example"
            proof = f"Authentication-Results: {SERVICE}; spf=pass smtp.mailfrom={sender}\r\n".encode()
            ended = one.content if one.content.endswith(b"\r\n") else one.content + b"\r\n"
            said = front.send(proof + ended, sender=sender)
            if not said.startswith("250"):
                turned_away.append((one.client, said))
        assert len(turned_away) * 1_000 <= MESSAGES, turned_away
        assert {message.disposition for message in front.messages()} == {"accept"}
        assert not [effect for effect in front.effects() if effect.kind == "notice"]
