# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whom Postfix may take mail for: the answer to its policy question, and the list it keeps for itself.

Both come from the same authorities as the door's own answer, so that the three cannot disagree.
"""

from datetime import datetime

from poststelle.application.authorities import PAGE, POSTMASTER, Authorities, Authority, Standing
from poststelle.application.ports import UnavailableError
from poststelle.core.address import Address
from poststelle.protocol.policy_service import Question
from poststelle.protocol.smtp.paths import parse_rcpt
from poststelle.protocol.smtp.replies import OUR_FAILURE, Reply

NO_OPINION = "DUNNO"
"""Postfix's word for: the next restriction decides."""

_QUESTION = ("smtpd_access_policy", "RCPT")
"""The only moment at which there is one recipient to be asked about."""
_REFUSALS = {
    Standing.UNKNOWN: "550 5.1.1 Diese Adresse gibt es hier nicht / No such mailbox here: {page}",
    Standing.FOREIGN: "550 5.7.1 Dies ist keine unserer Domains / Not a domain of ours: {page}",
}
"""RFC 3463: bad destination mailbox address; delivery not authorised."""


def policy_action(question: Question, authorities: Authorities, at: datetime) -> str:
    """What Postfix does with this recipient: an action of access(5). Never fails: what we cannot say now is a 451."""
    if (question.get("request"), question.get("protocol_state")) != _QUESTION or not question.get("recipient"):
        return NO_OPINION
    try:
        standing, page = _standing(question["recipient"], authorities, at)
    except UnavailableError:
        return f"{OUR_FAILURE.code} {OUR_FAILURE.enhanced} {OUR_FAILURE.lines[0]}"
    return _REFUSALS[standing].format(page=page) if standing in _REFUSALS else NO_OPINION


def _standing(recipient: str, authorities: Authorities, at: datetime) -> tuple[Standing, str]:
    """What the address is to us, and the page of whose it is; of nobody's the installation's own."""
    address, nobody_s = parse_rcpt(f"TO:<{recipient}>".encode(), smtputf8=True), f"{authorities.base_url}{PAGE}"
    if isinstance(address, Reply):
        return Standing.UNKNOWN, nobody_s
    if not address.domain:  # bare: RFC 5321, 4.5.1
        return Standing.KNOWN, nobody_s
    standing, owner = authorities.recipient(address, at)
    return standing, authorities.page_url(authorities.by_id[owner].policy_near(at)) if owner else nobody_s


def published(authorities: Authorities, at: datetime) -> tuple[str, ...]:
    """Every address that takes mail at this moment, in lower case and order, each domain's postmaster among them.

    Our return paths are too many to list: the name they end in stands for them, and the policy question decides.
    """
    found = {
        address.key
        for authority in authorities.by_id.values()
        if authority.is_open(at)
        for address in _candidates(authority, at)
        if authorities.recipient(address, at)[0] is Standing.KNOWN
    }
    returns = {f"@{authorities.return_host.lower()}"} if authorities.return_host else set()
    return tuple(sorted(found | returns))


def _candidates(authority: Authority, at: datetime) -> tuple[Address, ...]:
    policy = authority.policy_at(at)
    listed = (terms.address.rpartition("@") for terms in policy.addresses)
    domains = policy.scope.domains if policy.scope is not None else ()
    return (
        *(Address(local, domain.lower()) for local, _, domain in listed),
        *(address for office in authority.directory.offices for address in office.addresses),
        *(person.address for person in authority.directory.persons),
        *(Address(POSTMASTER, domain) for domain in domains),
    )


def as_map(addresses: tuple[str, ...]) -> str:
    """The list as Postfix reads it (relay_recipient_maps, texthash or any type that postmap makes)."""
    return "".join(f"{address} ok\n" for address in addresses)
