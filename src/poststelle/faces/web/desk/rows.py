# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A message as a row: what the table shows of it, worded and ordered."""

from dataclasses import dataclass
from datetime import datetime

from poststelle.application.desk import labels
from poststelle.core.directory import Directory
from poststelle.core.edition import legal_date, legal_time
from poststelle.faces.web.desk import words
from poststelle.records.worklists import DeskLine

ERASED = "gelöscht"
"""Instead of an envelope whose term is over."""
WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in one word; ``tone`` is success, info, warning, danger or none."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    line: DeskLine
    path: str
    at: str
    """Date and time of receipt in legal time."""
    at_iso: str
    channel: str
    sender: str
    sender_title: str
    envelope_from: str
    envelope_to: str
    subject: str
    offices: str
    offices_title: str
    badge: Badge
    state: str
    """Where it is, in a few words."""
    due: str
    is_overdue: bool
    assigned: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What rows need to be worded."""

    directory: Directory
    names: dict[str, str]
    """People, by account id."""
    now: datetime


def row_of(line: DeskLine, wording: Wording) -> Row:
    """The line as it is shown."""
    numbers = [_number(office, wording.directory) for office in line.offices]
    titles = [office_title(office, wording.directory) for office in line.offices]
    today, is_erased = legal_date(wording.now), not line.recipients
    return Row(
        line=line,
        path=f"/desk/nachricht/{line.reference}",
        at=moment(line.received_at),
        at_iso=line.received_at.isoformat(),
        channel=labels.CHANNELS.get(line.channel, line.channel),
        sender=line.from_display or line.sender or (ERASED if is_erased else "(ohne Absender)"),
        sender_title=line.sender or (ERASED if is_erased else "leerer Umschlag-Absender: Unzustellbarkeitsmeldung"),
        envelope_from=line.sender or (ERASED if is_erased else "(leer)"),
        envelope_to=", ".join(line.recipients) or ERASED,
        subject=_subject(line),
        offices=", ".join(numbers),
        offices_title="; ".join(titles),
        badge=badge_of(line),
        state=words.state_words(line.state, line.reply_code),
        due=f"{WEEKDAYS[line.due_on.weekday()]} {line.due_on:%d.%m.}" if line.due_on else "",
        is_overdue=bool(line.due_on and line.due_on < today),
        assigned=wording.names.get(line.assigned_to, ""),
    )


def moment(at: datetime) -> str:
    """Date and time in legal time, such as 22.11.2026 16:58."""
    return f"{legal_time(at):%d.%m.%Y %H:%M}"


def office_title(office_id: str, directory: Directory) -> str:
    """Number and name, such as Amt 32 Ordnungsamt."""
    office = directory.office(office_id)
    return office.title if office else office_id or "ungeklärt"


def _number(office_id: str, directory: Directory) -> str:
    office = directory.office(office_id)
    if office is None:
        return office_id or "?"
    return office.number or office.name


def _subject(line: DeskLine) -> str:
    if line.is_veiled:
        return "Versiegelt – nur Umschlag"
    return line.subject.strip() or "(ohne Betreff)"


_STATES: dict[str, Badge] = {
    "held": Badge("Quarantäne", "danger"),
    "refused": Badge("abgelehnt", "danger"),
    "deleted": Badge("gelöscht", "danger"),
    "discarded": Badge("verworfen", "none"),
}


def badge_of(line: DeskLine) -> Badge:
    """The one thing to know first: its state, else what is kept back, else whether it is signed."""
    if line.state in _STATES:
        return _STATES[line.state]
    if line.is_veiled:
        return Badge("versiegelt", "none")
    if line.has_withheld:
        return Badge("zurückbehalten", "warning")
    if line.disposition == "notify":
        return Badge("beanstandet", "warning")
    if line.is_signed:
        return Badge("signiert", "info")
    return Badge("geprüft", "success")
