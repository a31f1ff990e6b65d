# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What people of the authority have recorded and the judge must know: checked signers and given consents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from poststelle.core.formats import Format


class IdentityState(StrEnum):
    """State of a key in the identity register."""

    VERIFIED = "verified"
    REVOKED = "revoked"
    PROPOSED = "proposed"
    """One of two people has checked; until the second has, nothing changes (four eyes)."""


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """The one-time check of a signer by an employee whom the sender knows (Clause signature.identity)."""

    spki_sha256: str
    addresses: tuple[str, ...]
    state: IdentityState
    checked_by: str
    checked_at: datetime
    person: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """Zustimmung: an expiring grant of other formats to one sender (Clause attachments.consent)."""

    reference: str
    sender: str
    """``local@domain``, ``@domain`` for everybody there, or a SAFE-ID; matched only with an authenticated sender."""
    formats: frozenset[Format]
    office: str
    """Office id, or empty for every office of the authority."""
    valid_from: datetime
    valid_until: datetime
    granted_by: str


@dataclass(frozen=True, slots=True)
class Register:
    """A snapshot of both registers of one authority."""

    identities: tuple[IdentityCheck, ...] = ()
    """The entry of each key that counts: verified or revoked."""
    consents: tuple[Consent, ...] = ()
    known_signers: frozenset[str] = frozenset()
    """Addresses that always signed so far; an unsigned mail from one of them is flagged."""
    proposals: tuple[IdentityCheck, ...] = ()
    """Checks that wait for a second person, each newer than what counts of its key."""
    last_seen: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """For each address that signs the hashes of the key and of the certificate it last signed with."""
