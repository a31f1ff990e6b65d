# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The table of the demonstration: what was sent, what was answered, and what became of it, in words for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from poststelle.application.settings import Settings
from poststelle.application.synthetic.comparing import Became
from poststelle.application.synthetic.sample import CENTRAL, Sample
from poststelle.core.verdict import Disposition, SenderTold, TaskKind, Verdict, Verdicts

if TYPE_CHECKING:
    from poststelle.records.queries import EffectLine

_OUTCOMES: dict[Disposition | None, str] = {
    Disposition.ACCEPT: "angenommen",
    Disposition.NOTIFY: "teils angenommen",
    Disposition.HOLD: "zurückgehalten",
    Disposition.REFUSE: "abgelehnt",
    Disposition.DELETE: "gelöscht",
    None: "nicht gelesen",
}
_TOLD: dict[SenderTold, str] = {
    SenderTold.NOBODY: "",
    SenderTold.REPLY: "Antwort im Dialog",
    SenderTold.NOTICE: "Rückmeldung verschickt",
    SenderTold.BY_HAND: "",
}
_TASKS: dict[TaskKind, str] = {
    TaskKind.TRIAGE: "Zuordnung",
    TaskKind.FEEDBACK: "Rückmeldung von Hand",
    TaskKind.DECIDE_HOLD: "Entscheidung",
    TaskKind.CHECK_IDENTITY: "Identitätsprüfung",
    TaskKind.DECRYPTION: "Entschlüsselung",
    TaskKind.DEADLINE: "Fristverdacht",
    TaskKind.MALWARE: "Schadprogramm",
    TaskKind.DELIVERY: "Zustellproblem",
}
_WIDTHS = (1, 58, 7, 16, 17, 33, 17)
_HEADS = ("", "Nachricht", "Antwort", "Ergebnis", "Amt", "Was folgt", "Zeichen")


@dataclass(frozen=True, slots=True)
class Row:
    """One message, what became of it, and what came otherwise than promised."""

    sample: Sample
    became: Became
    effects: "tuple[EffectLine, ...]"
    faults: tuple[str, ...]

    @property
    def is_kept(self) -> bool:
        """The promise holds."""
        return not self.faults


def head() -> str:
    """The titles of the columns."""
    titles = _columns(_HEADS)
    return f"{titles}\n{'─' * len(titles)}"


def line(row: Row) -> str:
    """One message in one line, and a line for everything that came otherwise."""
    verdicts = row.became.verdicts
    cells = (
        "✓" if row.is_kept else "✗",
        row.sample.title,
        "/".join(str(code) for code in dict.fromkeys(row.became.replies)),
        *(_concluded(verdicts.strictest) if verdicts else (_OUTCOMES[None], "–")),
        _follows(verdicts) if verdicts else "–",
        row.became.references[0] if row.became.references else "–",
    )
    return "\n".join((_columns(cells), *(f"   {fault}" for fault in row.faults)))


def _concluded(verdict: Verdict) -> tuple[str, str]:
    return _OUTCOMES[verdict.disposition], verdict.route.office or "Poststelle"


def _follows(verdicts: Verdicts) -> str:
    told = _TOLD[verdicts.strictest.sender_told]
    tasks = (_TASKS[task.kind] for verdict in verdicts.by_recipient for task in verdict.tasks)
    return ", ".join(dict.fromkeys(entry for entry in (told, *tasks) if entry)) or "–"


def _columns(cells: Sequence[str]) -> str:
    fitted = (
        cell if len(cell) <= width else f"{cell[: width - 1]}…" for cell, width in zip(cells, _WIDTHS, strict=True)
    )
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(fitted, _WIDTHS, strict=True)).rstrip()


def summary(rows: Sequence[Row]) -> str:
    """How many promises held."""
    kept = sum(row.is_kept for row in rows)
    promises = sorted({promise for row in rows for promise in row.sample.promises}, key=lambda one: int(one[1:]))
    return (
        f"\n{kept} von {len(rows)} Nachrichten wurden, was die Seite verspricht. "
        f"Gezeigte Zusagen: {' '.join(promises)}."
    )


@dataclass(frozen=True, slots=True)
class Account:
    """A login at the desk of the demonstration."""

    name: str
    password: str
    what: str
    """The role, for people."""


def closing(settings: Settings, rows: Sequence[Row], accounts: Sequence[Account]) -> str:
    """What to look at, how to sign in, and how to send a message of one's own."""
    password = accounts[0].password if accounts else "–"
    people = "\n".join(f"               {one.name:<11} {one.what}" for one in accounts)
    data, door = settings.house.data, settings.door
    reference = next((row.became.references[0] for row in rows if row.became.references), "PS-…")
    return f"""
Daten:         {data}
Seite:         {settings.house.base_url}/kontakt
Vorprüfung:    {settings.house.base_url}/pruefen
Schreibtisch:  {settings.house.base_url}/desk/   Kennwort für alle: {password}
{people}
Postfächer:    {data}/mailboxes/   (was Ämter und Absender bekommen haben)
SMTP-Tür:      {door.host}:{door.port}
Eigene E-Mail: swaks --server {door.host}:{door.port} --from ich@buerger.example --to {CENTRAL} \\
                 --header "Subject: Amt 32 – Parken" --attach @README.md
Verlauf:       poststelle --settings {data}/poststelle.toml journal show {reference}
Protokoll:     {data}/poststelle.log

Weiter kommt alle 20 Sekunden eine Nachricht. Ende mit Strg-C.
"""
