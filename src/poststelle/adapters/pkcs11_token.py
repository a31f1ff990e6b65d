# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Private keys in a PKCS#11 token (OASIS PKCS #11 2.40): used there, never taken out.

Only bare operations are asked of the token, with arguments that anybody could see to be in range: RSA without padding
(CKM_RSA_X_509), ECDH without a derivation, signatures. So an error of the token never says anything about a secret, and
always means that the token cannot be used now: UnavailableError, and the mail comes again. Tokens name a wrong padding
and their own absence alike (SoftHSM 2.6.1: CKR_GENERAL_ERROR for both, seen 2026-11).
"""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from poststelle.application.keyring import KeyRingError
from poststelle.application.ports import UnavailableError
from poststelle.inspection.cms.der import BIT_STRING, OCTET_STRING, OID, SEQUENCE, encode, oid, read
from poststelle.inspection.cms.device import DeviceKey


class _Secret(Protocol):
    """A key that was derived and may be seen."""

    def __getitem__(self, attribute: object) -> bytes: ...

    def destroy(self) -> None: ...


class _Key(Protocol):
    """What is asked of a private key in a token; the package gives each key only what it may be used for."""

    @property
    def key_type(self) -> object: ...

    def __getitem__(self, attribute: object) -> bytes: ...

    def decrypt(self, data: bytes, *, mechanism: object) -> bytes: ...

    def sign(self, data: bytes, *, mechanism: object) -> bytes: ...

    def derive_key(
        self, key_type: object, key_length: int, *, mechanism_param: object, template: object
    ) -> _Secret: ...


class _Session(Protocol):
    def get_objects(self, attrs: object) -> Iterator[_Key]: ...

    def close(self) -> None: ...


PIN_VARIABLE = "POSTSTELLE_TOKEN_PIN"
PIN_CREDENTIAL = "poststelle-token-pin"
_EC_KEY = oid("1.2.840.10045.2.1")
_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""DigestInfo of SHA-256 up to the digest (RFC 8017, 9.2, note 1)."""


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """The module that speaks with the token, and which token."""

    module: Path
    label: str


class Token:
    """One token with a session that is opened when first needed, and anew after any trouble. For several threads."""

    def __init__(self, place: TokenPlace, pin: str) -> None:
        self._place = place
        self._pin = pin
        self._lock = threading.Lock()
        self._session: _Session | None = None

    def key(self, key_id: str, certificate: bytes) -> DeviceKey:
        """The key with this id (hex). KeyRingError where it is not there, or not that of the certificate."""
        return self._key(key_id, x509.load_der_x509_certificate(certificate).public_key())

    def own_key(self, key_id: str) -> DeviceKey:
        """The same for a key that has no certificate yet, by the public key that lies beside it in the token."""
        try:
            return self._key(key_id, load_der_public_key(self._used(key_id, self._public, bytes.fromhex(key_id))))
        except (UnavailableError, ValueError) as error:
            raise KeyRingError(f"the key {key_id} in the token cannot be used: {error}", _REMEDY) from error

    def _public(self, _private: _Key, key_id: bytes) -> bytes:
        pkcs11 = _library()
        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY, pkcs11.Attribute.ID: key_id}
        found = next(iter(self._session.get_objects(wanted)), None) if self._session else None
        if found is None:
            raise UnavailableError(f"token {self._place.label}: no public key {key_id.hex()}")
        return _spki_of(found)

    def _key(self, key_id: str, public: PublicKeyTypes) -> DeviceKey:
        if not isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise KeyRingError("keys of this kind are not used in a token", "Use RSA or an elliptic curve.")
        operate = partial(_raised, public) if isinstance(public, rsa.RSAPublicKey) else partial(_agreed, public)
        key = DeviceKey(
            public,
            secrets.token_bytes(32),
            partial(self._used, key_id, operate),
            partial(self._used, key_id, partial(_signed, public)),
        )
        self._must_fit(key, key_id)
        return key

    def _must_fit(self, key: DeviceKey, key_id: str) -> None:
        try:
            is_same = _is_key_of(key)
        except UnavailableError as error:
            raise KeyRingError(f"the key {key_id} in the token cannot be used: {error}", _REMEDY) from error
        if not is_same:
            raise KeyRingError(f"the key {key_id} in the token is not that of the certificate")

    def _used(self, key_id: str, act: Callable[[_Key, bytes], bytes], content: bytes) -> bytes:
        """The act with the key; once more in a new session where the one at hand had ended meanwhile."""
        with self._lock:
            was_open = self._session is not None
            try:
                return self._once(key_id, act, content)
            except UnavailableError:
                if not was_open:
                    raise
                return self._once(key_id, act, content)

    def _once(self, key_id: str, act: Callable[[_Key, bytes], bytes], content: bytes) -> bytes:
        pkcs11 = _library()
        try:
            if self._session is None:
                self._session = self._opened()
            wanted = {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
                pkcs11.Attribute.ID: bytes.fromhex(key_id),
            }
            found = next(iter(self._session.get_objects(wanted)), None)
            if found is None:
                raise UnavailableError(f"token {self._place.label}: no key {key_id}")
            return act(found, content)
        except (RuntimeError, AttributeError) as error:  # what a key may not be used for it does not have
            self._leave()
            raise UnavailableError(f"token {self._place.label}: {type(error).__name__}") from error

    def _opened(self) -> _Session:
        """A session; who is logged in is the process, not the session."""
        pkcs11 = _library()
        token = pkcs11.lib(str(self._place.module)).get_token(token_label=self._place.label)
        try:
            session: _Session = token.open(user_pin=self._pin)
        except pkcs11.UserAlreadyLoggedIn:
            session = token.open()
        return session

    def _leave(self) -> None:
        session, self._session = self._session, None
        try:
            if session is not None:
                session.close()
        except RuntimeError:
            return


