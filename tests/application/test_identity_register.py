# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The identity register: what a check, a revocation, a renewal and a new key make of a signature."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.application.identity import Habit, Sighting, habit, latest_of, may_be_checked, sighting
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
from poststelle.core.signers import identity_of
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
    st.tuples(st.sampled_from(KEYS), st.sampled_from(IdentityState), st.sampled_from(PEOPLE)), min_size=1, max_size=12
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
