# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Hash trees as in RFC 6962, 2.1: roots, proofs that a leaf is in a tree, and proofs that a tree only grew.

Pure functions over leaf hashes. Knows neither what a leaf says nor where it is kept.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves (RFC 6962, 2.1)."""

Ranges = Callable[[int, int], bytes]
"""Gives the root over the leaves from start up to, but without, end."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf, told from an inner node by its prefix (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A growing tree without its past: the roots of the complete subtrees it falls into, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def grown(self, hashes: Iterable[bytes]) -> "Frontier":
        """The frontier after these leaf hashes were appended."""
        size, peaks = self.size, list(self.peaks)
        for leaf in hashes:
            peak, full = leaf, size
            while full & 1:
                peak = node_hash(peaks.pop(), peak)
                full >>= 1
            peaks.append(peak)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """Root of the whole tree."""
        if not self.peaks:
            return EMPTY_ROOT
        *others, root = self.peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Root over these leaf hashes."""
    return Frontier().grown(hashes).root()


def ranges_of(hashes: Sequence[bytes]) -> Ranges:
    """The ranges of a tree whose leaf hashes are all at hand."""
    return lambda start, end: root_of(hashes[start:end])


def inclusion_proof(index: int, size: int, ranges: Ranges) -> tuple[bytes, ...]:
    """The audit path of one leaf in the tree of ``size`` leaves, lowest first (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("no such leaf in this tree")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_width(end - start)
        if index < middle:
            path.append(ranges(middle, end))
            end = middle
        else:
            path.append(ranges(start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_proof(old_size: int, size: int, ranges: Ranges) -> tuple[bytes, ...]:
    """Proof that the tree of ``size`` leaves begins with the tree of ``old_size`` (RFC 6962, 2.1.2)."""
    if not 0 < old_size <= size:
        raise ValueError("the older tree has at least one leaf and is not larger")
    path = []
    start, end = 0, size
    is_whole = True
    while old_size != end:
        middle = start + _left_width(end - start)
        if old_size <= middle:
            path.append(ranges(middle, end))
            end = middle
        else:
            path.append(ranges(start, middle))
            start = middle
            is_whole = False
    if not is_whole:
        path.append(ranges(start, end))
    return tuple(reversed(path))


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """True where the proof leads from the leaf hash at this index to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, running = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            running = node_hash(sibling, running)
            node, last = _climb(node, last)
        else:
            running = node_hash(running, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and running == root


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """True where the proof shows that the new (size, root) only appended to the old one (RFC 9162, 2.1.4.2)."""
    (old_size, old_root), (size, root) = old, new
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    hashes = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not hashes:
        return False
    node, last = _climb_odd(old_size - 1, size - 1)
    old_running = running = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old_running = node_hash(sibling, old_running)
            running = node_hash(sibling, running)
            node, last = _climb(node, last)
        else:
            running = node_hash(running, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old_running == old_root and running == root


def _left_width(width: int) -> int:
    """The largest power of two smaller than the width (at least 2)."""
    return 1 << ((width - 1).bit_length() - 1)


def _climb(node: int, last: int) -> tuple[int, int]:
    """Up the right edge, where a lone last node is its parent's only child, until the node is a right child."""
    while not node & 1 and node != 0:
        node, last = node >> 1, last >> 1
    return node, last


def _climb_odd(node: int, last: int) -> tuple[int, int]:
    """Up while the node is a right child: that many levels the two trees share."""
    while node & 1:
        node, last = node >> 1, last >> 1
    return node, last
