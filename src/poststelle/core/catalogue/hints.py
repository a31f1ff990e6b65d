# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""General hints that go out with an answer, and remarks for the desk."""

from poststelle.core.catalogue.wording import Wording

HINTS: dict[str, Wording] = {
    "kassenzeichen": Wording(
        "Ein Kassenzeichen im Betreff hilft uns beim Verteilen leider nicht: Es gehört zu keinem Vorgang. "
        "Nennen Sie bitte das Amt und ein Stichwort, oder das Aktenzeichen.",
        "A payment reference in the subject does not help us to pass your message on: it belongs to no case. "
        "Please name the office and a keyword, or the file reference.",
    ),
    "form": Wording(
        "Für manche Erklärungen gilt eine besondere Form. Bitte prüfen Sie Ihre Rechtsbehelfsbelehrung.",
        "Some declarations need a particular form. Please check the instructions on legal remedies you received.",
    ),
    "soft-limit": Wording(
        "Bitte halten Sie Ihre Nachrichten möglichst klein.", "Please keep your messages smaller where you can."
    ),
}

FLAGS: dict[str, Wording] = {
    "unsigned-known-signer": Wording(
        "Diese Adresse hat bisher immer signiert; diese Nachricht ist nicht signiert.",
        "This address has always signed so far; this message is not signed.",
    ),
    "display-name-address": Wording(
        "Der Anzeigename enthält eine andere Adresse als die des Absenders.",
        "The display name contains an address other than the sender's.",
    ),
    "name-in-mixed-letters": Wording(
        "Der Anzeigename mischt Buchstaben mehrerer Schriften, die gleich aussehen.",
        "The display name mixes letters of several scripts that look the same.",
    ),
    "claims-to-be-ours": Wording(
        "Der Absender nennt sich wie eine Stelle unseres Hauses; die Adresse ist nicht von uns.",
        "The sender's name is like that of one of our offices; the address is not ours.",
    ),
    "domain-resembles-ours": Wording(
        "Die Domain des Absenders ist unserer zum Verwechseln ähnlich.",
        "The sender's domain could be taken for ours.",
    ),
    "own-domain-unproven": Wording(
        "Die Nachricht nennt einen Absender unserer Domain, ohne dass dies nachgewiesen ist.",
        "The message names a sender of our own domain, and nothing proves it.",
    ),
    "identity-revoked": Wording(
        "Die Identitätsprüfung dieses Schlüssels wurde widerrufen.", "The identity check of this key was revoked."
    ),
    "identity-new-key": Wording(
        "Die Person ist bekannt, der Schlüssel ist neu: Er ist noch nicht geprüft.",
        "The person is known, the key is new: it has not been checked yet.",
    ),
    "certificate-renewed": Wording(
        "Der geprüfte Schlüssel hat ein neues Zertifikat; die Prüfung gilt weiter.",
        "The key that was checked has a new certificate; the check still holds.",
    ),
    "cipher-unauthenticated": Wording(
        "Die Verschlüsselung schützt nicht vor Veränderung, und keine Signatur innen bestätigt den Inhalt.",
        "The encryption does not protect against alteration, and no inner signature confirms the content.",
    ),
    "sealed": Wording(
        "Versiegeltes Amt: Die Poststelle sieht nur die Angaben des Umschlags.",
        "Sealed office: the mailroom sees envelope facts only.",
    ),
    "origin-attested": Wording(
        "Der EGVP-Client bestätigt einen sicheren Übermittlungsweg; selbst nachgeprüft wurde das nicht.",
        "The EGVP client attests a secure channel; this was not checked again by ourselves.",
    ),
    "origin-unproven": Wording(
        "Ein sicherer Übermittlungsweg ist nicht nachgewiesen.", "A secure channel is not proved."
    ),
    "role-unknown": Wording(
        "Die Rolle des Absenders gilt nach unseren Bedingungen nicht als sicherer Übermittlungsweg.",
        "By our conditions the sender's role does not count as a secure channel.",
    ),
    "received-at-unstated": Wording(
        "Keine Unterlage nennt den Eingang auf dem Server; angegeben ist der Zeitpunkt der Übernahme.",
        "No paper states when the server received the message; shown is the moment it was taken over.",
    ),
    "papers-disagree": Wording(
        "Die Unterlagen des EGVP-Clients widersprechen einander.",
        "The papers of the EGVP client contradict one another.",
    ),
    "addressee-unstated": Wording(
        "Keine Unterlage nennt das Empfängerpostfach.", "No paper names the mailbox of the addressee."
    ),
    "eeb-return": Wording(
        "Die Nachricht ist ein zurückgegebenes elektronisches Empfangsbekenntnis.",
        "The message is an electronic acknowledgement of receipt that was returned.",
    ),
}
