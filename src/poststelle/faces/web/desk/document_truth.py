# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signatures on documents, line by line, for the desk: who, when, whether intact. Whether that keeps a form, a person says."""

from collections.abc import Iterator
from dataclasses import replace

from poststelle.core.catalogue.trust_list import LISTINGS, QUALIFICATIONS
from poststelle.core.document_signature import (
    DocumentForm,
    DocumentSignature,
    Listing,
    ListStanding,
    Qualified,
    TimeStamp,
)
from poststelle.core.signature import Chain, Coverage, Signature
from poststelle.faces.web.desk.truth import BAD, GOOD, NEUTRAL, OPEN, TruthLine, chain_line, said_line, signature_line

_FORMS: dict[DocumentForm, str] = {
    DocumentForm.PDF: "Signatur im PDF",
    DocumentForm.PDF_TIMESTAMP: "Zeitstempel im PDF",
    DocumentForm.DETACHED: "Signaturdatei neben dem Dokument",
    DocumentForm.ENCLOSING: "Signaturdatei mit dem Dokument darin",
}
_INTEGRITY: dict[Signature, str] = {
    Signature.OK: "Das Dokument ist seit dem Signieren unverändert.",
    Signature.BAD: "Die Signatur passt nicht zum Dokument: Es wurde verändert oder ist ein anderes.",
    Signature.CONTENT_MISSING: "Das Dokument, zu dem die Signatur gehört, liegt nicht bei.",
    Signature.NO_ATTRS: "Die Signatur nennt weder Zeitpunkt noch Art des Inhalts.",
}
_CONTAINER = "Eine Containersignatur: Sie gilt der Datei, die weitere Dokumente enthält, nicht jedem einzelnen."
_ADDED = "Nach dieser Signatur wurde das Dokument ergänzt; das Ergänzte ist nicht mitsigniert."
_TIMESTAMP = "Ein Zeitstempel liegt bei; er ist nicht geprüft."
_STAMP_BROKEN = "Der beiliegende Zeitstempel gehört nicht zu dieser Signatur oder ist beschädigt."
_STAMP_UNPROVEN = (
    "Wann signiert wurde, ist damit nicht bewiesen: Die Stelle ist weder uns noch einer Vertrauensliste bekannt."
)
_CLAIMED = "Das Zertifikat nennt sich selbst qualifiziert."
_NOT_CLAIMED = "Das Zertifikat nennt sich nicht qualifiziert."
_DEVICE = "Es gibt an, dass sein Schlüssel in einer qualifizierten Signaturerstellungseinheit liegt."
_UNVERIFIED = "Die Signatur der Liste ist hier nicht geprüft; für die Datei steht der Betrieb ein."
_VERIFIED = "Die Signatur der Liste ist geprüft."
_OUTDATED = "Diese Liste ist veraltet: Ihre nächste Ausgabe lag beim Eingang nicht vor."
_LISTING_STANDINGS = {
    ListStanding.GRANTED: GOOD,
    ListStanding.WITHDRAWN: BAD,
    ListStanding.UNPROVEN: OPEN,
    ListStanding.ABSENT: OPEN,
    ListStanding.NO_LIST: NEUTRAL,
}
_QUALIFIED_STANDINGS = {Qualified.YES: GOOD, Qualified.NO: NEUTRAL, Qualified.UNKNOWN: OPEN}
_PERMISSIONS = {
    1: "Der Verfasser lässt keine Änderung zu.",
    2: "Der Verfasser lässt das Ausfüllen und Unterschreiben zu.",
    3: "Der Verfasser lässt Ausfüllen, Unterschreiben und Anmerkungen zu.",
}


def document_lines(signatures: tuple[DocumentSignature, ...]) -> tuple[TruthLine, ...]:
    """Every truth about every signature on a file, in the order in which they were found."""
    return tuple(line for one in signatures for line in _lines(one))


def _lines(one: DocumentSignature) -> Iterator[TruthLine]:
    about = " › ".join(one.path)
    yield TruthLine(about, f"{_FORMS[one.form]}: {_who(one)}", NEUTRAL, str(one.form))
    integrity = signature_line(about, one.signature)
    yield replace(integrity, sentence=_INTEGRITY.get(one.signature, integrity.sentence))
    if one.coverage is Coverage.PARTIAL:
        yield TruthLine(about, _ADDED, OPEN, str(one.coverage))
    if one.chain is not Chain.NONE:
        yield chain_line(about, one.chain)
        yield TruthLine(about, _CLAIMED if one.claims_qualified else _NOT_CLAIMED, NEUTRAL, "qualified")
        if one.claims_device:
            yield TruthLine(about, _DEVICE, NEUTRAL, "device")
        yield from _listing_lines(about, one.listing)
    if one.stamp is not None:
        yield from _stamp_lines(about, one.stamp)
    elif one.has_timestamp:
        yield TruthLine(about, _TIMESTAMP, NEUTRAL, "timestamp")
    if one.is_container:
        yield TruthLine(about, _CONTAINER, OPEN, "container")
    if one.permissions in _PERMISSIONS:
        yield TruthLine(about, _PERMISSIONS[one.permissions], NEUTRAL, "permissions")


def _stamp_lines(about: str, stamp: TimeStamp) -> Iterator[TruthLine]:
    """Whether the time stamp over a signature holds, who made it, and what was listed at its moment."""
    if stamp.signature is not Signature.OK:
        yield TruthLine(about, _STAMP_BROKEN, BAD, "timestamp")
        return
    by = stamp.signer.subject if stamp.signer else "unbekannt"
    yield TruthLine(
        about, f"Ein Zeitstempel über diese Signatur liegt bei: {stamp.at}, von {by}.", NEUTRAL, "timestamp"
    )
    of_stamp = f"{about} › Zeitstempel"
    yield chain_line(of_stamp, stamp.chain)
    yield from _listing_lines(of_stamp, stamp.listing)
    if stamp.then is None:
        yield TruthLine(of_stamp, _STAMP_UNPROVEN, OPEN, "timestamp-unproven")
        return
    for line in _listing_lines(about, stamp.then):
        yield replace(line, sentence=f"Zum Zeitpunkt des Zeitstempels: {line.sentence}")


def _listing_lines(about: str, one: Listing) -> Iterator[TruthLine]:
    """What the trust lists say, and of which issue that is."""
    yield said_line(about, QUALIFICATIONS[one.qualified], one.qualified, _QUALIFIED_STANDINGS[one.qualified])
    line = said_line(about, LISTINGS[one.standing], one.standing, _LISTING_STANDINGS[one.standing])
    service = f" {one.service}, so seit {one.since}." if one.service else ""
    yield replace(line, sentence=line.sentence + service)
    if one.list_name:
        until = f"nächste Ausgabe bis {one.next_update_on}" if one.next_update_on else "geschlossen"
        issue = f"Vertrauensliste {one.list_name}, ausgestellt am {one.issued_on}, {until}. {_VERIFIED if one.is_list_verified else _UNVERIFIED}"
        yield TruthLine(about, issue, NEUTRAL, "trust-list")
    if one.is_outdated:
        yield TruthLine(about, _OUTDATED, OPEN, "trust-list-outdated")


def _who(one: DocumentSignature) -> str:
    if one.signer is None:
        return "Unterzeichner nicht feststellbar."
    when = f", nach eigener Angabe am {one.signer.signing_time}" if one.signer.signing_time else ""
    return f"{one.signer.subject}{when}; ausgestellt von {one.signer.issuer}."
