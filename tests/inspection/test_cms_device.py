# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Paddings taken off outside a token: one right block, and every wrong one ends in the stand-in."""

import os

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from poststelle.inspection.cms.device import OaepMethod, is_in_range, without_oaep, without_v15
from support.certificates import key

CONTENT_KEY, STAND_IN = bytes(range(1, 33)), b"\xaa" * 32
SIZE = 256
FILL = SIZE - 3 - len(CONTENT_KEY)
RIGHT = b"\0\2" + b"\x5a" * FILL + b"\0" + CONTENT_KEY
KEY: rsa.RSAPrivateKey = key("rsa2048", "device")


def v15(block: bytes, key_bytes: int = 32) -> bytes:
    return without_v15(block, key_bytes, STAND_IN[:key_bytes])


def test_the_right_block_gives_its_key():
    assert v15(RIGHT) == CONTENT_KEY


@pytest.mark.parametrize(
    "block",
    [
        b"\1\2" + RIGHT[2:],
        b"\0\1" + RIGHT[2:],
        RIGHT[:10] + b"\0" + RIGHT[11:],
        RIGHT[:2] + b"\0" + RIGHT[3:],
        RIGHT[: FILL + 1] + b"\0" + RIGHT[FILL + 2 :],
        RIGHT[: FILL + 2] + b"\7" + RIGHT[FILL + 3 :],
        b"\0\2" + b"\x5a" * (FILL + 1) + b"\0" + CONTENT_KEY[1:],
        b"\0\2" + b"\x5a" * (FILL - 1) + b"\0\0" + CONTENT_KEY,
        bytes(SIZE),
        b"\xff" * SIZE,
    ],
    ids=["first", "type", "zero", "zero first", "zero last", "no end", "short", "long", "zeros", "ones"],
)
def test_every_wrong_block_gives_the_stand_in(block):
    assert len(block) == SIZE
    assert v15(block) == STAND_IN


def test_a_filling_below_eight_octets_is_wrong():
    """RFC 8017, 7.2.2: a 43-octet block leaves seven for 32 of key."""
    assert v15(b"\0\2" + b"\x5a" * 7 + b"\0" + CONTENT_KEY) == STAND_IN
    assert v15(b"\0\2" + b"\x5a" * 8 + b"\0" + CONTENT_KEY) == CONTENT_KEY
    assert v15(b"") == STAND_IN


@given(st.integers(0, SIZE - 1), st.integers(1, 255))
def test_one_changed_octet_changes_the_key_or_gives_the_stand_in(at, change):
    block = RIGHT[:at] + bytes((RIGHT[at] ^ change,)) + RIGHT[at + 1 :]
    found = v15(block)
    if at > FILL + 2:
        assert found == block[-32:]
    else:
        still_right = 2 <= at < FILL + 2 and block[at] != 0
        assert found == (CONTENT_KEY if still_right else STAND_IN)


@given(st.binary(max_size=300), st.sampled_from([16, 24, 32]))
def test_any_block_gives_a_key_of_the_length_asked_for(block, key_bytes):
    assert len(v15(block, key_bytes)) == key_bytes
    assert len(without_oaep(block, METHOD, key_bytes, STAND_IN[:key_bytes])) == key_bytes


METHOD = OaepMethod(hashes.SHA256(), hashes.SHA256())
HASHES = (hashes.SHA1(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512())


def raw(wrapped: bytes) -> bytes:
    """RSA without padding, as a token does it."""
    numbers = KEY.private_numbers()
    return pow(int.from_bytes(wrapped, "big"), numbers.d, numbers.public_numbers.n).to_bytes(SIZE, "big")


@pytest.mark.parametrize("digest", HASHES, ids=lambda one: one.name)
@pytest.mark.parametrize("masking", HASHES, ids=lambda one: f"mgf {one.name}")
@pytest.mark.parametrize("label", [b"", b"Poststelle"], ids=["no label", "label"])
def test_oaep_agrees_with_the_library_for_every_pair_of_hashes(digest, masking, label):
    how = OaepMethod(digest, masking, label)
    wrapped = KEY.public_key().encrypt(CONTENT_KEY, padding.OAEP(padding.MGF1(masking), digest, label or None))
    block = raw(wrapped)
    assert without_oaep(block, how, 32, STAND_IN) == CONTENT_KEY
    assert without_oaep(block, how, 16, STAND_IN[:16]) == STAND_IN[:16]
    other = OaepMethod(digest, masking, label + b"x")
    assert without_oaep(block, other, 32, STAND_IN) == STAND_IN


@given(st.integers(0, SIZE * 8 - 1))
def test_one_changed_bit_of_an_oaep_block_gives_the_stand_in(bit):
    wrapped = KEY.public_key().encrypt(CONTENT_KEY, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    block = (int.from_bytes(raw(wrapped), "big") ^ (1 << bit)).to_bytes(SIZE, "big")
    assert without_oaep(block, METHOD, 32, STAND_IN) == STAND_IN


def test_only_what_is_as_long_as_the_modulus_and_below_it_goes_to_the_token():
    modulus = KEY.public_key().public_numbers().n
    assert is_in_range((modulus - 1).to_bytes(SIZE, "big"), KEY.public_key())
    assert not is_in_range(modulus.to_bytes(SIZE, "big"), KEY.public_key())
    assert not is_in_range(os.urandom(SIZE - 1), KEY.public_key())
