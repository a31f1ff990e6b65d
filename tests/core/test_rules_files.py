# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The rules about files: formats, names, findings, depth, consent, remedies."""

from datetime import timedelta
from typing import Any

import pytest

from poststelle.core.catalogue.hints import FLAGS, HINTS
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.remedies import REMEDIES
from poststelle.core.egvp import EgvpFacts, EgvpParty
from poststelle.core.facts import AuthResult, File, Finding, Role, SenderFacts, Trimming
from poststelle.core.flags import FLAGS as RAISED_FLAGS
from poststelle.core.formats import Format
from poststelle.core.hints import HINTS as RAISED_HINTS
from poststelle.core.policy import Archives, Links, SizeLimit, Told
from poststelle.core.reasons import Reason
from poststelle.core.register import Consent, Register
from poststelle.core.remedies import SAVE_AS, remedy_for
from poststelle.core.verdict import Disposition
from support.builders import (
    CENTRAL,
    FILE_REASONS,
    FORGED,
    FORMATS,
    LIMIT_BYTES,
    RECEIVED_AT,
    UNAUTHENTICATED,
    a_channel,
    a_file,
    a_head,
    a_policy,
    a_text,
    an_envelope,
    an_inspection,
    checked,
    default_policy,
    signed,
    some_facts,
    the_terms,
    the_verdict,
    with_rule,
)


def codes(*files: File, **changes: Any):
    return [entry.code for entry in the_verdict(some_facts(*files), **changes).objections]


@pytest.mark.parametrize("format_", sorted(Format))
def test_the_list_of_formats_is_closed(format_):
    file = a_file("ohne-endung", format_)
    expected = [] if format_ in {*FORMATS, Format.ZIP} else [Reason.EMPTY if format_ is Format.EMPTY else Reason.FORMAT]
    assert codes(file) == expected


def test_the_signature_of_a_clear_signed_message_is_welcome_where_signed_mail_is():
    signature = a_file("smime.p7s", Format.PKCS7, trimming=Trimming.SIGNATURE)
    verdict = the_verdict(some_facts(signature))
    assert (verdict.objections, verdict.withheld) == ((), ())


def test_a_signature_beside_a_document_is_a_file_like_any_other():
    assert codes(a_file("antrag.pdf.p7s", Format.PKCS7)) == [Reason.FORMAT]


@pytest.mark.parametrize("format_", [Format.EML, Format.TNEF, Format.PKCS7])
def test_what_a_message_is_wrapped_in_is_judged_by_its_files_once_opened(format_):
    assert codes(a_file("ohne-endung", format_, container=True)) == []
    assert codes(a_file("ohne-endung", format_)) == [Reason.FORMAT]


def test_an_archive_of_another_format_is_a_foreign_format_even_when_opened():
    assert codes(a_file("a.7z", Format.SEVENZIP, container=True)) == [Reason.FORMAT]


def test_where_no_archives_are_accepted_zip_is_a_foreign_format():
    policy = a_policy(email=a_channel(archives=None))
    assert codes(a_file("a.zip", Format.ZIP, container=True), terms=the_terms(policy)) == [Reason.FORMAT]


@pytest.mark.parametrize(("nesting", "expected"), [(1, [Reason.ZIP_DEPTH]), (2, []), (3, [])])
def test_archives_in_archives_are_counted(nesting, expected):
    policy = a_policy(email=a_channel(archives=Archives(clause="attachments.archives", nesting=nesting)))
    outer = a_file("a.zip", Format.ZIP, container=True)
    inner = a_file("b.zip", Format.ZIP, container=True, path=("a.zip", "b.zip"))
    assert codes(outer, inner, terms=the_terms(policy)) == expected


