# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""DNS for one message: every look-up counted, all of them together within one time. Knows no SPF, DKIM or DMARC."""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import dns.exception
import dns.flags
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.resolver

CACHE_ENTRIES: Final = 2_000
MAX_RECORDS: Final = 100
_NO_SUCH_NAME: Final = (dns.rdatatype.ANY, dns.rdataclass.IN)
"""Under which kind of record the resolver's cache keeps that there is no such name; nobody asks for ANY."""


class DnsTroubleError(Exception):
    """No answer can be had: time-out, server failure, or more look-ups than one message may cause."""


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """Which resolver is asked and how much one message may cost."""

    servers: tuple[str, ...] = ()
    """IP addresses; empty means those of the system."""
    system_file: str = "/etc/resolv.conf"
    port: int = 53
    seconds_each: float = 3.0
    seconds_together: float = 10.0
    max_lookups: int = 60
    """SPF alone may need 10 terms of up to 11 names each (RFC 7208, 4.6.4); honest domains stay below 25."""


class Dns:
    """The resolver, with a cache that all messages share. Safe to use from several threads."""

    def __init__(self, settings: DnsSettings) -> None:
        self.settings = settings
        self._resolver = _resolver_of(settings)
        self._resolver.timeout = settings.seconds_each
        self._resolver.set_flags(dns.flags.RD | dns.flags.AD)  # RFC 6840, 5.7: tell us whether you validated
        self._resolver.cache = self._cache = dns.resolver.LRUCache(CACHE_ENTRIES)

    def for_one_message(self) -> "Lookups":
        """A fresh budget."""
        return Lookups(self._resolver, self._cache, self.settings)


def _resolver_of(settings: DnsSettings) -> dns.resolver.Resolver:
    """The one that is set, else the system's; where that names no server, one whose every answer is trouble."""
    if not settings.servers:
        try:
            return dns.resolver.Resolver(filename=settings.system_file)
        except dns.resolver.NoResolverConfiguration:
            return dns.resolver.Resolver(configure=False)
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = list(settings.servers)
    resolver.port = settings.port
    return resolver


class Lookups:
    """The look-ups of one message."""

    def __init__(self, resolver: dns.resolver.Resolver, cache: dns.resolver.LRUCache, settings: DnsSettings) -> None:
        self._resolver = resolver
        self._cache = cache
        self._until = time.monotonic() + settings.seconds_together
        self._left = settings.max_lookups
        self._seconds_each = settings.seconds_each

    def texts(self, name: str) -> tuple[bytes, ...]:
        """The TXT records of a name, each joined; empty where there are none."""
        return tuple(b"".join(record.strings) for record in self._records(name, "TXT"))

    def addresses(self, name: str, kind: str) -> tuple[str, ...]:
        """A or AAAA records."""
        return tuple(record.address for record in self._records(name, kind))

    def exchanges(self, name: str) -> tuple[tuple[int, str], ...]:
        """MX records as (preference, host)."""
        return tuple((record.preference, record.exchange.to_text(True)) for record in self._records(name, "MX"))

    def pointers(self, name: str) -> tuple[str, ...]:
        """PTR records."""
        return tuple(record.target.to_text(True) for record in self._records(name, "PTR"))

    def published(self, name: str, kind: str) -> tuple[tuple[str, ...], bool]:
        """The records as a zone file shows them, and whether the resolver vouches for them by DNSSEC.

        Texts are joined; hosts stand without their last dot.
        """
        if kind == "TXT":
            return tuple(text.decode("utf-8", "replace") for text in self.texts(name)), False
        answer = self._answer(name, kind)
        if answer is None:
            return (), False
        shown = tuple(record.to_text().removesuffix(".") for record in tuple(answer.rrset or ())[:MAX_RECORDS])
        return shown, bool(answer.response.flags & dns.flags.AD)

    def _records(self, name: str, kind: str) -> tuple:  # type: ignore[type-arg]  # rdata classes are made at run time
        answer = self._answer(name, kind)
        return () if answer is None else tuple(answer.rrset or ())[:MAX_RECORDS]

    def _answer(self, name: str, kind: str) -> dns.resolver.Answer | None:
        """None where there is no such name.

        The cache is asked before the resolver, which looks there too, but only once it has prepared a question.
        """
        seconds_left = self._until - time.monotonic()
        self._left -= 1
        if self._left < 0 or seconds_left <= 0:
            raise DnsTroubleError("the look-ups of one message are used up")
        try:
            asked = _name(name)
            known = self._cache.get((asked, dns.rdatatype.from_text(kind), dns.rdataclass.IN))
            is_denied = known is None and self._cache.get((asked, *_NO_SUCH_NAME)) is not None
            if known is not None or is_denied:
                return known
            return self._resolver.resolve(
                asked, kind, lifetime=min(seconds_left, 2 * self._seconds_each), search=False, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            return None
        except (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong, dns.name.BadEscape, UnicodeError):
            return None
        except (dns.exception.DNSException, OSError) as error:
            raise DnsTroubleError(f"{kind} of a name: {type(error).__name__}") from None


@lru_cache(maxsize=CACHE_ENTRIES)
def _name(text: str) -> dns.name.Name:
    """The name as DNS compares it. The same domains write again and again, and what is no name is not remembered."""
    return dns.name.from_text(text)
