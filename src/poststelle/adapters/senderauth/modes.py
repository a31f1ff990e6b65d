# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The three adapters of the port SenderAuth."""

from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import BinaryIO

from poststelle.adapters.senderauth.dkimcheck import DkimOutcome, check_dkim
from poststelle.adapters.senderauth.head import read_head
from poststelle.adapters.senderauth.lookups import Dns, DnsTroubleError, Lookups
from poststelle.adapters.senderauth.spfcheck import SpfOutcome, check_spf
from poststelle.adapters.senderauth.suffixes import organisational
from poststelle.core.arrival import Arrival
from poststelle.core.facts import AuthResult, SenderFacts
from poststelle.protocol import authres, dmarc


class NoSenderAuth:
    """Nothing is checked and nothing believed: an installation without DNS."""

    def check(self, content: BinaryIO, arrival: Arrival, from_domain: str) -> SenderFacts:  # noqa: ARG002 - the port's
        """No facts."""
        return SenderFacts(source="none")


class HeaderSenderAuth:
    """Believes the topmost Authentication-Results field of one named service, and no other."""

    def __init__(self, service: str) -> None:
        self._service = service

    def check(self, content: BinaryIO, arrival: Arrival, from_domain: str) -> SenderFacts:  # noqa: ARG002 - the port's
        """What the mail server in front of us wrote down."""
        fields = authres.fields_of(read_head(content)[0])
        results = authres.believed(fields, self._service)
        return authres.sender_facts(results, from_domain.lower(), organisational)


class OwnSenderAuth:
    """Asks DNS itself. Needs the client's real address: behind a proxy that is what XFORWARD told.

    The address of one of our own ``proxies`` says nothing of the sender: a message without XFORWARD, or one written on
    that machine, would fail SPF and look forged.
    """

    def __init__(self, dns: Dns, proxies: tuple[IPv4Network | IPv6Network, ...] = ()) -> None:
        self._dns = dns
        self._proxies = proxies

    def check(self, content: BinaryIO, arrival: Arrival, from_domain: str) -> SenderFacts:
        """SPF of the envelope, DKIM of the bytes from the current position, DMARC of the From domain."""
        lookups = self._dns.for_one_message()
        spf = _NO_SPF if self._is_ours(arrival.peer.address) else check_spf(arrival, lookups)
        dkim = check_dkim(content, lookups, arrival.received_at)
        return _facts(spf, dkim, from_domain.lower(), lookups)

    def _is_ours(self, address: str) -> bool:
        return any(ip_address(address) in proxy for proxy in self._proxies) if address else False


_NO_SPF = SpfOutcome(AuthResult.NONE, "")


def _facts(spf: SpfOutcome, dkim: DkimOutcome, from_domain: str, lookups: Lookups) -> SenderFacts:
    proven = dmarc.Authenticated(spf.domain if spf.result is AuthResult.PASS else "", dkim.domains)
    result, policy = _dmarc(proven, from_domain, lookups)
    if result is AuthResult.FAIL and AuthResult.TEMPERROR in {spf.result, dkim.result}:
        # A proof that could not be fetched might have been the aligned one (RFC 7489, 6.6.2).
        result = AuthResult.TEMPERROR
    return SenderFacts(
        spf=spf.result,
        dkim=dkim.result,
        dkim_aligned=any(dmarc.is_aligned(domain, from_domain, organisational) for domain in dkim.domains),
        spf_aligned=dmarc.is_aligned(proven.spf_domain, from_domain, organisational),
        dmarc=result,
        dmarc_policy=policy,
        source="own",
    )


def _dmarc(proven: dmarc.Authenticated, from_domain: str, lookups: Lookups) -> tuple[AuthResult, str]:
    """Result and policy by the record of the From domain, else of its organisation (RFC 7489, 6.6.3)."""
    if not from_domain or not from_domain.isascii():
        return AuthResult.NONE, ""
    try:
        for name in dict.fromkeys((from_domain, organisational(from_domain))):
            record = dmarc.the_record(_texts(lookups, f"_dmarc.{name}"))
            if record is not None:
                result = dmarc.result_of(record, proven, from_domain, organisational)
                return result, record.policy_for(subdomain=name != from_domain)
    except DnsTroubleError:
        return AuthResult.TEMPERROR, ""
    return AuthResult.NONE, ""


def _texts(lookups: Lookups, name: str) -> tuple[str, ...]:
    return tuple(text.decode("utf-8", "replace") for text in lookups.texts(name))
