# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The journal's Ed25519 key in a file that nobody else may read, made at the first start; its public half beside it.

A file that others may read is refused: whoever can read it can write another history.
"""

import hashlib
import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from poststelle.application.ports import UnavailableError

PRIVATE_NAME, PUBLIC_NAME = "journal.key", "journal.pub"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
KEY_ID_HEX = 16


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key's id, the act of signing, and the public half as PEM."""

    key_id: str
    sign: Callable[[bytes], bytes]
    public_pem: bytes


def open_journal_key(folder: Path) -> SigningKey:
    """The key of this folder, made where there is none. UnavailableError where it cannot be read or used."""
    try:
        _make(folder / PRIVATE_NAME)
        key = _read(folder / PRIVATE_NAME)
        public_pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / PUBLIC_NAME).write_bytes(public_pem)
    except OSError as error:
        raise UnavailableError(f"journal key: {error.strerror or type(error).__name__}") from error
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SigningKey(hashlib.sha256(raw).hexdigest()[:KEY_ID_HEX], key.sign, public_pem)


def verifier(public_pem: bytes) -> Callable[[bytes, bytes], bool]:
    """Whether (content, signature) are by the key with this public half. UnavailableError where that is no such key."""
    try:
        key = load_pem_public_key(public_pem)
    except ValueError as error:
        raise UnavailableError("the public journal key cannot be read") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UnavailableError("the public journal key is no Ed25519 key")

    def is_signed(content: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, content)
        except InvalidSignature:
            return False
        return True

    return is_signed


def _make(path: Path) -> None:
    """A new key under its name whole or not at all: a half-written one would stop every later start."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    with suppress(FileExistsError):  # another process was faster: its key is the key
        path.hardlink_to(draft)
    draft.unlink()


def _read(path: Path) -> Ed25519PrivateKey:
    if path.stat().st_mode & _OTHERS:
        raise UnavailableError(f"{path} may be read by others: chmod 600, and consider the key known")
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise UnavailableError(f"{path} holds no key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UnavailableError(f"{path} holds no Ed25519 key")
    return key
