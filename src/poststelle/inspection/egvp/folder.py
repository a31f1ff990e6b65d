# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One message folder read as a whole: which files are the client's papers, what they say together, where they differ.

Every file that is no known paper is an attachment: nothing is lost for its name or its place.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from poststelle.core.egvp import ClientReport, EgvpFacts, EgvpParty, XJustizFacts
from poststelle.core.facts import Announced
from poststelle.inspection.egvp.export import is_paper, number_of, read_numbered
from poststelle.inspection.egvp.moments import read_moment
from poststelle.inspection.egvp.papers import (
    CheckNote,
    Letter,
    MsgProps,
    PaperError,
    Report,
    read_card,
    read_check_note,
    read_letter,
    read_msgprops,
    read_report,
)
from poststelle.inspection.egvp.properties import read_properties
from poststelle.inspection.xjustiz import NotXJustizError, read_xjustiz, references

T = TypeVar("T")

_PAPERS = re.compile(
    r"msgprops\.xml|(?:message|content)\.preferences|(?:businesscard|inspectionsheet|message)\.html"
    r"|pruefvermerk\.(?:xml|pdf)|summarisedinspectionsheet\.xml|oscicontentdata\.osci"
    r"|additionals/(?:nachricht|visitenkarte|herstellerinformation)\.(?:xml|xsl)|additionals/vhn\.xml(?:\.p7s)?"
    r"|certificates/.+\.(?:crt|cer)|project/transfervermerk\.html",
)
"""What the Governikus Communicator writes itself, by its path in lower case."""
SHOWN_PAPERS = ("pruefvermerk.pdf", "pruefvermerk.xml")
"""Papers that go to the office with the attachments."""
_XJUSTIZ_NAME = "xjustiz_nachricht.xml"
MAX_XML_TRIED = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """One message as its papers and files tell it."""

    facts: EgvpFacts
    subject: str
    text: str
    """The sender's covering words."""
    attachments: tuple[str, ...]
    """Paths in the folder, sorted."""
    papers: tuple[str, ...]
    """Paths of the papers that go with the attachments."""
    announced: tuple[Announced, ...]


@dataclass(frozen=True, slots=True)
class _Papers:
    """All papers, empty ones where they are absent; the faults say why."""

    props: MsgProps | None
    letter: Letter
    card: EgvpParty
    note: CheckNote
    report: Report
    preferences: Mapping[str, str]
    xjustiz: XJustizFacts | None
    faults: tuple[str, ...]


def read_folder(files: Mapping[str, bytes], unread: tuple[str, ...] = ()) -> Reading:
    """The message. Never raises on hostile bytes."""
    by_name = {path.casefold(): path for path in sorted(files, reverse=True)}
    number = number_of(files) if "msgprops.xml" not in by_name else ""
    attachments = tuple(sorted(path for path in files if not _is_paper(path, number)))
    faults = ["file-unreadable"] * bool(unread)
    papers = _read_papers(files, by_name, attachments, faults, number)
    return Reading(
        facts=_facts(papers),
        subject=_first_of(
            papers.props.subject if papers.props else "",
            papers.letter.subject,
            papers.note.letter.subject,
            papers.preferences.get("table.subject", ""),
        ),
        text=_first_of(papers.letter.text, papers.preferences.get("message.text", ""), papers.note.letter.text),
        attachments=attachments,
        papers=tuple(by_name[name] for name in SHOWN_PAPERS if name in by_name),
        announced=_announced(papers),
    )


def _read_papers(
    files: Mapping[str, bytes], by_name: Mapping[str, str], attachments: tuple[str, ...], faults: list[str], number: str
) -> _Papers:
    def paper(name: str, read: Callable[[bytes], T], *, is_needed: bool = False) -> T | None:
        path = by_name.get(name)
        stem = "msgprops" if is_needed else name.rpartition("/")[2].partition(".")[0]
        if path is None:
            faults.extend([f"{stem}-absent"] * is_needed)
            return None
        try:
            return read(files[path])
        except PaperError:
            faults.append(f"{stem}-unreadable")
            return None

    main = (f"{number}.xml", read_numbered) if number else ("msgprops.xml", read_msgprops)
    props = paper(*main, is_needed=True)
    letter = paper("additionals/nachricht.xml", read_letter) or Letter()
    card = paper("additionals/visitenkarte.xml", read_card) or EgvpParty()
    note = paper("pruefvermerk.xml", read_check_note) or CheckNote()
    report = paper("summarisedinspectionsheet.xml", read_report) or Report()
    preferences = {
        key: value
        for name in ("content.preferences", "message.preferences")
        for key, value in (paper(name, read_properties) or {}).items()
    }
    xjustiz = _find_xjustiz(files, attachments, faults)
    faults.extend(_disagreements(props, note, report, len(attachments), preferences))
    return _Papers(props, letter, card, note, report, preferences, xjustiz, tuple(dict.fromkeys(faults)))


