# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Encrypted and signed mail before the judge: nothing from inside reaches anybody outside."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from poststelle.application.answers import answer
from poststelle.application.notices import Letterhead, Occasion, notice, owed
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Peer
from poststelle.core.facts import Facts, File, MalwareFacts, Tier, Trimming
from poststelle.core.formats import Format
from poststelle.core.judgement import judge, told_of
from poststelle.core.policy import EncryptionStance, SignatureStance, Told
from poststelle.core.reasons import Reason
from poststelle.core.register import IdentityCheck, IdentityState, Register
from poststelle.core.signature import Chain, Coverage, CryptoFacts, Encryption, FromMatch, Identity, Signature
from poststelle.core.verdict import Disposition, SenderTold, TaskKind
from support.builders import (
    AUTHENTICATED,
    CENTRAL,
    FORGED,
    LIMIT_BYTES,
    POST,
    RECEIVED_AT,
    UNAUTHENTICATED,
    a_file,
    a_hash,
    a_head,
    a_macro_file,
    a_policy,
    a_signer,
    a_text,
    an_envelope,
    an_inspection,
    checked,
    default_policy,
    encrypted,
    signed,
    some_facts,
    some_malware,
    the_ciphertext,
    the_terms,
    the_verdict,
    with_rule,
)


def veiled(*inside: File, crypto: CryptoFacts | None = None, **changes: Any) -> Facts:
    """Facts of an encrypted message that was opened and holds these files."""
    hidden = tuple(replace(file, decrypted=True) for file in inside)
    return some_facts(inspection=an_inspection(the_ciphertext(), *hidden, crypto=crypto or encrypted(), **changes))


def closed(encryption: Encryption) -> Facts:
    return some_facts(inspection=an_inspection(the_ciphertext(container=False), crypto=encrypted(encryption)))


def kinds(verdict):
    return {task.kind for task in verdict.tasks}


INSIDES = {
    "honest": veiled(a_text(), a_file()),
    "macro": veiled(a_text(), a_macro_file()),
    "nothing but a macro": veiled(a_macro_file()),
    "malware": replace(veiled(a_text()), malware=some_malware(layer="1.1")),
    "too large": veiled(a_text(), attachments_bytes=LIMIT_BYTES + 1),
    "ambiguous inside": veiled(a_text(), tier=Tier.REFUSE),
    "mentions a deadline": veiled(a_text(), a_macro_file(), mentions=("Widerspruch",)),
    "links": veiled(a_text(), download_links=3),
    "many files": veiled(*(a_file(f"{number}.pdf") for number in range(40))),
    "trimmings": veiled(a_text(), a_file("logo.gif", Format.GIF, trimming=Trimming.INLINE_IMAGE)),
    "signed, unchecked": veiled(a_text(), crypto=signed(encrypted=True)),
    "signed, broken": veiled(a_text(), crypto=signed(encrypted=True, signature=Signature.BAD)),
    "could not be opened": closed(Encryption.FAILED),
    "too deep": closed(Encryption.TOO_DEEP),
    "too large to open": closed(Encryption.TOO_LARGE),
}
SENDERS = {"known": AUTHENTICATED, "unknown": UNAUTHENTICATED, "forged": FORGED}


def what_the_world_sees(facts, envelope, terms):
    """The reply and the notice, byte for byte."""
    verdicts = judge(terms, facts, envelope, Register(), RECEIVED_AT)
    spoken = answer(verdicts, "PS-1", "https://x.example").wire
    due = owed(verdicts)
    arrival = Arrival(Channel.EMAIL, AuthorityId("muster"), envelope, BlobKey("0" * 64), 1, RECEIVED_AT, Peer("::1"))
    letterhead = Letterhead(terms.policy, terms.edition, "https://x.example", "mx.example")
    return spoken, notice(Occasion("PS-1", arrival, facts, due, RECEIVED_AT), letterhead) if due else b""


def _policies():
    refusing = a_policy()
    addresses = tuple(terms.model_copy(update={"encryption": EncryptionStance.REFUSES}) for terms in refusing.addresses)
    strict = a_policy()
    for reason in (Reason.MACRO, Reason.ENCRYPTION_UNREADABLE, Reason.SIGNATURE_INVALID, Reason.DOWNLOAD_LINK):
        strict = with_rule(strict, reason, Disposition.REFUSE, Told.SENDER)
    strict = strict.model_copy(update={"email": strict.email.model_copy(update={"max_files": 5})})
    return {
        "like Münster": default_policy(),
        "encryption refused": refusing.model_copy(update={"addresses": addresses}),
        "everything refused": strict,
    }


POLICIES = _policies()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("recipient", [POST, CENTRAL], ids=["post", "central"])
@pytest.mark.parametrize("reverse_path", ["erika", None])
def test_the_same_outside_gives_the_same_reply_and_notice_whatever_is_inside(policy, sender, recipient, reverse_path):
    envelope = an_envelope(recipient, sender=Address(reverse_path, "buerger.example") if reverse_path else None)
    terms = the_terms(POLICIES[policy])
    seen = {
        inside: what_the_world_sees(replace(facts, sender=SENDERS[sender]), envelope, terms)
        for inside, facts in INSIDES.items()
    }
    assert len(set(seen.values())) == 1, {inside: spoken for inside, (spoken, _) in seen.items()}


