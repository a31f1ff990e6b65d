# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the desk says of signatures on documents and of protected subjects: seen facts in sentences, no decision."""

from dataclasses import replace

from poststelle.core.document_signature import (
    DocumentForm,
    DocumentSignature,
    Listing,
    ListStanding,
    Qualified,
    TimeStamp,
)
from poststelle.core.signature import Chain, Coverage, Signature
from poststelle.faces.web.desk.document_truth import document_lines
from poststelle.faces.web.desk.truth import head_lines
from support.builders import a_head, a_signer

SIGNED = DocumentSignature(
    ("antrag.pdf",), DocumentForm.PDF, Signature.OK, Chain.OK, signer=a_signer(signing_time="2026-11-02T10:00:00Z")
)


def sentences(one: DocumentSignature) -> str:
    return " ".join(line.sentence for line in document_lines((one,)))


def test_who_signed_when_and_that_nothing_changed_is_said_and_nothing_decided() -> None:
    said = sentences(SIGNED)
    assert "CN=Erika Mustermann" in said
    assert "2026-11-02" in said
    assert "seit dem Signieren unverändert" in said
    assert "nicht qualifiziert" in said
    assert "Schriftform" not in said
    assert {line.about for line in document_lines((SIGNED,))} == {"antrag.pdf"}


def test_every_remark_has_its_own_line() -> None:
    said = sentences(
        replace(
            SIGNED,
            coverage=Coverage.PARTIAL,
            claims_qualified=True,
            has_timestamp=True,
            is_container=True,
            permissions=2,
        )
    )
    for word in ("ergänzt", "keiner Vertrauensliste", "Zeitstempel", "Containersignatur", "Ausfüllen"):
        assert word in said
    broken = replace(SIGNED, signature=Signature.BAD, signer=None, chain=Chain.NONE)
    assert "nicht feststellbar" in sentences(broken)
    assert "bad" in {line.standing for line in document_lines((broken,))}


def test_what_the_trust_lists_say_has_its_issue_beside_it_and_that_its_signature_is_unverified() -> None:
    listed = Listing(
        Qualified.YES,
        ListStanding.GRANTED,
        Chain.OK,
        service="Muster CA",
        since="2020-01-01",
        list_name="DE (Bundesnetzagentur)",
        issued_on="2026-11-01",
        next_update_on="2027-04-01",
    )
    said = sentences(replace(SIGNED, claims_qualified=True, claims_device=True, listing=listed))
    for words in (
        "Nach der Vertrauensliste ist das Zertifikat qualifiziert",
        "als zugelassen. Muster CA, so seit 2020-01-01.",
        "DE (Bundesnetzagentur), ausgestellt am 2026-11-01, nächste Ausgabe bis 2027-04-01",
        "Die Signatur der Liste ist hier nicht geprüft",
        "Signaturerstellungseinheit",
    ):
        assert words in said
    assert "veraltet" not in said
    assert "Schriftform" not in said
    assert "veraltet" in sentences(replace(SIGNED, listing=replace(listed, is_outdated=True)))
    verified = sentences(replace(SIGNED, listing=replace(listed, is_list_verified=True)))
    assert "Die Signatur der Liste ist geprüft." in verified
    assert "nicht geprüft" not in verified


def test_a_time_stamp_says_whose_it_is_and_what_was_listed_then() -> None:
    then = Listing(Qualified.YES, ListStanding.GRANTED, Chain.OK, service="Muster CA", since="2020-01-01")
    stamp = TimeStamp(Signature.OK, "2026-11-02T10:00:00+00:00", Chain.OK, a_signer(subject="CN=Uhr"), then=then)
    said = sentences(replace(SIGNED, has_timestamp=True, stamp=stamp))
    for words in (
        "2026-11-02T10:00:00+00:00, von CN=Uhr",
        "Zum Zeitpunkt des Zeitstempels: Nach der Vertrauensliste ist",
    ):
        assert words in said
    assert "nicht bewiesen" in sentences(replace(SIGNED, stamp=replace(stamp, then=None)))
    broken = sentences(replace(SIGNED, stamp=replace(stamp, signature=Signature.BAD)))
    assert "gehört nicht zu dieser Signatur" in broken
    assert "Uhr" not in broken


def test_without_a_trust_list_the_desk_says_that_none_was_asked() -> None:
    assert "Mit keiner Vertrauensliste abgeglichen" in sentences(replace(SIGNED, claims_qualified=True))
    codes = {line.code for line in document_lines((SIGNED,))}
    assert {"QUALIFIED_UNKNOWN", "LISTED_NO_LIST"} <= codes
    assert "trust-list" not in codes


def test_a_protected_subject_is_shown_where_it_is_another_than_outside() -> None:
    assert head_lines(a_head(subject="Amt 32")) == ()
    assert head_lines(replace(a_head(subject="Amt 32"), protected_subject="Amt 32")) == ()
    (line,) = head_lines(replace(a_head(subject="[...]"), protected_subject="Amt 32 - Bußgeld"))
    assert "Amt 32 - Bußgeld" in line.sentence