def _is_paper(path: str, number: str) -> bool:
    return is_paper(path, number) if number else _PAPERS.fullmatch(path.casefold()) is not None


def _find_xjustiz(files: Mapping[str, bytes], attachments: tuple[str, ...], faults: list[str]) -> XJustizFacts | None:
    """The XJustiz message: under its usual name, else the first XML file that is one."""
    named = [path for path in attachments if path.casefold().endswith(".xml")]
    named.sort(key=lambda path: (path.casefold().rpartition("/")[2] != _XJUSTIZ_NAME, path))
    for path in named[:MAX_XML_TRIED]:
        try:
            return read_xjustiz(files[path])
        except NotXJustizError:
            if path.casefold().endswith(_XJUSTIZ_NAME):
                faults.append("xjustiz-unreadable")
    return None


def _disagreements(
    props: MsgProps | None, note: CheckNote, report: Report, count: int, preferences: Mapping[str, str]
) -> list[str]:
    ids = {paper for paper in (note.message_id, report.message_id) if paper}
    entered = {read_moment(paper) for paper in (props.entered if props else "", report.entered) if paper}
    announced = preferences.get("attachments_count", "")
    checks = (
        ("message-id-absent", props is not None and not props.message_id),
        ("message-ids-differ", props is not None and bool(ids - {props.message_id})),
        ("entry-times-differ", len(entered) > 1),
        ("attachment-count-differs", announced.isdecimal() and announced.isascii() and announced.lstrip("0") != str(count or "")),
    )  # fmt: skip
    return [code for code, applies in checks if applies]


def _facts(papers: _Papers) -> EgvpFacts:
    props, note, xjustiz = papers.props, papers.note, papers.xjustiz
    moment, source = _received(papers)
    to_us = (papers.letter.aktenzeichen_recipient, note.letter.aktenzeichen_recipient)
    of_them = (papers.letter.aktenzeichen_sender, note.letter.aktenzeichen_sender)
    report = papers.report
    is_about_this = not props or not report.message_id or report.message_id == props.message_id
    statuses = [status for status in (props.status if props else "", report.status) if status]
    return EgvpFacts(
        message_id=_first_of(props.message_id if props else "", note.message_id, papers.preferences.get("id", "")),
        message_type=_first_of(props.message_type if props else "", papers.letter.message_type),
        received_at=moment,
        received_source=source,
        sender=_party(
            props.sender if props else EgvpParty(),
            papers.card,
            note.sender,
            EgvpParty(papers.preferences.get("sender.userid", ""), papers.preferences.get("bc.originator_name", "")),
        ),
        addressee=_party(EgvpParty(papers.letter.addressee_id), note.addressee),
        report=report.verdict if is_about_this else ClientReport.INVALID,
        report_evidence=report.proof,
        client_status=next((status for status in statuses if status != "valid"), statuses[0] if statuses else ""),
        aktenzeichen_sender=references((*of_them, *(xjustiz.aktenzeichen_sender if xjustiz else ()))),
        aktenzeichen_recipient=references((*to_us, *(xjustiz.aktenzeichen_recipient if xjustiz else ()))),
        xjustiz=xjustiz,
        faults=papers.faults if moment else (*papers.faults, "received-at-absent"),
    )


def _received(papers: _Papers) -> tuple[str, str]:
    """The moment the server took the message, and who says so: the first paper that says a moment."""
    stated = (
        ("msgprops", papers.props.entered if papers.props else ""),
        ("report", papers.report.entered),
        ("pruefvermerk", papers.note.entered),
        ("preferences", papers.preferences.get("table.date", "")),
    )
    for source, text in stated:
        moment = read_moment(text)
        if moment is not None:
            return moment.isoformat(), source
    return "", ""


def _party(*found: EgvpParty) -> EgvpParty:
    """One party out of several papers, field by field; the first paper that states a field is believed."""
    whole = EgvpParty()
    for one in found:
        whole = replace(
            whole,
            safe_id=whole.safe_id or one.safe_id,
            name=whole.name or one.name,
            organisation=whole.organisation or one.organisation,
            role=whole.role or one.role,
        )
    return whole


def _announced(papers: _Papers) -> tuple[Announced, ...]:
    sources = (
        ("msgprops", papers.props.attachments if papers.props else ()),
        ("pruefvermerk", papers.note.documents),
        ("xjustiz", papers.xjustiz.announced if papers.xjustiz else ()),
    )
    return tuple(Announced(_base(name), source) for source, names in sources for name in names if _base(name))


def _base(name: str) -> str:
    """The file's own name: some senders announce it with the folders they keep it in."""
    return name.replace("\\", "/").rpartition("/")[2].strip()


def _first_of(*texts: str) -> str:
    return next((text for text in texts if text), "")
