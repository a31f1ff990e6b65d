# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whose signature it is: the signer's key held against the identity register, and when a signature is accepted.

Knows no certificate: chain and integrity are facts already. Valid is not accepted (Clause signature.identity).
"""

from enum import StrEnum

from poststelle.core.address import Address
from poststelle.core.register import IdentityCheck, IdentityState, Register
from poststelle.core.signature import Chain, Coverage, CryptoFacts, FromMatch, Identity, Signature, Signer


def is_valid(crypto: CryptoFacts) -> bool:
    """Everything about the signature holds but the identity check: intact, trusted, of the From address, over all."""
    return (
        crypto.signer is not None
        and crypto.signature is Signature.OK
        and crypto.chain is Chain.OK
        and crypto.from_match is FromMatch.MATCH
        and crypto.coverage is Coverage.WHOLE
    )


def identity_of(crypto: CryptoFacts, register: Register, from_address: str) -> Identity:
    """What the register says of the key that made an intact signature; of several checks of a key the latest counts."""
    signer = crypto.signer
    if signer is None or crypto.signature is not Signature.OK:
        return Identity.NOT_APPLICABLE
    checks = [check for check in register.identities if check.spki_sha256 == signer.spki_sha256]
    if checks:
        return _state(max(checks, key=lambda check: check.checked_at), from_address)
    if any(_is_person_of(check, signer) for check in register.identities):
        return Identity.NEW_KEY
    return Identity.UNCHECKED


def _state(check: IdentityCheck, from_address: str) -> Identity:
    if check.state is IdentityState.REVOKED:
        return Identity.REVOKED
    known = {address.casefold() for address in check.addresses}
    return Identity.VERIFIED if not known or from_address.casefold() in known else Identity.UNCHECKED


def _is_person_of(check: IdentityCheck, signer: Signer) -> bool:
    named = {address.casefold() for address in signer.emails}
    return any(address.casefold() in named for address in check.addresses)


class Sighting(StrEnum):
    """What one good signature is to the register, given what was last seen of its signer."""

    FIRST = "first"
    SAME = "same"
    RENEWED = "renewed"
    """The same key under another certificate: what was checked still holds."""
    NEW_KEY = "new-key"
    """The same address with another key: what was checked says nothing about it."""


def sighting(before: tuple[str, str] | None, now: tuple[str, str]) -> Sighting:
    """What this signature is; each pair is (hash of the key, hash of the certificate), the earlier one as last seen."""
    if before is None:
        return Sighting.FIRST
    if before[0] != now[0]:
        return Sighting.NEW_KEY
    return Sighting.SAME if before[1] == now[1] else Sighting.RENEWED


def seen_as(crypto: CryptoFacts, register: Register, from_address: str) -> Sighting | None:
    """What a valid signature is to what the address last signed with; None where there is no valid signature."""
    if crypto.signer is None or not is_valid(crypto):
        return None
    now = (crypto.signer.spki_sha256, crypto.signer.certificate_sha256)
    return sighting(register.last_seen.get(from_address.casefold()), now)


def is_accepted(crypto: CryptoFacts, identity: Identity) -> bool:
    """Accepted signature: SIG_OK, CHAIN_OK, ID_VERIFIED, From match and whole coverage, all of them."""
    return is_valid(crypto) and identity is Identity.VERIFIED


def writes_as_signer(crypto: CryptoFacts, sender: Address | None) -> bool:
    """The reverse-path is an address of the signer.

    Without it, whoever replays somebody's captured ciphertext under a sender address of his own would be told what is
    inside.
    """
    if sender is None or crypto.signer is None:
        return False
    return sender.key in {address.casefold() for address in crypto.signer.emails}