_REMEDY = "Is the token there, keys.pkcs11_token its label, the PIN right? See docs/operations/keys.md."


def find_pin(environment: Mapping[str, str]) -> str:
    """The PIN of the token: a credential of the service manager, or the environment. KeyRingError where there is none."""
    credentials = environment.get("CREDENTIALS_DIRECTORY")
    credential = Path(credentials) / PIN_CREDENTIAL if credentials else None
    if credential is not None and credential.is_file():
        return credential.read_text(encoding="utf-8").rstrip("\r\n")
    if environment.get(PIN_VARIABLE):
        return environment[PIN_VARIABLE]
    raise KeyRingError("there is no PIN for the token", f"Give the credential {PIN_CREDENTIAL}, or {PIN_VARIABLE}.")


def _library() -> ModuleType:
    """An optional package, imported when it is needed."""
    try:
        import pkcs11  # noqa: PLC0415 - optional
    except ImportError as error:
        raise KeyRingError("keys in a token need a package", "pip install 'poststelle[pkcs11]'") from error
    return pkcs11


def _spki_of(public: _Key) -> bytes:
    """A public key as a certificate holds it (RFC 5280, 4.1.2.7; RFC 5480, 2)."""
    pkcs11 = _library()
    if public.key_type is pkcs11.KeyType.RSA:
        parts = (public[pkcs11.Attribute.PUBLIC_EXPONENT], public[pkcs11.Attribute.MODULUS])
        exponent, modulus = (int.from_bytes(part, "big") for part in parts)
        known = rsa.RSAPublicNumbers(exponent, modulus).public_key()
        return known.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    method = encode(SEQUENCE, encode(OID, _EC_KEY), bytes(public[pkcs11.Attribute.EC_PARAMS]))
    point = read(bytes(public[pkcs11.Attribute.EC_POINT])).must_be(OCTET_STRING).content
    return encode(SEQUENCE, method, encode(BIT_STRING, b"\0", point))


def _raised(public: rsa.RSAPublicKey, key: _Key, wrapped: bytes) -> bytes:
    """RSADP (RFC 8017, 5.1.2); some tokens leave leading zeros out."""
    pkcs11 = _library()
    block = bytes(key.decrypt(wrapped, mechanism=pkcs11.Mechanism.RSA_X_509))
    return block.rjust((public.key_size + 7) // 8, b"\0")


def _agreed(public: ec.EllipticCurvePublicKey, key: _Key, point: bytes) -> bytes:
    """The x coordinate of the shared point (SEC 1, 3.3.1)."""
    pkcs11 = _library()
    size = (public.curve.key_size + 7) // 8
    shown = {pkcs11.Attribute.SENSITIVE: False, pkcs11.Attribute.EXTRACTABLE: True, pkcs11.Attribute.TOKEN: False}
    how = (pkcs11.KDF.NULL, None, point)
    made = key.derive_key(pkcs11.KeyType.GENERIC_SECRET, size * 8, mechanism_param=how, template=shown)
    shared = bytes(made[pkcs11.Attribute.VALUE])
    made.destroy()
    return shared


def _signed(public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, key: _Key, digest: bytes) -> bytes:
    pkcs11 = _library()
    if isinstance(public, rsa.RSAPublicKey):
        return bytes(key.sign(_SHA256_INFO + digest, mechanism=pkcs11.Mechanism.RSA_PKCS))
    both = bytes(key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))
    half = len(both) // 2
    return utils.encode_dss_signature(int.from_bytes(both[:half], "big"), int.from_bytes(both[half:], "big"))


def _is_key_of(key: DeviceKey) -> bool:
    """The token's key undoes what the public key does."""
    if isinstance(key.public, rsa.RSAPublicKey):
        size = (key.public.key_size + 7) // 8
        secret, raised = _challenge(key.public)
        return key.operate(raised.to_bytes(size, "big")) == secret.to_bytes(size, "big")
    ours = ec.generate_private_key(key.public.curve)
    return key.operate(_point(ours.public_key())) == ours.exchange(ec.ECDH(), key.public)


def _challenge(public: rsa.RSAPublicKey) -> tuple[int, int]:
    """A number, and what the public key makes of it: below any modulus of this size, since a token refuses what is not."""
    numbers = public.public_numbers()
    while True:
        secret = secrets.randbelow(numbers.n)
        raised = pow(secret, numbers.e, numbers.n)
        if raised.bit_length() < public.key_size:
            return secret, raised


def _point(public: ec.EllipticCurvePublicKey) -> bytes:
    numbers, size = public.public_numbers(), (public.curve.key_size + 7) // 8
    return b"\4" + numbers.x.to_bytes(size, "big") + numbers.y.to_bytes(size, "big")
