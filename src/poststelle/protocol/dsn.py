# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a delivery status notification says (RFC 3464): bytes in, one small value out. Anybody may have written it.

Reads the fields of the first delivery-status part and nothing else of the message, in one pass over a bounded head. A
report it cannot read is None, never an error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_HEAD_BYTES = 128 * 1024
"""The report stands before the returned message (RFC 6522, 3)."""
MAX_LINES = 400
MAX_TEXT_CHARS = 300


class Action(StrEnum):
    """RFC 3464, 2.3.3."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


_GRAVEST_FIRST = tuple(Action)
_ACTIONS = {action.value: action for action in Action}


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of one recipient; of several the one it went worst for."""

    action: Action
    status: str
    """Such as ``5.1.1`` (RFC 3463); empty where none can be read."""
    recipient: str
    """The mailbox that was tried; empty where none can be read."""
    diagnostic: str
    """What the other server said: printable ASCII, bounded."""


_REPORT = re.compile(rb"^content-type:[ \t]*message/delivery-status\b", re.IGNORECASE | re.MULTILINE)
_AUTOMATIC = re.compile(rb"^auto-submitted:[ \t]*auto-replied\b", re.IGNORECASE | re.MULTILINE)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\d)")
_MAILBOX = re.compile(r"(?:rfc822|utf-8)\s*;\s*<?([^\s<>;]{1,254}@[^\s<>;]{1,255}?)>?\s*", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")


def read_report(content: bytes) -> DeliveryReport | None:
    """The report in this message; None where there is none that can be read."""
    head = content[:MAX_HEAD_BYTES]
    begin = _REPORT.search(head)
    body = _BLANK_LINE.search(head, begin.end()) if begin else None
    if body is None:
        return None
    found = tuple(report for group in _groups(head[body.end() :]) if (report := _report(group)) is not None)
    return min(found, key=lambda report: _GRAVEST_FIRST.index(report.action), default=None)


def is_automatic_reply(content: bytes) -> bool:
    """The message says of itself that it answers another one without a person (RFC 3834, 5)."""
    head = content[:MAX_HEAD_BYTES]
    end = _BLANK_LINE.search(head)
    return _AUTOMATIC.search(head, 0, end.start() if end else len(head)) is not None


def _groups(text: bytes) -> Iterator[dict[str, str]]:
    """The groups of fields, by field name in lower case, the first of each name; up to the next delimiter."""
    fields: dict[str, str] = {}
    last = ""
    for line in text.split(b"\n", MAX_LINES)[:MAX_LINES]:
        words = line.rstrip(b"\r").decode("latin-1")
        if words.startswith("--"):
            break
        if not words.strip():
            yield fields
            fields, last = {}, ""
        elif words[0] in " \t":
            fields[last] = f"{fields.get(last, '')} {words.strip()}"[: 4 * MAX_TEXT_CHARS]
        else:
            name, _, value = words.partition(":")
            last = name.strip().lower()
            fields.setdefault(last, value.strip()[: 4 * MAX_TEXT_CHARS])
    yield fields


def _report(fields: dict[str, str]) -> DeliveryReport | None:
    """The report of one recipient; None for the group that is about the message, and for what is no report."""
    action = _ACTIONS.get(fields.get("action", "").partition("(")[0].strip().lower())
    if action is None:
        return None
    status = _STATUS.match(fields.get("status", ""))
    mailboxes = (_MAILBOX.fullmatch(fields.get(name, "")) for name in ("original-recipient", "final-recipient"))
    tried = next((match[1] for match in mailboxes if match), "")
    diagnostic = _UNPRINTABLE.sub(" ", fields.get("diagnostic-code", ""))[:MAX_TEXT_CHARS]
    return DeliveryReport(action, status[1] if status else "", _UNPRINTABLE.sub("?", tried), diagnostic)
