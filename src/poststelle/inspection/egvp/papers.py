# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The client's papers about one message, each read for itself: MsgProps, nachricht, visitenkarte, Prüfvermerk, report.

Tolerant towards what is missing, closed towards document types. Whether the papers agree is asked elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from poststelle.core.egvp import ClientReport, EgvpParty
from poststelle.inspection.xmlparts import XmlError, parse

MAX_BYTES = 8 * 1024 * 1024
MAX_ROWS = 4_000
MAX_FIELD_CHARS = 500
MAX_SUBJECT_CHARS = 2_000
MAX_TEXT_CHARS = 1024 * 1024
_PROOF = re.compile(r"VHN\w*_(valid|invalid|unknown)", re.IGNORECASE | re.ASCII)
"""Values of ProofOfOrigin seen in reports: ``VHN_beBPo_valid``. Others are taken for no proof."""
_REPORT_VALID = "status:valid"


_NOBODY = EgvpParty()


class PaperError(Exception):
    """The paper cannot be read. The sentence says why."""


@dataclass(frozen=True, slots=True)
class MsgProps:
    """MsgProps.xml: what the client keeps of the transport."""

    message_id: str
    entered: str
    message_type: str
    subject: str
    status: str
    sender: EgvpParty
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """nachricht.xml: what the sender wrote."""

    message_type: str = ""
    subject: str = ""
    addressee_id: str = ""
    aktenzeichen_sender: str = ""
    aktenzeichen_recipient: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class CheckNote:
    """pruefvermerk.xml: the client's note for the file."""

    message_id: str = ""
    entered: str = ""
    letter: Letter = Letter()
    sender: EgvpParty = _NOBODY
    addressee: EgvpParty = _NOBODY
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """summarisedinspectionsheet.xml: what the client verified."""

    message_id: str = ""
    entered: str = ""
    status: str = ""
    """``valid`` or whatever else the cumulated status of the message ends with."""
    proof: str = ""
    """The words of ProofOfOrigin."""

    @property
    def verdict(self) -> ClientReport:
        """What it says of the origin; an unknown word is no proof."""
        match = _PROOF.fullmatch(self.proof)
        if match is None:
            return ClientReport.INVALID if self.proof else ClientReport.ABSENT
        return ClientReport.VALID if match.group(1).casefold() == "valid" else ClientReport.INVALID


def read_msgprops(content: bytes) -> MsgProps:
    """EGVPMessageProps. Raises PaperError."""
    root = root_of(content)
    if _fold(root) != "egvpmessageprops":
        raise PaperError("another root element")
    card = _child(_child(root, "originator"), "businesscard")
    certificate = _child(_child(root, "originator"), "encryptioncertificate")
    return MsgProps(
        message_id=_text(root, "messageid"),
        entered=_text(root, "serverentrytime"),
        message_type=_text(root, "oscisubject"),
        subject=_text(root, "msgsubject", MAX_SUBJECT_CHARS),
        status=(root.get("status") or "")[:MAX_FIELD_CHARS],
        sender=EgvpParty(
            _text(card, "userid"),
            _text(card, "name") or _text(certificate, "name"),
            _text(card, "organization") or _text(certificate, "organization"),
            _text(card, "filterid") or _text(card, "role"),
        ),
        attachments=tuple(_text(row, "filename") for row in _children(root, "attachment")),
    )


def read_letter(content: bytes) -> Letter:
    """nachricht.xml. Raises PaperError."""
    return _letter(root_of(content))


def _letter(root: etree._Element | None) -> Letter:
    return Letter(
        message_type=_text(root, "nachrichtentyp"),
        subject=_text(root, "betreff", MAX_SUBJECT_CHARS),
        addressee_id=_text(root, "empfaengerkennung"),
        aktenzeichen_sender=_text(root, "aktenzeichenabsender") or _text(root, "absenderaktenzeichen"),
        aktenzeichen_recipient=_text(root, "aktenzeichenempfaenger") or _text(root, "empfaengeraktenzeichen"),
        text=_words(root, "freitext"),
    )


def read_card(content: bytes) -> EgvpParty:
    """visitenkarte.xml. Raises PaperError."""
    return _party(root_of(content))


def _party(card: etree._Element | None) -> EgvpParty:
    given, name = _text(card, "vorname"), _text(card, "name")
    shown = f"{given} {name}".strip()
    return EgvpParty(_text(card, "nutzerid"), shown, _text(card, "organisation"), _text(card, "rollenid"))


def read_check_note(content: bytes) -> CheckNote:
    """pruefvermerk.xml. Raises PaperError.

    Of a document's two names the original one counts: the other is broken for print with zero-width spaces.
    """
    root = root_of(content)
    names = (_text(row, "originaldateiname") or _text(row, "dateiname") for row in _children(root, "dokument"))
    return CheckNote(
        message_id=_text(root, "nachrichtenkennzeichen"),
        entered=_text(root, "eingangszeitpunkt"),
        letter=_letter(_child(root, "nachricht")),
        sender=_party(_child(root, "absender")),
        addressee=_party(_child(root, "empfaenger")),
        documents=tuple(name for name in names if name),
    )


def read_report(content: bytes) -> Report:
    """summarisedinspectionsheet.xml, a VerificationReport. Raises PaperError."""
    root = root_of(content)
    for document in islice(_children(_child(root, "documentlist"), "document"), MAX_ROWS):
        message = _child(_child(document, "other"), "oscimessageinfo")
        if message is not None:
            status = _attribute(_child(document, "cumulated"), "status").casefold()
            return Report(
                message_id=_text(message, "messageid"),
                entered=_text(message, "receptiononserver"),
                status="valid" if status.endswith(_REPORT_VALID) else status.rpartition(":")[2],
                proof=_text(message, "proofoforigin"),
            )
    return Report()


def root_of(content: bytes) -> etree._Element:
    """The outermost element of a paper. Raises PaperError."""
    if len(content) > MAX_BYTES:
        raise PaperError("too large")
    try:
        piece = parse(content)
    except XmlError as error:
        raise PaperError("not well-formed") from error
    if piece.has_doctype:
        raise PaperError("document type declared")
    return piece.root


def _children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    found = iter(element) if element is not None else iter(())
    return islice((child for child in found if _fold(child) == name), MAX_ROWS)


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return next(_children(element, name), None)


def _text(element: etree._Element | None, name: str, limit: int = MAX_FIELD_CHARS) -> str:
    """The words of the first child of this name, on one line."""
    return " ".join(_words(element, name)[: 4 * limit].split())[:limit]


def _words(element: etree._Element | None, name: str) -> str:
    """The same with its lines."""
    child = _child(element, name)
    text = (child.text or "")[:MAX_TEXT_CHARS] if child is not None else ""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else " " for letter in text).strip()


def _attribute(element: etree._Element | None, name: str) -> str:
    return (element.get(name) or "")[:MAX_FIELD_CHARS] if element is not None else ""


def _fold(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].replace("_", "").replace("-", "").casefold()
