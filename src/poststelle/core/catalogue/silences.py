# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Why a sender gets no automatic notice, as the desk says it behind a colon."""

from poststelle.core.catalogue.wording import Wording
from poststelle.core.telling import Silence

SILENCES: dict[Silence, Wording] = {
    Silence.NULL_SENDER: Wording("die Nachricht ist eine Unzustellbarkeitsmeldung", "the message is a bounce"),
    Silence.NOT_INSPECTED: Wording("die Nachricht konnte nicht geprüft werden", "the message could not be checked"),
    Silence.AUTO_SUBMITTED: Wording("die Nachricht wurde automatisch erzeugt", "the message was made automatically"),
    Silence.PRECEDENCE: Wording("die Nachricht ist eine Massensendung", "the message is a bulk mailing"),
    Silence.LIST: Wording("die Nachricht kommt von einer Verteilerliste", "the message comes from a mailing list"),
    Silence.ROLE_ADDRESS: Wording(
        "die Absenderadresse nimmt keine Antworten an", "the sender's address takes no answers"
    ),
    Silence.OWN_NOTICE: Wording("die Nachricht ist eine Rückmeldung von uns", "the message is a notice of ours"),
    Silence.LOOP: Wording("die Nachricht läuft im Kreis", "the message is going round in a loop"),
    Silence.OWN_ADDRESS: Wording("der Absender ist eine Adresse von uns", "the sender is an address of ours"),
    Silence.MALWARE: Wording("es geht um Schadsoftware", "it is about malware"),
    Silence.SPAM: Wording("die Nachricht wurde als Werbung eingestuft", "the message was rated as advertising"),
    Silence.UNAUTHENTICATED: Wording("der Absender ist nicht nachgewiesen", "the sender is not proven"),
}
