# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whole messages before the judge, as the page promises it."""

from dataclasses import replace
from typing import Any

import pytest

from poststelle.core.address import Address
from poststelle.core.arrival import Channel
from poststelle.core.facts import Certainty, Defect, Facts, File, Head, Role, SenderFacts, SpamFacts, Tier, Trimming
from poststelle.core.formats import Format
from poststelle.core.judgement import judge, told_of
from poststelle.core.policy import EncryptionStance, Spam, Told
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.verdict import Disposition, SenderTold, TaskKind
from support.builders import (
    AUTHENTICATED,
    CENTRAL,
    DOMAIN,
    FORGED,
    FORGED_REJECT,
    LIMIT_BYTES,
    RECEIVED_AT,
    UNAUTHENTICATED,
    a_file,
    a_head,
    a_macro_file,
    a_policy,
    a_text,
    an_envelope,
    an_inspection,
    default_policy,
    some_facts,
    some_malware,
    the_terms,
    the_verdict,
    uninspected_facts,
    with_rule,
)


def kinds(verdict):
    return {task.kind for task in verdict.tasks}


def codes(verdict):
    return {entry.code for entry in verdict.objections}


def only(*files: File, head: Head | None = None, **changes: Any) -> Facts:
    """Facts of a message without a text."""
    return some_facts(inspection=an_inspection(*files, head=head), **changes)


def test_an_honest_mail_is_accepted_without_a_word():
    verdict = the_verdict(some_facts(a_file()))
    assert (verdict.disposition, verdict.objections, verdict.sender_told) == (
        Disposition.ACCEPT,
        (),
        SenderTold.NOBODY,
    )


def test_a_macro_is_withheld_and_an_authenticated_sender_gets_a_notice():
    verdict = the_verdict(some_facts(a_macro_file(), a_file()))
    assert verdict.disposition is Disposition.NOTIFY
    assert verdict.withheld == (("formular.docx",),)
    assert verdict.sender_told is SenderTold.NOTICE
    [objection] = told_of(verdict)
    assert (objection.clause, objection.remedy) == ("attachments.content", "save-without-macros")


@pytest.mark.parametrize(
    ("word", "measured", "expected"),
    [
        ("the limit itself", LIMIT_BYTES, Disposition.ACCEPT),
        ("one byte more", LIMIT_BYTES + 1, Disposition.REFUSE),
        ("nothing at all", 0, Disposition.ACCEPT),
    ],
)
def test_the_limit_is_on_the_sum_and_includes_20_mb(word, measured, expected):
    facts = some_facts(inspection=an_inspection(a_text(), a_file(), attachments_bytes=measured))
    assert the_verdict(facts).disposition is expected, word


def test_exact_malware_deletes_in_silence_and_leaves_no_task_in_mail():
    verdict = the_verdict(some_facts(a_macro_file(), malware=some_malware()))
    assert (verdict.disposition, verdict.sender_told, verdict.tasks) == (Disposition.DELETE, SenderTold.NOBODY, ())
    assert not told_of(verdict)


@pytest.mark.parametrize("certainty", [Certainty.HEURISTIC, Certainty.UNWANTED])
def test_a_suspicion_of_malware_holds_for_a_clerk(certainty):
    verdict = the_verdict(some_facts(a_file(), malware=some_malware(certainty)))
    assert (verdict.disposition, verdict.sender_told) == (Disposition.HOLD, SenderTold.NOBODY)
    assert TaskKind.DECIDE_HOLD in kinds(verdict)


def test_an_authority_that_tells_of_viruses_tells_authenticated_senders_only():
    terms = the_terms(with_rule(a_policy(), Reason.MALWARE, Disposition.DELETE, Told.SENDER, Told.RECIPIENT))
    known = the_verdict(some_facts(a_file(), malware=some_malware()), terms=terms)
    unknown = the_verdict(some_facts(a_file(), malware=some_malware(), sender=UNAUTHENTICATED), terms=terms)
    assert (known.disposition, known.sender_told) == (Disposition.DELETE, SenderTold.NOTICE)
    assert (unknown.disposition, unknown.sender_told) == (Disposition.DELETE, SenderTold.NOBODY)


