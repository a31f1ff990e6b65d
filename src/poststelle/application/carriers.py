# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How each kind of effect is carried out: a notice to its sender, a message to an office's mailbox."""

import json
from collections.abc import Callable

from poststelle.application.bounces import return_path
from poststelle.application.outbox import Carrier
from poststelle.application.ports import OutboxItem, Submission, Submitted

NULL_SENDER = ""
"""Notices have a null reverse-path, so that nothing ever answers them (RFC 3834, 3.3)."""


def notice_carrier(submission: Submission) -> Carrier:
    """Hands the finished notice over, to the envelope sender only."""

    def carry(item: OutboxItem) -> Submitted:
        message = str(json.loads(item.payload)["message"]).encode("utf-8")
        return submission.submit(NULL_SENDER, (_to(item),), message)

    return carry


def delivery_carrier(submission: Submission, packed: Callable[[OutboxItem], bytes], hostname: str) -> Carrier:
    """Hands a message to an office's mailbox; ``packed`` makes what the office gets. Bounces come back to us."""

    def carry(item: OutboxItem) -> Submitted:
        return submission.submit(return_path(item.reference, hostname), (_to(item),), packed(item))

    return carry


def _to(item: OutboxItem) -> str:
    return str(json.loads(item.payload)["to"])
