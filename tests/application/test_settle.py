# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is queued for the offices when a message is settled."""

import json
from dataclasses import dataclass, field

from poststelle.application.authorities import Authorities
from poststelle.application.house import Books, Engines, House
from poststelle.application.ports import Body
from poststelle.application.settle import Judged, commit
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, Channel, Peer
from poststelle.core.judgement import judge
from poststelle.core.policy import AddressTerms, EncryptionStance
from poststelle.core.register import Register
from support.builders import (
    CENTRAL,
    RECEIVED_AT,
    a_file,
    a_head,
    a_policy,
    a_text,
    an_envelope,
    an_inspection,
    some_facts,
    the_terms,
)
from support.records import HandClock

BODY = Body("b" * 64, 7, b"content")
SEALED_ONLY = Address("vertraulich", "stadt-muster.example")


@dataclass
class Desk:
    """Takes what is settled."""

    settled: list = field(default_factory=list)

    def settle(self, settlement, retries_since=None):
        self.settled.append(settlement)

    def secure(self, body):
        assert body is BODY


def deliveries(terms, recipients):
    """What is to go to the offices of a plain message with one document to these addresses."""
    desk, envelope = Desk(), an_envelope(*recipients)
    facts = some_facts(inspection=an_inspection(a_text(), a_file(), head=a_head(subject="Amt 32 - Antrag")))
    arrival = Arrival(Channel.EMAIL, AuthorityId("muster"), envelope, BODY.key, 7, RECEIVED_AT, Peer("192.0.2.7"))
    verdicts = judge(terms, facts, envelope, Register(), RECEIVED_AT)
    house = House(
        authorities=Authorities({}, "mail.muster.example", "http://127.0.0.1"),
        engines=Engines(desk, desk, desk, desk),
        books=Books(desk, desk, desk, desk, desk),
        clock=HandClock(RECEIVED_AT),
        new_reference=lambda: "PS-7K3M-Q9XA-2WEF",
        hostname="mail.muster.example",
    )
    commit(Judged(arrival, BODY, "f", terms, facts, verdicts, ()), house)
    (settlement,) = desk.settled
    return [json.loads(effect.payload) for effect in settlement.effects if effect.kind == "deliver"]


def terms_with_a_sealed_address():
    sealed = AddressTerms(
        id="sealed", address=str(SEALED_ONLY), clause="smime.address", encryption=EncryptionStance.REQUIRES
    )
    return the_terms(a_policy(addresses=(*a_policy().addresses, sealed)))


def test_two_addresses_that_lead_to_one_mailbox_make_one_delivery():
    (order,) = deliveries(the_terms(), (CENTRAL, Address("post", "stadt-muster.example")))
    assert order["recipient"] == str(CENTRAL)


def test_what_one_address_may_pass_on_reaches_the_mailbox_whichever_was_named_first():
    """To the other, which takes ciphertext only, it was written in vain: nothing of it would be passed on."""
    for recipients in ((SEALED_ONLY, CENTRAL), (CENTRAL, SEALED_ONLY)):
        (order,) = deliveries(terms_with_a_sealed_address(), recipients)
        assert order["recipient"] == str(CENTRAL)
