# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The keys: where the ring lies, who opens it, what the inspectors are told of it, and what is published.

Only ``run_keyholder`` and the commands on keys ever meet a private key; everybody else gets certificates and a client.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from poststelle.adapters.inspector_pool import Watched, World, confine
from poststelle.adapters.keyholder import (
    HeldKey,
    HeldPrivateKey,
    KeyholderClient,
    KeyholderServer,
    KeyIndex,
    Ring,
)
from poststelle.adapters.keyring import (
    CREDENTIALS,
    VARIABLE,
    KeyFolder,
    LoadedKey,
    Passphrase,
    find_passphrase,
    new_key,
    own_passphrase,
    self_signed,
)
from poststelle.adapters.pkcs11_token import PIN_VARIABLE, Token, TokenPlace, find_pin
from poststelle.adapters.policy_folder import read_folder
from poststelle.adapters.trust_folder import TrustFolder
from poststelle.application.key_health import KeyTerm, key_terms
from poststelle.application.keyring import (
    Generation,
    KeyRingError,
    KeyState,
    PublishedCertificate,
    published,
    recipients,
)
from poststelle.application.settings import Settings
from poststelle.core.policy import CryptoMethod, EncryptionStance, Policy
from poststelle.inspection.cms.device import DeviceKey

SECRET_VARIABLES = frozenset({CREDENTIALS, VARIABLE, PIN_VARIABLE})
"""What only the keyholder's process gets to see of the environment."""
_WELCOMING = frozenset({EncryptionStance.ACCEPTS, EncryptionStance.REQUIRES})


def key_folder(settings: Settings) -> KeyFolder:
    """The ring of this installation."""
    return KeyFolder(settings.house.data / "keys")


def trust_folder(settings: Settings) -> TrustFolder:
    """Whom this installation believes."""
    return TrustFolder(settings.house.data / "trust", must_know_revocation=settings.keys.must_know_revocation)


def socket_path(settings: Settings) -> Path:
    """Where the keyholder listens."""
    return settings.keys.socket or settings.house.data / "run" / "keyholder.sock"


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


NOBODY = "-"
"""Owner of a key whose domain is no authority's, where there are several: nothing is opened with it."""


def key_owner(settings: Settings) -> Callable[[str], str]:
    """Whose the key of an address is, by its domain; empty where there is only one authority, whose every key is."""
    return partial(_owner_of, _domains(settings))


def _domains(settings: Settings) -> Mapping[str, str]:
    """Whose domain each is, of all editions; empty where there is only one authority, whose every key is."""
    folders = [read_folder(folder) for folder in settings.house.policies]
    if len(folders) == 1:
        return {}
    scopes = ((folder.authority, edition.policy.scope) for folder in folders for edition in folder.editions)
    return {domain.casefold(): authority for authority, scope in scopes if scope for domain in scope.domains}


def _owner_of(domains: Mapping[str, str], address: str) -> str:
    return domains.get(address.rpartition("@")[2].casefold(), NOBODY) if domains else ""


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


def keyholder(settings: Settings) -> KeyholderServer:
    """The keyholder, listening and not confined yet. KeyRingError where a key cannot be used."""
    keys = key_folder(settings)
    found = find_passphrase(keys.root, os.environ)
    secret, owner_of = found.secret if found else b"", key_owner(settings)

    def load() -> KeyIndex:
        usable = (one for one in keys.ring() if one.state is not KeyState.DESTROYED)
        return KeyIndex(HeldKey(one, _opened(one), owner_of(one.address)) for one in usable)

    def _opened(one: Generation) -> HeldPrivateKey:
        key_id = keys.reference(one)
        return inside(one.certificate, key_id) if key_id else keys.key(one, secret)

    inside = token_keys(settings, os.environ)

    return KeyholderServer(socket_path(settings), Ring(load, keys.stamp), settings.keys.threads)


def token_keys(settings: Settings, environment: Mapping[str, str]) -> Callable[[bytes, str], DeviceKey]:
    """(certificate, key id) to a key in the token of the settings. KeyRingError where it cannot be used."""
    tokens: list[Token] = []

    def key(certificate: bytes, key_id: str) -> DeviceKey:
        module, label = settings.keys.pkcs11_module, settings.keys.pkcs11_token
        if module is None:
            raise KeyRingError(
                "the key lies in a token, and none is set", "Set keys.pkcs11_module and keys.pkcs11_token."
            )
        if not tokens:
            tokens.append(Token(TokenPlace(module, label), find_pin(environment)))
        return tokens[0].key(key_id, certificate)

    return key


def confine_keyholder(settings: Settings) -> tuple[str, ...]:
    """Give up everything but the key files and the listening socket; the mechanisms that hold."""
    folder = key_folder(settings).root
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return confine((folder, *settings.keys.pkcs11_folders), accepts=True).active


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
