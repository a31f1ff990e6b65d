# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The identity register: what a check, a revocation, a renewal and a new key make of a signature."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.application.identity import Habit, habit, latest_of, may_be_checked, next_state
from poststelle.core.facts import AuthResult, SenderFacts
from poststelle.core.register import IdentityCheck, IdentityState, Register
from poststelle.core.signature import (
    Chain,
    Coverage,
    CryptoFacts,
    Encryption,
    FromMatch,
    Identity,
    Signature,
    Signer,
)
from poststelle.core.signers import Sighting, identity_of, seen_as, sighting
from support.builders import a_head, an_inspection, some_facts

START = datetime(2026, 1, 1, tzinfo=UTC)
ERIKA = "erika@example.org"
KEYS, PEOPLE = ("k1", "k2"), ("user:1", "user:2")


def crypto(key: str = "k1", **changes: object) -> CryptoFacts:
    signer = Signer(key, f"certificate of {key}", "CN=Erika", "CN=CA", "1", (ERIKA,), "", "")
    good = CryptoFacts(
        signature=Signature.OK,
        chain=Chain.OK,
        from_match=FromMatch.MATCH,
        coverage=Coverage.WHOLE,
        signer=signer,
    )
    return replace(good, **changes)


steps = st.lists(
    st.tuples(
        st.sampled_from(KEYS), st.sampled_from((IdentityState.VERIFIED, IdentityState.REVOKED)), st.sampled_from(PEOPLE)
    ),
    min_size=1,
    max_size=12,
)


@given(steps)
def test_the_judge_sees_what_the_last_allowed_act_left(walk):
    """Whatever people do, a key is verified exactly when its last recorded act was a check."""
    checks: tuple[IdentityCheck, ...] = ()
    for minute, (key, wanted, by) in enumerate(walk):
        latest = latest_of(checks, key)
        if wanted is IdentityState.VERIFIED and not may_be_checked(latest, by):
            assert latest is not None
            assert (latest.state, latest.checked_by) == (IdentityState.REVOKED, by)
            continue
        checks += (IdentityCheck(key, (ERIKA,), wanted, by, START + timedelta(minutes=minute)),)
    for key in KEYS:
        latest = latest_of(checks, key)
        found = identity_of(crypto(key), Register(identities=checks), ERIKA)
        if latest is None:
            assert found is (Identity.NEW_KEY if checks else Identity.UNCHECKED)
        else:
            expected = Identity.VERIFIED if latest.state is IdentityState.VERIFIED else Identity.REVOKED
            assert found is expected


@given(steps)
def test_nobody_takes_back_a_revocation_of_their_own(walk):
    checks: list[IdentityCheck] = []
    for minute, (key, wanted, by) in enumerate(walk):
        latest = latest_of(tuple(checks), key)
        if wanted is IdentityState.REVOKED or may_be_checked(latest, by):
            checks.append(IdentityCheck(key, (ERIKA,), wanted, by, START + timedelta(minutes=minute)))
    for key in KEYS:
        acts = [check for check in checks if check.spki_sha256 == key]
        for former, later in itertools.pairwise(acts):
            is_return = former.state is IdentityState.REVOKED and later.state is IdentityState.VERIFIED
            assert not (is_return and former.checked_by == later.checked_by)


@given(steps)
def test_under_four_eyes_a_key_counts_only_by_two_people_s_word(walk):
    """Every verified entry rests on a proposal of somebody else, newer than the last revocation."""
    counting: list[IdentityCheck] = []
    waiting: dict[str, IdentityCheck] = {}
    for minute, (key, wanted, by) in enumerate(walk):
        state = wanted
        if wanted is IdentityState.VERIFIED:
            if not may_be_checked(latest_of(tuple(counting), key), by):
                continue
            found = next_state(waiting.get(key), by, four_eyes=True)
            if found is None:
                continue
            state = found
        check = IdentityCheck(key, (ERIKA,), state, by, START + timedelta(minutes=minute))
        if state is IdentityState.PROPOSED:
            waiting[key] = check
            continue
        if state is IdentityState.VERIFIED:
            assert waiting[key].checked_by != by
        waiting.pop(key, None)
        counting.append(check)
    for key in KEYS:
        before = latest_of(tuple(counting), key)
        found_now = identity_of(crypto(key), Register(identities=tuple(counting)), ERIKA)
        assert (found_now is Identity.VERIFIED) is (before is not None and before.state is IdentityState.VERIFIED)


def test_with_two_eyes_one_word_is_enough():
    assert next_state(None, "user:1", four_eyes=False) is IdentityState.VERIFIED


def test_a_valid_signature_under_another_certificate_is_a_renewal_and_an_invalid_one_is_nothing():
    register = Register(last_seen={ERIKA: ("k1", "an older certificate")})
    assert seen_as(crypto("k1"), register, ERIKA) is Sighting.RENEWED
    assert seen_as(crypto("k2"), register, ERIKA) is Sighting.NEW_KEY
    assert seen_as(crypto("k1"), register, "max@example.org") is Sighting.FIRST
    assert seen_as(crypto("k1", signature=Signature.BAD), register, ERIKA) is None


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, ("k1", "c1"), Sighting.FIRST),
        (("k1", "c1"), ("k1", "c1"), Sighting.SAME),
        (("k1", "c1"), ("k1", "c2"), Sighting.RENEWED),
        (("k1", "c1"), ("k2", "c2"), Sighting.NEW_KEY),
    ],
    ids=["never seen", "as before", "renewed certificate", "another key"],
)
def test_a_renewed_certificate_is_told_from_a_new_key(before, now, expected):
    assert sighting(before, now) is expected


PROVEN = SenderFacts(dmarc=AuthResult.PASS)


@pytest.mark.parametrize(
    ("seen", "sender", "expected"),
    [
        (crypto(), SenderFacts(), Habit.SIGNS),
        (crypto(chain=Chain.UNTRUSTED), PROVEN, None),
        (crypto(from_match=FromMatch.MISMATCH), PROVEN, None),
        (CryptoFacts(), PROVEN, Habit.STOPPED),
        (CryptoFacts(), SenderFacts(), None),
        (CryptoFacts(encryption=Encryption.NO_KEY), PROVEN, None),
        (CryptoFacts(signature=Signature.BAD), PROVEN, None),
    ],
    ids=["valid", "untrusted", "somebody else's", "unsigned and proven", "unsigned", "closed", "broken"],
)
def test_only_proof_begins_or_ends_the_habit_of_signing(seen, sender, expected):
    one = an_inspection(head=a_head(from_addresses=(ERIKA,)), crypto=seen)
    assert habit(some_facts(inspection=one, sender=sender)) is expected


def test_two_from_addresses_prove_nobody_s_habit():
    one = an_inspection(head=a_head(from_addresses=(ERIKA, "max@example.org")), crypto=crypto())
    assert habit(some_facts(inspection=one)) is None
