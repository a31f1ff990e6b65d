# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The files of a message as the desk lists them: what each is, what became of it, why, and what helps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from poststelle.application.notice_text import shown_name
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.remedies import REMEDIES
from poststelle.core.facts import File, Inspection, Role
from poststelle.core.formats import ROWS, Family, Format
from poststelle.core.page import render_title
from poststelle.core.policy import Language, Policy
from poststelle.core.rules import missing
from poststelle.core.verdict import Objection, Verdict

_NAMES: dict[Format, str] = {row.format: row.name_de for row in ROWS}
_FAMILIES: dict[Format, Family] = {row.format: row.family for row in ROWS}
_SHOWABLE = frozenset(
    {Family.DOCUMENT, Family.TEXT, Family.IMAGE, Family.WORD, Family.SPREADSHEET, Family.PRESENTATION, Family.CARD}
)


@dataclass(frozen=True, slots=True)
class ClauseLink:
    """A published sentence by its heading, and where it stands."""

    title: str
    path: str


def clause_link(policy: Policy, clause: str) -> ClauseLink:
    """The clause in this edition; its bare id where the edition has none such."""
    title = render_title(policy, clause, Language.DE) if clause in policy.clauses else clause
    return ClauseLink(title, f"/kontakt/fassung/{policy.valid_from}#{clause}")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One objection as it is shown; several of one kind are one, with every place that was found."""

    sentence: str
    evidence: tuple[str, ...]
    clause: ClauseLink
    remedy: str
    consent: str
    """Reference of the consent that lifted it; empty where none did."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file."""

    number: int
    """Its place in the inspection: part of the address it is fetched from."""
    name: str
    depth: int
    """0 for what was attached, 1 and more for what lies inside."""
    format: str
    size_bytes: int
    standing: str
    """``accepted``, ``withheld``, ``trimming`` or ``container``."""
    complaints: tuple[Complaint, ...]
    is_decrypted: bool
    can_be_fetched: bool
    can_be_seen: bool


def file_lines(
    inspection: Inspection, verdicts: tuple[Verdict, ...], policy: Policy, *, is_open: bool
) -> tuple[FileLine, ...]:
    """Every file but the message's own words. ``is_open`` says that files may leave the house at all."""
    withheld = {path for verdict in verdicts for path in verdict.withheld}
    lines = []
    for number, file in enumerate(inspection.files):
        if file.role is Role.BODY:
            continue
        standing = _standing(file, withheld)
        lines.append(
            FileLine(
                number=number,
                name=shown_name(file.path[-1]) if file.path else "(ohne Namen)",
                depth=len(file.path) - 1,
                format=_NAMES.get(file.format, file.format.value),
                size_bytes=file.size_bytes,
                standing=standing,
                complaints=complaints(_about(verdicts, file.path), policy),
                is_decrypted=file.decrypted,
                can_be_fetched=is_open and standing != "withheld" and not file.container,
                can_be_seen=is_open and _is_showable(file),
            )
        )
    return tuple(lines)


def may_be_fetched(inspection: Inspection, verdicts: Iterable[Verdict], number: int) -> File | None:
    """The file under this number, where it is passed on; None otherwise."""
    if not 0 <= number < len(inspection.files):
        return None
    file = inspection.files[number]
    is_withheld = any(file.path in verdict.withheld for verdict in verdicts)
    return None if is_withheld or file.container or file.role is Role.BODY else file


def may_be_seen(inspection: Inspection, number: int) -> File | None:
    """The file under this number where pixels and words of it may be shown: withheld files are seen, never fetched."""
    if not 0 <= number < len(inspection.files):
        return None
    file = inspection.files[number]
    return file if _is_showable(file) else None


def _is_showable(file: File) -> bool:
    return not file.container and file.role is not Role.BODY and _FAMILIES.get(file.format) in _SHOWABLE


def complaints(objections: Iterable[Objection], policy: Policy) -> tuple[Complaint, ...]:
    """Each kind of objection once, in words; the clause with its published heading."""
    kinds: dict[tuple[str, str, str, str], list[Objection]] = {}
    for entry in dict.fromkeys(objections):
        kinds.setdefault((entry.code.value, entry.clause, entry.remedy, entry.consent), []).append(entry)
    return tuple(_complaint(entries, policy) for entries in kinds.values())


def of_message(verdicts: tuple[Verdict, ...]) -> tuple[Objection, ...]:
    """The objections to the message as a whole."""
    return tuple(_about(verdicts, ()))


@dataclass(frozen=True, slots=True)
class AnnouncedLine:
    """A document that the message says it brings."""

    name: str
    source: str
    is_here: bool


def announced_lines(inspection: Inspection) -> tuple[AnnouncedLine, ...]:
    """What was announced, and whether it came: by the same measure as the rule's."""
    lost = frozenset(missing(inspection))
    return tuple(AnnouncedLine(shown_name(one.name), one.source, one not in lost) for one in inspection.announced)


def _standing(file: File, withheld: set[tuple[str, ...]]) -> str:
    if file.path in withheld:
        return "withheld"
    if file.container:
        return "container"
    return "trimming" if file.trimming is not None else "accepted"


def _about(verdicts: tuple[Verdict, ...], path: tuple[str, ...]) -> Iterator[Objection]:
    for verdict in verdicts:
        yield from (entry for entry in verdict.objections if entry.path == path)


MAX_EVIDENCE = 5


def _complaint(entries: list[Objection], policy: Policy) -> Complaint:
    objection = entries[0]
    places = dict.fromkeys(" ".join((*entry.inner[-1:], entry.evidence)).strip() for entry in entries)
    remedy = REMEDIES.get(objection.remedy)
    is_lifted = bool(objection.consent)
    return Complaint(
        sentence=REASONS[objection.code].in_language(Language.DE),
        evidence=tuple(place for place in places if place)[:MAX_EVIDENCE],
        clause=clause_link(policy, objection.clause),
        remedy=remedy.in_language(Language.DE) if remedy and not is_lifted else "",
        consent=objection.consent,
    )
