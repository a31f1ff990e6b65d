# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import dataclasses
import json
from datetime import UTC

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poststelle.core.codec import CodecError, dump, load
from poststelle.core.facts import Facts, Inspection, SpamFacts
from poststelle.core.verdict import Verdicts

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
st.register_type_strategy(str, TEXT)
FACTS = st.from_type(Facts)
AWARE = st.datetimes(timezones=st.just(UTC))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(FACTS)
def test_facts_always_come_back_as_they_went(facts):
    spam = facts.spam
    finite = dataclasses.replace(facts, spam=dataclasses.replace(spam, score=None, threshold=None))
    assert load(Facts, dump(finite)) == finite


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_verdicts_always_come_back_as_they_went(data):
    with_times = data.draw(st.from_type(Verdicts))
    aware = Verdicts(tuple(dataclasses.replace(v, judged_at=data.draw(AWARE)) for v in with_times.by_recipient))
    assert load(Verdicts, dump(aware)) == aware


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(FACTS)
def test_the_bytes_are_always_canonical(facts):
    content = dump(facts)
    assert (
        content == json.dumps(json.loads(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )


@given(st.binary(max_size=100))
def test_foreign_bytes_are_always_one_error(content):
    with pytest.raises(CodecError):
        load(Inspection, content)


@pytest.mark.parametrize(
    "content",
    [b'{"engine":7}', b'{"engine":"a","is_spam":"yes"}', b'{"engine":"a","is_spam":1}', b"[]", b"", b"\xff",
     b'{"engine":"a","is_spam":null,"symbols":"text"}', b'{"engine":"\\ud800","is_spam":null}', b"[" * 100_000],
    ids=["number for text", "text for truth", "number for truth", "list", "nothing", "not UTF-8", "text for list",
         "lone surrogate", "deep nesting"],
)  # fmt: skip
def test_nothing_is_coerced(content):
    with pytest.raises(CodecError):
        load(SpamFacts, content)


def test_an_unknown_field_is_passed_over_and_a_missing_one_takes_its_default():
    assert load(SpamFacts, b'{"engine":"e","is_spam":null,"later":1}') == SpamFacts("e", is_spam=None)


def test_a_document_over_the_limit_is_not_read():
    with pytest.raises(CodecError, match="longer"):
        load(SpamFacts, dump(SpamFacts("e", is_spam=None)), limit_bytes=10)


def test_what_json_cannot_say_is_said_otherwise():
    odd = SpamFacts("a\udc80", is_spam=True, score=float("nan"), threshold=float("inf"))
    assert load(SpamFacts, dump(odd)) == SpamFacts("a?", is_spam=True, score=None, threshold=None)
