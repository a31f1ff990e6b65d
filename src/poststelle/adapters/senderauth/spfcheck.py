# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""SPF (RFC 7208) by pyspf, asking our resolver instead of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import spf  # type: ignore[import-untyped]  # pyspf ships no types

from poststelle.adapters.senderauth.lookups import DnsTroubleError, Lookups
from poststelle.core.arrival import Arrival
from poststelle.core.facts import AuthResult

_RESULTS: Final = {word.value: word for word in AuthResult if word is not AuthResult.POLICY}
"""RFC 7208, 2.6; pyspf's further words are no results."""


@dataclass(frozen=True, slots=True)
class SpfOutcome:
    """The result, and the domain it is about: of MAIL FROM, or of HELO for the null sender."""

    result: AuthResult
    domain: str


def check_spf(arrival: Arrival, lookups: Lookups) -> SpfOutcome:
    """What the sender's domain says of the client's address. No address known: none."""
    sender = arrival.envelope.sender
    domain = arrival.peer.helo.lower() if sender is None else sender.domain
    if not arrival.peer.address or "." not in domain or not domain.isascii():
        return SpfOutcome(AuthResult.NONE, "")
    return spf_result(domain, arrival.peer.address, lookups, Identity(str(sender or ""), arrival.peer.helo))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who says to be writing; macros in records may ask for it."""

    sender: str = ""
    helo: str = ""


def spf_result(domain: str, address: str, lookups: Lookups, identity: Identity | None = None) -> SpfOutcome:
    """What a domain says of mail from an address."""
    identity = identity or Identity(f"postmaster@{domain}")
    try:
        query = _Query(lookups, address, identity.sender, identity.helo or domain)
        word = query.check()[0]
    except DnsTroubleError:
        return SpfOutcome(AuthResult.TEMPERROR, domain)
    except Exception:  # noqa: BLE001 - pyspf meets hostile records; whatever it stumbles over is the record's fault
        return SpfOutcome(AuthResult.PERMERROR, domain)
    return SpfOutcome(_RESULTS.get(word, AuthResult.PERMERROR), domain)


class _Query(spf.query):  # type: ignore[misc]  # pyspf has no types
    """pyspf with its one door to DNS replaced; its limits on terms and void look-ups stay."""

    def __init__(self, lookups: Lookups, address: str, sender: str, helo: str) -> None:
        self._ask: dict[str, Callable[[str], tuple[Any, ...]]] = {
            "TXT": lambda name: tuple((text,) for text in lookups.texts(name)),
            "A": lambda name: lookups.addresses(name, "A"),
            "AAAA": lambda name: lookups.addresses(name, "AAAA"),
            "MX": lookups.exchanges,
            "PTR": lookups.pointers,
        }
        super().__init__(address, sender, helo, strict=True)

    def dns(
        self,
        name: str,
        qtype: str,
        cnames: object = None,  # noqa: ARG002 - the resolver follows CNAMEs
        ignore_void: bool = False,  # noqa: FBT001, FBT002 - pyspf's signature
    ) -> list[Any]:
        """The records of a name; too many empty answers are a permanent error (RFC 7208, 4.6.4)."""
        found = list(self._ask[qtype](name))
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many void look-ups")
        return found
