# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How each kind of effect is carried out: a notice to its sender, a message to an office's mailbox."""

import json
from collections.abc import Callable
from typing import Protocol

from poststelle.application.bounces import return_path
from poststelle.application.outbox import Carrier
from poststelle.application.ports import OutboxItem, Submission, Submitted
from poststelle.application.posting import UnsealableError

NULL_SENDER = ""
"""Notices have a null reverse-path, so that nothing ever answers them (RFC 3834, 3.3)."""

_GIVEN_UP = 554
"""Our own word, as RFC 5321, 4.2.3 has it for what is permanent."""

Seal = Callable[[OutboxItem], bytes]
"""The notice as it leaves: signed and encrypted, as far as there is a key and the order says so."""


def notice_carrier(submission: Submission, seal: Seal) -> Carrier:
    """Hands the finished notice over, to the envelope sender only. What cannot be sealed is for a clerk to write."""

    def carry(item: OutboxItem) -> Submitted:
        try:
            letter = seal(item)
        except UnsealableError as error:
            return Submitted(_GIVEN_UP, str(error))
        return submission.submit(NULL_SENDER, (_to(item),), letter)

    return carry


class Packed(Protocol):
    """Makes what an office gets."""

    def __call__(self, item: OutboxItem, *, is_ascii: bool = False) -> bytes:
        """The message; with ``is_ascii`` one that every mail server takes, rebuilt where it must be."""


def delivery_carrier(submission: Submission, packed: Packed, hostname: str) -> Carrier:
    """Hands a message to an office's mailbox. Bounces come back to us.

    Where the next server lacks SMTPUTF8 or 8BITMIME, the message goes rebuilt in ASCII instead of not at all.
    """

    def carry(item: OutboxItem) -> Submitted:
        sender, recipients = return_path(item.reference, hostname), (_to(item),)
        answer = submission.submit(sender, recipients, packed(item))
        return submission.submit(sender, recipients, packed(item, is_ascii=True)) if answer.is_unfit else answer

    return carry


def _to(item: OutboxItem) -> str:
    return str(json.loads(item.payload)["to"])