def test_what_must_be_said_about_the_inside_becomes_a_task_with_a_ready_text():
    verdict = the_verdict(INSIDES["macro"], an_envelope(POST))
    assert verdict.disposition is Disposition.NOTIFY
    assert verdict.withheld == (("formular.docx",),)
    [task] = [task for task in verdict.tasks if task.kind is TaskKind.FEEDBACK]
    assert (task.text_key, task.due_on) == ("feedback-decrypted", "2026-03-05")


def test_oversize_known_only_after_decryption_is_a_clerks_decision():
    assert the_verdict(INSIDES["too large"], an_envelope(POST)).disposition is Disposition.HOLD


def test_malware_inside_is_deleted_like_any_other():
    assert the_verdict(INSIDES["malware"], an_envelope(POST)).disposition is Disposition.DELETE


@pytest.mark.parametrize("encryption", [Encryption.NO_KEY, Encryption.UNSUPPORTED, Encryption.MALFORMED])
def test_what_anybody_sees_on_the_ciphertext_is_told_by_itself(encryption):
    verdict = the_verdict(closed(encryption), an_envelope(POST))
    assert (verdict.disposition, verdict.sender_told) == (Disposition.NOTIFY, SenderTold.NOTICE)
    assert [entry.code for entry in told_of(verdict)] == [Reason.ENCRYPTION_UNREADABLE]
    assert verdict.withheld == (("smime.p7m",),)
    assert TaskKind.DECRYPTION in kinds(verdict)


@pytest.mark.parametrize(
    "encryption", [Encryption.FAILED, Encryption.PARTIAL, Encryption.TOO_DEEP, Encryption.TOO_LARGE]
)
def test_what_depends_on_a_secret_is_a_task_for_a_person(encryption):
    verdict = the_verdict(closed(encryption), an_envelope(POST))
    assert verdict.sender_told is SenderTold.NOBODY
    assert TaskKind.DECRYPTION in kinds(verdict)
    assert TaskKind.FEEDBACK not in kinds(verdict)


def test_ciphertext_under_ciphertext_for_somebody_else_is_not_seen_from_outside():
    crypto = encrypted(Encryption.NO_KEY)
    inner = replace(crypto.layers[0], section="1.1")
    outer = replace(crypto.layers[0], encryption=Encryption.OK)
    facts = some_facts(inspection=an_inspection(the_ciphertext(), crypto=replace(crypto, layers=(outer, inner))))
    assert the_verdict(facts, an_envelope(POST)).sender_told is SenderTold.NOBODY


def test_encrypted_mail_to_another_address_points_to_the_one_for_it():
    verdict = the_verdict(closed(Encryption.NO_KEY), an_envelope(CENTRAL))
    assert [entry.remedy for entry in verdict.objections] == ["write-to-smime-address"]
    assert the_verdict(INSIDES["honest"], an_envelope(CENTRAL)).disposition is Disposition.ACCEPT


def test_encrypted_mail_of_a_forger_is_accepted():
    verdict = the_verdict(replace(closed(Encryption.NO_KEY), sender=FORGED), an_envelope(POST))
    assert (verdict.disposition, verdict.sender_told) == (Disposition.NOTIFY, SenderTold.BY_HAND)


def test_a_refusal_from_outside_stands_whatever_is_inside():
    facts = replace(INSIDES["malware"], inspection=replace(INSIDES["malware"].inspection, head=a_head(from_fields=2)))
    assert the_verdict(facts, an_envelope(POST)).disposition is Disposition.REFUSE


