# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The keys: who asks for what they open, what the inspectors are told of them, which are missing, and what is published.

Only the keyholder (``keyholding``) and the commands on keys ever meet a private key; everybody else gets certificates and a
client.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from poststelle.adapters.inspector_pool.world import Watched, World
from poststelle.adapters.keyholder import (
    KeyholderClient,
)
from poststelle.adapters.keyring import (
    LoadedKey,
    Passphrase,
    find_passphrase,
    new_key,
    own_passphrase,
    self_signed,
)
from poststelle.adapters.policy_folder import read_folder
from poststelle.adapters.trust_folder import TrustFolder
from poststelle.application.key_health import KeyTerm, key_terms
from poststelle.application.keyring import (
    KeyRingError,
    PublishedCertificate,
    published,
    recipients,
)
from poststelle.application.settings import Settings
from poststelle.compose.keyholding import key_folder, key_owner, socket_path
from poststelle.core.policy import CryptoMethod, EncryptionStance, Policy

_WELCOMING = frozenset({EncryptionStance.ACCEPTS, EncryptionStance.REQUIRES})


def trust_folder(settings: Settings) -> TrustFolder:
    """Whom this installation believes."""
    return TrustFolder(settings.house.data / "trust", must_know_revocation=settings.keys.must_know_revocation)


@dataclass(frozen=True, slots=True)
class Custody:
    """What a pool gets that may open encrypted messages."""

    keyholder: KeyholderClient
    world: Watched


def custody(settings: Settings) -> Custody:
    """The client of the keyholder, and what workers are told; for the door, the outbox and the desk, for nobody else."""
    keys, trust, owner_of = key_folder(settings), trust_folder(settings), key_owner(settings)
    world = Watched(
        lambda: World(recipients(keys.ring(), owner_of), trust.trust(), trust.lists()),
        lambda: (keys.stamp(), trust.stamp()),
    )
    return Custody(KeyholderClient(socket_path(settings)), world)


def passphrase(settings: Settings, environment: Mapping[str, str]) -> Passphrase | None:
    """The passphrase of the key files, None where there is none yet."""
    return find_passphrase(key_folder(settings).root, environment)


def mail_addresses(policies: tuple[Policy, ...]) -> tuple[str, ...]:
    """The addresses whose policy welcomes S/MIME: they need a key."""
    return tuple(
        dict.fromkeys(
            terms.address.casefold()
            for policy in policies
            for terms in policy.addresses
            if terms.encryption in _WELCOMING and CryptoMethod.SMIME in terms.methods
        )
    )


def welcoming_addresses(settings: Settings) -> tuple[str, ...]:
    """The same over the latest editions of every authority here."""
    folders = [read_folder(folder) for folder in settings.house.policies]
    return mail_addresses(tuple(folder.editions[-1].policy for folder in folders if folder.editions))


def ensure_keys(settings: Settings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The addresses that had no key at all and now have one that we issued to ourselves; nothing where that is off."""
    if not settings.keys.generate:
        return ()
    keys = key_folder(settings)
    known = {one.address for one in keys.ring()}
    wanted = tuple(address for address in welcoming_addresses(settings) if address not in known)
    for address in wanted:
        secret = own_passphrase(keys.root, environment).secret
        key, now = new_key(), datetime.now(UTC)
        keys.add(address, LoadedKey(key, self_signed(address, key, now), ()), now, secret)
    return wanted


def present_key_terms(settings: Settings) -> tuple[KeyTerm, ...]:
    """How long the certificates in use still hold; of a ring that cannot be read the doctor speaks."""
    try:
        return key_terms(key_folder(settings).ring(), datetime.now(UTC))
    except KeyRingError:
        return ()


def published_certificates(settings: Settings, of: Callable[[str], bool]) -> tuple[PublishedCertificate, ...]:
    """The certificates for download, of the addresses chosen and of their issuers, as the ring is now.

    Chosen before anything is published: an issuer that two authorities share is published by both of them.
    """
    ring = tuple(one for one in key_folder(settings).ring() if of(one.address))
    return published(ring, early=settings.keys.publish_next)