def test_spam_is_held_and_nobody_is_written_to():
    verdict = the_verdict(some_facts(a_macro_file(), spam=SpamFacts("rspamd", is_spam=True)))
    assert (verdict.disposition, verdict.sender_told) == (Disposition.HOLD, SenderTold.NOBODY)


@pytest.mark.parametrize(
    ("hold_score", "score", "by_engine", "disposition"),
    [
        (None, 9.0, False, Disposition.ACCEPT),
        (8.0, 7.9, False, Disposition.ACCEPT),
        (8.0, 8.0, False, Disposition.HOLD),
        (8.0, 7.9, True, Disposition.ACCEPT),
        (8.0, None, True, Disposition.HOLD),
    ],
    ids=["engine's word", "below", "reached", "engine is stricter", "no score"],
)
def test_where_the_policy_names_a_score_it_counts_and_not_what_the_engine_concludes(
    hold_score, score, by_engine, disposition
):
    policy = a_policy()
    terms = the_terms(policy.model_copy(update={"spam": Spam(clause="email.spam", hold_score=hold_score)}))
    facts = some_facts(a_file(), spam=SpamFacts("rspamd", is_spam=by_engine, score=score, threshold=6.0))
    assert the_verdict(facts, terms=terms).disposition is disposition


def test_on_release_the_message_is_judged_again_and_the_owed_notice_goes_out():
    facts = some_facts(a_macro_file(), spam=SpamFacts("rspamd", is_spam=True))
    verdict = the_verdict(facts, terms=the_terms(released=frozenset({Reason.SPAM})))
    assert verdict.disposition is Disposition.NOTIFY
    assert {entry.code for entry in told_of(verdict)} == {Reason.MACRO}


def test_after_a_release_nothing_is_refused_any_more():
    facts = some_facts(a_macro_file(), spam=SpamFacts("rspamd", is_spam=True), sender=FORGED)
    verdict = the_verdict(facts, terms=the_terms(released=frozenset({Reason.SPAM})))
    assert (verdict.disposition, verdict.sender_told) == (Disposition.NOTIFY, SenderTold.BY_HAND)


def test_ambiguous_structure_is_refused():
    inspection = an_inspection(a_text(), tier=Tier.REFUSE, defects=(Defect("nul", Tier.REFUSE, "1"),))
    verdict = the_verdict(some_facts(inspection=inspection))
    assert (verdict.disposition, verdict.sender_told) == (Disposition.REFUSE, SenderTold.REPLY)
    assert codes(verdict) == {Reason.MIME_AMBIGUOUS}


@pytest.mark.parametrize(
    ("word", "head", "expected"),
    [
        ("no From field", a_head(from_fields=0, from_addresses=()), Reason.FROM_COUNT),
        ("two From fields", a_head(from_fields=2), Reason.FROM_COUNT),
        ("two mailboxes", a_head(from_addresses=("a@b.example", "c@d.example")), Reason.FROM_COUNT),
        ("an encoded word", a_head(from_faults=("encoded-word",)), Reason.FROM_INVALID),
        ("unreadable", a_head(from_addresses=(), from_faults=("syntax",)), Reason.FROM_INVALID),
    ],
)
def test_a_doubtful_from_is_refused(word, head, expected):
    verdict = the_verdict(some_facts(inspection=an_inspection(a_text(), head=head)))
    assert verdict.disposition is Disposition.REFUSE, word
    assert codes(verdict) == {expected}, word


def test_dmarc_reject_is_refused_even_with_nothing_else_wrong():
    assert the_verdict(some_facts(a_file(), sender=FORGED_REJECT)).disposition is Disposition.REFUSE
    assert the_verdict(some_facts(a_file(), sender=FORGED)).disposition is Disposition.ACCEPT


