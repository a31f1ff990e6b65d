# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The judge under the policies as shipped: what the page promises is what happens."""

import pytest

from poststelle.application.answers import answer
from poststelle.core.address import Address
from poststelle.core.arrival import Channel, Envelope
from poststelle.core.facts import Certainty, SpamFacts
from poststelle.core.formats import Format
from poststelle.core.judgement import judge, terms_of
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.routing import Clues, find_route
from poststelle.core.verdict import Disposition, SenderTold
from support.builders import (
    FORGED,
    RECEIVED_AT,
    SENDER,
    UNAUTHENTICATED,
    a_file,
    a_head,
    a_macro_file,
    a_text,
    an_inspection,
    some_facts,
    some_malware,
)
from support.policies import SHIPPED, policy_folder

MUENSTER = policy_folder("muenster")
EDITION = MUENSTER.editions[-1]
MB = 1024 * 1024


def verdict(facts, channel=Channel.EMAIL, recipient=0):
    terms = terms_of(EDITION, MUENSTER.directory, channel)
    local, _, domain = EDITION.policy.addresses[recipient].address.rpartition("@")
    envelope = Envelope(SENDER, (Address(local, domain),))
    return judge(terms, facts, envelope, Register(), RECEIVED_AT).by_recipient[0]


def sized(count):
    return some_facts(inspection=an_inspection(a_text(), attachments_bytes=count))


PAGE = [
    ("S9 spam is held", some_facts(spam=SpamFacts("x", is_spam=True)), Disposition.HOLD, SenderTold.NOBODY),
    ("S10 malware is deleted", some_facts(malware=some_malware()), Disposition.DELETE, SenderTold.NOBODY),
    ("S10 a suspicion is not", some_facts(malware=some_malware(Certainty.HEURISTIC)), Disposition.HOLD, SenderTold.NOBODY),
    ("S12 pdf", some_facts(a_file()), Disposition.ACCEPT, SenderTold.NOBODY),
    ("S12 rtf", some_facts(a_file("a.rtf", Format.RTF)), Disposition.NOTIFY, SenderTold.NOTICE),
    ("S14 macro", some_facts(a_macro_file()), Disposition.NOTIFY, SenderTold.NOTICE),
    ("S16 zip", some_facts(a_file("a.zip", Format.ZIP, container=True)), Disposition.ACCEPT, SenderTold.NOBODY),
    ("S16 sfx", some_facts(a_file("a.zip", Format.ZIP, Reason.ZIP_SFX)), Disposition.NOTIFY, SenderTold.NOTICE),
    ("S16 7z", some_facts(a_file("a.7z", Format.SEVENZIP)), Disposition.NOTIFY, SenderTold.NOTICE),
    ("S17 exactly 20 MB", sized(20 * MB), Disposition.ACCEPT, SenderTold.NOBODY),
    ("S18 one byte more", sized(20 * MB + 1), Disposition.REFUSE, SenderTold.REPLY),
    ("S20 unreadable", some_facts(a_file("a.pdf", Format.PDF, Reason.UNREADABLE)), Disposition.NOTIFY, SenderTold.NOTICE),
    ("S20 by hand", some_facts(a_macro_file(), sender=UNAUTHENTICATED), Disposition.NOTIFY, SenderTold.BY_HAND),
    ("a forger", some_facts(a_macro_file(), sender=FORGED), Disposition.REFUSE, SenderTold.REPLY),
]  # fmt: skip


@pytest.mark.parametrize(("word", "facts", "disposition", "told"), PAGE, ids=[row[0] for row in PAGE])
def test_the_page_is_kept(word, facts, disposition, told):
    found = verdict(facts)
    assert (found.disposition, found.sender_told) == (disposition, told), word


@pytest.mark.parametrize(("word", "facts", "disposition", "told"), PAGE, ids=[row[0] for row in PAGE])
def test_every_objection_cites_a_clause_of_the_page(word, facts, disposition, told):
    for channel in Channel:
        for entry in verdict(facts, channel).objections:
            assert entry.clause in EDITION.policy.clauses, word


@pytest.mark.parametrize("authority", SHIPPED)
def test_every_shipped_policy_rules_every_reason(authority):
    for edition in policy_folder(authority).editions:
        for reason in Reason:
            for channel in Channel:
                assert edition.policy.channel(channel).rule_for(reason).clause in edition.policy.clauses


def test_the_size_is_refused_with_the_clause_of_the_page():
    terms = terms_of(EDITION, MUENSTER.directory, Channel.EMAIL)
    local, _, domain = EDITION.policy.addresses[0].address.rpartition("@")
    verdicts = judge(terms, sized(20 * MB + 1), Envelope(SENDER, (Address(local, domain),)), Register(), RECEIVED_AT)
    reply = answer(verdicts, "PS-1", "https://x.example")
    assert (reply.code, reply.enhanced) == (552, "5.3.4")
    assert reply.lines[-1] == "PS-1 https://x.example#attachments.total"


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("Amt 32 – Bußgeldstelle", "32"),
        ("Ordnungsamt – Bußgeldstelle", "32"),
        ("Amt 36 – ABH", "36"),
        ("Rechts- und Ausländeramt – ABH", "36"),
        ("36.22.1041", "36"),
        ("AW: Amt32-Bussgeld", "32"),
    ],
)
def test_the_examples_of_the_page_route(subject, number):
    found = find_route(MUENSTER.directory, Address("stadtverwaltung", "x.example"), Clues(subject), EDITION.policy)
    office = MUENSTER.directory.office(found.office)
    assert office is not None
    assert office.number == number


@pytest.mark.parametrize("channel", list(Channel))
def test_a_kassenzeichen_never_routes_never_refuses_and_makes_a_hint(channel):
    head = a_head(subject="Kassenzeichen 01 0123456789 01 000")
    found = verdict(some_facts(inspection=an_inspection(a_text(), head=head)), channel)
    assert (found.disposition, found.route.office, found.hints) == (Disposition.ACCEPT, "", ("kassenzeichen",))
