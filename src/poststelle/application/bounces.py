# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Deliveries that come back: an address of ours for each case as return path, and a task for what returns to it.

Nothing is ever sent because of a bounce, so no loop can begin here; and nothing of it is kept but what the report says.
Whoever learned a reference can write to its return path: at most one task for each mailbox stays open.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from poststelle.application.references import ALPHABET, GROUP_CHARACTERS, GROUPS, PREFIX
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival
from poststelle.protocol.dsn import MAX_HEAD_BYTES, Action, DeliveryReport, is_automatic_reply, read_report
from poststelle.protocol.smtp.replies import ACCEPTED, UNKNOWN_ADDRESS, Reply

LOCAL_PREFIX = "bounce+"
REPORTS_ONLY = Reply(550, "5.7.1", ("This address takes delivery reports only",))

_REFERENCE = re.compile(rf"{PREFIX}(?:-[{ALPHABET}]{{{GROUP_CHARACTERS}}}){{{GROUPS}}}")


def return_path(reference: str, hostname: str) -> str:
    """Where the delivery of this case comes back to if it fails."""
    return f"{LOCAL_PREFIX}{reference}@{hostname}"


def returning_to(address: Address, hostname: str) -> str | None:
    """The reference in a return path of ours; None where it is none. Servers on the way may change its letters."""
    local = address.local.upper()
    if address.domain != hostname.lower() or not local.startswith(LOCAL_PREFIX.upper()):
        return None
    reference = local[len(LOCAL_PREFIX) :]
    return reference if _REFERENCE.fullmatch(reference) else None


@dataclass(frozen=True, slots=True)
class Bounce:
    """One delivery that came back, or a remark on its way."""

    reference: str
    at: datetime
    report: DeliveryReport | None
    """None where nothing could be read."""
    wants_somebody: bool
    """The delivery failed, or may have: not a mere remark."""
    sha256: str
    """Of the whole message, which is not kept."""


class BounceBook(Protocol):
    """The records, for what comes back."""

    def bounced(self, bounce: Bounce) -> bool:
        """Record it with its task; False where nothing was ever delivered under this reference."""
        ...


def take_bounce(arrival: Arrival, content: BinaryIO, book: BounceBook, hostname: str) -> Reply:
    """What the door answers to a message for return paths of ours. UnavailableError where it cannot be recorded."""
    if arrival.envelope.sender is not None:
        return REPORTS_ONLY
    head = content.read(MAX_HEAD_BYTES)
    report = read_report(head)
    wants_somebody = report.action is Action.FAILED if report else not is_automatic_reply(head)
    references = {returning_to(recipient, hostname) for recipient in arrival.envelope.recipients}
    known = [
        book.bounced(Bounce(reference, arrival.received_at, report, wants_somebody, arrival.body))
        for reference in sorted(reference for reference in references if reference is not None)
    ]
    return ACCEPTED if any(known) else UNKNOWN_ADDRESS
