# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the commands on keys work with: the ring, opened with the passphrase of this installation."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

from poststelle.adapters.keyholder import KeyholderClient
from poststelle.adapters.keyring import (
    KeyFolder,
    KeyKind,
    LoadedKey,
    OwnKey,
    certificates_in,
    new_key,
    own_passphrase,
    private_key_of,
    request_of,
    self_signed,
    signer_of,
)
from poststelle.application import key_health
from poststelle.application.health import Diagnosis, Examination, Health
from poststelle.application.keyring import (
    Generation,
    KeyRingError,
    KeyState,
    PublishedCertificate,
    current,
    fits,
    names,
)
from poststelle.application.settings import Settings
from poststelle.compose.keyholding import key_folder, key_owner, socket_path, token_keys
from poststelle.compose.keys import passphrase, published_certificates, trust_folder, welcoming_addresses
from poststelle.compose.parts import authorities
from poststelle.compose.reopening import has_keyholder, reopen_closed
from poststelle.compose.revocation import revocation_folder
from poststelle.compose.whose import one_or_all, the_one
from poststelle.faces.cli.keys import KeyBench
from poststelle.faces.cli.listing import Listed
from poststelle.inspection.cms.device import DeviceKey

_HOW = {"retired": KeyState.RETIRED, "destroyed": KeyState.DESTROYED}


def key_bench(settings: Settings) -> KeyBench:
    """The ring, and what can be done with it. Running processes notice changes by themselves."""
    desk = _Bench(key_folder(settings), token_keys(settings, os.environ))
    return KeyBench(
        ring=lambda named: _ring(settings, named),
        generate=desk.generate,
        import_p12=desk.import_p12,
        import_certificate=desk.import_certificate,
        import_reference=desk.import_reference,
        rotate=desk.rotate,
        retire=desk.retire,
        csr=desk.csr,
        token_csr=desk.token_csr,
        published=lambda named: _published(settings, named),
        reopen=lambda named: reopen_closed(settings, named),
        may_reopen=lambda: has_keyholder(settings),
    )


def _ring(settings: Settings, named: str) -> Listed[Generation]:
    """Each generation with its owner; without a name those of nobody, too."""
    known, owner_of = authorities(settings).by_id, key_owner(settings)
    chosen = one_or_all(known, named)
    ring = tuple((owner_of(one.address) or next(iter(known)), one) for one in key_folder(settings).ring())
    return Listed(tuple(pair for pair in ring if not named or pair[0] in chosen), len(chosen) > 1)


def _published(settings: Settings, named: str) -> tuple[PublishedCertificate, ...]:
    owner_of, owners = key_owner(settings), {"", the_one(authorities(settings).by_id, named)}
    return published_certificates(settings, lambda address: owner_of(address) in owners)


def key_examinations(settings: Settings) -> tuple[Examination, ...]:
    """What the doctor looks at of keys and trust."""
    keys = key_folder(settings)

    def wanted() -> int:
        return sum(one.state is not KeyState.DESTROYED for one in keys.ring())

    return (
        lambda: key_health.of_keys(keys.ring, welcoming_addresses(settings), datetime.now(UTC)),
        lambda: _unless_unreadable(
            "key passphrase",
            lambda: key_health.of_passphrase(found.source if (found := passphrase(settings, os.environ)) else ""),
        ),
        lambda: key_health.of_trust(trust_folder(settings).trust),
        lambda: key_health.of_trust_lists(trust_folder(settings).lists, datetime.now(UTC)),
        lambda: key_health.of_revocation(
            revocation_folder(settings).known().values(), settings.revocation.hosts, datetime.now(UTC)
        ),
        lambda: _unless_unreadable(
            "keyholder",
            lambda: key_health.of_keyholder(
                lambda: len(KeyholderClient(socket_path(settings)).certificates()), wanted()
            ),
        ),
    )


def _unless_unreadable(part: str, examine: Examination) -> Diagnosis:
    """The doctor always goes on."""
    try:
        return examine()
    except KeyRingError as error:
        return Diagnosis(part, Health.BROKEN, error.sentence, error.remedy)