def test_where_a_notice_would_reach_a_victim_the_dialogue_says_it():
    verdict = the_verdict(some_facts(a_macro_file(), a_file(), sender=FORGED))
    assert (verdict.disposition, verdict.sender_told) == (Disposition.REFUSE, SenderTold.REPLY)
    assert {entry.code for entry in told_of(verdict)} == {Reason.MACRO, Reason.SENDER_UNAUTHENTICATED}


def test_a_bare_spf_fail_with_aligned_dkim_is_an_honest_forwarder():
    from poststelle.core.facts import AuthResult

    forwarded = SenderFacts(
        spf=AuthResult.FAIL, dkim=AuthResult.PASS, dkim_aligned=True, dmarc=AuthResult.PASS, source="own"
    )
    verdict = the_verdict(some_facts(a_macro_file(), sender=forwarded))
    assert (verdict.disposition, verdict.sender_told) == (Disposition.NOTIFY, SenderTold.NOTICE)


@pytest.mark.parametrize(
    ("word", "files", "expected"),
    [
        ("text remains", (a_text(), a_macro_file()), Disposition.NOTIFY),
        ("a good file remains", (a_macro_file(), a_file()), Disposition.NOTIFY),
        ("nothing remains", (a_macro_file(),), Disposition.REFUSE),
        ("only blanks remain", (a_text("  \n"), a_macro_file()), Disposition.REFUSE),
        ("only a logo remains", (a_file("logo.png", Format.PNG, trimming=Trimming.INLINE_IMAGE), a_macro_file()), Disposition.REFUSE),
    ],
)  # fmt: skip
def test_without_authentication_a_human_is_refused_only_where_nothing_usable_came(word, files, expected):
    verdict = the_verdict(only(*files, sender=UNAUTHENTICATED))
    assert verdict.disposition is expected, word
    if expected is Disposition.NOTIFY:
        assert verdict.sender_told is SenderTold.BY_HAND, word
        [task] = [task for task in verdict.tasks if task.kind is TaskKind.FEEDBACK]
        assert task.due_on == "2026-03-05", word


def test_a_rueckmeldung_von_hand_of_a_friday_is_due_on_monday():
    friday = RECEIVED_AT.replace(day=6)
    verdict = the_verdict(some_facts(a_macro_file(), sender=UNAUTHENTICATED), at=friday)
    assert {task.due_on for task in verdict.tasks if task.kind is TaskKind.FEEDBACK} == {"2026-03-09"}


@pytest.mark.parametrize(
    ("word", "sender", "head"),
    [
        ("bounce", None, a_head()),
        ("automatic reply", "erika", a_head(auto_submitted="auto-replied")),
        ("list", "erika", a_head(is_list=True)),
        ("bulk", "erika", a_head(precedence="bulk")),
        ("mailer daemon", "MAILER-DAEMON", a_head()),
        ("list owner", "owner-list", a_head()),
        ("noreply", "noreply", a_head()),
        ("our notice came back", "erika", a_head(own_notice=True)),
    ],
)
@pytest.mark.parametrize("auth", [AUTHENTICATED, UNAUTHENTICATED, FORGED], ids=["known", "unknown", "forged"])
def test_machines_are_accepted_and_never_answered(word, sender, head, auth):
    envelope = an_envelope(sender=Address(sender, "buerger.example") if sender else None)
    verdict = the_verdict(only(a_macro_file(), head=head, sender=auth), envelope)
    assert verdict.disposition is Disposition.NOTIFY, word
    assert verdict.sender_told is SenderTold.NOBODY, word
    assert verdict.withheld == (("formular.docx",),), word


