# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Words of the check before sending."""

from poststelle.core.policy import Text

WORDS: dict[str, Text] = {
    "precheck.title": Text(de="Darf ich das so schicken?", en="May I send it like this?"),
    "precheck.title-result": Text(de="Ergebnis: Darf ich das so schicken?", en="Result: May I send it like this?"),
    "precheck.title-fault": Text(
        de="Nichts geprüft: Darf ich das so schicken?", en="Nothing checked: May I send it like this?"
    ),
    "precheck.lead": Text(
        de="Prüfen Sie Ihre Dateien, bevor Sie sie an uns senden. Es gelten dieselben Regeln wie beim Empfang.",
        en="Check your files before you send them to us. The rules are those that apply on receipt.",
    ),
    "precheck.private": Text(
        de="Ihre Dateien werden nur für die Prüfung gelesen und danach verworfen. Gesendet ist damit noch nichts.",
        en="Your files are read for the check only and discarded afterwards. Nothing has been sent by this.",
    ),
    "precheck.channel": Text(de="Auf welchem Weg möchten Sie senden?", en="How do you want to send them?"),
    "precheck.channel.email": Text(de="E-Mail", en="E-mail"),
    "precheck.channel.bebpo": Text(de="Behördenpostfach (beBPo)", en="Mailbox for authorities (beBPo)"),
    "precheck.up-to": Text(de="bis {limit}", en="up to {limit}"),
    "precheck.files": Text(de="Welche Dateien?", en="Which files?"),
    "precheck.files-hint": Text(
        de="Alle Dateien einer Sendung zusammen, oder eine ganze E-Mail als .eml-Datei. Höchstens {limit}.",
        en="All files of one message together, or a whole e-mail as an .eml file. At most {limit}.",
    ),
    "precheck.office": Text(de="An welches Amt? (freiwillig)", en="To which office? (optional)"),
    "precheck.office-none": Text(de="Das weiß ich nicht", en="I do not know"),
    "precheck.do": Text(de="Jetzt prüfen", en="Check now"),
    "precheck.busy": Text(de="Wird geprüft …", en="Checking …"),
    "precheck.again": Text(de="Weitere Dateien prüfen", en="Check other files"),
    "precheck.result.good": Text(de="Ja, so können Sie das schicken.", en="Yes, you may send it like this."),
    "precheck.result.bad": Text(de="So bitte noch nicht.", en="Not like this, please."),
    "precheck.result.open": Text(de="Das lässt sich hier nicht prüfen.", en="This cannot be checked here."),
    "precheck.result.good-text": Text(
        de="Nach den heute geltenden Regeln können wir alles verarbeiten.",
        en="Under the rules in force today we can process everything.",
    ),
    "precheck.result.bad-text": Text(de="Was zu ändern ist, steht darunter.", en="What to change is stated below."),
    "precheck.result.open-text": Text(
        de="Verschlüsselte Inhalte öffnet erst die Poststelle; diese Seite hat keinen Schlüssel dafür.",
        en="Encrypted content is opened by the mailroom only; this page has no key for it.",
    ),
    "precheck.result.lost-text": Text(
        de="Die Datei ließ sich nicht auswerten. Beim Empfang sieht die Poststelle sie von Hand an.",
        en="The file could not be read. On receipt the mailroom looks at it by hand.",
    ),
    "precheck.file.good": Text(de="kann verarbeitet werden", en="can be processed"),
    "precheck.file.bad": Text(de="kann so nicht verarbeitet werden", en="cannot be processed like this"),
    "precheck.file.partly": Text(
        de="enthält Dateien, die so nicht verarbeitet werden können",
        en="contains files that cannot be processed like this",
    ),
    "precheck.file.open": Text(de="hier nicht prüfbar", en="cannot be checked here"),
    "precheck.each": Text(de="Die Dateien im Einzelnen", en="File by file"),
    "precheck.whole": Text(de="Zur Sendung insgesamt", en="About the message as a whole"),
    "precheck.size": Text(de="Größe zusammen", en="Size in all"),
    "precheck.size-of": Text(de="{size} von höchstens {limit}", en="{size} of at most {limit}"),
    "precheck.clause": Text(de="Regel", en="Rule"),
    "precheck.inside": Text(de="Fundstelle", en="Found at"),
    "precheck.send-to": Text(de="So senden Sie es", en="How to send it"),
    "precheck.address": Text(de="An", en="To"),
    "precheck.subject": Text(de="Betreff, zum Beispiel", en="Subject, for example"),
    "precheck.not-checked": Text(
        de="Nicht geprüft wurden Schadprogramme, Werbung und verschlüsselte Inhalte. Ob eine Frist oder Form gewahrt "
        "ist, entscheidet die zuständige Stelle.",
        en="Malware, advertising and encrypted content were not checked. Whether a deadline or form is kept is for the "
        "office in charge to say.",
    ),
    "precheck.fault": Text(de="Es wurde nichts geprüft", en="Nothing was checked"),
    "precheck.no-file": Text(de="Bitte wählen Sie mindestens eine Datei aus.", en="Please choose at least one file."),
    "precheck.too-many-files": Text(
        de="Bitte prüfen Sie höchstens {most} Dateien auf einmal.", en="Please check at most {most} files at a time."
    ),
    "precheck.too-large": Text(
        de="Das ist mehr, als diese Seite auf einmal annimmt (höchstens {limit}). Bitte prüfen Sie die Dateien einzeln.",
        en="This is more than this page takes at a time (at most {limit}). Please check the files one by one.",
    ),
    "precheck.too-often": Text(
        de="Von Ihrem Anschluss kamen gerade sehr viele Prüfungen. Bitte warten Sie einen Moment.",
        en="Very many checks came from your connection just now. Please wait a moment.",
    ),
    "precheck.unavailable": Text(
        de="Die Prüfung ist gerade ausgelastet. Bitte versuchen Sie es in einer Minute noch einmal.",
        en="The check is busy at the moment. Please try again in a minute.",
    ),
    "precheck.unreadable-form": Text(
        de="Das Formular kam unvollständig an. Bitte senden Sie es noch einmal.",
        en="The form did not arrive complete. Please send it again.",
    ),
}