class _Bench:
    """The functions of the bench on one ring."""

    def __init__(self, keys: KeyFolder, token_key: Callable[[bytes | None, str], DeviceKey]) -> None:
        self.keys = keys
        self._token_key = token_key

    def generate(self, address: str, kind: str) -> Generation:
        key, now = new_key(KeyKind(kind)), datetime.now(UTC)
        return self._add(address, LoadedKey(key, self_signed(address.casefold(), key, now), ()))

    def import_p12(self, address: str, content: bytes, passphrase: bytes) -> Generation:
        return self._add(address, private_key_of(content, passphrase))

    def import_certificate(self, address: str, content: bytes) -> Generation:
        """A certificate for a key that lies here already becomes a generation of its own with that key."""
        found = certificates_in((content,))
        for one in self.keys.ring():
            for certificate in found:
                if one.address == address.casefold() and fits(certificate, one.outline.spki):
                    chain = tuple(other for other in found if other != certificate)
                    return self._renewed(one, certificate, chain)
        raise KeyRingError("no key of this address belongs to the certificate", "poststelle keys csr makes a request.")

    def import_reference(self, address: str, content: bytes, key_id: str) -> Generation:
        """A generation whose key stays in the token of the settings."""
        certificate, *chain = certificates_in((content,))
        return self._add_reference(address, (certificate, *chain), key_id)

    def rotate(self, address: str) -> tuple[Generation, ...]:
        ring = self.keys.ring()
        waiting = [one for one in ring if one.address == address.casefold() and one.state is KeyState.NEXT]
        if not waiting:
            raise KeyRingError(f"{address} has no next generation", "poststelle keys generate or import makes one.")
        former = current(ring, address.casefold())
        retired = (self.keys.change(former, KeyState.RETIRED),) if former else ()
        return (*retired, self.keys.change(waiting[-1], KeyState.CURRENT))

    def retire(self, address: str, name: str, how: str) -> Generation:
        generation = self.keys.find(address, name)
        if how == "compromised":
            marked = self.keys.mark_compromised(generation)
            is_in_use = marked.state in {KeyState.NEXT, KeyState.CURRENT}
            return self.keys.change(marked, KeyState.RETIRED) if is_in_use else marked
        return self.keys.change(generation, _HOW[how])

    def csr(self, address: str, name: str, organisation: str) -> bytes:
        generation = self.keys.find(address, name)
        if key_id := self.keys.reference(generation):
            device = self._token_key(generation.certificate, key_id)
            return request_of(generation.address, organisation, device.public, device.sign)
        key = self.keys.key(generation, self._secret())
        if not isinstance(key, OwnKey):
            raise KeyRingError("no request is made for a key of this kind", "poststelle keys generate makes another.")
        return request_of(generation.address, organisation, key.public_key(), signer_of(key))

    def token_csr(self, address: str, key_id: str, organisation: str) -> bytes:
        device = self._token_key(None, key_id)
        return request_of(address.casefold(), organisation, device.public, device.sign)

    def _renewed(self, former: Generation, certificate: bytes, chain: tuple[bytes, ...]) -> Generation:
        """The key of a generation under another certificate, wherever it lies."""
        if key_id := self.keys.reference(former):
            return self._add_reference(former.address, (certificate, *chain), key_id)
        return self._add(former.address, LoadedKey(self.keys.key(former, self._secret()), certificate, chain))

    def _add_reference(self, address: str, certificates: tuple[bytes, ...], key_id: str) -> Generation:
        _must_name(certificates[0], address)
        self._token_key(certificates[0], key_id)
        return self.keys.add_reference(address, certificates, datetime.now(UTC), key_id)

    def _add(self, address: str, loaded: LoadedKey) -> Generation:
        _must_name(loaded.certificate, address)
        return self.keys.add(address, loaded, datetime.now(UTC), self._secret())

    def _secret(self) -> bytes:
        return own_passphrase(self.keys.root, os.environ).secret


def _must_name(certificate: bytes, address: str) -> None:
    if not names(certificate, address):
        raise KeyRingError(f"the certificate does not name {address}", "Ask the issuer for one that does.")