@pytest.mark.parametrize(
    ("word", "names", "format_", "expected"),
    [
        ("its own", ("a.pdf",), Format.PDF, []),
        ("its own in capitals", ("A.PDF",), Format.PDF, []),
        ("another spelling", ("a.jpeg",), Format.JPG, []),
        ("none", ("antrag",), Format.PDF, []),
        ("no name at all", (), Format.PDF, []),
        ("a number", ("Schreiben vom 12.03",), Format.PDF, []),
        ("a remark", ("Rechnung Nr.5",), Format.PDF, []),
        ("blanks and dots behind", ("a.pdf. ",), Format.PDF, []),
        ("a picture under another's name", ("bild.png",), Format.JPG, []),
        ("pdf named docx", ("a.docx",), Format.PDF, [Reason.TYPE_MISMATCH]),
        ("pdf named exe", ("a.exe",), Format.PDF, [Reason.TYPE_MISMATCH]),
        ("one of two names", ("a.pdf", "a.exe"), Format.PDF, [Reason.TYPE_MISMATCH]),
        ("hidden behind blanks", ("a.pdf      .exe",), Format.PDF, [Reason.TYPE_MISMATCH]),
        ("a dot file", (".pdf",), Format.PDF, []),
        ("unknown extension", ("a.xyz",), Format.PDF, [Reason.TYPE_MISMATCH]),
        ("docx named xlsx", ("a.xlsx",), Format.DOCX, [Reason.TYPE_MISMATCH]),
        ("picture named pdf", ("a.pdf",), Format.PNG, [Reason.TYPE_MISMATCH]),
    ],
)
def test_every_name_ends_in_what_the_content_is(word, names, format_, expected):
    assert codes(a_file("x", format_, names=names)) == expected, word


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("brief.txt",), [Reason.EMPTY]),
        ((), [Reason.EMPTY]),
        (("plan.exe",), [Reason.EMPTY, Reason.FORMAT]),
        (("ohne-endung",), [Reason.EMPTY, Reason.FORMAT]),
        (("brief.txt", "plan.exe"), [Reason.EMPTY, Reason.FORMAT]),
    ],
)
def test_of_an_empty_file_that_would_be_foreign_when_filled_both_are_said_at_once(names, expected):
    assert codes(a_file("x", Format.UNKNOWN, Reason.EMPTY, names=names, size_bytes=0)) == expected


def test_a_mismatch_the_inspector_found_is_told_once():
    assert codes(a_file("a.exe", Format.PDF, Reason.TYPE_MISMATCH)) == [Reason.TYPE_MISMATCH]


def test_the_text_of_a_message_is_held_to_no_format_and_no_name():
    for format_ in (Format.HTML, Format.CSV, Format.SCRIPT, Format.UNKNOWN, Format.EMPTY):
        assert codes(a_file("text.html", format_, Reason.EMPTY, Reason.TXT_ENCODING, role=Role.BODY)) == []


@pytest.mark.parametrize("format_", [Format.EXE, Format.PDF, Format.ZIP, Format.DOCM])
def test_a_file_in_the_place_of_the_text_is_judged_as_a_file(format_):
    assert codes(a_file("text.txt", format_, role=Role.BODY))


@pytest.mark.parametrize("reason", FILE_REASONS)
def test_every_finding_becomes_an_objection_with_clause_remedy_and_place(reason):
    finding = Finding(reason, ("word/vbaProject.bin",), "beleg")
    file = a_file("a.zip › x.pdf", path=("a.zip", "x.pdf"), names=("x.pdf",), findings=(finding,))
    [objection] = the_verdict(some_facts(file)).objections
    assert (objection.code, objection.path, objection.inner) == (reason, ("a.zip", "x.pdf"), ("word/vbaProject.bin",))
    assert objection.clause
    assert objection.remedy in REMEDIES


def test_what_says_why_no_format_could_be_told_is_not_followed_by_a_foreign_format():
    assert codes(a_file("a.docx", Format.OLE, Reason.ENCRYPTED)) == [Reason.ENCRYPTED]
    assert codes(a_file("a.pdf", Format.UNKNOWN, Reason.UNREADABLE)) == [Reason.UNREADABLE]


HEIC = a_file("bild.heic", Format.HEIC)


def consent(**changes: Any):
    values = {
        "reference": "Z-1",
        "sender": "erika@buerger.example",
        "formats": frozenset({Format.HEIC, Format.DOCM}),
        "office": "",
        "valid_from": RECEIVED_AT,
        "valid_until": RECEIVED_AT + timedelta(seconds=1),
        "granted_by": "petra",
    }
    return Register(consents=(Consent(**{**values, **changes}),))


