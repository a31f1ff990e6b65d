# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One round of asking issuers what they have revoked; what is taken goes into a cache, and what is not is said.

A list or an answer at hand stays until a better one is taken. One source that fails takes no other with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlsplit

from cryptography import x509

from poststelle.application.ports import Clock, NoConnectionError, UnavailableError
from poststelle.application.revocation import (
    Dated,
    RevocationError,
    answer_address,
    checked_answer,
    checked_list,
    is_allowed,
    issuer_of,
    list_addresses,
    question,
)

MAX_CACHE_BYTES = 8 << 20
"""Every inspector is told what is at hand; all of it together is bounded."""
OCSP_REQUEST = "application/ocsp-request"


class Kind(StrEnum):
    """What is fetched; also the ending of its file in the cache."""

    LIST = "crl"
    ANSWER = "ocsp"


class Web(Protocol):
    """The way out, to allowed hosts only. Both raise UnavailableError, NoConnectionError where the host is silent."""

    def get(self, address: str) -> bytes:
        """What lies there."""
        ...

    def post(self, address: str, content: bytes, kind: str) -> bytes:
        """What is answered to this content."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is known of one source."""

    address: str
    kind: Kind
    tried_at: datetime
    since: datetime | None = None
    until: datetime | None = None
    """Of what is at hand; None where nothing was ever taken."""
    fault: str = ""
    """Why the last attempt brought nothing; empty where it did."""


class RevocationCache(Protocol):
    """What was taken, by a name for each source."""

    def content(self, name: str, kind: Kind) -> bytes | None:
        """What is at hand."""
        ...

    def keep(self, name: str, fetched: Fetched, content: bytes | None) -> None:
        """Note an attempt, with what it brought."""
        ...

    def forget(self, name: str) -> None:
        """Remove what is known of a source that is asked no more: a list that nobody renews would only grow old."""
        ...

    def size_bytes(self) -> int:
        """How much is at hand in all."""
        ...

    def known(self) -> dict[str, Fetched]:
        """Every source that was ever tried."""
        ...


@dataclass(frozen=True, slots=True)
class Believed:
    """The parts of the trust store that matter here, DER."""

    issuers: tuple[bytes, ...]
    """Anchors and intermediates: only they sign lists, and only their addresses are followed."""
    watched: tuple[bytes, ...] = ()
    """Certificates of signers on which their issuers are asked one by one: named by the operator, or checked by a clerk."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decided."""

    hosts: tuple[str, ...]
    lists: tuple[str, ...]
    every: timedelta


@dataclass(frozen=True, slots=True)
class _Source:
    """One thing to ask for."""

    name: str
    address: str
    kind: Kind
    fetch: Callable[[], Dated]


class RevocationRound:
    """Asks what is due."""

    def __init__(self, rules: Rules, believed: Callable[[], Believed], web: Web, cache: RevocationCache) -> None:
        self._rules = rules
        self._believed = believed
        self._web = web
        self._cache = cache

    def go(self, clock: Clock) -> int:
        """How many sources were asked.

        A host that is silent once is left alone for the rest of the round, and its other sources stay due: one dead
        responder keeps nobody else waiting, however many signers it answers on.
        """
        believed, known, asked = self._believed(), self._cache.known(), 0
        sources = tuple(self._sources(believed, clock))
        for name in known.keys() - {source.name for source in sources}:
            self._cache.forget(name)
        silent: set[str] = set()
        for source in sources:
            before, host = known.get(source.name), urlsplit(source.address).netloc.casefold()
            is_due = before is None or clock.now() >= before.tried_at + self._rules.every
            if is_due and host not in silent:
                asked += 1
                silent |= set() if self._was_answered(source, before, clock) else {host}
        return asked

    def _was_answered(self, source: _Source, before: Fetched | None, clock: Clock) -> bool:
        """Whether anybody spoke at all, be it to refuse."""
        try:
            taken = source.fetch()
            self._must_fit(source, taken)
        except (UnavailableError, RevocationError) as error:
            since, until = (before.since, before.until) if before else (None, None)
            fetched = Fetched(source.address, source.kind, clock.now(), since, until, str(error))
            self._cache.keep(source.name, fetched, None)
            return not isinstance(error, NoConnectionError)
        else:
            fetched = Fetched(source.address, source.kind, clock.now(), taken.since, taken.until)
            self._cache.keep(source.name, fetched, taken.content)
            return True

    def _must_fit(self, source: _Source, taken: Dated) -> None:
        former = self._cache.content(source.name, source.kind) or b""
        if self._cache.size_bytes() - len(former) + len(taken.content) > MAX_CACHE_BYTES:
            raise RevocationError(f"with it what is at hand is larger than {MAX_CACHE_BYTES >> 20} MiB")

    def _sources(self, believed: Believed, clock: Clock) -> Iterator[_Source]:
        watched = tuple(
            der for der in dict.fromkeys(believed.watched) if _is_worth_asking(der, believed.issuers, clock)
        )
        for address in dict.fromkeys((*self._rules.lists, *list_addresses((*believed.issuers, *watched)))):
            if is_allowed(address, self._rules.hosts):
                name = _name(address.encode())
                yield _Source(name, address, Kind.LIST, partial(self._list, address, name, believed, clock))
        for der in watched:
            certificate = x509.load_der_x509_certificate(der)
            address = answer_address(certificate)
            if is_allowed(address, self._rules.hosts):
                fetch = partial(self._answer, certificate, address, believed, clock)
                yield _Source(_name(der), address, Kind.ANSWER, fetch)

    def _list(self, address: str, name: str, believed: Believed, clock: Clock) -> Dated:
        former = self._cache.content(name, Kind.LIST)
        return checked_list(self._web.get(address), believed.issuers, clock.now(), former)

    def _answer(self, certificate: x509.Certificate, address: str, believed: Believed, clock: Clock) -> Dated:
        issuer = issuer_of(certificate, believed.issuers)
        if issuer is None:
            raise RevocationError("its issuer is not in the trust store")
        found = self._web.post(address, question(certificate, issuer), OCSP_REQUEST)
        return checked_answer(found, certificate, issuer, clock.now())


def _is_worth_asking(der: bytes, issuers: tuple[bytes, ...], clock: Clock) -> bool:
    """One of our issuers has signed it, and it has not run out. What a mail brought may be unreadable: then it is not."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        return clock.now() < certificate.not_valid_after_utc and issuer_of(certificate, issuers) is not None
    except (ValueError, x509.InvalidVersion):
        return False


def _name(source: bytes) -> str:
    return sha256(source).hexdigest()[:32]
