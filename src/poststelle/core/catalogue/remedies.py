# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What would help, as a polite request."""

from poststelle.core.catalogue.wording import Wording

REMEDIES: dict[str, Wording] = {
    "save-as-docx": Wording(
        "Bitte speichern Sie die Datei als Word-Dokument (.docx) ohne Makros.",
        "Please save the file as a Word document (.docx) without macros.",
    ),
    "save-as-odt": Wording(
        "Bitte speichern Sie die Datei als OpenDocument-Text (.odt).",
        "Please save the file as OpenDocument text (.odt).",
    ),
    "save-as-xlsx": Wording(
        "Bitte speichern Sie die Datei als Excel-Tabelle (.xlsx) ohne Makros.",
        "Please save the file as an Excel workbook (.xlsx) without macros.",
    ),
    "save-as-ods": Wording(
        "Bitte speichern Sie die Datei als OpenDocument-Tabelle (.ods).",
        "Please save the file as an OpenDocument spreadsheet (.ods).",
    ),
    "save-as-pptx": Wording(
        "Bitte speichern Sie die Datei als PowerPoint-Präsentation (.pptx) ohne Makros.",
        "Please save the file as a PowerPoint presentation (.pptx) without macros.",
    ),
    "save-as-odp": Wording(
        "Bitte speichern Sie die Datei als OpenDocument-Präsentation (.odp).",
        "Please save the file as an OpenDocument presentation (.odp).",
    ),
    "save-as-pdf": Wording("Bitte speichern Sie die Datei als PDF.", "Please save the file as a PDF."),
    "save-as-txt": Wording(
        "Bitte speichern Sie den Inhalt als Textdatei (.txt).", "Please save the content as a text file (.txt)."
    ),
    "save-as-jpg": Wording(
        "Bitte speichern Sie das Bild als JPEG (.jpg).", "Please save the picture as a JPEG (.jpg)."
    ),
    "save-as-png": Wording("Bitte speichern Sie das Bild als PNG (.png).", "Please save the picture as a PNG (.png)."),
    "save-as-zip": Wording(
        "Bitte packen Sie die Dateien in ein einfaches ZIP-Archiv (.zip).",
        "Please pack the files into a plain ZIP archive (.zip).",
    ),
    "use-listed-format": Wording(
        "Bitte senden Sie den Inhalt in einem der zugelassenen Formate.",
        "Please send the content in one of the accepted formats.",
    ),
    "attach-again": Wording(
        "Bitte hängen Sie die Datei noch einmal an.", "Please attach the file once more."
    ),
    "rename-or-save-anew": Wording(
        "Bitte speichern Sie die Datei mit der Endung, die zu ihrem Format gehört.",
        "Please save the file with the extension that belongs to its format.",
    ),
    "save-anew": Wording(
        "Bitte öffnen Sie die Datei, speichern Sie sie neu und senden Sie sie noch einmal.",
        "Please open the file, save it anew and send it once more.",
    ),
    "split-or-shrink": Wording(
        "Bitte verkleinern Sie die Datei oder teilen Sie sie auf.", "Please make the file smaller or split it."
    ),
    "remove-password": Wording(
        "Bitte entfernen Sie den Kennwortschutz und senden Sie die Datei noch einmal.",
        "Please remove the password and send the file once more.",
    ),
    "save-without-macros": Wording(
        "Bitte speichern Sie die Datei ohne Makros oder als PDF.", "Please save the file without macros, or as a PDF."
    ),
    "save-as-pdf-plain": Wording(
        "Bitte drucken Sie die Datei in ein PDF und senden Sie dieses.",
        "Please print the file to a PDF and send that.",
    ),
    "attach-separately": Wording(
        "Bitte senden Sie das eingebettete Objekt als eigene Datei.",
        "Please send the embedded object as a file of its own.",
    ),
    "remove-programs": Wording(
        "Bitte entfernen Sie das Programm aus der Datei.", "Please remove the program from the file."
    ),
    "break-links": Wording(
        "Bitte lösen Sie die Verknüpfungen auf und speichern Sie die Datei neu.",
        "Please break the links and save the file anew.",
    ),
    "detach-template": Wording(
        "Bitte lösen Sie die Datei von ihrer Vorlage oder speichern Sie sie als PDF.",
        "Please detach the file from its template, or save it as a PDF.",
    ),
    "print-to-pdf": Wording(
        "Bitte drucken Sie das Dokument in ein neues PDF und senden Sie dieses.",
        "Please print the document to a new PDF and send that.",
    ),
    "shrink-image": Wording(
        "Bitte verkleinern Sie das Bild.", "Please reduce the size of the picture."
    ),
    "save-as-utf8": Wording(
        "Bitte speichern Sie den Text in der Kodierung UTF-8.", "Please save the text in the encoding UTF-8."
    ),
    "plain-zip": Wording(
        "Bitte packen Sie die Dateien neu in ein einfaches ZIP-Archiv, oder hängen Sie sie einzeln an.",
        "Please pack the files anew into a plain ZIP archive, or attach them one by one.",
    ),
    "zip-without-password": Wording(
        "Bitte packen Sie die Dateien ohne Kennwort. Vertrauliches können Sie uns verschlüsselt per S/MIME senden.",
        "Please pack the files without a password. Confidential content can be sent encrypted with S/MIME.",
    ),
    "attach-unpacked": Wording(
        "Bitte hängen Sie die Dateien einzeln an, notfalls in mehreren Nachrichten.",
        "Please attach the files one by one, in several messages if need be.",
    ),
    "split-message": Wording(
        "Bitte verteilen Sie die Dateien auf mehrere Nachrichten.", "Please spread the files over several messages."
    ),
    "shorten-name": Wording("Bitte kürzen Sie den Dateinamen.", "Please shorten the file name."),
    "attach-instead-of-link": Wording(
        "Bitte hängen Sie die Dateien an, statt sie zu verlinken.", "Please attach the files instead of linking them."
    ),
    "other-mail-program": Wording(
        "Bitte senden Sie die Nachricht mit einem anderen E-Mail-Programm noch einmal.",
        "Please send the message once more with another mail program.",
    ),
    "one-sender": Wording(
        "Bitte senden Sie die Nachricht mit genau einer Absenderadresse.",
        "Please send the message with exactly one sender address.",
    ),
    "own-mail-server": Wording(
        "Bitte senden Sie über den Mailserver Ihres eigenen Anbieters.",
        "Please send through the mail server of your own provider.",
    ),
    "call-us": Wording("Bitte rufen Sie uns an.", "Please give us a call."),
    "nothing-to-do": Wording("Sie müssen nichts tun.", "There is nothing you need to do."),
    "write-to-smime-address": Wording(
        "Bitte nutzen Sie für verschlüsselte Nachrichten die dafür veröffentlichte Adresse und ihr Zertifikat.",
        "For encrypted messages please use the address published for them, and its certificate.",
    ),
    "encrypt": Wording(
        "Bitte verschlüsseln Sie die Nachricht mit dem veröffentlichten Zertifikat.",
        "Please encrypt the message with the published certificate.",
    ),
    "encrypt-anew": Wording(
        "Bitte verschlüsseln Sie die Nachricht mit unserem aktuellen Zertifikat und senden Sie sie noch einmal.",
        "Please encrypt the message with our current certificate and send it once more.",
    ),
    "sign": Wording("Bitte signieren Sie die Nachricht.", "Please sign the message."),
    "sign-anew": Wording(
        "Bitte signieren Sie die Nachricht mit einem gültigen Zertifikat auf Ihre Absenderadresse noch einmal.",
        "Please sign the message once more with a valid certificate for your sender address.",
    ),
    "identity-check": Wording(
        "Bitte wenden Sie sich für die einmalige Prüfung an eine Person unseres Hauses, die Sie kennen: persönlich, oder "
        "am Telefon. Am Telefon lesen Sie ihr bitte den SHA-256-Fingerabdruck Ihres Zertifikats so vor, wie Ihr eigenes "
        "E-Mail-Programm ihn anzeigt. Wir schreiben ihn absichtlich in keine Nachricht.",
        "For the one-time check please contact a member of our staff whom you know: in person, or by telephone. By "
        "telephone please read out the SHA-256 fingerprint of your certificate as your own mail program shows it. "
        "We never write it into a message, on purpose.",
    ),
}  # fmt: skip