@pytest.mark.parametrize(
    ("word", "changes", "holds"),
    [
        ("as granted", {}, True),
        ("letter case", {"sender": "Erika@Buerger.example"}, True),
        ("the whole domain", {"sender": "@buerger.example"}, True),
        ("another sender", {"sender": "max@buerger.example"}, False),
        ("another domain", {"sender": "@example"}, False),
        ("another format", {"formats": frozenset({Format.RAR})}, False),
        ("not yet", {"valid_from": RECEIVED_AT + timedelta(seconds=1), "valid_until": RECEIVED_AT + timedelta(days=1)}, False),
        ("until this moment", {"valid_from": RECEIVED_AT - timedelta(days=1), "valid_until": RECEIVED_AT}, False),
        ("another office", {"office": "amt-51"}, False),
    ],
)  # fmt: skip
def test_consent_lifts_the_format_for_whom_and_when_it_was_given(word, changes, holds):
    verdict = the_verdict(some_facts(HEIC), register=consent(**changes))
    assert (verdict.disposition is Disposition.ACCEPT) is holds, word
    assert [entry.consent for entry in verdict.objections] == (["Z-1"] if holds else [""]), word
    assert (verdict.withheld == ()) is holds, word


def test_consent_of_an_office_holds_where_the_message_goes_there():
    head = a_head(subject="Amt 36 – ABH")
    facts = some_facts(inspection=an_inspection(a_text(), HEIC, head=head))
    assert the_verdict(facts, register=consent(office="amt-36")).disposition is Disposition.ACCEPT


BY_SERVER_ONLY = SenderFacts(spf=AuthResult.PASS, spf_aligned=True, dmarc=AuthResult.PASS, source="own")
SIGNED_BUT_DISOWNED = SenderFacts(dkim_aligned=True, dmarc=AuthResult.FAIL, source="own")


@pytest.mark.parametrize(
    "auth",
    [UNAUTHENTICATED, FORGED, BY_SERVER_ONLY, SIGNED_BUT_DISOWNED],
    ids=["unknown", "forged", "only the server is known", "signed, and disowned by its domain"],
)
def test_consent_needs_an_authenticated_sender(auth):
    assert the_verdict(some_facts(HEIC, sender=auth), register=consent()).objections[0].consent == ""


def test_an_accepted_signature_authenticates_for_consent():
    register = Register(identities=checked().identities, consents=consent().consents)
    facts = some_facts(inspection=an_inspection(a_text(), HEIC, crypto=signed()), sender=UNAUTHENTICATED)
    assert the_verdict(facts, register=register).disposition is Disposition.ACCEPT


def test_a_safe_id_authenticates_for_consent_unless_the_papers_are_broken():
    safe_id = "DE.Justiz.0a1b2c3d-0000-4000-8000-123456789abc.1234"
    register = consent(sender=safe_id)
    for faults, holds in (((), True), (("msgprops-absent",), False)):
        egvp = EgvpFacts(sender=EgvpParty(safe_id), faults=faults)
        facts = some_facts(inspection=an_inspection(a_text(), HEIC, egvp=egvp), sender=UNAUTHENTICATED)
        found = {entry.code: entry.consent for entry in the_verdict(facts, register=register).objections}
        assert found[Reason.FORMAT] == ("Z-1" if holds else "")


def test_consent_never_lifts_a_macro():
    verdict = the_verdict(some_facts(a_file("a.docm", Format.DOCM, Reason.MACRO)), register=consent())
    assert verdict.disposition is Disposition.NOTIFY
    assert {entry.code: bool(entry.consent) for entry in verdict.objections} == {
        Reason.FORMAT: True,
        Reason.MACRO: False,
    }


def test_where_the_page_offers_no_consent_none_holds():
    terms = the_terms(a_policy(email=a_channel(consent="never")))
    assert the_verdict(some_facts(HEIC), register=consent(), terms=terms).disposition is Disposition.NOTIFY


@pytest.mark.parametrize(
    ("format_", "accepted", "remedy"),
    [
        (Format.DOC, FORMATS, "save-as-docx"),
        (Format.DOC, (Format.PDF,), "save-as-pdf"),
        (Format.DOC, (Format.TXT,), "use-listed-format"),
        (Format.HEIC, FORMATS, "save-as-jpg"),
        (Format.RAR, (*FORMATS, Format.ZIP), "save-as-zip"),
        (Format.RAR, FORMATS, "use-listed-format"),
        (Format.EXE, FORMATS, "use-listed-format"),
    ],
)
def test_a_remedy_leads_to_what_the_policy_accepts(format_, accepted, remedy):
    assert remedy_for(Reason.FORMAT, format_, accepted) == remedy


def test_every_remedy_hint_flag_and_reason_has_its_texts():
    targets = {f"save-as-{target.value}" for targets in SAVE_AS.values() for target in targets}
    used = {remedy_for(reason, None, ()) for reason in Reason} | targets | {"use-listed-format"}
    assert used <= set(REMEDIES)
    assert set(REASONS) == set(Reason)
    assert {name for name, _ in RAISED_FLAGS} == set(FLAGS)
    assert {name for name, _ in RAISED_HINTS} == set(HINTS)


