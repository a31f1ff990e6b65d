# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The history of a message in German sentences, made from the journal and from nothing else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from poststelle.application.desk import labels
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.silences import SILENCES
from poststelle.core.directory import Directory
from poststelle.core.journal import EventKind, JournalLine
from poststelle.core.reasons import Reason
from poststelle.core.telling import Silence

_REASONS = {reason.value: REASONS[reason].de for reason in Reason}
_SILENCES = {silence.value: SILENCES[silence].de for silence in Silence}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry: when, who, what, and what the person wrote."""

    at: datetime
    who: str
    sentence: str
    why: str
    clause: str
    edition: str
    """That the clause is of."""
    index: int | None
    """Place in the journal's tree; None until it has one."""


@dataclass(frozen=True, slots=True)
class Names:
    """What ids in the journal stand for."""

    accounts: Mapping[str, str]
    directory: Directory

    def office(self, office_id: str) -> str:
        """Number and name of an office."""
        office = self.directory.office(office_id)
        return office.title if office else office_id or "Poststelle (ungeklärt)"

    def who(self, actor: str) -> str:
        """Who acted, for people."""
        return self.accounts.get(actor, _ROLES.get(actor, actor))


_ROLES = {"gateway": "Gateway", "outbox": "Postausgang", "sequencer": "Journal", "retention": "Aufbewahrung"}

Said = Callable[[Mapping[str, str], Names], str]


def _fixed(sentence: str) -> Said:
    return lambda _facts, _names: sentence


def _arrived(facts: Mapping[str, str], _names: Names) -> str:
    channel = labels.CHANNELS.get(facts.get("channel", ""), "")
    tls = ", verschlüsselt übertragen (TLS)" if facts.get("tls") == "true" else ""
    return f"Eingegangen{f' über {channel}' if channel else ''}{tls}."


def _judged(facts: Mapping[str, str], _names: Names) -> str:
    sentence = _REASONS.get(facts.get("code", ""), "Beanstandet.")
    return f"Beanstandet: {sentence}" + (f" Zustimmung {facts['consent']} liegt vor." if facts.get("consent") else "")


def _routed(facts: Mapping[str, str], names: Names) -> str:
    if "office" not in facts:
        return "Verteilt."
    return f"Verteilt an {names.office(facts['office'])}."


def _moved(facts: Mapping[str, str], names: Names) -> str:
    if "to" not in facts:
        return "Von Hand umgeleitet."
    return f"Von Hand umgeleitet: {names.office(facts.get('from', ''))} → {names.office(facts['to'])}."


def _task(verb: str) -> Said:
    def said(facts: Mapping[str, str], _names: Names) -> str:
        kind = facts.get("kind", "")
        return f"Aufgabe {verb}{f': {labels.TASKS[kind]}' if kind in labels.TASKS else ''}."

    return said


def _finished(facts: Mapping[str, str], names: Names) -> str:
    return "Als erledigt markiert." if facts.get("kind") == "message" else _task("erledigt")(facts, names)


def _assigned(facts: Mapping[str, str], names: Names) -> str:
    special = {"reopened": "Wieder in den Posteingang gelegt.", "given-back": "Zuweisung aufgehoben."}
    return special.get(facts.get("kind", ""), f"Zugewiesen an {names.who(facts.get('to', ''))}.".replace(" an .", "."))


def _failed(facts: Mapping[str, str], _names: Names) -> str:
    return f"{_what(facts)}: Versuch {facts.get('attempt', '')} gescheitert.".replace("  ", " ")


def _given_up(facts: Mapping[str, str], _names: Names) -> str:
    return f"{_what(facts)} aufgegeben."


def _what(facts: Mapping[str, str]) -> str:
    return "Zustellung" if facts.get("effect", "deliver") == "deliver" else "Rückmeldung an den Absender"


def _released(facts: Mapping[str, str], _names: Names) -> str:
    codes = [_REASONS[code] for code in facts.get("reasons", "").split(", ") if code in _REASONS]
    return f"Aus der Quarantäne freigegeben. {' '.join(codes)}".strip()


