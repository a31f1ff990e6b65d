# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    ranges_of,
    root_of,
)

SIZES = st.integers(1, 70)


def leaves(count):
    return [leaf_hash(str(number).encode()) for number in range(count)]


def recursive_root(hashes):
    """RFC 6962, 2.1, as it is written there."""
    if len(hashes) == 1:
        return hashes[0]
    width = 1
    while width * 2 < len(hashes):
        width *= 2
    return node_hash(recursive_root(hashes[:width]), recursive_root(hashes[width:]))


def test_the_empty_tree_has_the_hash_of_nothing():
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256().digest()


def test_the_known_answer_of_certificate_transparency_is_met():
    """Leaves and roots of the reference tree that CT logs test against."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    hashes = [leaf_hash(bytes.fromhex(text)) for text in inputs]
    assert root_of(hashes[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of(hashes).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(SIZES)
def test_the_frontier_always_agrees_with_the_definition(size):
    assert root_of(leaves(size)) == recursive_root(leaves(size))


@given(SIZES, st.data())
def test_growing_in_steps_always_gives_the_same_root(size, data):
    cut = data.draw(st.integers(0, size))
    assert Frontier().grown(leaves(size)[:cut]).grown(leaves(size)[cut:]).root() == root_of(leaves(size))


@given(SIZES, st.data())
def test_every_leaf_is_always_proven_in_its_tree_and_at_no_other_place(size, data):
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, ranges_of(hashes))
    assert is_included(hashes[index], index, size, proof, root_of(hashes))
    other = data.draw(st.integers(0, size))
    if other != index:
        assert not is_included(hashes[index], other, size, proof, root_of(hashes))


@given(SIZES, st.data())
def test_a_changed_leaf_is_never_proven(size, data):
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, ranges_of(hashes))
    assert not is_included(leaf_hash(b"changed"), index, size, proof, root_of(hashes))


@given(SIZES, st.data())
def test_a_shortened_or_lengthened_proof_is_never_taken(size, data):
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, ranges_of(hashes))
    assert not is_included(hashes[index], index, size, (*proof, EMPTY_ROOT), root_of(hashes))
    if proof:
        assert not is_included(hashes[index], index, size, proof[:-1], root_of(hashes))


@given(SIZES, st.data())
def test_a_tree_that_only_grew_is_always_consistent(size, data):
    hashes = leaves(size)
    old_size = data.draw(st.integers(1, size))
    proof = consistency_proof(old_size, size, ranges_of(hashes))
    assert is_consistent((old_size, root_of(hashes[:old_size])), (size, root_of(hashes)), proof)


@given(st.integers(2, 70), st.data())
def test_a_rewritten_past_is_never_consistent(size, data):
    hashes = leaves(size)
    old_size = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old_size - 1))
    old_root = root_of(hashes[:old_size])
    forged = [*hashes[:changed], leaf_hash(b"forged"), *hashes[changed + 1 :]]
    proof = consistency_proof(old_size, size, ranges_of(forged))
    assert not is_consistent((old_size, old_root), (size, root_of(forged)), proof)


@given(st.integers(2, 70), st.data())
def test_a_truncated_tree_is_never_consistent(size, data):
    hashes = leaves(size)
    shorter = data.draw(st.integers(1, size - 1))
    old, new = (size, root_of(hashes)), (shorter, root_of(hashes[:shorter]))
    assert not is_consistent(old, new, ())
    assert not is_consistent(old, (size, new[1]), ())


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_for_a_leaf_outside_the_tree(index, size):
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_proof(index, size, ranges_of(leaves(3)))
    assert not is_included(leaves(1)[0], index, size, (), EMPTY_ROOT)


@pytest.mark.parametrize("index", [-1, 1, 7])
def test_a_leaf_beyond_the_tree_is_not_in_it_although_its_hash_is_the_root(index):
    (leaf,) = leaves(1)
    assert is_included(leaf, 0, 1, (), leaf)
    assert not is_included(leaf, index, 1, (), leaf)
