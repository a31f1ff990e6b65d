# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One message at one door, before any judgement: channel, envelope, peer, body key and the moment of receipt."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from poststelle.core.address import Address

BlobKey = NewType("BlobKey", str)
"""SHA-256 of the content in lower-case hex: the address of a stored body."""

AuthorityId = NewType("AuthorityId", str)
"""Short ASCII name of an authority, such as ``muenster``; every stored row carries one."""


class Channel(StrEnum):
    """The way a message came in. Limits and dispositions differ by channel."""

    EMAIL = "email"
    BEBPO = "bebpo"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, as the transport said it, not as the message claims (RFC 5321, 2.3.1)."""

    sender: Address | None
    """``None`` is the null reverse-path ``<>`` of bounces and notices."""
    recipients: tuple[Address, ...]
    """Accepted recipients in the order given; at least one."""
    smtputf8: bool = False
    answered_each: bool = False
    """Every recipient has an answer of its own after the content (RFC 2033, 4.2); else one answer stands for all."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The client at the other end; behind a trusted proxy what XFORWARD told of it."""

    address: str
    """IP address without brackets, or an empty string where the channel has none."""
    helo: str = ""
    name: str = ""
    protocol: str = "ESMTP"
    tls: bool = False

    @property
    def speaks_lmtp(self) -> bool:
        """The protocol is one of the LMTP family (RFC 3848)."""
        return self.protocol.startswith("LMTP")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message at one door. ``received_at`` is aware UTC and is the moment of legal receipt."""

    channel: Channel
    authority: AuthorityId
    envelope: Envelope
    body: BlobKey
    size_bytes: int
    received_at: datetime
    peer: Peer
    identity: str = ""
    """What two attempts at the same message share, where the door knows better than the bytes: for EGVP the MessageID
    with the attachments' hashes, since a client writes its papers anew with every export. Empty for SMTP."""
