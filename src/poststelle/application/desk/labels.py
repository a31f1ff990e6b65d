# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What channels, tasks and decisions are called in German, in the lists of the desk and in the history of a message."""

from poststelle.application.desk.chores import FormDecision
from poststelle.application.desk.identities import CheckMethod
from poststelle.core.verdict import TaskKind

CHANNELS = {"email": "E-Mail", "bebpo": "beBPo"}
TASKS: dict[str, str] = {
    TaskKind.TRIAGE.value: "Amt zuordnen",
    TaskKind.FEEDBACK.value: "Rückmeldung von Hand",
    TaskKind.DECIDE_HOLD.value: "Über die Quarantäne entscheiden",
    TaskKind.CHECK_IDENTITY.value: "Identität prüfen",
    TaskKind.DECRYPTION.value: "Absender zur Verschlüsselung antworten",
    TaskKind.DEADLINE.value: "Form und Frist ansehen",
    TaskKind.MALWARE.value: "Schadsoftware melden",
    TaskKind.DELIVERY.value: "Zustellung klären",
    TaskKind.EEB.value: "Empfangsbekenntnis (eEB) abgeben",
}
METHODS: dict[str, str] = {
    CheckMethod.IN_PERSON.value: "persönlich",
    CheckMethod.KNOWN_VOICE.value: "bekannte Stimme, Fingerabdruck vorgelesen",
    CheckMethod.DOCUMENT.value: "Ausweisdokument",
}
FORM_DECISIONS: dict[str, str] = {
    FormDecision.NO_QUESTION.value: "Keine Frage von Form oder Frist",
    FormDecision.KEPT.value: "Form genügt",
    FormDecision.TO_BE_SUPPLIED.value: "Form ist nachzuholen, Absender wird angeschrieben",
    FormDecision.PASSED_ON.value: "An die zuständige Stelle zur Entscheidung gegeben",
}