def _consented(facts: Mapping[str, str], _names: Names) -> str:
    if "formats" not in facts:
        return "Zustimmung zu weiteren Formaten erteilt."
    formats = ", ".join(f".{one}" for one in facts["formats"].split())
    return f"Zustimmung {facts.get('consent', '')} erteilt: {formats}, bis {_day(facts.get('until', ''))}."


def _identified(facts: Mapping[str, str], _names: Names) -> str:
    method = labels.METHODS.get(facts.get("method", ""), "")
    return f"Identität geprüft{f' ({method})' if method else ''}."


def _proposed(facts: Mapping[str, str], names: Names) -> str:
    return f"{_identified(facts, names)} Eine zweite Person muss bestätigen."


def _form(facts: Mapping[str, str], _names: Names) -> str:
    decision = labels.FORM_DECISIONS.get(facts.get("decision", ""), "")
    return f"Form und Frist entschieden{f': {decision}' if decision else ''}."


def _malware(facts: Mapping[str, str], _names: Names) -> str:
    return f"Schadsoftware gefunden: {facts['signature']}." if "signature" in facts else "Schadsoftware gefunden."


def _suppressed(facts: Mapping[str, str], _names: Names) -> str:
    why = _SILENCES.get(facts.get("reason", ""), "")
    return f"Keine automatische Rückmeldung{f': {why}' if why else ''}."


def _answered(facts: Mapping[str, str], names: Names) -> str:
    return f"Von Hand geantwortet. {_task('erledigt')(facts, names)}" if facts else "Von Hand geantwortet."


def _day(iso: str) -> str:
    return ".".join(reversed(iso.split("-")))


