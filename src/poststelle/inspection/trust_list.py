# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A trust list (ETSI TS 119 612) as far as a signer is held against it: its dates, its qualified services, their standing.

Knows no XML and no certificate; the reader is in ``trust_list_xml``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ServiceKind(StrEnum):
    """What a service is qualified for (TS 119 612, 5.5.1.1)."""

    CERTIFICATES = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
    TIME_STAMPS = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST"


class Use(StrEnum):
    """What an issuer's certificates are for (TS 119 612, 5.5.9.4)."""

    SIGNATURES = "ForeSignatures"
    SEALS = "ForeSeals"
    WEBSITES = "ForWebSiteAuthentication"


@dataclass(frozen=True, slots=True)
class State:
    """A service's standing from a moment on."""

    since: datetime
    is_granted: bool


@dataclass(frozen=True, slots=True)
class Service:
    """One service of one provider."""

    kind: ServiceKind
    name: str
    certificates: tuple[str, ...]
    """DER as base64, so that the value travels as text."""
    states: tuple[State, ...]
    """The latest first."""
    uses: frozenset[Use] = frozenset()
    """Empty: the list does not narrow them."""
    has_conditions: bool = False
    """The list has criteria that may overrule what a certificate says of itself; they are not evaluated."""

    def state_at(self, moment: datetime) -> State | None:
        """The standing then; None before the first entry."""
        return next((one for one in self.states if one.since <= moment), None)


@dataclass(frozen=True, slots=True)
class TrustList:
    """A list with its dates."""

    territory: str
    operator: str
    issued_at: datetime
    next_update_at: datetime | None
    """None: the list is closed and never renewed (TS 119 612, 5.3.15)."""
    services: tuple[Service, ...]
    is_verified: bool = False
    """Its signature was verified, by a certificate that the operator named."""

    @property
    def title(self) -> str:
        """How people speak of it."""
        return f"{self.territory} ({self.operator})" if self.operator else self.territory

    def is_outdated(self, moment: datetime) -> bool:
        """True once the next issue should have been there."""
        return self.next_update_at is None or self.next_update_at < moment


def newest_of_each(lists: Iterable[TrustList]) -> tuple[TrustList, ...]:
    """Of several issues for one territory only the latest."""
    latest: dict[str, TrustList] = {}
    for one in sorted(lists, key=lambda one: one.issued_at):
        latest[one.territory] = one
    return tuple(latest[territory] for territory in sorted(latest))
