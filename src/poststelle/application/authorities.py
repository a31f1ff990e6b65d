# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The authorities of one installation: whose recipient an address is, which terms a message is held against, and whose page.

What one of them lacks, as an edition that is in force, never keeps another from being served.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from poststelle.application.bounces import returning_to
from poststelle.application.ports import UnavailableError
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, Channel
from poststelle.core.directory import Directory
from poststelle.core.edition import Edition, NoEditionError, in_force
from poststelle.core.matter import Terms
from poststelle.core.policy import Policy, advertised_size

POSTMASTER = "postmaster"
"""Every domain that takes mail has this mailbox (RFC 5321, 4.5.1)."""
PAGE = "/kontakt"
"""The page with the terms, on every site."""


class Standing(StrEnum):
    """What an address of the envelope is to us."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    RETURN_PATH = "return-path"
    """One of ours, for deliveries that come back; of no authority."""


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority: its editions, oldest first, and its directory."""

    id: AuthorityId
    editions: tuple[Edition, ...]
    directory: Directory

    def policy_at(self, at: datetime) -> Policy:
        """The policy in force. UnavailableError where access was not open yet: nothing can be judged."""
        return self._edition_at(at).policy

    def is_open(self, at: datetime) -> bool:
        """Access is open: an edition is in force."""
        return self.editions[0].valid_from_at <= at

    def policy_near(self, at: datetime) -> Policy:
        """The policy in force, or the first one before access is open: whose names and places these are, it says already."""
        begun = [edition for edition in self.editions if edition.valid_from_at <= at]
        return (begun[-1] if begun else self.editions[0]).policy

    @property
    def hosts(self) -> frozenset[str]:
        """Every name of a host that one of its editions calls its own."""
        return frozenset(host for edition in self.editions for host in hosts_of(edition.policy))

    def terms(self, channel: Channel, at: datetime) -> Terms:
        """What a message received at this moment through this channel is held against."""
        edition = self._edition_at(at)
        return Terms(edition.policy, self.directory, channel, edition.id, edition.hash)

    def takes(self, address: Address, at: datetime) -> bool:
        """The address is published: listed in the policy, or an office's or person's in the directory."""
        policy = self.policy_at(at)
        listed = {terms.address.casefold() for terms in policy.addresses}
        everywhere = policy.other_addresses is not None and self.directory.office_at(address) is not None
        return address.key in listed or everywhere or address.local.casefold() == POSTMASTER

    def _edition_at(self, at: datetime) -> Edition:
        try:
            return in_force(self.editions, at)
        except NoEditionError as error:
            raise UnavailableError(str(error)) from error


def hosts_of(policy: Policy) -> frozenset[str]:
    """The names of the hosts that a policy calls its own, in lower case."""
    own = policy.scope.own_hosts if policy.scope else ()
    return frozenset({*(host.lower() for host in own), urlsplit(policy.page.base_url).hostname or ""} - {""})


def overlaps(known: Sequence[Authority]) -> tuple[str, ...]:
    """What two of these claim both, a sentence each; empty where every id, domain, host and mailbox has one owner."""
    twins = [one.id for number, one in enumerate(known) if one.id in {other.id for other in known[:number]}]
    faults = [f"two folders are of the authority {name}" for name in dict.fromkeys(twins)]
    for what, claimed in _CLAIMS.items():
        owners: dict[str, AuthorityId] = {}
        for one in known:
            for name in dict.fromkeys(claimed(one)):
                owner = owners.setdefault(name, one.id)
                faults += [f"the {what} {name} is of both {owner} and {one.id}"] if owner != one.id else []
    return tuple(faults)


def _domains(one: Authority) -> Iterator[str]:
    scopes = (edition.policy.scope for edition in one.editions)
    return (domain.casefold() for scope in scopes if scope for domain in scope.domains)


def _mailboxes(one: Authority) -> Iterator[str]:
    mailboxes = (edition.policy.mailbox for edition in one.editions)
    return (mailbox.safe_id for mailbox in mailboxes if mailbox is not None)


_CLAIMS: Mapping[str, Callable[[Authority], Iterable[str]]] = {
    "domain": _domains,
    "host": lambda one: sorted(one.hosts),
    "SAFE-ID": _mailboxes,
}


def unplaced(known: Sequence[Authority]) -> tuple[str, ...]:
    """Editions that do not say where their page is, a sentence each; empty where only one authority is served.

    With several every link has to lead to the page of the authority that writes it.
    """
    if len(known) < 2:
        return ()
    return tuple(
        f"{edition.id} names no page.base_url, and several authorities are served"
        for one in known
        for edition in one.editions
        if not urlsplit(edition.policy.page.base_url).hostname
    )


@dataclass(frozen=True, slots=True)
class Authorities:
    """All of them, by id."""

    by_id: Mapping[AuthorityId, Authority]
    return_host: str = ""
    """Right-hand side of our return paths; empty where there are none."""
    base_url: str = ""
    """Where the site of the only authority is reached, without a slash at the end; of several each policy says it."""

    def site_url(self, policy: Policy) -> str:
        """Where the site of the authority with this policy is reached, without a slash at the end."""
        place = urlsplit(policy.page.base_url)
        return self.base_url if len(self.by_id) == 1 else f"{place.scheme}://{place.netloc}"

    def page_url(self, policy: Policy) -> str:
        """The page of the authority with this policy: replies and notices link to clauses as its anchors."""
        return f"{self.site_url(policy)}{PAGE}"

    def of_host(self, host: str, at: datetime) -> Authority:
        """Whose site this host is, a port left aside: named in the policy as its own, else the first authority's."""
        name = host.rsplit(":", 1)[0].lower()
        everyone = tuple(self.by_id.values())
        return next((one for one in everyone if name in hosts_of(one.policy_near(at))), everyone[0])

    def terms_for(self, arrival: Arrival) -> Terms:
        """What this message is held against: the edition in force when it was received.

        A beBPo message may have been received before any edition was in force, and cannot be turned away: the first
        edition stands in.
        """
        authority = self.by_id[arrival.authority]
        at = arrival.received_at
        if arrival.channel is Channel.BEBPO:
            at = max(at, min(edition.valid_from_at for edition in authority.editions))
        return authority.terms(arrival.channel, at)

    def of_domain(self, domain: str, at: datetime) -> Authority | None:
        """Whose domain this is; None where it is nobody's here."""
        for authority in self.by_id.values():
            scope = authority.policy_near(at).scope
            if scope is not None and domain.lower() in scope.domains:
                return authority
        return None

    def recipient(self, address: Address, at: datetime) -> tuple[Standing, AuthorityId | None]:
        """What the address is to us, and whose it is."""
        if self.return_host and returning_to(address, self.return_host) is not None:
            return Standing.RETURN_PATH, None
        authority = self.of_domain(address.domain, at)
        if authority is None:
            return Standing.FOREIGN, None
        return (Standing.KNOWN if authority.takes(address, at) else Standing.UNKNOWN), authority.id

    def postmaster(self, at: datetime) -> tuple[AuthorityId, Address]:
        """Who gets what is written to the bare postmaster: the first authority, at its central address."""
        authority = next(iter(self.by_id.values()))
        local, _, domain = authority.policy_near(at).addresses[0].address.rpartition("@")
        return authority.id, Address(local, domain)

    def advertised_size(self, at: datetime) -> int:
        """SMTP SIZE of a door that serves all of them: the largest of theirs (RFC 1870)."""
        return max(advertised_size(authority.policy_near(at)) for authority in self.by_id.values())
