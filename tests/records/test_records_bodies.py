# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Content is shared by reference, and goes with the last message that refers to it."""

import pytest

from poststelle.adapters.blobs_fs import INLINE_BYTES
from poststelle.core.journal import Event, EventKind
from poststelle.records.models import JournalLeaf
from support.records import AUTHORITY, NOON, HandClock, a_body, a_settlement, file_blobs

LARGE = b"a" * (INLINE_BYTES + 1)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def records(open_records, clock):
    return open_records(clock)


@pytest.fixture
def blobs(records, tmp_path):
    return file_blobs(records, tmp_path, grace_seconds=0)


def settled(records, blobs, reference, content):
    body = a_body(blobs, content)
    blobs.secure(body)
    records.store.settle(a_settlement(body, reference=reference))
    return body.key


@pytest.mark.parametrize("content", [b"small", LARGE], ids=["inline", "file"])
def test_shared_content_stays_until_the_last_message_lets_go(records, blobs, clock, content):
    key = settled(records, blobs, "P-one", content)
    settled(records, blobs, "P-two", content)
    records.bodies.drop("P-one", ())
    clock.advance(hours=2)
    assert records.bodies.sweep(blobs) == 0
    blobs.open(key).close()
    records.bodies.drop("P-two", ())
    clock.advance(hours=2)
    assert records.bodies.sweep(blobs) == 1
    with pytest.raises(KeyError):
        blobs.open(key)


def test_content_is_swept_only_after_the_grace(records, blobs, clock):
    key = settled(records, blobs, "P-one", LARGE)
    records.bodies.drop("P-one", ())
    assert records.bodies.sweep(blobs) == 0
    blobs.open(key).close()
    clock.advance(hours=1)
    assert records.bodies.sweep(blobs) == 1


def test_content_that_arrived_again_meanwhile_is_not_swept(records, blobs, clock):
    key = settled(records, blobs, "P-one", LARGE)
    records.bodies.drop("P-one", ())
    settled(records, blobs, "P-two", LARGE)
    clock.advance(hours=2)
    assert records.bodies.sweep(blobs) == 0
    blobs.open(key).close()


def test_erasing_is_journaled_in_the_same_transaction(records, blobs):
    settled(records, blobs, "P-one", b"small")
    records.bodies.drop("P-one", [Event(EventKind.CONTENT_ERASED, NOON, AUTHORITY, "P-one")])
    kinds = JournalLeaf.objects.using(records.database.alias).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["arrived", "accepted", "content-erased"]


def test_erasing_twice_does_nothing_more(records, blobs):
    settled(records, blobs, "P-one", b"small")
    records.bodies.drop("P-one", ())
    records.bodies.drop("P-one", ())
