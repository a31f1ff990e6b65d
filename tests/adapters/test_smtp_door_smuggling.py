# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The smuggling matrix at real sockets, from strangers and from a proxy that is believed, by SMTP and by LMTP."""

from dataclasses import replace

import pytest

from support.door_house import DEFAULTS, Client, each_loop, running_door, trusting
from support.smuggling import ENDS

__all__ = ["each_loop"]
pytestmark = pytest.mark.usefixtures("each_loop")
SECOND = (
    b"MAIL FROM:<evil@example.net>\r\nRCPT TO:<post@stadt.example>\r\nDATA\r\nSubject: second\r\n\r\nsmuggled\r\n.\r\n"
)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
@pytest.mark.parametrize("is_lmtp", [False, True], ids=["smtp", "lmtp"])
@pytest.mark.parametrize("settings", [DEFAULTS, trusting()], ids=["stranger", "proxy"])
def test_no_second_message_and_no_first_one_either(end, is_lmtp, settings):
    hello = b"LHLO client.example" if is_lmtp else b"EHLO client.example"
    with running_door(replace(settings, lmtp=is_lmtp)) as house, Client(house.port) as client:
        client.begin(hello=hello)
        assert client.ask(b"Subject: first\r\n\r\ntext" + end + SECOND).startswith("550 5.6.0")
        assert client.ask(b"NOOP\r\n") == "250 2.0.0 OK", "and nothing else was answered"
        assert house.arrivals == []
