# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The identity register as a machine of states: what a check or a revocation makes of a key, and what a signature shows.

Pure: who acts and when is handed in. The key is what counts; a certificate renewed for the same key changes nothing, a
new key of a known person is nobody's until somebody checks it (Clause signature.identity).
"""

import base64
from enum import StrEnum
from hashlib import sha256

from poststelle.core.facts import AuthResult, Facts, SenderFacts
from poststelle.core.register import IdentityCheck, IdentityState
from poststelle.core.signature import CryptoFacts, Encryption, Signature
from poststelle.core.signers import is_valid


def may_be_checked(latest: IdentityCheck | None, by: str) -> bool:
    """Whether this person may record the check of a key, given its latest entry.

    A revoked key comes back only by the word of somebody else than the one who revoked it.
    """
    return latest is None or latest.state is not IdentityState.REVOKED or latest.checked_by != by


def next_state(proposal: IdentityCheck | None, by: str, *, four_eyes: bool) -> IdentityState | None:
    """What a check by this person makes of a key; None where it must be somebody else's.

    ``proposal`` is the check of the key that waits for a second person, if there is one.
    """
    if not four_eyes:
        return IdentityState.VERIFIED
    if proposal is None:
        return IdentityState.PROPOSED
    return None if proposal.checked_by == by else IdentityState.VERIFIED


def latest_of(checks: tuple[IdentityCheck, ...], spki_sha256: str) -> IdentityCheck | None:
    """The entry of a key that counts."""
    of_key = [check for check in checks if check.spki_sha256 == spki_sha256]
    return max(of_key, key=lambda check: check.checked_at, default=None)


MAX_CERTIFICATE_BYTES = 16 * 1024
"""Certificates for mail have one to three thousand; a larger one is checked all the same, and not kept."""


def certificate_of(crypto: CryptoFacts) -> bytes | None:
    """The signer's very certificate (DER), as the inspector kept it for answers; None where it did not, or it is huge."""
    if crypto.reply_key is None or crypto.signer is None:
        return None
    try:
        der = base64.b64decode(crypto.reply_key.certificate, validate=True)
    except ValueError:
        return None
    is_shown = sha256(der).hexdigest() == crypto.signer.certificate_sha256
    return der if is_shown and len(der) <= MAX_CERTIFICATE_BYTES else None


class Habit(StrEnum):
    """What a message says of its sender's habit of signing."""

    SIGNS = "signs"
    STOPPED = "stopped"


_UNSIGNED = frozenset({Signature.NONE, Signature.CERTS_ONLY})
_OPEN = frozenset({Encryption.NONE, Encryption.OK})


def habit(facts: Facts) -> Habit | None:
    """Whether the From address signs; None where the message proves neither.

    Only a valid signature of the address itself begins the habit, and only an unsigned message that is proven to be
    the address's own ends it: otherwise one forgery would clear the way for the next.
    """
    inspection = facts.inspection
    if inspection is None or len(inspection.head.from_addresses) != 1:
        return None
    if is_valid(inspection.crypto):
        return Habit.SIGNS
    is_unsigned = inspection.crypto.signature in _UNSIGNED and _is_open(inspection.crypto)
    return Habit.STOPPED if is_unsigned and _is_proven(facts.sender) else None


def _is_open(crypto: CryptoFacts) -> bool:
    return crypto.encryption in _OPEN


def _is_proven(sender: SenderFacts) -> bool:
    return sender.dmarc is AuthResult.PASS or sender.dkim_aligned
