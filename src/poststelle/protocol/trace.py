# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where the trace fields that transports put in front of a message end (RFC 5321, 4.4).

Two attempts at one message differ only in these: Postfix adds a dated Received at every attempt. Nothing else of the
message is read here.
"""

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
