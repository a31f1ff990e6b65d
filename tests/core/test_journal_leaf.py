# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.journal import (
    Event,
    EventKind,
    TreeHead,
    commitment,
    is_opened_by,
    leaf_bytes,
    read_leaf,
    tree_head_bytes,
    utc_text,
)

NONCE = bytes(16)
SALT = bytes(range(32))
AT = datetime(2026, 11, 22, 12, 0, 0, 5, UTC)
PAIRS = st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4).map(lambda pairs: tuple(pairs.items()))


def event(**changes: object):
    values = {
        "kind": EventKind.ACCEPTED,
        "at": AT,
        "authority": "muenster",
        "reference": "P-1",
        "clause": "email.simple",
        "edition": "muenster/2026-01-01",
        "facts": (("disposition", "accept"),),
        "personal": (("sender", "erika@beispiel.example"),),
    }
    return Event(**{**values, **changes})


def leaf(**changes: object):
    happened = event(**changes)
    return leaf_bytes(happened, NONCE, {key: SALT for key, _ in happened.personal})


def test_the_leaf_format_is_final():
    """Any change of these bytes breaks every receipt ever given."""
    assert leaf() == (
        b'{"actor":"gateway","at":"2026-11-22T12:00:00.000005Z","authority":"muenster","clause":"email.simple",'
        b'"edition":"muenster/2026-01-01","facts":{"disposition":"accept"},"kind":"accepted",'
        b'"nonce":"00000000000000000000000000000000",'
        b'"personal":{"sender":"4d6b955feb91a64db93a1e11ce7fe4ae8a15266eccf42088d3247ad636e15c30"},'
        b'"reference":"P-1","v":1}'
    )


def test_a_personal_value_never_stands_in_the_leaf():
    assert b"erika" not in leaf()


def test_the_commitment_is_opened_by_value_and_salt_together_only():
    read = read_leaf(leaf())
    assert is_opened_by(read, "sender", SALT, "erika@beispiel.example")
    assert not is_opened_by(read, "sender", SALT, "max@beispiel.example")
    assert not is_opened_by(read, "sender", bytes(32), "erika@beispiel.example")
    assert not is_opened_by(read, "subject", SALT, "erika@beispiel.example")


def test_key_and_value_cannot_be_shifted_into_each_other():
    assert commitment(SALT, "ab", "c") != commitment(SALT, "a", "bc")


@given(PAIRS, PAIRS)
def test_a_leaf_always_reads_back_as_it_was_written(facts, personal):
    read = read_leaf(leaf(facts=facts, personal=personal))
    assert dict(read.facts) == dict(facts)
    assert [key for key, _ in read.personal] == sorted(key for key, _ in personal)
    assert all(is_opened_by(read, key, SALT, value) for key, value in personal)


@given(PAIRS)
def test_the_order_of_pairs_never_shows_in_the_leaf(facts):
    assert leaf(facts=facts) == leaf(facts=facts[::-1])


@given(st.binary(max_size=200))
def test_foreign_bytes_are_never_read_as_a_leaf(content):
    with pytest.raises(ValueError, match=r"."):
        read_leaf(content)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"extra": "field"},
        {"facts": {"key": 1}},
        {"facts": ["key"]},
        {"kind": 7},
        {"personal": None},
    ],
    ids=["other version", "unknown field", "number as value", "list of facts", "number as kind", "no personal"],
)
def test_a_leaf_with_other_fields_is_not_read(change):
    changed = json.loads(leaf()) | change
    with pytest.raises(ValueError, match="leaf"):
        read_leaf(json.dumps(changed, sort_keys=True, separators=(",", ":")).encode())


def test_the_same_fields_in_other_bytes_are_not_read():
    with pytest.raises(ValueError, match="canonical"):
        read_leaf(leaf().replace(b":", b": ", 1))


@pytest.mark.parametrize("part", ["facts", "personal"])
def test_a_key_may_not_stand_twice(part):
    with pytest.raises(ValueError, match="twice"):
        leaf(**{part: (("a", "1"), ("a", "2"))})


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="aware"):
        leaf(at=AT.replace(tzinfo=None))


def test_short_salts_and_nonces_are_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        leaf_bytes(event(), NONCE, {"sender": b"short"})
    with pytest.raises(ValueError, match="16 bytes"):
        leaf_bytes(event(), b"short", {"sender": SALT})


def test_one_moment_has_one_text_whatever_its_zone():
    berlin = timezone(timedelta(hours=1))
    assert utc_text(AT) == utc_text(AT.astimezone(berlin)) == "2026-11-22T12:00:00.000005Z"
    assert utc_text(AT.replace(microsecond=0)) == "2026-11-22T12:00:00.000000Z"


def test_the_tree_head_format_is_final():
    head = TreeHead("muenster", 7, bytes(32), AT)
    assert tree_head_bytes(head) == (
        b'{"at":"2026-11-22T12:00:00.000005Z","log":"muenster","root":"' + b"0" * 64 + b'","size":7,"v":1}'
    )


def test_public_names_of_events_are_lower_case_words_with_hyphens():
    assert all(kind.replace("-", "").isalpha() and kind == kind.lower() for kind in EventKind)
