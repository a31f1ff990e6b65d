# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""DKIM signatures (RFC 6376, 8301, 8463) verified in a stream: the body is hashed as it passes and never held.

Knows no DNS: the caller brings the key record. Stricter than the standard in one point: a signature over part of the
body (``l=``) proves nothing about the rest and is ``policy``, never ``pass``.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from poststelle.core.facts import AuthResult

MIN_KEY_BITS: Final = 1024
"""RFC 8301, 3.2."""
MAX_KEY_BITS: Final = 8192
MAX_SPACE_BYTES: Final = 1024 * 1024
"""A run of white space that long in a body is nobody's letter; its hash is given up."""

_FIELD = re.compile(rb"(?m)^([\x21-\x39\x3b-\x7e]+)[ \t]*:(?:[^\r\n]+|\r\n[ \t]|\r(?!\n)|(?<!\r)\n)*")
_BLANKS = re.compile(rb"[ \t]+")
_B_VALUE = re.compile(rb"((?:^|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")
_TAG = re.compile(r"^\s*([A-Za-z]\w*)\s*=\s*(.*?)\s*$", re.DOTALL)
_CANONICAL: Final = frozenset({"simple", "relaxed"})
_REQUIRED: Final = ("v", "a", "b", "bh", "d", "h", "s")
_DOMAIN = re.compile(r"^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+$")
_SELECTOR = re.compile(r"^[a-z0-9_]([a-z0-9_.-]{0,200}[a-z0-9_])?$")


@dataclass(frozen=True, slots=True)
class Signature:
    """One DKIM-Signature field whose tags make sense."""

    domain: str
    selector: str
    algorithm: str
    head_form: str
    body_form: str
    """``simple`` or ``relaxed`` (RFC 6376, 3.4)."""
    signed_names: tuple[str, ...]
    body_hash: bytes
    value: bytes
    whole_body: bool
    expires: int | None
    identity_domain: str
    position: int
    """Index among the fields of the head."""

    @property
    def key_name(self) -> str:
        """Where its key is published."""
        return f"{self.selector}._domainkey.{self.domain}"


class BodyHash:
    """SHA-256 of a body in one canonical form, fed in any chunks."""

    def __init__(self, form: str) -> None:
        self._relaxed = form == "relaxed"
        self._hash = sha256()
        self._space = b""
        self._is_empty = True
        self._given_up = False

    def update(self, chunk: bytes) -> None:
        """Take the next bytes. White space is held back until it is known whether text follows."""
        whole = self._space + chunk
        end = len(whole.rstrip(b" \t\r\n"))
        self._space = whole[end:]
        if len(self._space) > MAX_SPACE_BYTES:
            self._given_up, self._space = True, b""
        if end:
            self._is_empty = False
            self._hash.update(self._formed(whole[:end]))

    def digest(self) -> bytes:
        """The hash of all that was fed; empty bytes, equal to no hash, where it was given up."""
        if self._given_up:
            return b""
        final = self._hash.copy()
        if not self._relaxed:
            final.update(_without_empty_lines(self._space) + b"\r\n")
        elif not self._is_empty:
            final.update(b"\r\n")
        return final.digest()

    def _formed(self, block: bytes) -> bytes:
        if not self._relaxed or (b" " not in block and b"\t" not in block):
            return block
        return _BLANKS.sub(b" ", block).replace(b" \r\n", b"\r\n")


def fields_of(head: bytes) -> tuple[tuple[str, bytes], ...]:
    """All header fields as (lower-case name, the field as written without its last CRLF), in order."""
    return tuple((match[1].decode("ascii").lower(), match[0]) for match in _FIELD.finditer(head))


def signature_of(field: bytes, position: int) -> Signature | None:
    """The signature a field states, or None where a tag is missing, doubled or senseless."""
    tags = tags_of(field.partition(b":")[2].decode("utf-8", "replace"))
    if tags is None or any(not tags.get(name) for name in _REQUIRED) or tags["v"] != "1":
        return None
    head_form, _, body_form = tags.get("c", "simple/simple").lower().partition("/")
    domain, selector = tags["d"].lower(), tags["s"].lower()
    names = tuple(name.strip().lower() for name in tags["h"].split(":"))
    body_hash, value = _octets(tags["bh"]), _octets(tags["b"])
    forms = {head_form, body_form or "simple"}
    numbers = [tags[name] for name in ("x", "t", "l") if name in tags]
    senseless = (
        not _DOMAIN.match(domain) or not _SELECTOR.match(selector) or "from" not in names
        or not forms <= _CANONICAL or not body_hash or not value
        or not all(re.fullmatch(r"\d{1,12}", number) for number in numbers)
    )  # fmt: skip
    if senseless:
        return None
    return Signature(
        domain=domain,
        selector=selector,
        algorithm=tags["a"].lower(),
        head_form=head_form,
        body_form=body_form or "simple",
        signed_names=names,
        body_hash=body_hash,
        value=value,
        whole_body="l" not in tags,
        expires=int(tags["x"]) if "x" in tags else None,
        identity_domain=tags.get("i", f"@{domain}").rpartition("@")[2].lower(),
        position=position,
    )


