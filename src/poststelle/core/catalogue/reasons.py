# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every reason in one sentence, as sender and clerk read it beside the name of the file or of the message."""

from poststelle.core.catalogue.wording import Wording
from poststelle.core.reasons import Reason

REASONS: dict[Reason, Wording] = {
    Reason.EMPTY: Wording("Die Datei ist leer.", "The file is empty."),
    Reason.FORMAT: Wording(
        "Das Dateiformat gehört nicht zu den zugelassenen.", "The file format is not one of those accepted."
    ),
    Reason.TYPE_MISMATCH: Wording(
        "Die Dateiendung passt nicht zum Inhalt.", "The file name extension does not match the content."
    ),
    Reason.UNREADABLE: Wording(
        "Die Datei ist beschädigt oder lässt sich nicht lesen.", "The file is damaged or cannot be read."
    ),
    Reason.TOO_LARGE: Wording(
        "Die Datei ist ausgepackt zu groß, um geprüft zu werden.", "The file is too large to be checked once expanded."
    ),
    Reason.TIMEOUT: Wording(
        "Die Prüfung der Datei hat zu lange gedauert.", "Checking the file took longer than allowed."
    ),
    Reason.POLYGLOT: Wording(
        "Die Datei lässt sich als zwei verschiedene Formate lesen.", "The file can be read as two different formats."
    ),
    Reason.ENCRYPTED: Wording(
        "Die Datei ist mit einem Kennwort geschützt.", "The file is protected by a password."
    ),
    Reason.MACRO: Wording("Die Datei enthält Makros.", "The file contains macros."),
    Reason.ACTIVEX: Wording(
        "Die Datei enthält aktive Steuerelemente.", "The file contains active controls (ActiveX)."
    ),
    Reason.OLE_OBJECT: Wording(
        "In die Datei ist ein fremdes Objekt eingebettet.", "Another object is embedded in the file."
    ),
    Reason.EXECUTABLE_PART: Wording("Die Datei enthält ein Programm.", "The file contains a program."),
    Reason.EXTERNAL_LINK: Wording(
        "Die Datei ist mit einer anderen Quelle verknüpft.", "The file is linked to another source."
    ),
    Reason.REMOTE_TEMPLATE: Wording(
        "Die Datei lädt eine Vorlage aus dem Netz nach.", "The file loads a template from the network."
    ),
    Reason.DDE: Wording(
        "Die Datei enthält Felder, die andere Programme starten können.",
        "The file contains fields that can start other programs (DDE).",
    ),
    Reason.XML_DTD: Wording(
        "Die Datei enthält unzulässige XML-Definitionen.", "The file contains XML definitions that are not allowed."
    ),
    Reason.PDF_JAVASCRIPT: Wording("Das PDF enthält ein Skript.", "The PDF contains a script."),
    Reason.PDF_LAUNCH: Wording(
        "Das PDF kann andere Programme starten.", "The PDF can start other programs."
    ),
    Reason.PDF_ACTION: Wording(
        "Das PDF führt beim Öffnen Aktionen aus.", "The PDF performs actions when opened."
    ),
    Reason.PDF_RICH_MEDIA: Wording(
        "Das PDF enthält eingebettete Medien.", "The PDF contains embedded media."
    ),
    Reason.PDF_XFA: Wording(
        "Das PDF enthält ein dynamisches Formular (XFA).", "The PDF contains a dynamic form (XFA)."
    ),
    Reason.PDF_EMBEDDED_FILE: Wording(
        "In das PDF ist eine weitere Datei eingebettet.", "Another file is embedded in the PDF."
    ),
    Reason.IMG_BOMB: Wording(
        "Das Bild hat zu viele Bildpunkte.", "The picture has too many pixels."
    ),
    Reason.BINARY: Wording(
        "Die Textdatei enthält Zeichen, die kein Text sind.", "The text file contains characters that are not text."
    ),
    Reason.TXT_ENCODING: Wording(
        "Die Zeichenkodierung der Textdatei ist nicht lesbar.", "The character encoding of the text cannot be read."
    ),
    Reason.ZIP_SFX: Wording(
        "Das Archiv ist selbstentpackend.", "The archive is self-extracting."
    ),
    Reason.ZIP_STRUCTURE: Wording(
        "Das ZIP-Archiv ist nicht regelgerecht aufgebaut.", "The ZIP archive is not built according to the rules."
    ),
    Reason.ZIP_ENCRYPTED: Wording(
        "Das ZIP-Archiv ist verschlüsselt.", "The ZIP archive is encrypted."
    ),
    Reason.ZIP_METHOD: Wording(
        "Das ZIP-Archiv nutzt ein Packverfahren, das nicht unterstützt wird.",
        "The ZIP archive uses a compression method that is not supported.",
    ),
    Reason.ZIP_TRAVERSAL: Wording(
        "Das ZIP-Archiv enthält Dateien mit unzulässigen Pfaden.", "The ZIP archive contains files with unsafe paths."
    ),
    Reason.ZIP_SYMLINK: Wording(
        "Das ZIP-Archiv enthält Verweise statt Dateien.", "The ZIP archive contains links instead of files."
    ),
    Reason.ZIP_DUPLICATE: Wording(
        "Im ZIP-Archiv kommt ein Dateiname doppelt vor.", "A file name occurs twice in the ZIP archive."
    ),
    Reason.ZIP_NAME: Wording(
        "Im ZIP-Archiv steht ein unzulässiger Dateiname.", "The ZIP archive contains a file name that is not allowed."
    ),
    Reason.ZIP_BOMB: Wording(
        "Das ZIP-Archiv wird ausgepackt zu groß.", "The ZIP archive becomes too large when unpacked."
    ),
    Reason.ZIP_TOO_MANY: Wording(
        "Das ZIP-Archiv enthält zu viele Dateien.", "The ZIP archive contains too many files."
    ),
    Reason.ZIP_DEPTH: Wording(
        "In dem Archiv liegen zu viele Archive ineinander.", "Too many archives lie inside one another."
    ),
    Reason.SIZE_TOTAL: Wording(
        "Die Anhänge sind zusammen zu groß.", "The attachments are too large in total."
    ),
    Reason.TOO_MANY_FILES: Wording("Die Nachricht enthält zu viele Dateien.", "The message contains too many files."),
    Reason.FILE_NAME_TOO_LONG: Wording("Der Dateiname ist zu lang.", "The file name is too long."),
    Reason.DOWNLOAD_LINK: Wording(
        "Die Nachricht enthält Links zum Herunterladen statt Anhängen.",
        "The message contains download links instead of attachments.",
    ),
    Reason.MIME_AMBIGUOUS: Wording(
        "Die Nachricht ist so aufgebaut, dass Programme sie verschieden lesen.",
        "The message is built in a way that programs read differently.",
    ),
    Reason.FROM_COUNT: Wording(
        "Die Nachricht nennt nicht genau einen Absender.", "The message does not name exactly one sender."
    ),
    Reason.FROM_INVALID: Wording(
        "Die Absenderangabe ist nicht eindeutig lesbar.", "The sender's address cannot be read without doubt."
    ),
    Reason.DMARC_REJECT: Wording(
        "Die Domain des Absenders erklärt, dass diese Nachricht nicht von ihr stammt.",
        "The sender's domain declares that this message is not from it.",
    ),
    Reason.SENDER_UNAUTHENTICATED: Wording(
        "Der Absender ist nicht nachgewiesen, daher steht die Rückmeldung in dieser Antwort.",
        "The sender is not proven, which is why this reply says what is wrong.",
    ),
    Reason.SPAM: Wording(
        "Die Nachricht wurde als unerwünschte Werbung eingestuft.", "The message was rated as unsolicited advertising."
    ),
    Reason.MALWARE: Wording("In der Nachricht wurde Schadsoftware gefunden.", "Malware was found in the message."),
    Reason.MALWARE_SUSPECTED: Wording(
        "In der Nachricht wird Schadsoftware vermutet.", "The message is suspected to contain malware."
    ),
    Reason.NOT_INSPECTED: Wording(
        "Die Nachricht konnte bei uns nicht geprüft werden.", "The message could not be checked on our side."
    ),
    Reason.DOCUMENT_MISSING: Wording(
        "Ein angekündigtes Dokument ist nicht angekommen.", "A document that was announced did not arrive."
    ),
    Reason.ENCRYPTION_NOT_OFFERED: Wording(
        "Unter dieser Adresse nehmen wir keine verschlüsselten Nachrichten an.",
        "We do not take encrypted messages at this address.",
    ),
    Reason.ENCRYPTION_REQUIRED: Wording(
        "Unter dieser Adresse bearbeiten wir nur verschlüsselte Nachrichten.",
        "At this address we process encrypted messages only.",
    ),
    Reason.ENCRYPTION_UNREADABLE: Wording(
        "Die verschlüsselte Nachricht konnte nicht geöffnet werden.", "The encrypted message could not be opened."
    ),
    Reason.SIGNATURE_REQUIRED: Wording(
        "Unter dieser Adresse bearbeiten wir nur signierte Nachrichten.",
        "At this address we process signed messages only.",
    ),
    Reason.SIGNATURE_INVALID: Wording(
        "Die elektronische Signatur ließ sich nicht bestätigen.", "The electronic signature could not be confirmed."
    ),
    Reason.SIGNATURE_UNCHECKED: Wording(
        "Die Signatur ist gültig; die einmalige Prüfung Ihrer Identität steht noch aus.",
        "The signature is valid, but your identity has not yet had its one-time check.",
    ),
    Reason.ADDRESSEE_FOREIGN: Wording(
        "Die Nachricht ist an ein anderes Postfach als unseres gerichtet.",
        "The message is addressed to another mailbox than ours.",
    ),
    Reason.HANDOVER_BROKEN: Wording(
        "Die Nachricht ist aus dem Postfach nicht vollständig lesbar übergeben worden.",
        "The message was not handed over from the mailbox in a fully readable form.",
    ),
    Reason.MAIL_LOOP: Wording("Die Nachricht läuft im Kreis.", "The message is going round in a loop."),
}  # fmt: skip
