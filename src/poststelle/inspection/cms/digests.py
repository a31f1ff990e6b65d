# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The hash functions of CMS by identifier, and which of them no signature may rest on any more."""

import hashlib

from cryptography.hazmat.primitives import hashes

from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.der import oid

HASHES: dict[bytes, type[hashes.HashAlgorithm]] = {
    oid("1.2.840.113549.2.5"): hashes.MD5,
    oid("1.3.14.3.2.26"): hashes.SHA1,
    oid("2.16.840.1.101.3.4.2.4"): hashes.SHA224,
    oid("2.16.840.1.101.3.4.2.1"): hashes.SHA256,
    oid("2.16.840.1.101.3.4.2.2"): hashes.SHA384,
    oid("2.16.840.1.101.3.4.2.3"): hashes.SHA512,
    oid("2.16.840.1.101.3.4.2.7"): hashes.SHA3_224,
    oid("2.16.840.1.101.3.4.2.8"): hashes.SHA3_256,
    oid("2.16.840.1.101.3.4.2.9"): hashes.SHA3_384,
    oid("2.16.840.1.101.3.4.2.10"): hashes.SHA3_512,
    oid("2.16.840.1.101.3.4.2.12"): hashes.SHAKE256,
    oid("2.16.840.1.101.3.4.2.18"): hashes.SHAKE256,
}
_SHAKE256_BYTES = 64
"""As Ed448 wants it (RFC 8419, 2.3)."""
WEAK_HASHES = frozenset({"md5", "sha1"})
"""Collisions can be bought; RFC 8551, 2.1 calls them historic."""


def hash_of(identifier: bytes) -> hashes.HashAlgorithm:
    """The hash function; CmsError where we do not know it."""
    kind = HASHES.get(identifier)
    if kind is None:
        raise CmsError("unknown hash function")
    return hashes.SHAKE256(_SHAKE256_BYTES) if kind is hashes.SHAKE256 else kind()


def digest_of(identifier: bytes, content: memoryview | bytes) -> bytes:
    """The digest of the content. By hashlib, which takes half of cryptography's time for large mails (November 2026)."""
    hashing = hash_of(identifier)
    if isinstance(hashing, hashes.SHAKE256):
        return hashlib.shake_256(content, usedforsecurity=False).digest(_SHAKE256_BYTES)
    return hashlib.new(hashing.name.replace("-", "_"), content, usedforsecurity=False).digest()
