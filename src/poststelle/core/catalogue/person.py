# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is held about a person, and why some of it stays, in German: for the answer under Art. 15 and 17 GDPR."""

from poststelle.core.journal import EventKind
from poststelle.core.person import Ground, Kind

KINDS: dict[Kind, str] = {
    Kind.MESSAGE: "Nachrichten",
    Kind.ATTEMPT: "Zustellversuche, die wir vertagt haben",
    Kind.CONSENT: "Zustimmungen zu weiteren Formaten",
    Kind.IDENTITY: "Prüfungen der Identität",
    Kind.HABIT: "Gewohnheit zu signieren",
    Kind.SIGN_IN: "Fehlgeschlagene Anmeldungen",
    Kind.ENTRY: "Weitere Einträge im Eingangsjournal",
}
SAID: dict[str, str] = {
    "sender": "von",
    "from": "Absender laut Kopf",
    "to": "an",
    "subject": "Betreff",
    "channel": "Kanal",
    "state": "Stand",
    "content": "Inhalt",
    "formats": "Formate",
    "until": "bis",
    "person": "Person",
    "addresses": "Adressen",
    "key": "Schlüssel",
    "name": "Name",
    "failures": "Anzahl",
    "event": "Ereignis",
    "peer": "Internetadresse",
    "recipients": "an",
    "address": "Adresse",
    "why": "Begründung",
    "remark": "Vermerk",
    "file": "Datei",
}
"""What stands beside a value. A value whose name is not here is shown under its public name."""
VALUES: dict[str, dict[str, str]] = {
    "channel": {"email": "E-Mail", "bebpo": "beBPo"},
    "state": {
        "accepted": "angenommen",
        "held": "in Quarantäne",
        "refused": "abgelehnt",
        "deleted": "gelöscht",
        "delivered": "zugestellt",
        "discarded": "verworfen",
    },
    "event": {
        EventKind.DEFERRED.value: "Zustellversuch vertagt",
        EventKind.IDENTITY_CHECKED.value: "Identität geprüft",
        EventKind.IDENTITY_REVOKED.value: "Prüfung der Identität widerrufen",
        EventKind.IDENTITY_PROPOSED.value: "Prüfung der Identität vorgeschlagen",
        EventKind.IDENTITY_RENEWED.value: "Prüfung der Identität mit neuem Zertifikat",
        EventKind.CONSENT_GRANTED.value: "Zustimmung erteilt",
        EventKind.CONSENT_REVOKED.value: "Zustimmung widerrufen",
        EventKind.EXPORTED.value: "Auskunft erteilt",
        EventKind.ERASURE_ASKED.value: "Löschung verlangt",
        EventKind.ERASURE_CONFIRMED.value: "Löschung ausgeführt",
    },
}
"""What public strings are called; others are shown as they are."""
GROUNDS: dict[Ground, tuple[str, str]] = {
    Ground.LEGAL_HOLD: ("es besteht eine Löschsperre", "Art. 17 Abs. 3 Buchst. e DSGVO"),
    Ground.DEADLINE: ("Form oder Frist können davon abhängen", "Art. 17 Abs. 3 Buchst. b und e DSGVO"),
    Ground.OPEN_TASK: ("eine Aufgabe ist offen", "Art. 17 Abs. 3 Buchst. b DSGVO"),
    Ground.UNDECIDED: ("über die Nachricht ist noch nicht entschieden", "Art. 17 Abs. 3 Buchst. b DSGVO"),
    Ground.UNFINISHED: ("das Amt hat den Vorgang noch nicht übernommen", "Art. 17 Abs. 3 Buchst. b DSGVO"),
    Ground.UNSENT: ("eine Zustellung oder Rückmeldung steht noch aus", "Art. 17 Abs. 3 Buchst. b DSGVO"),
    Ground.IN_FORCE: ("gilt noch; nach einem Widerruf wird es gelöscht", "Art. 17 Abs. 3 Buchst. b DSGVO"),
    Ground.PROOF: ("belegt, dass Ihr Verlangen erfüllt wurde", "Art. 5 Abs. 2, Art. 17 Abs. 3 Buchst. e DSGVO"),
}
"""In words, and the provision."""
SEALED = "versiegelt, nur beim Amt"
KEPT, GONE = "vorhanden", "gelöscht"
