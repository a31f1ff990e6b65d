# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""SMTP and LMTP, the server's side: bytes in, events and reply bytes out; it knows no socket, no clock and no mailbox."""

from poststelle.protocol.smtp.events import (
    BodyChunk,
    BodyDropped,
    BodyEnded,
    BodyStarted,
    Closed,
    Event,
    RecipientGiven,
    SenderGiven,
    TlsAsked,
)
from poststelle.protocol.smtp.replies import Reply
from poststelle.protocol.smtp.session import Session, SessionSettings
from poststelle.protocol.smtp.states import State

__all__ = [
    "BodyChunk",
    "BodyDropped",
    "BodyEnded",
    "BodyStarted",
    "Closed",
    "Event",
    "RecipientGiven",
    "Reply",
    "SenderGiven",
    "Session",
    "SessionSettings",
    "State",
    "TlsAsked",
]