@pytest.mark.parametrize(
    ("word", "inspection", "expected"),
    [
        ("ambiguous", an_inspection(a_text(), tier=Tier.REFUSE), Disposition.HOLD),
        ("too large", an_inspection(a_text(), attachments_bytes=LIMIT_BYTES + 1), Disposition.HOLD),
        ("a daemon's From", an_inspection(a_text(), head=a_head(from_addresses=(), from_faults=("syntax",))), Disposition.HOLD),
        ("macro", an_inspection(a_text(), a_macro_file()), Disposition.NOTIFY),
    ],
)  # fmt: skip
def test_a_bounce_is_never_refused_for_content(word, inspection, expected):
    verdict = the_verdict(some_facts(inspection=inspection), an_envelope(sender=None))
    assert (verdict.disposition, verdict.sender_told) == (expected, SenderTold.NOBODY), word


def test_even_where_policy_refuses_macros_a_bounce_with_one_comes_in():
    terms = the_terms(with_rule(a_policy(), Reason.MACRO, Disposition.REFUSE, Told.SENDER))
    facts = some_facts(a_macro_file())
    assert the_verdict(facts, terms=terms).disposition is Disposition.REFUSE
    assert the_verdict(facts, an_envelope(sender=None), terms=terms).disposition is Disposition.NOTIFY


def test_a_colleague_is_told_by_a_person():
    envelope = an_envelope(sender=Address("Petra.Beispiel", DOMAIN))
    verdict = the_verdict(some_facts(a_macro_file()), envelope)
    assert verdict.sender_told is SenderTold.BY_HAND


def test_our_own_crash_holds_and_suspects_a_deadline_and_bothers_nobody():
    verdict = the_verdict(uninspected_facts())
    assert (verdict.disposition, verdict.sender_told) == (Disposition.HOLD, SenderTold.NOBODY)
    assert {TaskKind.DECIDE_HOLD, TaskKind.DEADLINE} <= kinds(verdict)


@pytest.mark.parametrize(
    ("word", "files", "mentions", "suspected"),
    [
        ("withheld and mentioned", (a_macro_file(),), ("Widerspruch",), True),
        ("withheld only", (a_macro_file(),), (), False),
        ("mentioned only", (a_file(),), ("Widerspruch",), False),
    ],
)
def test_a_deadline_is_suspected_where_something_is_kept_back(word, files, mentions, suspected):
    facts = some_facts(inspection=an_inspection(a_text(), *files, mentions=mentions))
    assert (TaskKind.DEADLINE in kinds(the_verdict(facts))) is suspected, word


def test_beiwerk_is_withheld_and_noted_and_nothing_more():
    logo = a_file("logo.webp", Format.WEBP, role=Role.INLINE, trimming=Trimming.INLINE_IMAGE)
    card = a_file("erika.vcf", Format.VCF, trimming=Trimming.CARD)
    verdict = the_verdict(some_facts(logo, card))
    assert (verdict.disposition, verdict.sender_told) == (Disposition.ACCEPT, SenderTold.NOBODY)
    assert verdict.withheld == (("erika.vcf",), ("logo.webp",))
    assert all(entry.trimming and not entry.told for entry in verdict.objections)


def test_a_container_that_is_objected_to_takes_its_members_along():
    archive = a_file("antrag.zip", Format.ZIP, Reason.ZIP_SFX, container=True)
    member = a_file("formular.pdf", path=("antrag.zip", "formular.pdf"))
    beside = a_file("antrag.zip.pdf")
    verdict = the_verdict(some_facts(archive, member, beside))
    assert verdict.withheld == (("antrag.zip",), ("antrag.zip", "formular.pdf"))


def one_of_two_is_refused(*, answered_each: bool):
    """The verdicts on one letter for the central address and for a mailbox that takes encrypted mail only."""
    policy = a_policy()
    strict = policy.addresses[1].model_copy(update={"encryption": EncryptionStance.REQUIRES})
    policy = with_rule(
        policy.model_copy(update={"addresses": (policy.addresses[0], strict)}),
        Reason.ENCRYPTION_REQUIRED,
        Disposition.REFUSE,
        Told.SENDER,
    )
    both = replace(an_envelope(CENTRAL, Address("post", DOMAIN)), answered_each=answered_each)
    return judge(the_terms(policy), some_facts(a_file()), both, Register(), RECEIVED_AT)


