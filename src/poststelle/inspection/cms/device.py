# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A private key that is used and never seen, as in a PKCS#11 token; and the paddings that are taken off outside it.

The token does the bare RSA operation (RFC 8017, 5.1.2). Left to itself it says when a padding is wrong, some with an
error, all in their own time; and some know few hash functions for OAEP. Here every check is made over the whole block,
nothing ends early, and right or wrong is one choice at the end between two keys that are both there.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

MIN_FILL = 8
"""Least octets of filling in a v1.5 block (RFC 8017, 7.2.1)."""
_IS_ZERO = bytes([1, *([0] * 255)])


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """One key of a token, by what can be done with it. Each call may raise UnavailableError: the token is gone."""

    public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    secret: bytes
    """Random, of this process: made-up content keys are derived from it as elsewhere from the key itself."""
    operate: Callable[[bytes], bytes]
    """RSA: the block under the wrapped one, padding and all. Elliptic curve: the secret shared with this point."""
    sign: Callable[[bytes], bytes]
    """A signature over a SHA-256 digest."""


def is_in_range(wrapped: bytes, public: rsa.RSAPublicKey) -> bool:
    """The token can work on it: as long as the modulus and below it, which anybody can see."""
    numbers = public.public_numbers()
    return len(wrapped) == (public.key_size + 7) // 8 and int.from_bytes(wrapped, "big") < numbers.n


def without_v15(block: bytes, key_bytes: int, stand_in: bytes) -> bytes:
    """The content key under a v1.5 padding (RFC 8017, 7.2.2), or the stand-in where it is not exactly so long."""
    gap = len(block) - key_bytes - 1
    if gap < 2 + MIN_FILL:
        return stand_in
    zeros = block.translate(_IS_ZERO)
    filling = hmac.compare_digest(zeros[2:gap], bytes(gap - 2))
    frame = hmac.compare_digest(block[:2] + block[gap : gap + 1], b"\0\2\0")
    return _chosen(block[gap + 1 :], stand_in, is_right=filling & frame)


@dataclass(frozen=True, slots=True)
class OaepMethod:
    """The parameters of OAEP (RFC 8017, A.2.1)."""

    digest: hashes.HashAlgorithm
    masking: hashes.HashAlgorithm
    label: bytes = b""


def without_oaep(block: bytes, how: OaepMethod, key_bytes: int, stand_in: bytes) -> bytes:
    """The content key under OAEP (RFC 8017, 7.1.2), or the stand-in where it is not exactly so long."""
    size = how.digest.digest_size
    fill = len(block) - 2 * size - 2 - key_bytes
    if fill < 0:
        return stand_in
    seed = _xored(block[1 : 1 + size], _mask(block[1 + size :], size, how.masking))
    inner = _xored(block[1 + size :], _mask(seed, len(block) - size - 1, how.masking))
    wanted = b"\0" + _digest(how.label, how.digest) + bytes(fill) + b"\1"
    is_right = hmac.compare_digest(block[:1] + inner[:-key_bytes], wanted)
    return _chosen(inner[-key_bytes:], stand_in, is_right=is_right)


def _chosen(found: bytes, stand_in: bytes, *, is_right: bool) -> bytes:
    """One of two equally long strings, by arithmetic on both."""
    size = len(found)
    mask = int.from_bytes(bytes([255 * int(is_right)]) * size, "big")
    first, second = int.from_bytes(found, "big"), int.from_bytes(stand_in, "big")
    return (second ^ ((first ^ second) & mask)).to_bytes(size, "big")


def _mask(seed: bytes, size: int, hashing: hashes.HashAlgorithm) -> bytes:
    """MGF1 (RFC 8017, B.2.1)."""
    found = b""
    for counter in range(-(-size // hashing.digest_size)):
        found += _digest(seed + counter.to_bytes(4, "big"), hashing)
    return found[:size]


def _digest(content: bytes, hashing: hashes.HashAlgorithm) -> bytes:
    state = hashes.Hash(hashing)
    state.update(content)
    return state.finalize()


def _xored(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")
