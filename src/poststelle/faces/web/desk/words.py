# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The desk's labels: German first, short, the same word for the same thing everywhere."""

from datetime import date, datetime, timedelta

from poststelle.application.desk.lists import WorkList
from poststelle.application.desk.viewer import Role
from poststelle.application.key_health import KeyTerm
from poststelle.application.switches import Switch
from poststelle.core.edition import legal_date
from poststelle.core.facts import AuthResult
from poststelle.core.verdict import SenderTold, TaskKind

LISTS: dict[WorkList, str] = {
    WorkList.INBOX: "Posteingang",
    WorkList.MINE: "Mir zugewiesen",
    WorkList.TRIAGE: "Ungeklärte Eingänge",
    WorkList.HOLD: "Quarantäne",
    WorkList.WITHHELD: "Nicht verarbeitbar",
    WorkList.FEEDBACK: "Rückmeldung von Hand",
    WorkList.IDENTITY: "Identitätsprüfung",
    WorkList.DELIVERY: "Zustellprobleme",
    WorkList.DEADLINE: "Fristverdacht",
    WorkList.DONE: "Erledigt",
}
EMPTY: dict[WorkList, str] = {
    WorkList.INBOX: "Der Posteingang ist leer.",
    WorkList.MINE: "Ihnen ist nichts zugewiesen.",
    WorkList.TRIAGE: "Jede Nachricht hat ein Amt gefunden.",
    WorkList.HOLD: "Keine Nachricht wartet auf eine Entscheidung.",
    WorkList.WITHHELD: "Keine Datei ist zurückbehalten.",
    WorkList.FEEDBACK: "Niemand wartet auf eine Antwort von Hand.",
    WorkList.IDENTITY: "Keine Signatur wartet auf eine Identitätsprüfung.",
    WorkList.DELIVERY: "Alle Nachrichten sind zugestellt.",
    WorkList.DEADLINE: "Kein Verdacht auf eine Frist.",
    WorkList.DONE: "Noch nichts erledigt.",
}
ROLES: dict[Role, str] = {
    Role.MAILROOM: "Poststelle",
    Role.CLERK: "Sachbearbeitung",
    Role.LEAD: "Leitung",
    Role.ADMIN: "Administration",
    Role.AUDIT: "Prüfung",
}
ANSWERABLE = frozenset({TaskKind.FEEDBACK.value, TaskKind.DECRYPTION.value, TaskKind.MALWARE.value})
"""Tasks that end with an answer to the sender."""
TOLD: dict[SenderTold, str] = {
    SenderTold.NOBODY: "Der Absender erhält keine automatische Rückmeldung.",
    SenderTold.REPLY: "Der Absender hat es in der Antwort des Mailservers erfahren.",
    SenderTold.NOTICE: "Der Absender erhält eine automatische Rückmeldung.",
    SenderTold.BY_HAND: "Der Absender ist von Hand zu benachrichtigen.",
}
CONSENT_HOLDS = "gilt"
CONSENT_ENDED = "abgelaufen"
EVERY_OFFICE = "alle Ämter"
AUTH: dict[AuthResult, str] = {
    AuthResult.NONE: "nicht vorhanden",
    AuthResult.PASS: "bestanden",
    AuthResult.FAIL: "fehlgeschlagen",
    AuthResult.SOFTFAIL: "zweifelhaft",
    AuthResult.NEUTRAL: "ohne Aussage",
    AuthResult.POLICY: "nach Regel verworfen",
    AuthResult.TEMPERROR: "vorübergehend nicht prüfbar",
    AuthResult.PERMERROR: "Eintrag der Domain ist fehlerhaft",
}


def state_words(state: str, reply_code: int) -> str:
    """Where a message is, in a few words."""
    words = {
        "accepted": "angenommen",
        "held": "in Quarantäne",
        "refused": f"abgelehnt mit {reply_code}",
        "deleted": "gelöscht",
        "delivered": "zugestellt",
        "discarded": "verworfen",
    }
    return words.get(state, state)


def ending(term: KeyTerm, now: datetime) -> str:
    """What to do about a certificate that ends."""
    day = f"{legal_date(now + timedelta(seconds=term.seconds_left)):%d.%m.%Y}"
    verb = "ist am {day} abgelaufen" if term.seconds_left <= 0 else "läuft am {day} ab"
    return (
        f"Das Zertifikat von {term.address} {verb.format(day=day)}. Bitte lassen Sie die Administration ein neues bestellen "
        "(poststelle keys csr) und rechtzeitig veröffentlichen."
    )


SWITCHED = {
    Switch.OBSERVE: "Beobachtungsbetrieb seit {since}: Es wird geprüft, aber nichts abgelehnt, zurückgehalten oder mitgeteilt.",
    Switch.BYPASS: "Notschalter seit {since}: Was abgelehnt oder gelöscht würde, wartet in der Quarantäne.",
}


def switched(switch: Switch, since: str) -> str:
    """That a switch for hard days is on, since when, and what that means."""
    return SWITCHED[switch].format(since=since)


def now_working_for(name: str) -> str:
    """What is said after a change of authority."""
    return f"Sie arbeiten jetzt für: {name}."


def told_words(told: SenderTold) -> str:
    """How the sender hears of it, as a sentence."""
    return TOLD[told]


def consent_revoked(on: date) -> str:
    """That somebody ended it before its last day."""
    return f"widerrufen am {on:%d.%m.%Y}"


def consent_begins(on: date) -> str:
    """That it does not hold yet."""
    return f"beginnt am {on:%d.%m.%Y}"
