# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Ready texts and instructions of tasks, by ``Task.text_key``; clerks send or change them."""

from poststelle.core.catalogue.wording import Wording

TASKS: dict[str, Wording] = {
    "triage": Wording(
        "Bitte ordnen Sie die Nachricht einem Amt zu.", "Please route the message to an office."
    ),
    "decide-hold": Wording(
        "Bitte entscheiden Sie, ob die Nachricht freigegeben oder verworfen wird.",
        "Please decide whether the message is released or discarded.",
    ),
    "malware": Wording(
        "In einer beBPo-Nachricht wurde Schadsoftware gefunden. Die Nachricht ist isoliert. Bitte verständigen Sie "
        "den Absender auf anderem Weg.",
        "Malware was found in a beBPo message. The message is isolated. Please tell the sender by other means.",
    ),
    "feedback": Wording(
        "Guten Tag,\n\nIhre Nachricht ist bei uns angekommen. Die genannten Dateien können wir so nicht bearbeiten. "
        "Bitte senden Sie sie in einem der zugelassenen Formate noch einmal.",
        "Hello,\n\nYour message has reached us. We cannot process the files named as they are. "
        "Please send them once more in one of the accepted formats.",
    ),
    "feedback-bebpo": Wording(
        "Guten Tag,\n\nIhre Nachricht ist in unserem besonderen elektronischen Behördenpostfach eingegangen. "
        "Die genannten Dateien können wir so nicht bearbeiten oder sie sind nicht angekommen. "
        "Bitte übermitteln Sie sie noch einmal.",
        "Hello,\n\nYour message has arrived in our special electronic authority mailbox. We cannot process the files "
        "named as they are, or they did not arrive. Please transmit them once more.",
    ),
    "feedback-kassenzeichen": Wording(
        "Guten Tag,\n\nIhre Nachricht ist in unserem besonderen elektronischen Behördenpostfach eingegangen. Ein "
        "Kassenzeichen im Betreff hilft uns beim Verteilen leider nicht: Es gehört zu keinem Vorgang. Nennen Sie bitte "
        "künftig das Amt und ein Stichwort, oder das Aktenzeichen.",
        "Hello,\n\nYour message has arrived in our special electronic authority mailbox. A payment reference in the "
        "subject does not help us to pass it on: it belongs to no case. Please name the office and a keyword, or the "
        "file reference, next time.",
    ),
    "eeb": Wording(
        "Der Absender bittet um ein elektronisches Empfangsbekenntnis (eEB). Bitte prüfen Sie die Dokumente und geben "
        "Sie es mit dem Datum, an dem Sie sie zur Kenntnis genommen haben, über das Behördenpostfach zurück. "
        "Die Poststelle antwortet nicht selbst.\n\nText: Guten Tag,\n\ndie genannten Dokumente haben wir erhalten; "
        "das Empfangsbekenntnis liegt bei.",
        "The sender asks for an electronic acknowledgement of receipt (eEB). Please look at the documents and return "
        "it through the authority mailbox with the date on which you took notice of them. The mailroom does not "
        "answer by itself.\n\nText: Hello,\n\nWe have received the documents named; the acknowledgement is enclosed.",
    ),
    "decide-addressee": Wording(
        "Die beBPo-Nachricht nennt ein anderes Postfach als Empfänger. Bitte prüfen Sie, ob sie für uns bestimmt ist; "
        "wenn nicht, verständigen Sie den Absender.",
        "The beBPo message names another mailbox as its addressee. Please check whether it is meant for us; if not, "
        "please tell the sender.",
    ),
    "decide-handover": Wording(
        "Der Nachrichtenordner aus dem Behördenpostfach ist unvollständig oder nicht lesbar. Bitte sehen Sie im "
        "EGVP-Client nach der Nachricht und exportieren Sie sie noch einmal.",
        "The message folder from the authority mailbox is incomplete or cannot be read. Please look for the message in "
        "the EGVP client and export it once more.",
    ),
    "feedback-decrypted": Wording(
        "Guten Tag,\n\nIhre verschlüsselte Nachricht haben wir erhalten. Etwas darin können wir so nicht annehmen. "
        "Bitte rufen Sie uns an; in einer unverschlüsselten Antwort nennen wir keine Einzelheiten.",
        "Hello,\n\nWe have received your encrypted message. Something in it we cannot accept as it is. Please call us; "
        "an unencrypted answer will not name details.",
    ),
    "decryption": Wording(
        "Guten Tag,\n\nIhre verschlüsselte Nachricht ist eingegangen, wir konnten sie aber nicht öffnen. Ihr Inhalt ist "
        "uns daher nicht bekannt. Bitte verschlüsseln Sie sie mit unserem veröffentlichten Zertifikat neu, oder "
        "nutzen Sie einen anderen Weg. Ob Fristen gewahrt sind, beurteilt die zuständige Stelle.",
        "Hello,\n\nYour encrypted message has arrived, but we could not open it. We therefore do not know what it "
        "says. Please encrypt it anew with our published certificate, or use another way. Whether deadlines are kept "
        "is for the responsible office to say.",
    ),
    "decryption-no-key": Wording(
        "Guten Tag,\n\nIhre verschlüsselte Nachricht ist eingegangen, sie ist aber nicht für einen unserer Schlüssel "
        "verschlüsselt. Ihr Inhalt ist uns daher nicht bekannt. Bitte verwenden Sie unser veröffentlichtes Zertifikat.",
        "Hello,\n\nYour encrypted message has arrived, but it is not encrypted to a key of ours. We therefore do not "
        "know what it says. Please use our published certificate.",
    ),
    "decryption-unsupported": Wording(
        "Guten Tag,\n\nIhre verschlüsselte Nachricht ist eingegangen. Das Verfahren unterstützen wir nicht; der Inhalt "
        "ist uns daher nicht bekannt. Bitte verwenden Sie S/MIME mit einem gebräuchlichen Verfahren.",
        "Hello,\n\nYour encrypted message has arrived. We do not support the method used and do not know what the "
        "message says. Please use S/MIME with a common method.",
    ),
    "decryption-malformed": Wording(
        "Guten Tag,\n\nIhre verschlüsselte Nachricht ist beschädigt angekommen; ihr Inhalt ist uns nicht bekannt. "
        "Bitte senden Sie sie noch einmal.",
        "Hello,\n\nYour encrypted message arrived damaged; we do not know what it says. Please send it once more.",
    ),
    "decryption-partial": Wording(
        "Guten Tag,\n\nIn Ihrer Nachricht ist nur ein Teil verschlüsselt. Aus Gründen der Sicherheit öffnen wir solche "
        "Teile nicht. Bitte verschlüsseln Sie die Nachricht als Ganzes.",
        "Hello,\n\nOnly a part of your message is encrypted. For reasons of security we do not open such parts. "
        "Please encrypt the message as a whole.",
    ),
    "check-identity": Wording(
        "Die Signatur ist gültig. Wer die Person kennt, prüft einmalig ihre Identität und trägt die Prüfung ein.",
        "The signature is valid. Whoever knows the person checks the identity once and records the check.",
    ),
    "check-identity-new-key": Wording(
        "Die Person ist geprüft, der Schlüssel ist neu. Bitte prüfen Sie ihn und tragen Sie die Prüfung ein.",
        "The person has been checked, the key is new. Please check it and record the check.",
    ),
    "deadline": Wording(
        "Die Nachricht spricht von Form oder Frist, und ein Teil von ihr wird zurückgehalten. Bitte sehen Sie sie heute an.",
        "The message speaks of form or deadline, and part of it is kept back. Please look at it today.",
    ),
    "deadline-our-fault": Wording(
        "Die Nachricht konnte durch unseren Fehler nicht geprüft werden. Bitte sehen Sie sie heute an; maßgeblich ist "
        "der Zeitpunkt des ersten Eingangs.",
        "Through our own fault the message could not be checked. Please look at it today; what counts is the moment "
        "of its first arrival.",
    ),
}  # fmt: skip