@pytest.mark.parametrize(
    ("word", "crypto", "register", "accepted", "identity"),
    [
        ("checked", signed(), checked(), True, Identity.VERIFIED),
        ("inside encryption", signed(encrypted=True), checked(), True, Identity.VERIFIED),
        ("unchecked", signed(), Register(), False, Identity.UNCHECKED),
        ("revoked", signed(), checked(IdentityState.REVOKED), False, Identity.REVOKED),
        ("checked under another address", signed(), checked(addresses=("max@buerger.example",)), False, Identity.UNCHECKED),
        ("another key of hers", signed(signer=a_signer(spki_sha256=a_hash("new"))), checked(), False, Identity.NEW_KEY),
        ("renewed certificate", signed(signer=a_signer(serial="02")), checked(), True, Identity.VERIFIED),
        ("broken", signed(signature=Signature.BAD), checked(), False, Identity.NOT_APPLICABLE),
        ("weak", signed(signature=Signature.WEAK), checked(), False, Identity.NOT_APPLICABLE),
        ("without attributes", signed(signature=Signature.NO_ATTRS), checked(), False, Identity.NOT_APPLICABLE),
        ("revocation unknown", signed(chain=Chain.REVOCATION_UNKNOWN), checked(), False, Identity.VERIFIED),
        ("untrusted", signed(chain=Chain.UNTRUSTED), checked(), False, Identity.VERIFIED),
        ("another From", signed(from_match=FromMatch.MISMATCH), checked(), False, Identity.VERIFIED),
        ("partial", signed(coverage=Coverage.PARTIAL), checked(), False, Identity.VERIFIED),
        ("outer only", signed(signature=Signature.OUTER_ONLY, coverage=Coverage.OUTER), checked(), False, Identity.NOT_APPLICABLE),
        ("no signer", signed(signer=None), checked(), False, Identity.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_a_signature_is_accepted_only_where_all_five_hold(word, crypto, register, accepted, identity):
    verdict = the_verdict(some_facts(inspection=an_inspection(a_text(), crypto=crypto)), register=register)
    assert (verdict.accepted_signature, verdict.identity) == (accepted, identity), word


def test_of_several_checks_of_a_key_the_latest_counts():
    first = checked(IdentityState.REVOKED).identities[0]
    later = IdentityCheck(
        first.spki_sha256, first.addresses, IdentityState.VERIFIED, "x", datetime(2026, 3, 1, tzinfo=UTC)
    )
    for order in ((first, later), (later, first)):
        facts = some_facts(inspection=an_inspection(a_text(), crypto=signed()))
        assert the_verdict(facts, register=Register(order)).accepted_signature


def test_a_valid_signature_of_an_unchecked_signer_is_delivered_and_explained():
    verdict = the_verdict(some_facts(inspection=an_inspection(a_text(), a_file(), crypto=signed())))
    assert verdict.withheld == ()
    assert verdict.sender_told is SenderTold.NOTICE
    assert TaskKind.CHECK_IDENTITY in kinds(verdict)


@pytest.mark.parametrize("auth", [UNAUTHENTICATED, FORGED], ids=["unknown", "forged"])
def test_an_unchecked_signature_alone_never_refuses_and_needs_no_feedback(auth):
    verdict = the_verdict(some_facts(inspection=an_inspection(a_text(), a_file(), crypto=signed()), sender=auth))
    assert (verdict.disposition, verdict.sender_told) == (Disposition.NOTIFY, SenderTold.NOBODY)
    assert TaskKind.FEEDBACK not in kinds(verdict)


def inside_macro(crypto):
    return veiled(a_text(), a_macro_file(), crypto=crypto)


def test_an_accepted_signer_is_told_of_what_is_inside_her_own_mail():
    verdict = the_verdict(inside_macro(signed(encrypted=True)), an_envelope(POST), register=checked())
    assert verdict.sender_told is SenderTold.NOTICE
    assert [entry.code for entry in told_of(verdict)] == [Reason.MACRO]


def test_whoever_replays_her_mail_under_another_reverse_path_is_told_nothing():
    thief = an_envelope(POST, sender=Address("dieb", "thief.example"))
    verdict = the_verdict(inside_macro(signed(encrypted=True)), thief, register=checked())
    assert verdict.accepted_signature
    assert (verdict.sender_told, told_of(verdict)) == (SenderTold.NOBODY, ())


def test_plain_mail_where_encryption_is_required_is_not_processed():
    policy = default_policy()
    strict = policy.addresses[1].model_copy(update={"encryption": EncryptionStance.REQUIRES})
    terms = the_terms(policy.model_copy(update={"addresses": (policy.addresses[0], strict)}))
    verdict = the_verdict(some_facts(a_file()), an_envelope(POST), terms=terms)
    assert verdict.withheld == (("antrag.pdf",), ("text.txt",))
    assert the_verdict(INSIDES["honest"], an_envelope(POST), terms=terms).disposition is Disposition.ACCEPT


def test_where_a_signature_is_required_its_absence_is_told():
    policy = default_policy()
    strict = policy.addresses[0].model_copy(update={"signature": SignatureStance.REQUIRES})
    terms = the_terms(policy.model_copy(update={"addresses": (strict,)}))
    assert [entry.code for entry in the_verdict(some_facts(a_file()), terms=terms).objections] == [
        Reason.SIGNATURE_REQUIRED
    ]


def test_unsigned_mail_of_somebody_who_always_signed_is_flagged():
    register = Register(known_signers=frozenset({"Erika@buerger.example"}))
    assert "unsigned-known-signer" in the_verdict(some_facts(a_file()), register=register).flags
    signed_mail = some_facts(inspection=an_inspection(a_text(), crypto=signed()))
    assert "unsigned-known-signer" not in the_verdict(signed_mail, register=register).flags
    assert "unsigned-known-signer" not in the_verdict(INSIDES["honest"], register=register).flags


def test_no_engine_is_asked_to_be_there():
    assert the_verdict(replace(INSIDES["honest"], malware=MalwareFacts("none"))).disposition is Disposition.ACCEPT