def verify(
    signature: Signature, fields: tuple[tuple[str, bytes], ...], key_record: str, body_hash: bytes, at: datetime
) -> AuthResult:
    """The result of one signature, by its key record and the hash of the body in its form."""
    unfit = _unfit(signature, at)
    if unfit is not None:
        return unfit
    key = _key(key_record, signature)
    if key is None:
        return AuthResult.PERMERROR
    if signature.body_hash != body_hash and signature.whole_body:
        return AuthResult.FAIL
    added_from = sum(name == "from" for name, _ in fields) > signature.signed_names.count("from")
    if added_from or not _is_valid(key, signature.value, _signed_head(signature, fields)):
        return AuthResult.FAIL
    return AuthResult.PASS if signature.whole_body else AuthResult.POLICY


def tags_of(text: str) -> Mapping[str, str] | None:
    """A tag list (RFC 6376, 3.2); None where one is malformed or stands twice."""
    tags: dict[str, str] = {}
    for part in text.strip().removesuffix(";").split(";"):
        match = _TAG.match(part)
        if match is None or match[1] in tags:
            return None
        tags[match[1]] = match[2]
    return tags


def _unfit(signature: Signature, at: datetime) -> AuthResult | None:
    """Why the signature is not even tried."""
    if signature.algorithm == "rsa-sha1":
        return AuthResult.POLICY
    if signature.algorithm not in {"rsa-sha256", "ed25519-sha256"}:
        return AuthResult.NEUTRAL
    if signature.expires is not None and signature.expires < at.timestamp():
        return AuthResult.FAIL
    own = signature.identity_domain == signature.domain or signature.identity_domain.endswith(f".{signature.domain}")
    return None if own else AuthResult.PERMERROR


def _key(record: str, signature: Signature) -> RSAPublicKey | Ed25519PublicKey | None:
    """The public key, where the record is one for mail, for this algorithm and of a sound size (RFC 6376, 3.6.1)."""
    tags = tags_of(record)
    if tags is None or tags.get("v", "DKIM1") != "DKIM1" or not _serves(tags, signature):
        return None
    octets = _octets(tags.get("p", ""))
    kind = signature.algorithm.partition("-")[0]
    if tags.get("k", "rsa").lower() != kind:
        return None
    try:
        key = Ed25519PublicKey.from_public_bytes(octets) if kind == "ed25519" else load_der_public_key(octets)
    except Exception:  # noqa: BLE001 - a hostile key; the library names no closed set of errors
        return None
    if isinstance(key, RSAPublicKey):
        return key if MIN_KEY_BITS <= key.key_size <= MAX_KEY_BITS else None
    return key if isinstance(key, Ed25519PublicKey) else None


def _serves(tags: Mapping[str, str], signature: Signature) -> bool:
    services = {service.strip() for service in tags.get("s", "*").split(":")}
    hashes = {name.strip() for name in tags.get("h", "sha256").split(":")}
    flags = {flag.strip() for flag in tags.get("t", "").split(":")}
    exact = signature.identity_domain == signature.domain or "s" not in flags
    return bool(services & {"*", "email"}) and "sha256" in hashes and exact


def _is_valid(key: RSAPublicKey | Ed25519PublicKey, value: bytes, signed: bytes) -> bool:
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(value, signed, PKCS1v15(), SHA256())
        else:
            key.verify(value, sha256(signed).digest())
    except InvalidSignature:
        return False
    return True


def _signed_head(signature: Signature, fields: tuple[tuple[str, bytes], ...]) -> bytes:
    """The fields named in ``h=``, each time the lowest not yet taken, then the signature without its value."""
    left: dict[str, list[bytes]] = {}
    for name, field in fields:
        left.setdefault(name, []).append(field)
    chosen = [left[name].pop() for name in signature.signed_names if left.get(name)]
    own_name, _, own_value = fields[signature.position][1].partition(b":")
    own = own_name + b":" + _B_VALUE.sub(rb"\1", own_value, count=1)
    relaxed = signature.head_form == "relaxed"
    return b"".join(_head_formed(field, relaxed=relaxed) + b"\r\n" for field in chosen) + _head_formed(
        own, relaxed=relaxed
    )


def _head_formed(field: bytes, *, relaxed: bool) -> bytes:
    if not relaxed:
        return field
    name, _, value = field.partition(b":")
    unfolded = _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.rstrip(b" \t").lower() + b":" + unfolded


def _without_empty_lines(space: bytes) -> bytes:
    end = len(space)
    while end >= 2 and space[end - 2 : end] == b"\r\n":
        end -= 2
    return space[:end]


def _octets(text: str) -> bytes:
    """Base64 with white space inside; empty where it is not base64."""
    try:
        return b64decode(re.sub(r"\s+", "", text), validate=True)
    except (binascii.Error, ValueError):
        return b""


def strongest(results: Iterable[AuthResult]) -> AuthResult:
    """The result that says most about a message with several signatures."""
    return min(results, key=_ORDER.index, default=AuthResult.NONE)


_ORDER: Final = (
    AuthResult.PASS, AuthResult.TEMPERROR, AuthResult.POLICY, AuthResult.FAIL, AuthResult.PERMERROR, AuthResult.NEUTRAL,
    AuthResult.SOFTFAIL, AuthResult.NONE,
)  # fmt: skip
