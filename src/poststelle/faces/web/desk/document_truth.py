# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signatures on documents, line by line, for the desk: who, when, whether intact. Whether that keeps a form, a person says."""

from collections.abc import Iterator
from dataclasses import replace

from poststelle.core.document_signature import DocumentForm, DocumentSignature
from poststelle.core.signature import Chain, Coverage, Signature
from poststelle.faces.web.desk.truth import NEUTRAL, OPEN, TruthLine, chain_line, signature_line

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
_QUALIFIED = "Das Zertifikat nennt sich selbst qualifiziert; mit keiner Vertrauensliste abgeglichen."
_NOT_QUALIFIED = "Das Zertifikat nennt sich nicht qualifiziert."
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
        yield TruthLine(about, _QUALIFIED if one.claims_qualified else _NOT_QUALIFIED, NEUTRAL, "qualified")
    if one.has_timestamp:
        yield TruthLine(about, _TIMESTAMP, NEUTRAL, "timestamp")
    if one.is_container:
        yield TruthLine(about, _CONTAINER, OPEN, "container")
    if one.permissions in _PERMISSIONS:
        yield TruthLine(about, _PERMISSIONS[one.permissions], NEUTRAL, "permissions")


def _who(one: DocumentSignature) -> str:
    if one.signer is None:
        return "Unterzeichner nicht feststellbar."
    when = f", nach eigener Angabe am {one.signer.signing_time}" if one.signer.signing_time else ""
    return f"{one.signer.subject}{when}; ausgestellt von {one.signer.issuer}."
