# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whatever another reader finds in a bent message is among the files, or the message is refused.

The reader at hand is the standard library's; the union was widened by the finds of thirteen others (see test_mime_tiers).
"""

import email
from email.policy import compat32

import pytest

from poststelle.core.facts import Tier
from support.bent_mails import bent
from support.mails import PAYLOAD, digest, inspected

EVERYDAY, MANY = 600, 30_000
ENOUGH = 0.25
"""The share of messages in which the file is found by the other reader: fewer would prove nothing."""


def found_by_another_reader(content: bytes) -> set[str]:
    """Hashes of what it takes for the file, with the line ends it takes for part of it and without."""
    parts = email.message_from_bytes(content, policy=compat32).walk()
    whole = [part.get_payload(decode=True) or b"" for part in parts]
    found = {digest(one) for one in whole if one.rstrip(b"\r\n") == PAYLOAD}
    return found | {digest(PAYLOAD)} if found else found


def missed(count: int) -> tuple[list[int], float]:
    """Numbers of messages taken without the file that another reader finds, and how often it found it."""
    wanting, found = [], 0
    for number in range(count):
        content = bent(number)
        wanted = found_by_another_reader(content)
        if not wanted:
            continue
        found += 1
        seen = inspected(content)
        if seen.tier is not Tier.REFUSE and not wanted & {file.sha256 for file in seen.files}:
            wanting.append(number)
    return wanting, found / count


def test_no_file_that_another_reader_finds_is_missed():
    wanting, share = missed(EVERYDAY)
    assert not wanting
    assert share > ENOUGH


@pytest.mark.soak
def test_of_many_thousand_messages_none_hides_a_file_that_another_reader_finds():
    wanting, _ = missed(MANY)
    assert not wanting
