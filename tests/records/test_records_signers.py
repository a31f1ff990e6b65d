# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Addresses that sign are remembered until they prove that they stopped."""

import pytest

from poststelle.application.settlement import Settlement
from poststelle.core.facts import AuthResult, SenderFacts
from poststelle.core.signature import CryptoFacts
from support.builders import a_head, an_inspection, signed, some_facts
from support.records import AUTHORITY, HandClock, a_settlement

ERIKA = "Erika@buerger.example"
PROVEN = SenderFacts(dmarc=AuthResult.PASS)


def message(crypto: CryptoFacts, sender: SenderFacts = PROVEN):
    inspection = an_inspection(head=a_head(from_addresses=(ERIKA,)), crypto=crypto)
    return a_settlement(facts=some_facts(inspection=inspection, sender=sender))


@pytest.fixture
def known(open_records):
    """Settles these messages one after the other; the addresses known to sign afterwards."""
    clock = HandClock()
    records = open_records(clock)

    def settle(*messages: Settlement) -> frozenset[str]:
        for one in messages:
            records.store.settle(one)
            clock.advance(seconds=10)
        return records.registers.register(AUTHORITY).known_signers

    return settle


def test_a_valid_signature_makes_an_address_known(known):
    assert known(message(signed())) == {"erika@buerger.example"}
    assert known(message(signed())) == {"erika@buerger.example"}


def test_an_unsigned_message_makes_nobody_known(known):
    assert known(message(CryptoFacts())) == frozenset()


def test_a_forgery_does_not_end_the_habit_and_a_proven_message_does(known):
    assert known(message(signed()), message(CryptoFacts(), SenderFacts())) == {"erika@buerger.example"}
    assert known(message(CryptoFacts())) == frozenset()
