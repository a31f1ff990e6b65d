# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The key ring as values: generations of keys per address, what may become of each, and what is published of them.

Knows certificates only. Private keys live in the keyholder's process and in files that it alone reads.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from cryptography import x509

from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import Certificate, emails, parsed, read_certificate
from poststelle.inspection.cms.layer import Recipient

WARN_BEFORE_EXPIRY = timedelta(days=45)
"""Senders replace a certificate by hand: they need weeks, and an issuer needs days."""
DEMO_NAME = "Demo/selbst ausgestellt"
"""Stands in the subject of certificates that this program issued to itself."""


class KeyState(StrEnum):
    """What a generation is for. The strings are public."""

    NEXT = "next"
    """Decrypts, and may be published early; signs nothing yet."""
    CURRENT = "current"
    """Decrypts, signs, and is published. At most one for each address."""
    RETIRED = "retired"
    """Decrypts what was encrypted to it; no longer published."""
    DESTROYED = "destroyed"
    """The private key is gone; only the certificate remains, to name what cannot be read any more."""


TRANSITIONS: dict[KeyState, frozenset[KeyState]] = {
    KeyState.NEXT: frozenset({KeyState.CURRENT, KeyState.RETIRED, KeyState.DESTROYED}),
    KeyState.CURRENT: frozenset({KeyState.RETIRED}),
    KeyState.RETIRED: frozenset({KeyState.DESTROYED}),
    KeyState.DESTROYED: frozenset(),
}
"""A key never comes back: what was retired stays retired."""


class KeyRingError(Exception):
    """The key ring cannot be used, or not so: a sentence, and what to do about it."""

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Generation:
    """One key of one address, without the key."""

    address: str
    """``local@domain`` in lower case."""
    name: str
    """Such as ``2026-11-22-1``: unique within the address, sorted by age."""
    state: KeyState
    certificate: bytes
    """DER."""
    chain: tuple[bytes, ...] = ()
    """DER of the issuers, the nearest first."""
    is_compromised: bool = False
    """Somebody else may have the key: nothing it signed and no secrecy of what it opens can be relied on."""

    @property
    def outline(self) -> Certificate:
        """The certificate by the parts that others point to."""
        return read_certificate(self.certificate)

    @property
    def sha256(self) -> str:
        """Fingerprint of the certificate, lower-case hex."""
        return sha256(self.certificate).hexdigest()

    @property
    def x509(self) -> x509.Certificate:
        """The certificate for display. KeyRingError where it cannot be read."""
        known = parsed(self.outline)
        if known is None:
            raise KeyRingError(f"the certificate of {self.address} {self.name} cannot be read")
        return known

    @property
    def not_after(self) -> datetime:
        """Until when the certificate is valid."""
        return self.x509.not_valid_after_utc

    @property
    def is_self_signed(self) -> bool:
        """Nobody vouches for it."""
        return self.outline.issuer == self.outline.subject

    @property
    def is_demo(self) -> bool:
        """It was issued by this program to itself, for trying things out."""
        return self.is_self_signed and DEMO_NAME in self.x509.subject.rfc4514_string()

    @property
    def issuer(self) -> str:
        """Who issued it, in words."""
        return self.x509.issuer.rfc4514_string()


@dataclass(frozen=True, slots=True)
class PublishedCertificate:
    """One certificate that anybody may download (Clause smime.certificates)."""

    address: str
    is_issuer: bool
    file_name: str
    content: bytes
    """DER."""
    sha256: str
    not_after: datetime
    issuer: str
    is_self_signed: bool = False


def checked_transition(generation: Generation, to: KeyState) -> None:
    """Nothing where the step is allowed; KeyRingError where it is not."""
    if to not in TRANSITIONS[generation.state]:
        raise KeyRingError(
            f"{generation.address} {generation.name} is {generation.state} and cannot become {to}",
            "poststelle keys list shows every generation and its state.",
        )


def current(ring: tuple[Generation, ...], address: str) -> Generation | None:
    """The generation of this address that signs and is published."""
    return next((one for one in ring if one.address == address and one.state is KeyState.CURRENT), None)


def recipients(
    ring: tuple[Generation, ...], owner_of: Callable[[str], str] = lambda _address: ""
) -> tuple[Recipient, ...]:
    """Every certificate that we may have the key of: what an inspector asks the keyholder for."""
    return tuple(
        Recipient(one.outline, one.state in _UP_TO_DATE, owner_of(one.address))
        for one in ring
        if one.state is not KeyState.DESTROYED
    )


_UP_TO_DATE = frozenset({KeyState.NEXT, KeyState.CURRENT})
_PUBLIC = {KeyState.CURRENT: "", KeyState.NEXT: ".next"}
_OWN, _ISSUER = ".cer", ".crt"
PUBLISHED_SUFFIXES = frozenset({_OWN, _ISSUER})
"""Of the files that senders download."""


def published(ring: tuple[Generation, ...], *, early: bool = False) -> tuple[PublishedCertificate, ...]:
    """The current certificate of every address with its issuers; the next one too where it is to be known early."""
    states = (KeyState.CURRENT, KeyState.NEXT) if early else (KeyState.CURRENT,)
    found: list[PublishedCertificate] = []
    for state in states:
        for one in ring:
            if one.state is state and not one.is_compromised:
                found.append(_as_published(one, f"{one.address}{_PUBLIC[state]}{_OWN}", is_issuer=False))
                found += _issuers(one, sum(entry.is_issuer for entry in found))
    return tuple({entry.content: entry for entry in reversed(found)}.values())[::-1]


def _issuers(one: Generation, before: int) -> list[PublishedCertificate]:
    chain = [replace(one, certificate=der) for der in one.chain if der != one.certificate]
    return [
        _as_published(issuer, f"aussteller-{number}{_ISSUER}", is_issuer=True)
        for number, issuer in enumerate(chain, before + 1)
    ]


def _as_published(one: Generation, file_name: str, *, is_issuer: bool) -> PublishedCertificate:
    return PublishedCertificate(
        one.address,
        is_issuer,
        file_name,
        one.certificate,
        one.sha256,
        one.not_after,
        one.issuer,
        one.is_self_signed,
    )


def fits(certificate: bytes, public_key: bytes) -> bool:
    """The certificate (DER) is for this public key (DER of its SubjectPublicKeyInfo)."""
    try:
        return read_certificate(certificate).spki == public_key
    except (CmsError, IndexError, ValueError):
        return False


def names(certificate: bytes, address: str) -> bool:
    """The certificate names this mailbox, so that mail programs take it for the address."""
    known = parsed(read_certificate(certificate))
    return known is not None and address.casefold() in {one.casefold() for one in emails(known)}
