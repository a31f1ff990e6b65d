# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a session reports to whoever holds the socket. Two of the events are questions and wait for an answer."""

from dataclasses import dataclass

from poststelle.core.address import Address
from poststelle.core.arrival import Envelope, Peer


@dataclass(frozen=True, slots=True)
class SenderGiven:
    """A transaction began (MAIL); what was remembered of an earlier one is void. Answered already."""

    sender: Address | None


@dataclass(frozen=True, slots=True)
class RecipientGiven:
    """Question: is this a recipient of ours? Nothing further is read before ``Session.answer``.

    The mailbox ``postmaster`` without a domain (RFC 5321, 4.5.1) comes with an empty domain.
    """

    recipient: Address


@dataclass(frozen=True, slots=True)
class BodyStarted:
    """The content follows; at least one recipient was accepted."""

    envelope: Envelope
    peer: Peer


@dataclass(frozen=True, slots=True)
class BodyChunk:
    """The next bytes of the content, dot-stuffing undone, line ends as sent. Never empty."""

    content: bytes


@dataclass(frozen=True, slots=True)
class BodyDropped:
    """Forget the content: it is malformed or too big. What follows is swallowed and then refused by the session."""


@dataclass(frozen=True, slots=True)
class BodyEnded:
    """Question: what becomes of the message? Nothing further is read before ``Session.answer``."""

    size_bytes: int


@dataclass(frozen=True, slots=True)
class TlsAsked:
    """Negotiate TLS now, then call ``Session.secured``. Nothing further is read before that."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Send what is outgoing and close the connection; the last event of every session that ends by itself."""


Event = SenderGiven | RecipientGiven | BodyStarted | BodyChunk | BodyDropped | BodyEnded | TlsAsked | Closed
"""Everything a session can report."""
