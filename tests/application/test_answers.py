# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The reply in the dialogue: code, status, and words anybody's mail server can show."""

import pytest

from poststelle.application.answers import CODES, answer
from poststelle.core.address import Address
from poststelle.core.facts import Tier
from poststelle.core.formats import Format
from poststelle.core.judgement import judge
from poststelle.core.policy import Told
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.verdict import Disposition
from support.builders import (
    FORGED,
    FORGED_REJECT,
    LIMIT_BYTES,
    RECEIVED_AT,
    a_file,
    a_head,
    a_macro_file,
    a_policy,
    a_text,
    an_envelope,
    an_inspection,
    some_facts,
    some_malware,
    the_terms,
    with_rule,
)

URL = "https://stadt-muster.example/kontakt"


def the_reply(facts, terms=None, envelope=None):
    verdicts = judge(terms or the_terms(), facts, envelope or an_envelope(), Register(), RECEIVED_AT)
    return answer(verdicts, "PS-7K3M-Q9XA-2WEF", URL)


@pytest.mark.parametrize(
    ("word", "facts", "code", "status", "clause"),
    [
        ("too big", some_facts(inspection=an_inspection(a_text(), attachments_bytes=LIMIT_BYTES + 1)), 552, "5.3.4", "attachments.total"),
        ("ambiguous", some_facts(inspection=an_inspection(a_text(), tier=Tier.REFUSE)), 550, "5.6.0", "email.structure"),
        ("two senders", some_facts(inspection=an_inspection(a_text(), head=a_head(from_fields=2))), 550, "5.6.0", "email.structure"),
        ("dmarc", some_facts(a_file(), sender=FORGED_REJECT), 550, "5.7.26", "email.sender"),
        ("macro of a forger", some_facts(a_macro_file(), sender=FORGED), 550, "5.6.1", "attachments.content"),
        ("format of a forger", some_facts(a_file("a.rtf", Format.RTF), sender=FORGED), 550, "5.6.1", "attachments.formats"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_is_wrong_and_links_to_the_clause(word, facts, code, status, clause):
    reply = the_reply(facts)
    assert (reply.code, reply.enhanced) == (code, status), word
    assert len(reply.lines) == 3, word
    assert reply.lines[-1].endswith(f"{URL}#{clause}"), word
    assert "PS-7K3M-Q9XA-2WEF" in reply.lines[0], word


@pytest.mark.parametrize(
    ("word", "facts"),
    [
        ("honest", some_facts(a_file())),
        ("notice", some_facts(a_macro_file())),
        ("malware", some_facts(a_file(), malware=some_malware())),
    ],
)
def test_everything_else_is_250_with_the_reference_and_nothing_more(word, facts):
    reply = the_reply(facts)
    assert (reply.code, reply.enhanced, reply.lines) == (250, "2.6.0", ("PS-7K3M-Q9XA-2WEF accepted",)), word


@pytest.mark.parametrize("reason", sorted(Reason))
def test_every_reason_makes_a_reply_that_fits_the_wire(reason):
    facts = some_facts(a_file("x.pdf", Format.PDF, reason))
    terms = the_terms(with_rule(a_policy(), reason, Disposition.REFUSE, Told.SENDER))
    reply = the_reply(facts, terms)
    assert reply.is_permanent
    wire = reply.encode()
    assert b"?" not in wire
    assert all(len(line) < 300 for line in wire.splitlines())


def test_no_file_name_and_no_engine_is_echoed():
    facts = some_facts(a_macro_file("geheim\r\n250 OK.docm"), sender=FORGED)
    wire = the_reply(facts).encode()
    assert b"geheim" not in wire
    assert wire.count(b"\r\n") == 3


def test_several_faults_are_counted():
    reply = the_reply(some_facts(a_macro_file(), a_file("a.rar", Format.RAR), sender=FORGED))
    assert "und 1 weitere" in reply.lines[0]


def test_refused_for_some_is_answered_250():
    terms = the_terms()
    recipients = (Address("amt32", "stadt-muster.example"), Address("amt36", "stadt-muster.example"))
    assert the_reply(some_facts(a_macro_file()), terms, an_envelope(*recipients)).code == 250


def test_every_code_is_permanent():
    assert {code // 100 for code, _ in CODES.values()} == {5}
