# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The folder of the key ring: ``<address>/<generation>/`` with key file, certificate, issuers and state.

Key files are PKCS#12 (RFC 7292), readable by their owner only; one that others can read is refused, not mended. Every
change touches the stamp, by which running processes notice it.
"""

import json
import os
import re
import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from poststelle.adapters.keyring.passphrase import make_private, must_be_private
from poststelle.adapters.keyring.whole import write_whole
from poststelle.application.keyring import (
    Generation,
    KeyRingError,
    KeyState,
    checked_transition,
    current,
    fits,
)
from poststelle.inspection.cms.ber import CmsError

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
_KINDS = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)
_KEY, _CERTIFICATE, _STATE, _STAMP = "key.p12", "certificate.der", "generation.json", ".stamp"
_REFERENCE = "key.pkcs11"
"""In place of the key file: the id of a key that lies in a token, in hex."""
_ADDRESS = re.compile(r"[^\s/@]+@[^\s/@]+")
_DER = serialization.Encoding.DER


@dataclass(frozen=True, slots=True)
class LoadedKey:
    """A private key with what it was stored with."""

    key: PrivateKey
    certificate: bytes
    chain: tuple[bytes, ...]


def private_key_of(content: bytes, passphrase: bytes | None) -> LoadedKey:
    """What a PKCS#12 file holds. KeyRingError where it cannot be opened, or holds no key with its certificate.

    Files written by older programs are not DER; the library reads them with a warning that concerns its authors.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stored = pkcs12.load_pkcs12(content, passphrase)
    except ValueError as error:
        raise KeyRingError("the PKCS#12 file cannot be opened", "Is the passphrase right?") from error
    if not isinstance(stored.key, _KINDS) or stored.cert is None:
        raise KeyRingError("the PKCS#12 file holds no usable key with its certificate")
    chain = tuple(one.certificate.public_bytes(_DER) for one in stored.additional_certs)
    return LoadedKey(stored.key, stored.cert.certificate.public_bytes(_DER), chain)


