# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Trace fields (RFC 5321, 4.4): where those in front of a message end, and the one that we add.

Two attempts at one message differ only in these: Postfix adds a dated Received at every attempt. Nothing else of the
message is read here.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

TRACE_FIELDS = (b"received:", b"return-path:", b"authentication-results:")
"""Field names in lower case, with the colon."""
MAX_TRACE_BYTES = 64 * 1024
"""Beyond this the rest counts as message: a long trace must not cost time."""

_LONGEST = max(len(name) for name in TRACE_FIELDS)


def trace_length(head: bytes) -> int:
    """Octets of leading trace fields, continuation lines included, in the first bytes of a message."""
    head = head[:MAX_TRACE_BYTES]
    position = 0
    while head[position : position + _LONGEST].lower().startswith(TRACE_FIELDS):
        end = _end_of_field(head, position)
        if end is None:
            return position
        position = end
    return position


def _end_of_field(head: bytes, start: int) -> int | None:
    position = start
    while True:
        line_end = head.find(b"\n", position)
        if line_end < 0:
            return None
        position = line_end + 1
        if head[position : position + 1] not in (b" ", b"\t"):
            return position


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a Received field says of one message's way in."""

    helo: str
    """As the client gave it: anything at all."""
    client_name: str
    """By reverse look-up; empty where nobody looked."""
    client_address: str
    """Empty where the channel has none."""
    hostname: str
    """Ours."""
    protocol: str
    """As registered for mail transmission types, such as ESMTPS (RFC 3848)."""
    reference: str
    received_at: datetime


_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._:\[\]-]+")


def received_field(stamp: Stamp) -> str:
    """The value of our Received field, ASCII on one line whatever the client said of itself."""
    helo = _NOT_IN_NAMES.sub("?", stamp.helo)[:255]
    known = " ".join(part for part in (stamp.client_name, f"[{stamp.client_address}]") if part)
    came_from = f"from {helo or 'unknown'} ({_NOT_IN_NAMES.sub(' ', known)[:300]}) " if stamp.client_address else ""
    protocol = re.sub(r"[^A-Za-z0-9]", "", stamp.protocol)[:20] or "ESMTP"
    date = format_datetime(stamp.received_at.astimezone(UTC))
    return f"{came_from}by {stamp.hostname} (poststelle) with {protocol} id {stamp.reference}; {date}"