_SAID: dict[str, Said] = {
    EventKind.ARRIVED.value: _arrived,
    EventKind.REFUSED.value: _fixed("Im Dialog mit dem sendenden Server abgelehnt."),
    EventKind.DEFERRED.value: _fixed("Von uns vertagt; der sendende Server versucht es erneut."),
    EventKind.ACCEPTED.value: _fixed("Angenommen."),
    EventKind.HELD.value: _fixed("In Quarantäne gestellt."),
    EventKind.MALWARE_DELETED.value: _fixed("Wegen Schadsoftware vollständig gelöscht."),
    EventKind.MALWARE_FOUND.value: _malware,
    EventKind.RETRY_RECOGNISED.value: _fixed("Erneut übermittelt und als dieselbe Nachricht erkannt."),
    EventKind.JUDGED.value: _judged,
    EventKind.ROUTED.value: _routed,
    EventKind.TASK_CREATED.value: _task("angelegt"),
    EventKind.NOTICE_QUEUED.value: _fixed("Rückmeldung an den Absender vorbereitet."),
    EventKind.NOTICE_SUPPRESSED.value: _suppressed,
    EventKind.NOTICE_SENT.value: _fixed("Rückmeldung an den Absender verschickt."),
    EventKind.DELIVERY_QUEUED.value: _fixed("Zustellung an das Amt vorbereitet."),
    EventKind.DELIVERED.value: _fixed("Dem Amt zugestellt."),
    EventKind.DELIVERY_FAILED.value: _failed,
    EventKind.GIVEN_UP.value: _given_up,
    EventKind.NOTICE_WAITING.value: _fixed("Rückmeldung zurückgestellt: Vorerst gehen keine weiteren hinaus."),
    EventKind.NOTICE_MERGED.value: _fixed("In eine gemeinsame Rückmeldung an den Absender aufgenommen."),
    EventKind.BOUNCED.value: _fixed("Das Postfach des Amtes hat die Zustellung zurückgewiesen."),
    EventKind.BOUNCE_NOTED.value: _fixed("Zwischenmeldung zur Zustellung an das Amt; zu tun ist nichts."),
    EventKind.OBSERVED.value: _fixed("Beobachtungsbetrieb: geprüft und unverändert weitergeleitet."),
    EventKind.HOLD_RELEASED.value: _released,
    EventKind.HOLD_DISCARDED.value: _fixed("Verworfen."),
    EventKind.FILE_RELEASED.value: _fixed("Zurückbehaltene Datei freigegeben."),
    EventKind.ROUTED_BY_HAND.value: _moved,
    EventKind.HANDED_OVER.value: _fixed("An eine andere Stelle abgegeben."),
    EventKind.TASK_ASSIGNED.value: _assigned,
    EventKind.TASK_DONE.value: _finished,
    EventKind.ANSWERED_BY_HAND.value: _answered,
    EventKind.FORM_DECIDED.value: _form,
    EventKind.IDENTITY_CHECKED.value: _identified,
    EventKind.IDENTITY_PROPOSED.value: _proposed,
    EventKind.IDENTITY_RENEWED.value: _fixed("Geprüfter Schlüssel mit neuem Zertifikat; die Prüfung gilt weiter."),
    EventKind.IDENTITY_REVOKED.value: _fixed("Identitätsprüfung widerrufen."),
    EventKind.CONSENT_GRANTED.value: _consented,
    EventKind.CONSENT_REVOKED.value: _fixed("Zustimmung widerrufen."),
    EventKind.DECRYPTION_RETRIED.value: _fixed("Entschlüsselung erneut versucht."),
    EventKind.INSPECTED_AGAIN.value: _fixed("Erneut geprüft."),
    EventKind.LEGAL_HOLD_SET.value: _fixed("Löschsperre gesetzt."),
    EventKind.LEGAL_HOLD_LIFTED.value: _fixed("Löschsperre aufgehoben."),
    EventKind.EXPORTED.value: _fixed("Ausgegeben."),
    EventKind.CONTENT_ERASED.value: _fixed("Inhalt nach Ablauf der Frist gelöscht."),
    EventKind.FACTS_ERASED.value: _fixed("Prüfergebnisse nach Ablauf der Frist gelöscht."),
    EventKind.PERSONAL_ERASED.value: _fixed("Personenbezogene Angaben gelöscht."),
    EventKind.ERASURE_ASKED.value: _fixed("Löschung der Angaben zu einer Person verlangt."),
    EventKind.ERASURE_CONFIRMED.value: _fixed("Löschung der Angaben zu einer Person bestätigt und ausgeführt."),
    EventKind.WORKER_DIED.value: _fixed("Die Prüfung brach ab und wurde wiederholt."),
    EventKind.SCANNER_ABSENT.value: _fixed("Ohne Virenprüfung angenommen: Es war kein Scanner eingerichtet."),
    EventKind.UNWRAP_USED.value: _fixed("Ein Schlüssel wurde zum Öffnen benutzt."),
    EventKind.SIGNING_USED.value: _fixed("Eine Rückmeldung wurde mit dem Schlüssel der Poststelle signiert."),
    EventKind.RECEIPT_PROMISED.value: _fixed("Empfangsbeleg zugesagt."),
}


def history(lines: Iterable[JournalLine], names: Names) -> tuple[HistoryLine, ...]:
    """Every entry as a sentence, oldest first, the same sentence at the same moment once.

    An entry of a later version shows its bare kind.
    """
    once: dict[HistoryLine, HistoryLine] = {}
    for one in (_told(line, names) for line in lines):
        once.setdefault(replace(one, index=None), one)
    return tuple(once.values())


def _told(line: JournalLine, names: Names) -> HistoryLine:
    leaf, values = line.leaf, dict(line.values)
    said = _SAID.get(leaf.kind)
    sentence = said(dict(leaf.facts), names) if said else leaf.kind
    extra = " ".join(values[key] for key in ("to", "person", "file") if key in values)
    whole = f"{sentence} {extra}".strip()
    at = datetime.fromisoformat(leaf.at)
    return HistoryLine(at, names.who(leaf.actor), whole, values.get("why", ""), leaf.clause, leaf.edition, line.index)
