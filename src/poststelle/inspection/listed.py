# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A signer of a document held against the trust lists at hand, at the moment of receipt; reported, never decided.

Each service is an anchor of its own, so that the answer says whose certificate the path leads to.
"""

from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import datetime

from poststelle.core.document_signature import Listing, ListStanding, Qualified
from poststelle.core.signature import Chain
from poststelle.inspection.cms.certificates import Brought, Certificate, parsed, public_key, read_certificate
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.qualified import claims_of
from poststelle.inspection.cms.signatures import has_weak_key
from poststelle.inspection.trust_list import Service, ServiceKind, State, TrustList, Use

MAX_CANDIDATES = 32
"""Services whose name fits that are tried for one signer; each costs some 4 ms."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A service as something a chain may lead to."""

    of: TrustList
    service: Service
    certificates: tuple[Certificate, ...]
    is_own: bool = False
    """The signer's certificate itself is listed, as those of time stamps are."""


class ListedServices:
    """Answers for one set of lists; ``house`` lends its revocation lists and intermediates, and no anchor."""

    __slots__ = ("_anchors", "_checkers", "_house", "_lists")

    def __init__(self, lists: tuple[TrustList, ...], house: Trust) -> None:
        self._lists = lists
        self._house = house
        self._anchors = tuple(_Anchor(one, service, _read(service)) for one in lists for service in one.services)
        self._checkers: dict[tuple[str, ...], ChainChecker] = {}

    def __call__(self, certificate: Certificate, brought: Brought, at: datetime, kind: ServiceKind) -> Listing:
        """What the lists say: of a granted service rather than of a withdrawn one, of a whole path rather than of none."""
        if not self._lists:
            return Listing()
        found = [
            self._held(anchor, certificate, brought, at) for anchor in self._candidates(certificate, brought, kind)
        ]
        return min(found, key=_rank, default=Listing(Qualified.NO, ListStanding.ABSENT, Chain.UNTRUSTED))

    def _candidates(self, certificate: Certificate, brought: Brought, kind: ServiceKind) -> list[_Anchor]:
        """Services by name: the path to them is not proven yet."""
        others = (*brought.certificates, *map(read_certificate, self._house.intermediates))
        issuers = {certificate.issuer, *(other.issuer for other in others)}
        use = claims_of(certificate).use
        fitting = (one for one in self._anchors if one.service.kind is kind and _is_for(one.service, use))
        found = []
        for one in fitting:
            is_own = any(listed.der == certificate.der for listed in one.certificates)
            if is_own or any(listed.subject in issuers for listed in one.certificates):
                found.append(replace(one, is_own=is_own))
        return found[:MAX_CANDIDATES]

    def _held(self, anchor: _Anchor, certificate: Certificate, brought: Brought, at: datetime) -> Listing:
        chain = _own_term(certificate, at) if anchor.is_own else self._chain(anchor.service, certificate, brought, at)
        state = anchor.service.state_at(at)
        listed = Listing(
            _qualified(chain, state, anchor.service, certificate),
            _standing(chain, state),
            chain,
            list_name=anchor.of.title,
            issued_on=anchor.of.issued_at.date().isoformat(),
            next_update_on=until.date().isoformat() if (until := anchor.of.next_update_at) else "",
            is_outdated=anchor.of.is_outdated(at),
            is_list_verified=anchor.of.is_verified,
        )
        if listed.standing is ListStanding.ABSENT or state is None:
            return listed
        return replace(listed, service=anchor.service.name, since=state.since.date().isoformat())

    def _chain(self, service: Service, certificate: Certificate, brought: Brought, at: datetime) -> Chain:
        checker = self._checkers.get(service.certificates)
        if checker is None:
            roots = tuple(b64decode(text) for text in service.certificates)
            checker = self._checkers[service.certificates] = ChainChecker(replace(self._house, roots=roots))
        return for_documents(checker(certificate, brought, at), certificate)


def for_documents(chain: Chain, certificate: Certificate) -> Chain:
    """The chain of a document's signer: that the certificate is for other purposes than mail is no fault there."""
    if chain in (Chain.EKU, Chain.NO_EMAIL):
        return Chain.WEAK_KEY if has_weak_key(public_key(certificate)) else Chain.OK
    return chain


def _read(service: Service) -> tuple[Certificate, ...]:
    return tuple(read_certificate(b64decode(text)) for text in service.certificates)


def _is_for(service: Service, use: Use) -> bool:
    """Whether the service's qualification is for what the certificate is for; one for websites signs no documents."""
    if service.kind is ServiceKind.TIME_STAMPS:
        return True
    return use is not Use.WEBSITES and (not service.uses or use in service.uses)


def _own_term(certificate: Certificate, at: datetime) -> Chain:
    """A listed certificate needs no path, and still ends."""
    known = parsed(certificate)
    if known is None or has_weak_key(public_key(certificate)):
        return Chain.INVALID if known is None else Chain.WEAK_KEY
    if at < known.not_valid_before_utc:
        return Chain.NOT_YET
    return Chain.EXPIRED if at > known.not_valid_after_utc else Chain.OK


def _standing(chain: Chain, state: State | None) -> ListStanding:
    """Only a whole path says that it is this service: before its end anybody can take another's name."""
    if chain is not Chain.OK or state is None:
        return ListStanding.UNPROVEN if chain is Chain.REVOCATION_UNKNOWN else ListStanding.ABSENT
    return ListStanding.GRANTED if state.is_granted else ListStanding.WITHDRAWN


def _qualified(chain: Chain, state: State | None, service: Service, certificate: Certificate) -> Qualified:
    if chain is Chain.REVOCATION_UNKNOWN:
        return Qualified.UNKNOWN
    if chain is not Chain.OK or state is None or not state.is_granted:
        return Qualified.NO
    if service.has_conditions:
        return Qualified.UNKNOWN
    is_claimed = service.kind is ServiceKind.TIME_STAMPS or claims_of(certificate).is_qualified
    return Qualified.YES if is_claimed else Qualified.NO


def _rank(one: Listing) -> tuple[int, int, int]:
    """The most telling first: proven paths, then those on which only the revocation is unknown, then the plain faults."""
    standings, answers = list(ListStanding), list(Qualified)
    return standings.index(one.standing), answers.index(one.qualified), int(one.chain is Chain.UNTRUSTED)