class KeyFolder:
    """Reads and writes the folder. Reading certificates needs no passphrase."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def root(self) -> Path:
        """Where the ring lies."""
        return self._root

    def stamp(self) -> int:
        """Changes whenever the ring does; 0 where there is none."""
        try:
            return (self._root / _STAMP).stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def ring(self) -> tuple[Generation, ...]:
        """Every generation, by address and age. KeyRingError names the folder that cannot be read."""
        places = sorted(self._root.glob(f"*/*/{_STATE}"))
        return tuple(self._generation(place.parent) for place in places)

    def find(self, address: str, name: str) -> Generation:
        """The generation of this name. KeyRingError where there is none."""
        for one in self.ring():
            if (one.address, one.name) == (address.casefold(), name):
                return one
        raise KeyRingError(f"{address} has no generation {name}", "poststelle keys list shows every generation.")

    def key(self, generation: Generation, passphrase: bytes) -> PrivateKey:
        """The private key. KeyRingError where others can read the file, or it does not belong to the certificate."""
        file = self._place(generation) / _KEY
        if self.reference(generation):
            raise KeyRingError(f"the key of {generation.name} lies in a token", "Use the token's own tools.")
        if not file.is_file():
            raise KeyRingError(f"{file} is missing", "Restore it, or mark the generation as destroyed.")
        must_be_private(file)
        try:
            loaded = private_key_of(file.read_bytes(), passphrase)
        except KeyRingError as error:
            raise KeyRingError(f"{file}: {error.sentence}", error.remedy) from error
        if not fits(generation.certificate, _spki(loaded.key)):
            raise KeyRingError(f"{file} is not the key of the certificate beside it")
        return loaded.key

    def add(self, address: str, loaded: LoadedKey, at: datetime, passphrase: bytes) -> Generation:
        """A new generation: current where the address has none, else next. KeyRingError where key and paper differ."""
        if not fits(loaded.certificate, _spki(loaded.key)):
            raise KeyRingError("the certificate is not for this key")
        packed = _packed(loaded, passphrase)
        return self._added(address, (loaded.certificate, *loaded.chain), at, (_KEY, packed))

    def add_reference(self, address: str, certificates: Sequence[bytes], at: datetime, key_id: str) -> Generation:
        """The same for a key that stays in a token; whether it belongs to the first certificate was looked at before."""
        return self._added(address, certificates, at, (_REFERENCE, key_id.encode("ascii")))

    def reference(self, generation: Generation) -> str:
        """The id (hex) of the generation's key in a token; empty where the key lies in a file here."""
        try:
            return (self._place(generation) / _REFERENCE).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""

    def _added(self, address: str, certificates: Sequence[bytes], at: datetime, key: tuple[str, bytes]) -> Generation:
        wanted = address.casefold()
        if not _ADDRESS.fullmatch(wanted):
            raise KeyRingError(f"{address} is no mail address")
        certificate, *chain = certificates
        state = KeyState.NEXT if current(self.ring(), wanted) else KeyState.CURRENT
        generation = Generation(wanted, self._free_name(wanted, at), state, certificate, tuple(chain))
        place = self._place(generation)
        make_private(self.root)
        place.mkdir(mode=0o755, parents=True)
        write_whole(place / key[0], key[1], 0o400)
        write_whole(place / _CERTIFICATE, certificate, 0o444)
        for number, issuer in enumerate(chain, 1):
            write_whole(place / f"issuer-{number}.der", issuer, 0o444)
        self._keep(generation)
        return generation

    def change(self, generation: Generation, to: KeyState, *, is_compromised: bool = False) -> Generation:
        """The generation in its new state. KeyRingError where that step is not allowed."""
        checked_transition(generation, to)
        changed = replace(generation, state=to, is_compromised=generation.is_compromised or is_compromised)
        self._keep(changed)
        if to is KeyState.DESTROYED:
            for name in (_KEY, _REFERENCE):
                with suppress(FileNotFoundError):
                    (self._place(changed) / name).unlink()
        return changed

    def mark_compromised(self, generation: Generation) -> Generation:
        """The generation, marked for good."""
        marked = replace(generation, is_compromised=True)
        self._keep(marked)
        return marked

    def _generation(self, place: Path) -> Generation:
        try:
            state = json.loads((place / _STATE).read_text(encoding="utf-8"))
            issuers = sorted(place.glob("issuer-*.der"))
            generation = Generation(
                place.parent.name,
                place.name,
                KeyState(state["state"]),
                (place / _CERTIFICATE).read_bytes(),
                tuple(issuer.read_bytes() for issuer in issuers),
                bool(state.get("compromised")),
            )
            generation.outline  # noqa: B018 - a certificate that cannot be read is a fault of the folder
        except (OSError, ValueError, KeyError, TypeError, AttributeError, CmsError, IndexError) as error:
            raise KeyRingError(f"{place} cannot be read: {error}", "Restore the folder from a backup.") from error
        return generation

    def _place(self, generation: Generation) -> Path:
        return self._root / generation.address / generation.name

    def _free_name(self, address: str, at: datetime) -> str:
        taken = {one.name for one in self.ring() if one.address == address}
        numbered = (f"{at:%Y-%m-%d}-{number}" for number in range(1, len(taken) + 2))
        return next(name for name in numbered if name not in taken)

    def _keep(self, generation: Generation) -> None:
        said = {"state": generation.state.value, "compromised": generation.is_compromised}
        write_whole(self._place(generation) / _STATE, json.dumps(said).encode(), 0o644)
        stamp = self._root / _STAMP
        stamp.touch()
        os.utime(stamp)


def _packed(loaded: LoadedKey, passphrase: bytes) -> bytes:
    certificates = [x509.load_der_x509_certificate(der) for der in (loaded.certificate, *loaded.chain)]
    encryption = serialization.BestAvailableEncryption(passphrase)
    return pkcs12.serialize_key_and_certificates(
        b"poststelle", loaded.key, certificates[0], certificates[1:], encryption
    )


def _spki(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(_DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def certificates_in(contents: Iterable[bytes]) -> Sequence[bytes]:
    """DER of every certificate in these files, PEM or DER. KeyRingError where a file holds none."""
    found: list[bytes] = []
    for content in contents:
        try:
            if content.lstrip().startswith(b"-----"):
                found += [one.public_bytes(_DER) for one in x509.load_pem_x509_certificates(content)]
            else:
                found.append(x509.load_der_x509_certificate(content).public_bytes(_DER))
        except ValueError as error:
            raise KeyRingError("the file holds no certificate") from error
    return found
