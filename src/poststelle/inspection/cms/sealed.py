# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Ciphertext of an envelope and how it is opened with a content key: whole, or not at all.

A wrong key, bad padding, a wrong tag and a nonsense plaintext are one outcome and are not told apart.
"""

import re
from dataclasses import dataclass
from enum import Enum
from io import BytesIO

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, CipherContext, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.der import (
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    Node,
    algorithm,
    context,
    encode,
    oid,
)
from poststelle.inspection.cms.recipients import recipient_entries

DATA = oid("1.2.840.113549.1.7.1")
_CIPHERTEXT, _AUTHENTICATED_ATTRIBUTES = context(0, constructed=False), context(1)
_MIN_TAG_BYTES, _TAG_BYTES = 12, 16
"""RFC 5084, 3.2: GCM tags have 12 to 16 bytes."""
_OPENING_BYTES = 256
_PIECE_BYTES = 64 * 1024
"""Decrypted at a time into one buffer: a large plaintext exists once, and not three times (November 2026)."""
_NOT_IN_A_HEADER = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
"""What no MIME entity begins with. A made-up key yields such bytes at once, and whatever else it yields is the same."""


class Mode(Enum):
    """How the content cipher is used."""

    CBC = "cbc"
    GCM = "gcm"
    CCM = "ccm"
    CHACHA = "chacha20-poly1305"


@dataclass(frozen=True, slots=True)
class ContentCipher:
    """One row of the table of content ciphers."""

    name: str
    mode: Mode
    key_bytes: int
    kind: type[CipherAlgorithm]
    is_weak: bool = False

    @property
    def block_bytes(self) -> int:
        """Length of one block."""
        return 8 if self.kind is TripleDES else 16


_AES_ARC = "2.16.840.1.101.3.4.1."
CIPHERS: dict[bytes, ContentCipher] = {
    oid(f"{_AES_ARC}2"): ContentCipher("aes-128-cbc", Mode.CBC, 16, AES),
    oid(f"{_AES_ARC}22"): ContentCipher("aes-192-cbc", Mode.CBC, 24, AES),
    oid(f"{_AES_ARC}42"): ContentCipher("aes-256-cbc", Mode.CBC, 32, AES),
    oid(f"{_AES_ARC}6"): ContentCipher("aes-128-gcm", Mode.GCM, 16, AES),
    oid(f"{_AES_ARC}26"): ContentCipher("aes-192-gcm", Mode.GCM, 24, AES),
    oid(f"{_AES_ARC}46"): ContentCipher("aes-256-gcm", Mode.GCM, 32, AES),
    oid(f"{_AES_ARC}7"): ContentCipher("aes-128-ccm", Mode.CCM, 16, AES),
    oid(f"{_AES_ARC}27"): ContentCipher("aes-192-ccm", Mode.CCM, 24, AES),
    oid(f"{_AES_ARC}47"): ContentCipher("aes-256-ccm", Mode.CCM, 32, AES),
    oid("1.2.840.113549.1.9.16.3.18"): ContentCipher("chacha20-poly1305", Mode.CHACHA, 32, AES),
    oid("1.2.840.113549.3.7"): ContentCipher("des-ede3-cbc", Mode.CBC, 24, TripleDES, is_weak=True),
}
"""RFC 8551, 2.7; RFC 5084; RFC 8103; 3DES for old senders, with a note. RC2 and DES are unsupported on purpose."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What an envelope holds: for whom, under which cipher (None where unknown), and the ciphertext."""

    recipients: tuple[bytes, ...]
    content_type: bytes
    cipher: ContentCipher | None
    parameters: bytes
    """Initialisation vector or nonce."""
    ciphertext: memoryview
    tag: bytes = b""
    associated: bytes = b""


def read_enveloped(body: Node) -> Sealed:
    """EnvelopedData (RFC 5652, 6.1)."""
    infos, encrypted, _ = _after_version(body)
    return _sealed(infos, encrypted, b"", b"")


def read_authenveloped(body: Node) -> Sealed:
    """AuthEnvelopedData (RFC 5083, 2.1)."""
    infos, encrypted, others = _after_version(body)
    attributes = next((part for part in others if part.tag == _AUTHENTICATED_ATTRIBUTES), None)
    tag = next((part for part in others if part.tag == OCTET_STRING), None)
    if tag is None:
        raise CmsError("no authentication tag")
    return _sealed(infos, encrypted, tag.octets, encode(SET, attributes.content) if attributes else b"")


def _after_version(body: Node) -> tuple[Node, Node, tuple[Node, ...]]:
    parts = [part for part in body.must_be(SEQUENCE).children()[1:] if part.tag != context(0)]
    if len(parts) < 2:
        raise CmsError("envelope without content")
    return parts[0].must_be(SET), parts[1].must_be(SEQUENCE), tuple(parts[2:])


