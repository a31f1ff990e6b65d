# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a door is told by whoever opens it: addresses, limits, and the two questions it asks about every message."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address

from poststelle.application.ports import Body
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId
from poststelle.protocol.smtp.replies import Reply


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """Where a door listens and what it tolerates."""

    host: str
    port: int
    """0 takes a free one; ``Door.port`` tells which."""
    hostname: str
    """Our name in greeting and EHLO."""
    lmtp: bool = False
    size_limit_bytes: int = 56_000_000
    """As announced by SIZE: octets of the encoded message."""
    trusted_peers: tuple[IPv4Network | IPv6Network, ...] = ()
    """Proxies: XFORWARD is believed, connections are not counted per address, refused recipients are no errors."""
    tls: Callable[[], ssl.SSLContext] | None = None
    """Asked at each negotiation; STARTTLS is offered where there is one. Called on the event loop."""
    command_timeout_seconds: float = 60.0
    data_timeout_seconds: float = 300.0
    """Between two reads of a content; the session's time bounds the whole."""
    session_timeout_seconds: float = 600.0
    message_deadline_seconds: float = 60.0
    """From the end of the content to the reply."""
    max_connections: int = 100
    max_per_address: int = 20
    max_recipients: int = 50
    judging_threads: int = 8
    reuse_port: bool = False

    @property
    def shortest_timeout_seconds(self) -> float:
        """No deadline comes sooner after what it counts from, but for the end of the session."""
        return min(self.command_timeout_seconds, self.data_timeout_seconds, self.message_deadline_seconds)

    def trusts(self, client_address: str) -> bool:
        """The address belongs to one of the configured proxies."""
        try:
            address = ip_address(client_address)
        except ValueError:
            return False
        return any(address in network for network in self.trusted_peers)


@dataclass(frozen=True, slots=True)
class Known:
    """A recipient of ours."""

    authority: AuthorityId
    address: Address | None = None
    """The mailbox meant, where it is not the one written: ``postmaster`` without a domain."""


class Stranger(StrEnum):
    """Not a recipient of ours."""

    UNKNOWN_USER = "unknown-user"
    FOREIGN_DOMAIN = "foreign-domain"


RecipientAnswer = Known | Stranger
Recipients = Callable[[Address], RecipientAnswer]
"""Called on the event loop at every RCPT: must not wait. UnavailableError is answered with 451."""
Accept = Callable[[Arrival, Body], tuple[Reply, ...]]
"""Called in a thread of the door. One reply, or with LMTP one per recipient; UnavailableError is answered with 451."""
NoteLost = Callable[[Arrival], None]
"""Called in a thread of the door with a message whose content could not be kept: its body's key is empty."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Who is asked about a message, and who is told of one that was lost on the way in."""

    accept: Accept
    note_lost: NoteLost = lambda _arrival: None
