# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The answer as people read it: for each file what is wrong, the published sentence behind it, and what helps."""

from collections.abc import Iterator
from dataclasses import dataclass

from poststelle.core.arrival import Channel
from poststelle.core.catalogue.hints import HINTS
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.remedies import REMEDIES
from poststelle.core.directory import Office
from poststelle.core.facts import File, Role
from poststelle.core.formats import Format
from poststelle.core.page import render_title
from poststelle.core.policy import ChannelPolicy, Language
from poststelle.core.verdict import Disposition, Objection
from poststelle.faces.web.precheck.asking import Answer
from poststelle.faces.web.site.telephone import office_name
from poststelle.faces.web.site.visit import Visit
from poststelle.faces.web.templatetags.house import bytes_text

FilePath = tuple[str, ...]
GOOD, BAD, PARTLY, OPEN = "good", "bad", "partly", "open"
"""Can be processed; cannot; holds something that cannot; cannot be checked here."""
_LEAST_EXCESS_BYTES = 105_000
"""A tenth of a MB and a little: what is over the limit is never shown as the limit itself."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One objection in words."""

    sentence: str
    where: str
    """Inside the file; empty where the file itself is meant."""
    remedy: str
    clause_title: str
    """German where the edition has no other; empty where it has no such clause."""
    clause_path: str


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file and what is said of it."""

    name: str
    """Path from the message down, such as ``antrag.zip › formular.docm``."""
    size_bytes: int
    state: str
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything the page of results says."""

    state: str
    files: tuple[FileResult, ...]
    message_complaints: tuple[Complaint, ...]
    """Objections to the message as a whole, such as its size."""
    size_of: str
    """How large it is, of how much."""
    is_encrypted: bool
    hints: tuple[str, ...]
    address: str
    subject: str


def result(answer: Answer, visit: Visit, office: Office | None) -> Result:
    """The answer in the words of the visit's language."""
    channel = visit.policy.channel(answer.asked.channel)
    files = tuple(_files(answer, visit))
    whole = _complaints([one for one in _grave(answer) if not one.path], visit)
    is_encrypted = _is_encrypted(answer)
    return Result(
        state=_state(answer, files, is_encrypted=is_encrypted),
        files=files,
        message_complaints=whole,
        size_of=_size_of(answer.size_bytes, channel, visit),
        is_encrypted=is_encrypted,
        hints=tuple(HINTS[key].in_language(visit.language) for key in answer.checked.verdict.hints),
        address=_address(visit, answer.asked.channel, office),
        subject=_subject(office, visit) if office else "",
    )


def _size_of(size_bytes: int, channel: ChannelPolicy, visit: Visit) -> str:
    limit_bytes = channel.size.limit_bytes
    shown_bytes = max(size_bytes, limit_bytes + _LEAST_EXCESS_BYTES) if size_bytes > limit_bytes else size_bytes
    return visit.say("precheck.size-of", size=bytes_text(shown_bytes, visit.language), limit=channel.size.limit)


def _grave(answer: Answer) -> tuple[Objection, ...]:
    return tuple(one for one in answer.checked.verdict.objections if one.disposition is not Disposition.ACCEPT)


def _is_encrypted(answer: Answer) -> bool:
    seen = answer.checked.inspection
    return seen is not None and (seen.crypto.is_encrypted or any(file.format is Format.PKCS7 for file in seen.files))


def _state(answer: Answer, files: tuple[FileResult, ...], *, is_encrypted: bool) -> str:
    if answer.checked.inspection is None or (is_encrypted and not any(file.state == BAD for file in files)):
        return OPEN
    return GOOD if answer.checked.is_accepted else BAD


def _files(answer: Answer, visit: Visit) -> Iterator[FileResult]:
    seen = answer.checked.inspection
    grave = _grave(answer)
    bad = frozenset((*(one.path for one in grave), *answer.checked.verdict.withheld))
    for file in seen.files if seen else ():
        mine = _complaints([one for one in grave if one.path == file.path], visit)
        if file.role is not Role.BODY or mine:
            yield FileResult(" › ".join(file.path), file.size_bytes, _file_state(file, bad), mine)


def _file_state(file: File, bad: frozenset[FilePath]) -> str:
    """A file inside a container that is not passed on goes with it, whatever it is itself."""
    if file.format is Format.PKCS7:
        return OPEN
    if file.path in bad:
        return BAD
    return PARTLY if any(path[: len(file.path)] == file.path for path in bad) else GOOD


def _complaints(objections: list[Objection], visit: Visit) -> tuple[Complaint, ...]:
    """Each said once, however many parts of the file it was found in."""
    by_saying: dict[tuple[str, str], Complaint] = {}
    for objection in objections:
        complaint = _complaint(objection, visit)
        by_saying.setdefault((complaint.sentence, complaint.remedy), complaint)
    return tuple(by_saying.values())


def _complaint(objection: Objection, visit: Visit) -> Complaint:
    return Complaint(
        sentence=REASONS[objection.code].in_language(visit.language),
        where=" › ".join(objection.inner),
        remedy=REMEDIES[objection.remedy].in_language(visit.language),
        clause_title=_clause_title(objection.clause, visit),
        clause_path=f"{visit.path('/kontakt')}#{objection.clause}",
    )


def _clause_title(clause: str, visit: Visit) -> str:
    if clause not in visit.policy.clauses:
        return ""
    titles = (render_title(visit.policy, clause, language) for language in (visit.language, Language.DE))
    return next(filter(None, titles), "")


def _address(visit: Visit, channel: Channel, office: Office | None) -> str:
    policy = visit.policy
    if channel is Channel.BEBPO:
        return policy.mailbox.directory_name if policy.mailbox else ""
    if office and office.addresses and policy.other_addresses:
        return str(office.addresses[0])
    return policy.addresses[0].address if policy.addresses else ""


def _subject(office: Office, visit: Visit) -> str:
    name = f"Amt {office.number}" if office.number else office_name(office, visit.language)
    keyword = office.keywords[0] if office.keywords else "…"
    return f"{name} – {keyword}"