def _sealed(infos: Node, encrypted: Node, tag: bytes, associated: bytes) -> Sealed:
    parts = encrypted.children()
    if len(parts) < 3:
        raise CmsError("no ciphertext")
    content_type, method, ciphertext = parts[:3]
    identifier, parameters = algorithm(method)
    cipher = CIPHERS.get(identifier)
    if cipher is not None and (cipher.mode is Mode.CBC) == bool(tag):
        cipher = None
    nonce, tag_bytes = _nonce(cipher, parameters)
    if tag and len(tag) != tag_bytes:
        raise CmsError("authentication tag of another length")
    content = ciphertext.must_be(_CIPHERTEXT).content
    kind = content_type.must_be(OID).octets
    return Sealed(recipient_entries(infos), kind, cipher, nonce, content, tag, associated)


_NONCE_BYTES = {Mode.GCM: range(1, 129), Mode.CCM: range(7, 14), Mode.CHACHA: range(12, 13)}
"""RFC 5084, 3.1 and 3.2; RFC 8103, 1.1. CBC takes one block (RFC 3370, 5.1; RFC 3565, 4.1)."""
_TAGS = {Mode.GCM: range(12, 17), Mode.CCM: range(4, 17, 2)}


def _nonce(cipher: ContentCipher | None, parameters: Node | None) -> tuple[bytes, int]:
    """The initialisation vector, and the length of the tag it goes with (RFC 5084, 3: twelve unless said)."""
    if cipher is None:
        return b"", 0
    if parameters is None:
        raise CmsError("cipher without parameters")
    if cipher.mode not in _TAGS:
        return _fitting(parameters.must_be(OCTET_STRING).octets, cipher), _TAG_BYTES
    parts = parameters.must_be(SEQUENCE).children()
    tag_bytes = parts[1].integer if len(parts) > 1 else _MIN_TAG_BYTES
    if not parts or tag_bytes not in _TAGS[cipher.mode]:
        raise CmsError("impossible length of the tag")
    return _fitting(parts[0].must_be(OCTET_STRING).octets, cipher), tag_bytes


def _fitting(nonce: bytes, cipher: ContentCipher) -> bytes:
    is_block = len(nonce) == cipher.block_bytes if cipher.mode is Mode.CBC else len(nonce) in _NONCE_BYTES[cipher.mode]
    if not is_block:
        raise CmsError("initialisation vector of another length")
    return nonce


def open_sealed(sealed: Sealed, cipher: ContentCipher, key: bytes) -> bytes | None:
    """The plaintext; None for everything that can go wrong, without a difference."""
    try:
        found = _OPENERS[cipher.mode](sealed, cipher, key)
    except (ValueError, InvalidTag, UnsupportedAlgorithm, OverflowError):
        return None
    return found


def begins_well(plaintext: bytes) -> bool:
    """True where a MIME entity may begin like this; the plaintext of a made-up key does not."""
    return not _NOT_IN_A_HEADER.search(plaintext, 0, _OPENING_BYTES)


def _open_cbc(sealed: Sealed, cipher: ContentCipher, key: bytes) -> bytes | None:
    opener = Cipher(cipher.kind(key), modes.CBC(sealed.parameters)).decryptor()  # type: ignore[call-arg] # every row takes a key
    padded = _all_of(opener, sealed.ciphertext)
    with padded.getbuffer() as view:
        end = bytes(view[-len(sealed.parameters) :])
    count = end[-1] if end else 0
    if not 1 <= count <= len(sealed.parameters) or end[-count:] != bytes((count,)) * count:
        return None
    padded.truncate(padded.tell() - count)
    return padded.getvalue()


def _all_of(opener: CipherContext, ciphertext: memoryview) -> BytesIO:
    plaintext = BytesIO()
    for at in range(0, len(ciphertext), _PIECE_BYTES):
        plaintext.write(opener.update(ciphertext[at : at + _PIECE_BYTES]))
    plaintext.write(opener.finalize())
    return plaintext


def _open_gcm(sealed: Sealed, cipher: ContentCipher, key: bytes) -> bytes | None:
    """Nothing leaves before finalize() has compared the tag."""
    mode = modes.GCM(sealed.parameters, sealed.tag, min_tag_length=_MIN_TAG_BYTES)
    opener = Cipher(cipher.kind(key), mode).decryptor()  # type: ignore[call-arg] # every row takes a key
    opener.authenticate_additional_data(sealed.associated)
    return _all_of(opener, sealed.ciphertext).getvalue()


def _open_chacha(sealed: Sealed, cipher: ContentCipher, key: bytes) -> bytes | None:  # noqa: ARG001 - the openers' shape
    return ChaCha20Poly1305(key).decrypt(sealed.parameters, _tagged(sealed), sealed.associated)


def _open_ccm(sealed: Sealed, cipher: ContentCipher, key: bytes) -> bytes | None:  # noqa: ARG001 - the openers' shape
    opener = AESCCM(key, tag_length=len(sealed.tag))
    return opener.decrypt(sealed.parameters, _tagged(sealed), sealed.associated)


def _tagged(sealed: Sealed) -> bytes:
    return b"".join((sealed.ciphertext, sealed.tag))


_OPENERS = {Mode.CBC: _open_cbc, Mode.GCM: _open_gcm, Mode.CCM: _open_ccm, Mode.CHACHA: _open_chacha}
