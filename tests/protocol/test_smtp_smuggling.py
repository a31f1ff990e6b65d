# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Nine ways to end a message that are none: a second message hidden behind one of them is never seen as such."""

import pytest

from poststelle.protocol.smtp import SessionSettings
from support.smtp_driver import SETTINGS, in_transaction
from support.smuggling import ENDS

SECOND = (
    b"MAIL FROM:<evil@example.net>\r\nRCPT TO:<post@stadt.example>\r\nDATA\r\nSubject: second\r\n\r\nsmuggled\r\n.\r\n"
)
LMTP = SessionSettings("mx.example.org", 10_000, lmtp=True)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
@pytest.mark.parametrize(("settings", "hello"), [(SETTINGS, b"EHLO x"), (LMTP, b"LHLO x")], ids=["smtp", "lmtp"])
@pytest.mark.parametrize("step", [1, 3, 10_000])
def test_no_second_message(end, settings, hello, step):
    driver = in_transaction(settings, hello)
    wire = b"Subject: first\r\n\r\ntext" + end + SECOND
    codes = [code for at in range(0, len(wire), step) for code in driver.codes(wire[at : at + step])]
    assert codes == ["550 5.6.0"]
    assert (len(driver.envelopes()), driver.messages) == (1, [])


def test_the_true_end_does_let_a_second_message_follow():
    driver = in_transaction()
    driver.send(b"Subject: first\r\n\r\ntext\r\n.\r\n" + SECOND.partition(b"Subject")[0])
    driver.send(b"Subject: second\r\n\r\nhonest\r\n.\r\n")
    assert len(driver.messages) == 2