@pytest.mark.parametrize(
    ("answered_each", "told"),
    [(False, SenderTold.NOTICE), (True, SenderTold.REPLY)],
    ids=["by the rules of notices", "in the answer of that recipient"],
)
def test_refused_for_some_is_told(answered_each, told):
    first, second = one_of_two_is_refused(answered_each=answered_each).by_recipient
    assert (first.disposition, second.disposition) == (Disposition.ACCEPT, Disposition.REFUSE)
    assert (first.sender_told, second.sender_told) == (SenderTold.NOBODY, told)


@pytest.mark.parametrize("answered_each", [False, True])
def test_what_becomes_of_a_message_is_said_by_those_who_take_it(answered_each):
    verdicts = one_of_two_is_refused(answered_each=answered_each)
    assert verdicts.strictest.disposition is Disposition.REFUSE
    assert verdicts.prevailing.disposition is Disposition.ACCEPT


def test_a_forged_mail_is_not_refused_for_one_recipient_only():
    terms = the_terms()
    both = an_envelope(CENTRAL, Address("amt32", DOMAIN))
    verdicts = judge(terms, some_facts(a_macro_file(), sender=FORGED), both, Register(), RECEIVED_AT)
    assert verdicts.refused_for_all


@pytest.mark.parametrize(
    ("word", "facts", "expected"),
    [
        ("macro", some_facts(a_macro_file()), Disposition.NOTIFY),
        ("malware", some_facts(a_file(), malware=some_malware()), Disposition.HOLD),
        ("ambiguous", some_facts(inspection=an_inspection(a_text(), tier=Tier.REFUSE)), Disposition.ACCEPT),
        ("no From", some_facts(inspection=an_inspection(a_text(), head=a_head(from_fields=0))), Disposition.ACCEPT),
        ("too large", some_facts(inspection=an_inspection(a_text(), attachments_bytes=2**28)), Disposition.HOLD),
    ],
)
def test_bebpo_is_never_refused_or_deleted_and_never_answered_by_itself(word, facts, expected):
    verdict = the_verdict(facts, terms=the_terms(channel=Channel.BEBPO))
    assert verdict.disposition is expected, word
    assert verdict.sender_told in (SenderTold.NOBODY, SenderTold.BY_HAND), word


def test_malware_in_bebpo_is_isolated_and_a_task():
    verdict = the_verdict(some_facts(a_file(), malware=some_malware()), terms=the_terms(channel=Channel.BEBPO))
    assert TaskKind.MALWARE in kinds(verdict)


def test_an_announced_document_that_did_not_come_is_missing():
    from poststelle.core.facts import Announced

    announced = (Announced("Anlage\u200b 1.pdf", "pruefvermerk"), Announced("ANTRAG.pdf", "msgprops"))
    inspection = an_inspection(a_text(), a_file(), announced=announced)
    verdict = the_verdict(some_facts(inspection=inspection), terms=the_terms(channel=Channel.BEBPO))
    assert [entry.evidence for entry in verdict.objections] == ["Anlage\u200b 1.pdf"]
    assert verdict.sender_told is SenderTold.BY_HAND


def test_a_sealed_office_decides_its_own_holds():
    envelope = an_envelope(Address("amt11", DOMAIN))
    verdict = the_verdict(some_facts(a_file(), spam=SpamFacts("rspamd", is_spam=True)), envelope)
    assert {task.office for task in verdict.tasks} == {"amt-11"}
    assert "sealed" in verdict.flags


def test_an_edition_older_than_a_reason_holds_for_a_clerk():
    policy = default_policy()
    rules = tuple(
        rule.model_copy(update={"reasons": tuple(code for code in rule.reasons if code is not Reason.MACRO)})
        for rule in policy.email.rules
    )
    old = policy.model_copy(update={"email": policy.email.model_copy(update={"rules": rules})})
    assert the_verdict(some_facts(a_macro_file()), terms=the_terms(old)).disposition is Disposition.HOLD
