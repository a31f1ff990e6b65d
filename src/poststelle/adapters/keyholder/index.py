# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The private keys in memory, found by what a recipient entry says; and the two things that are done with them."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from poststelle.application.keyring import Generation, KeyState
from poststelle.application.ports import NoContentKey
from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.device import DeviceKey
from poststelle.inspection.cms.recipients import key_name
from poststelle.inspection.cms.unwrap import UnsupportedRecipientError, unwrap

HeldPrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | DeviceKey
_LOG = logging.getLogger("poststelle.keyholder")
_SHA256 = utils.Prehashed(hashes.SHA256())


@dataclass(frozen=True, slots=True)
class HeldKey:
    """One generation with its private key."""

    generation: Generation
    key: HeldPrivateKey
    owner: str = ""
    """The authority that may use it; empty where only one is served, which may use every key."""

    def is_of(self, authority: str) -> bool:
        """This authority may use it."""
        return self.owner in {"", authority}


class KeyIndex:
    """Every key of the ring, by issuer and serial number and by key identifier."""

    def __init__(self, held: Iterable[HeldKey]) -> None:
        self._held = tuple(held)
        self._by_name: dict[tuple[bytes, int] | bytes, list[HeldKey]] = {}
        for one in self._held:
            outline = one.generation.outline
            for name in ((outline.issuer, outline.serial), outline.key_identifier):
                self._by_name.setdefault(name, []).append(one)

    @property
    def generations(self) -> tuple[Generation, ...]:
        """What is held, without the keys."""
        return tuple(one.generation for one in self._held)

    def content_key(self, recipient_info: bytes, key_bytes: int, authority: str = "") -> bytes | NoContentKey:
        """The content key, right or made up; or why there is none, which depends on no secret.

        A key of another authority is as unknown as none.
        """
        try:
            name = key_name(recipient_info)
        except (CmsError, IndexError, ValueError):
            return NoContentKey.UNSUPPORTED
        named = name.key_identifier if name.key_identifier is not None else (name.issuer or b"", name.serial or 0)
        held = self._by_name.get(named, [])
        found = next((one for one in held if one.is_of(authority)), None)
        if found is None:
            if held:
                _LOG.warning("event=foreign-key-refused authority=%r", authority)  # no honest worker asks for it
            return NoContentKey.NO_KEY
        if isinstance(found.key, ed25519.Ed25519PrivateKey):
            return NoContentKey.UNSUPPORTED
        try:
            return unwrap(found.key, recipient_info, key_bytes)
        except UnsupportedRecipientError:
            return NoContentKey.UNSUPPORTED

    def signature(self, address: str, digest: bytes, authority: str = "") -> bytes | None:
        """The current key's signature over a SHA-256 digest; None where the address has no current key that signs.

        An address of another authority has none.
        """
        for one in self._held:
            is_current = one.generation.address == address.casefold() and one.generation.state is KeyState.CURRENT
            if is_current and one.is_of(authority):
                return _signed(one.key, digest)
        return None


def _signed(key: HeldPrivateKey, digest: bytes) -> bytes | None:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(digest, padding.PKCS1v15(), _SHA256)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(digest, ec.ECDSA(_SHA256))
    if isinstance(key, DeviceKey):
        return key.sign(digest)
    return None
