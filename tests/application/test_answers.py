# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The reply in the dialogue: code, status, and words anybody's mail server can show."""

from dataclasses import replace

import pytest

from poststelle.application.answers import CODES, accepted, answer, answers, recalled, recorded
from poststelle.core.address import Address
from poststelle.core.arrival import Envelope
from poststelle.core.facts import Tier
from poststelle.core.formats import Format
from poststelle.core.judgement import judge
from poststelle.core.policy import EncryptionStance, Told
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.verdict import Disposition
from poststelle.protocol.smtp.replies import reply
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
    wire = reply.wire
    assert b"?" not in wire
    assert all(len(line) < 300 for line in wire.splitlines())


def test_no_file_name_and_no_engine_is_echoed():
    facts = some_facts(a_macro_file("geheim\r\n250 OK.docm"), sender=FORGED)
    wire = the_reply(facts).wire
    assert b"geheim" not in wire
    assert wire.count(b"\r\n") == 3


def test_several_faults_are_counted():
    reply = the_reply(some_facts(a_macro_file(), a_file("a.rar", Format.RAR), sender=FORGED))
    assert "und 1 weitere" in reply.lines[0]


def test_refused_for_some_is_answered_250():
    terms = the_terms()
    recipients = (Address("amt32", "stadt-muster.example"), Address("amt36", "stadt-muster.example"))
    assert the_reply(some_facts(a_macro_file()), terms, an_envelope(*recipients)).code == 250


POST, AMT = Address("post", "stadt-muster.example"), Address("amt32", "stadt-muster.example")
REFERENCE = "PS-7K3M-Q9XA-2WEF"


def to(*recipients: Address, answered_each: bool = True) -> Envelope:
    return replace(an_envelope(*recipients), answered_each=answered_each)


def the_replies(envelope):
    """To a letter that nobody encrypted, for a mailbox that wants it encrypted and for one that does not."""
    verdicts = judge(the_terms(one_is_strict()), some_facts(a_file()), envelope, Register(), RECEIVED_AT)
    return answers(verdicts, envelope, REFERENCE, URL)


def one_is_strict():
    policy = a_policy()
    strict = policy.addresses[1].model_copy(update={"encryption": EncryptionStance.REQUIRES})
    wanting = policy.model_copy(update={"addresses": (policy.addresses[0], strict)})
    return with_rule(wanting, Reason.ENCRYPTION_REQUIRED, Disposition.REFUSE, Told.SENDER)


def test_where_each_recipient_is_answered_the_refused_one_hears_why_and_the_other_250():
    refused, taken = the_replies(to(POST, AMT))
    assert (refused.code, refused.enhanced) == (550, "5.7.10")
    assert refused.lines[-1] == f"{REFERENCE} {URL}#attachments.special"
    assert taken == accepted(REFERENCE)


def test_where_one_answer_stands_for_all_it_is_one():
    assert the_replies(to(POST, AMT, answered_each=False)) == (accepted(REFERENCE),)


@pytest.mark.parametrize("again", [(POST, AMT), (AMT, POST)], ids=["same order", "other order"])
@pytest.mark.parametrize("first", [(POST, AMT), (AMT, POST), (POST, POST, AMT)], ids=["one", "other", "twice"])
def test_another_attempt_hears_for_each_recipient_what_the_first_one_heard(first, again):
    said = the_replies(to(*first))
    again = again if len(first) == len(again) else tuple(reversed(first))
    heard = recalled(*recorded(said, to(*first)), to(*again))
    assert dict(zip(again, heard, strict=True)) == dict(zip(first, said, strict=True))


def test_another_attempt_hears_the_refusal_line_by_line_under_the_same_reference():
    first = to(POST, answered_each=False)
    said = the_replies(first)
    assert [len(one.lines) for one in said] == [3]
    assert recalled(*recorded(said, first), first) == said


def test_what_an_earlier_version_wrote_down_is_still_said_again():
    assert recalled(550, "5.7.10 P-1 Bitte verschluesseln", to(POST)) == (
        reply(550, "5.7.10", "P-1 Bitte verschluesseln"),
    )


@pytest.mark.parametrize("recipients", [(POST,), (AMT,), (POST, AMT)], ids=["refused", "taken", "both"])
@pytest.mark.parametrize("is_first_each", [False, True])
@pytest.mark.parametrize("is_second_each", [False, True])
def test_the_record_is_read_in_either_dialect(recipients, is_first_each, is_second_each):
    first = to(*recipients, answered_each=is_first_each)
    said = the_replies(first)
    heard = recalled(*recorded(said, first), to(*recipients, answered_each=is_second_each))
    assert len(heard) in {1, len(recipients) if is_second_each else 1}
    assert min(one.code for one in heard) == min(one.code for one in said)


def test_every_code_is_permanent():
    assert {code // 100 for code, _ in CODES.values()} == {5}
