# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What always holds of a verdict, whatever the message."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.core.arrival import Channel
from poststelle.core.facts import Certainty, Finding, MalwareFacts, SpamFacts, Tier, Trimming
from poststelle.core.formats import Format
from poststelle.core.judgement import judge, told_of
from poststelle.core.mitigation import weight
from poststelle.core.register import Register
from poststelle.core.verdict import Disposition, SenderTold, TaskKind
from support.builders import (
    AUTHENTICATED,
    FILE_REASONS,
    FORGED,
    FORGED_REJECT,
    LIMIT_BYTES,
    POST,
    RECEIVED_AT,
    SENDER,
    UNAUTHENTICATED,
    a_file,
    a_head,
    a_text,
    an_envelope,
    an_inspection,
    encrypted,
    some_facts,
    some_malware,
    the_terms,
    the_verdict,
)

TERMS = {channel: the_terms(channel=channel) for channel in Channel}
channels = st.sampled_from(list(Channel))
file_reasons = st.sampled_from(FILE_REASONS)
formats = st.sampled_from([Format.PDF, Format.DOCX, Format.RAR, Format.EXE, Format.HEIC, Format.PNG])


@st.composite
def files(draw):
    """Up to five attachments with up to two findings each, and perhaps a text."""
    found = [
        a_file(
            f"datei{number}.{draw(st.sampled_from(['pdf', 'docx', 'exe', 'png']))}",
            draw(formats),
            *draw(st.lists(file_reasons, max_size=2, unique=True)),
            trimming=draw(st.sampled_from([None, None, None, Trimming.INLINE_IMAGE])),
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    return [*found, a_text()] if draw(st.booleans()) else found


@st.composite
def messages(draw):
    """Facts and envelope of any message, honest or not."""
    inspection = an_inspection(
        *draw(files()),
        head=a_head(
            is_list=draw(st.booleans()) and draw(st.booleans()), from_fields=draw(st.sampled_from([1, 1, 1, 2]))
        ),
        tier=draw(st.sampled_from([Tier.CLEAN, Tier.CLEAN, Tier.UNION, Tier.REFUSE])),
        crypto=draw(st.sampled_from([some_facts().inspection.crypto, encrypted()])),
    )
    facts = some_facts(
        inspection=inspection,
        sender=draw(st.sampled_from([AUTHENTICATED, UNAUTHENTICATED, FORGED, FORGED_REJECT])),
        spam=SpamFacts("x", draw(st.sampled_from([None, False, True]))),
        malware=draw(st.sampled_from([MalwareFacts("x"), MalwareFacts("x"), some_malware(Certainty.HEURISTIC)])),
    )
    return facts, an_envelope(draw(st.sampled_from([POST])), sender=draw(st.sampled_from([SENDER, SENDER, None])))


@given(messages(), channels)
def test_the_strictest_objection_wins(message, channel):
    verdict = the_verdict(*message, terms=TERMS[channel])
    outside = [weight(entry) for entry in verdict.objections if not entry.decrypted]
    everything = [weight(entry) for entry in verdict.objections]
    strictest = max(everything, key=lambda found: found.severity, default=Disposition.ACCEPT)
    assert verdict.disposition in (strictest, Disposition.REFUSE)
    if verdict.disposition is not strictest:
        assert Disposition.REFUSE in outside


@given(messages(), channels)
def test_the_same_inputs_give_the_same_verdict(message, channel):
    assert the_verdict(*message, terms=TERMS[channel]) == the_verdict(*message, terms=TERMS[channel])


@given(messages(), channels, st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(message, channel, random):
    facts, envelope = message
    shuffled = list(facts.inspection.files)
    random.shuffle(shuffled)
    other = replace(facts, inspection=replace(facts.inspection, files=tuple(shuffled)))
    assert the_verdict(facts, envelope, terms=TERMS[channel]) == the_verdict(other, envelope, terms=TERMS[channel])


def with_file_fault(facts, reason):
    """One more finding on the first attachment, or a new attachment with it."""
    inspection = facts.inspection
    if not inspection.files:
        added = (a_file("neu.pdf", Format.PDF, reason),)
        return replace(facts, inspection=replace(inspection, files=added))
    first, *rest = inspection.files
    worse = replace(first, findings=(*first.findings, Finding(reason)))
    return replace(facts, inspection=replace(inspection, files=(worse, *rest)))


FAULTS = {
    "malware": lambda facts: replace(facts, malware=some_malware()),
    "suspicion": lambda facts: replace(facts, malware=MalwareFacts("x", (*facts.malware.found, *some_malware(Certainty.UNWANTED).found))),
    "spam": lambda facts: replace(facts, spam=SpamFacts("x", is_spam=True)),
    "size": lambda facts: replace(facts, inspection=replace(facts.inspection, attachments_bytes=LIMIT_BYTES * 11)),
    "tier": lambda facts: replace(facts, inspection=replace(facts.inspection, tier=Tier.REFUSE)),
    "from": lambda facts: replace(facts, inspection=replace(facts.inspection, head=replace(facts.inspection.head, from_fields=0))),
}  # fmt: skip


@settings(max_examples=300)
@given(messages(), channels, st.one_of(file_reasons, st.sampled_from(sorted(FAULTS))))
def test_one_more_fault_never_makes_it_milder(message, channel, fault):
    facts, envelope = message
    worse = FAULTS[fault](facts) if fault in FAULTS else with_file_fault(facts, fault)
    before = the_verdict(facts, envelope, terms=TERMS[channel])
    after = the_verdict(worse, envelope, terms=TERMS[channel])
    assert after.disposition.severity >= before.disposition.severity


@given(messages(), channels)
def test_what_is_told_was_objected_to_and_seen_from_outside(message, channel):
    verdict = the_verdict(*message, terms=TERMS[channel])
    told = told_of(verdict)
    assert not any(entry.decrypted or entry.trimming or entry.consent for entry in told)
    assert bool(told) == (verdict.sender_told is not SenderTold.NOBODY)


@given(messages(), channels)
def test_a_sender_is_never_left_without_word(message, channel):
    """Where an outside objection withholds something and the rule tells the sender: told, or a machine, or undecided."""
    facts, envelope = message
    verdict = the_verdict(facts, envelope, terms=TERMS[channel])
    if verdict.disposition is Disposition.NOTIFY and verdict.withheld:
        by_machine = channel is Channel.EMAIL and (envelope.sender is None or facts.inspection.head.is_list)
        only_noted = all(entry.trimming or entry.disposition is Disposition.ACCEPT for entry in verdict.objections)
        by_task = any(task.kind in (TaskKind.FEEDBACK, TaskKind.DECRYPTION) for task in verdict.tasks)
        assert verdict.sender_told is not SenderTold.NOBODY or by_task or by_machine or only_noted


@given(messages())
def test_bebpo_is_never_refused_deleted_or_answered_by_itself(message):
    verdict = the_verdict(*message, terms=TERMS[Channel.BEBPO])
    assert verdict.disposition not in (Disposition.REFUSE, Disposition.DELETE)
    assert verdict.sender_told in (SenderTold.NOBODY, SenderTold.BY_HAND)


@given(messages())
def test_a_null_sender_hears_nothing_and_is_refused_only_for_forgery(message):
    facts, _ = message
    verdict = the_verdict(facts, an_envelope(sender=None))
    if verdict.disposition is Disposition.REFUSE:
        assert facts.sender == FORGED_REJECT
    assert verdict.sender_told in (SenderTold.NOBODY, SenderTold.REPLY)


@given(messages(), st.integers(1, 4))
def test_one_verdict_per_recipient_in_the_envelopes_order(message, count):
    facts, envelope = message
    recipients = tuple(replace(POST, local=f"amt{number}") for number in range(count))
    verdicts = judge(TERMS[Channel.EMAIL], facts, replace(envelope, recipients=recipients), Register(), RECEIVED_AT)
    assert tuple(verdict.recipient for verdict in verdicts.by_recipient) == recipients
    told = {verdict.sender_told for verdict in verdicts.by_recipient}
    assert (SenderTold.REPLY in told) == verdicts.refused_for_all


@given(messages(), st.integers(1, 4))
def test_where_each_is_answered_a_refusal_is_told_there_and_nowhere_else(message, count):
    facts, envelope = message
    recipients = (*(replace(POST, local=f"amt{number}") for number in range(count)), *envelope.recipients)
    each = replace(envelope, recipients=recipients, answered_each=True)
    for verdict in judge(TERMS[Channel.EMAIL], facts, each, Register(), RECEIVED_AT).by_recipient:
        assert (verdict.sender_told is SenderTold.REPLY) == (verdict.disposition is Disposition.REFUSE)


@given(messages())
def test_every_withheld_path_is_a_file_of_the_message(message):
    verdict = the_verdict(*message)
    assert set(verdict.withheld) <= {file.path for file in message[0].inspection.files}