def test_no_reason_falls_back_to_a_general_remedy_by_oversight():
    general = [reason for reason in Reason if remedy_for(reason, None, ()) == "use-listed-format"]
    assert general == [Reason.FORMAT]


def test_the_basis_of_the_limit_may_be_the_whole_message():
    size = SizeLimit(clause="attachments.total", limit="20 MB", basis="message")
    terms = the_terms(a_policy(email=a_channel(size=size)))
    assert codes(terms=terms) == []
    facts = some_facts(size_bytes=LIMIT_BYTES + 1)
    assert the_verdict(facts, terms=terms).disposition is Disposition.REFUSE


def test_above_the_soft_limit_only_a_hint_goes_out():
    size = SizeLimit(clause="attachments.total", limit="20 MB", soft_limit="5 MB")
    terms = the_terms(a_policy(email=a_channel(size=size)))
    facts = some_facts(inspection=an_inspection(a_text(), attachments_bytes=5 * 1024 * 1024 + 1))
    verdict = the_verdict(facts, terms=terms)
    assert (verdict.disposition, verdict.hints) == (Disposition.ACCEPT, ("soft-limit",))


@pytest.mark.parametrize(("limit", "expected"), [(2, []), (1, [Reason.TOO_MANY_FILES])])
def test_files_are_counted_as_sent(limit, expected):
    terms = the_terms(a_policy(email=a_channel(max_files=limit)))
    archive = a_file("a.zip", Format.ZIP, container=True)
    member = a_file("b.pdf", path=("a.zip", "b.pdf"))
    assert codes(archive, member, a_file("c.pdf"), terms=terms) == expected


@pytest.mark.parametrize(("length", "expected"), [(90, []), (91, [Reason.FILE_NAME_TOO_LONG])])
def test_the_length_of_names_is_in_characters(length, expected):
    terms = the_terms(a_policy(email=a_channel(max_name_chars=90)))
    assert codes(a_file("ä" * (length - 4) + ".pdf"), terms=terms) == expected


def test_download_links_count_only_where_the_page_says_so():
    facts = some_facts(inspection=an_inspection(a_text(), download_links=2))
    assert the_verdict(facts).objections == ()
    policy = with_rule(
        a_policy(links=Links(downloads="not-processed")), Reason.DOWNLOAD_LINK, Disposition.NOTIFY, Told.SENDER
    )
    assert [entry.code for entry in the_verdict(facts, terms=the_terms(policy)).objections] == [Reason.DOWNLOAD_LINK]


@pytest.mark.parametrize(
    ("display", "flagged"),
    [
        ("Erika Mustermann", False),
        ("erika@buerger.example", False),
        ("chef@stadt.example", True),
        ("Chef <chef@x.de>", True),
        ("chef＠stadt.example", True),
        ("ｅrika@buerger.example", False),
    ],
)
def test_a_display_name_with_another_address_is_flagged(display, flagged):
    facts = some_facts(inspection=an_inspection(a_text(), head=a_head(from_display=display)))
    assert ("display-name-address" in the_verdict(facts).flags) is flagged


def test_a_sender_of_our_own_domain_without_proof_is_flagged():
    head = a_head(from_addresses=(str(CENTRAL),))
    facts = some_facts(inspection=an_inspection(a_text(), head=head), sender=UNAUTHENTICATED)
    assert "own-domain-unproven" in the_verdict(facts, an_envelope()).flags
    assert "own-domain-unproven" not in the_verdict(some_facts(inspection=an_inspection(a_text(), head=head))).flags


def test_every_rule_of_the_policy_is_worded():
    for rule in default_policy().email.rules:
        assert all(reason in REASONS for reason in rule.reasons)


@pytest.mark.parametrize(
    ("allowed", "evidence", "expected"),
    [
        (True, "factur-x", Disposition.ACCEPT),
        (False, "factur-x", Disposition.NOTIFY),
        (True, "812 bytes", Disposition.NOTIFY),
    ],
)
def test_a_pdf_may_carry_its_own_invoice_where_the_policy_says_so(allowed, evidence, expected):
    invoice = a_file("rechnung.pdf", findings=(Finding(Reason.PDF_EMBEDDED_FILE, (), evidence),))
    terms = the_terms(a_policy(email=a_channel(hybrid_invoices=allowed)))
    assert the_verdict(some_facts(invoice), terms=terms).disposition is expected
