# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Bytes bent a little, again and again, from a seed that repeats them."""

import random
from collections.abc import Callable

MAX_BYTES = 400_000
EDGES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)

Mutation = Callable[[random.Random, bytearray, tuple[bytes, ...]], None]


def mutated(dice: random.Random, seeds: tuple[bytes, ...], words: tuple[bytes, ...]) -> bytes:
    """One seed after one to eight mutations."""
    whole = bytearray(dice.choice(seeds))
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        dice.choice(MUTATIONS)(dice, whole, (*words, dice.choice(seeds)))
        del whole[MAX_BYTES:]
    return bytes(whole)


def _at(dice: random.Random, whole: bytearray) -> int:
    return dice.randrange(len(whole) + 1)


def _flip(dice: random.Random, whole: bytearray, _: tuple[bytes, ...]) -> None:
    if whole:
        whole[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)


def _set(dice: random.Random, whole: bytearray, _: tuple[bytes, ...]) -> None:
    if whole:
        whole[dice.randrange(len(whole))] = dice.randrange(256)


def _edge(dice: random.Random, whole: bytearray, _: tuple[bytes, ...]) -> None:
    width, order = dice.choice((1, 2, 4, 8)), dice.choice(("little", "big"))
    at = _at(dice, whole)
    whole[at : at + width] = (dice.choice(EDGES) & ((1 << 8 * width) - 1)).to_bytes(width, order)


def _cut(dice: random.Random, whole: bytearray, _: tuple[bytes, ...]) -> None:
    at = _at(dice, whole)
    del whole[at : at + dice.randrange(1, 2 + len(whole) // 3)]


def _repeat(dice: random.Random, whole: bytearray, _: tuple[bytes, ...]) -> None:
    at = _at(dice, whole)
    piece = whole[at : at + dice.randrange(1, 200)]
    whole[at:at] = piece * dice.choice((1, 2, 10, 100, 1_000))


def _word(dice: random.Random, whole: bytearray, words: tuple[bytes, ...]) -> None:
    at = _at(dice, whole)
    whole[at : at + dice.choice((0, 0, 1, 4))] = dice.choice(words)


def _splice(dice: random.Random, whole: bytearray, words: tuple[bytes, ...]) -> None:
    other = words[-1]
    at, there = _at(dice, whole), dice.randrange(len(other) + 1)
    whole[at:] = other[there:]


MUTATIONS: tuple[Mutation, ...] = (_flip, _set, _edge, _edge, _cut, _repeat, _word, _word, _splice)
