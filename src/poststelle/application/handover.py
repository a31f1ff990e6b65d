# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""From a message that the EGVP client handed over to an arrival: whose it is, who sends it, when it was received.

The moment of receipt is the server's, never the moment of the import. Addresses stand in for SAFE-IDs, in a domain that
is nobody's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from poststelle.application.authorities import Authorities, Authority
from poststelle.application.ports import Body
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, Channel, Envelope, Peer
from poststelle.core.egvp import MAILBOX_LOCAL, TRUSTED_PATH, UNCONFIRMED_DOMAIN, UNTRUSTED_PATH, EgvpFacts, local_part
from poststelle.core.policy import Policy
from poststelle.inspection.egvp.message import DoorView


@dataclass(frozen=True, slots=True)
class Handover:
    """One message out of the drop folder, packed."""

    body: Body
    view: DoorView | None
    """None where the inspector could not read it: the message is taken in all the same."""
    written_at: datetime
    """When the client wrote the newest of its files; stands in where no paper says when the server received it."""
    trusted: bool
    """Nobody but the authority's own client can write to the folder."""


def arrival_of(handover: Handover, authorities: Authorities, now: datetime) -> Arrival:
    """The arrival of this message."""
    facts = handover.view.egvp if handover.view else EgvpFacts()
    authority = _addressed(facts, authorities)
    return Arrival(
        channel=Channel.BEBPO,
        authority=authority.id,
        envelope=Envelope(_sender(facts), (mailbox_address(_policy(authority)),)),
        body=handover.body.key,
        size_bytes=handover.body.size_bytes,
        received_at=_received_at(facts, handover, now),
        peer=Peer("", name=facts.message_id, protocol=TRUSTED_PATH if handover.trusted else UNTRUSTED_PATH),
        identity=handover.view.identity if handover.view else "",
    )


def mailbox_address(policy: Policy) -> Address:
    """The address that stands for the authority's beBPo mailbox: ``bebpo`` at its first domain."""
    domains = policy.scope.domains if policy.scope else ()
    return Address(MAILBOX_LOCAL, domains[0] if domains else UNCONFIRMED_DOMAIN)


def _policy(authority: Authority) -> Policy:
    return authority.editions[-1].policy


def _addressed(facts: EgvpFacts, authorities: Authorities) -> Authority:
    """Whose mailbox is named; where it is nobody's here, the first authority has to see to it."""
    everyone = tuple(authorities.by_id.values())
    wanted = facts.addressee.safe_id.casefold()
    mailboxes = ((one, _policy(one).mailbox) for one in everyone)
    named = (one for one, mailbox in mailboxes if mailbox is not None and mailbox.safe_id.casefold() == wanted)
    return next(named, everyone[0])


def _sender(facts: EgvpFacts) -> Address | None:
    identifier = facts.sender.safe_id or facts.sender.name
    return Address(local_part(identifier), UNCONFIRMED_DOMAIN) if identifier else None


def _received_at(facts: EgvpFacts, handover: Handover, now: datetime) -> datetime:
    """What the server says. A moment in the future is a clock gone wrong somewhere: then it is now."""
    stated = datetime.fromisoformat(facts.received_at) if facts.received_at else handover.written_at
    return min(stated.astimezone(UTC), now)
