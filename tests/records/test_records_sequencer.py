# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from poststelle.core.journal import tree_head_bytes
from poststelle.core.merkle import EMPTY_ROOT, is_consistent, is_included, leaf_hash
from poststelle.records.models import JournalLeaf, JournalTree
from poststelle.records.sequencer import JournalKey, Sequencer
from support.records import HandClock, a_settlement

PRIVATE = Ed25519PrivateKey.generate()
KEY = JournalKey("test", PRIVATE.sign)


@pytest.fixture
def records(open_records):
    return open_records()


@pytest.fixture
def sequencer(records):
    return Sequencer(records.database, records.writer, HandClock(), "muster")


def settle(records, count):
    for _ in range(count):
        records.store.settle(a_settlement())


def leaves(records):
    return JournalLeaf.objects.using(records.database.alias).order_by("id")


def test_places_have_no_gaps_and_follow_the_order_of_writing(records, sequencer):
    settle(records, 3)
    assert [sequencer.sequence(4), sequencer.sequence(4), sequencer.sequence(4)] == [4, 2, 0]
    assert [leaf.index for leaf in leaves(records)] == [0, 1, 2, 3, 4, 5]


def test_sequencers_that_race_leave_no_gap(records):
    settle(records, 20)
    racing = [Sequencer(records.database, records.writer, HandClock(), "muster") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(lambda one: one.sequence(9) + one.sequence(9), racing)) == 40
    assert sorted(leaf.index for leaf in leaves(records)) == list(range(40))


def test_the_signed_head_is_of_the_leaves_as_they_stand(records, sequencer):
    settle(records, 4)
    sequencer.sequence()
    signed = sequencer.sign_head(KEY)
    PRIVATE.public_key().verify(signed.signature, tree_head_bytes(signed.head))
    assert signed.head.size == 8
    assert sequencer.latest_head() == signed


def test_the_tree_goes_on_under_its_first_name_whatever_the_house_is_called_later(records, sequencer):
    settle(records, 2)
    sequencer.sequence()
    before = sequencer.sign_head(KEY).head
    settle(records, 1)
    renamed = Sequencer(records.database, records.writer, HandClock(), "muster-neu")
    assert (renamed.size(), renamed.latest_head().head) == (4, before)
    assert renamed.sequence() == 2
    after = renamed.sign_head(KEY).head
    assert (after.log, after.size) == ("muster", 6)
    assert is_consistent((4, before.root), (6, after.root), renamed.prove_growth(4, 6))


def test_an_empty_tree_that_an_earlier_version_began_under_a_new_name_takes_no_leaf(records, sequencer):
    settle(records, 2)
    sequencer.sequence()
    JournalTree.objects.using(records.database.alias).create(log="a-new-name", size=0, peaks=b"")
    settle(records, 1)
    renamed = Sequencer(records.database, records.writer, HandClock(), "a-new-name")
    assert renamed.sequence() == 2
    assert renamed.sign_head(KEY).head.size == 6


def test_an_empty_journal_has_a_head_too(sequencer):
    assert sequencer.latest_head() is None
    assert sequencer.sign_head(KEY).head.root == EMPTY_ROOT


def test_every_entry_is_proven_in_every_later_head(records, sequencer):
    settle(records, 5)
    sequencer.sequence(3)
    heads = []
    while sequencer.sequence(3):
        heads.append(sequencer.sign_head(KEY).head)
    for head in heads:
        for leaf in leaves(records).filter(index__lt=head.size):
            proof = sequencer.prove_inclusion(leaf.index, head.size)
            assert is_included(leaf_hash(bytes(leaf.leaf)), leaf.index, head.size, proof, head.root)


def test_growth_is_proven_between_any_two_heads(records, sequencer):
    settle(records, 6)
    heads = []
    while sequencer.sequence(5):
        heads.append(sequencer.sign_head(KEY).head)
    for old in heads:
        for new in heads[heads.index(old) :]:
            proof = sequencer.prove_growth(old.size, new.size)
            assert is_consistent((old.size, old.root), (new.size, new.root), proof)


def test_an_entry_that_was_taken_away_cannot_be_passed_over(records, sequencer):
    settle(records, 4)
    sequencer.sequence()
    head = sequencer.sign_head(KEY).head
    values_first = leaves(records).filter(index=2)
    for leaf in values_first:
        leaf.values.all().delete()
    values_first.delete()
    with pytest.raises(ValueError, match="no such leaves"):
        sequencer.prove_inclusion(7, head.size)
