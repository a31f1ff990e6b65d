# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Words of the public site besides the clauses, which are the policy's own."""

from poststelle.core.policy import Text

WORDS: dict[str, Text] = {
    "site.nav/kontakt": Text(de="Kontakt", en="Contact", leicht="Kontakt"),
    "site.nav/pruefen": Text(de="Dateien prüfen", en="Check files", leicht="Dateien prüfen"),
    "site.nav/anliegen": Text(de="Anliegen A–Z", en="Services A–Z", leicht="Alles von A bis Z"),
    "site.nav/telefonverzeichnis": Text(de="Telefonverzeichnis", en="Telephone directory", leicht="Telefon-Liste"),
    "site.nav/kontakt/fassungen": Text(de="Fassungen", en="Editions", leicht="Alte Regeln"),
    "site.nav/barrierefreiheit": Text(de="Barrierefreiheit", en="Accessibility", leicht="Barriere-Freiheit"),
    "site.nav/datenschutz": Text(de="Datenschutz", en="Privacy", leicht="Daten-Schutz"),
    "site.third-party": Text(de="Angebot eines Dritten", en="offer of a third party", leicht="nicht von uns"),
    "site.block.general": Text(de="Kontakt und Zugang", en="Contact and access", leicht="So erreichen Sie uns"),
    "site.block.email": Text(de="E-Mail", en="E-mail", leicht="E-Mail"),
    "site.block.smime": Text(
        de="Verschlüsselte und signierte E-Mail", en="Encrypted and signed e-mail", leicht="Geheime E-Mail"
    ),
    "site.block.signature": Text(
        de="Elektronische Signatur", en="Electronic signature", leicht="Unterschreiben am Computer"
    ),
    "site.block.bebpo": Text(
        de="Behördenpostfach (beBPo)", en="Mailbox for authorities (beBPo)", leicht="Behörden-Postfach"
    ),
    "site.contact.title": Text(
        de="Kontakt und elektronischer Zugang", en="Contact and electronic access", leicht="So erreichen Sie uns"
    ),
    "site.contact.edition": Text(
        de="Fassung {number}, gültig seit {valid_from}",
        en="Edition {number}, in force since {valid_from}",
        leicht="Diese Regeln gelten seit dem {valid_from}",
    ),
    "site.contact.editions": Text(de="Alle Fassungen", en="All editions", leicht="Alle Regeln"),
    "site.contact.permalink": Text(
        de="Diese Fassung dauerhaft verlinken", en="Permanent link to this edition", leicht="Link zu diesen Regeln"
    ),
    "site.contact.machine": Text(de="Für Programme (JSON)", en="For programs (JSON)", leicht="Für Programme (JSON)"),
    "site.contact.post": Text(de="Postanschrift", en="Postal address", leicht="Brief"),
    "site.contact.phone": Text(de="Telefon", en="Telephone", leicht="Telefon"),
    "site.contact.fax": Text(de="Fax", en="Fax", leicht="Fax"),
    "site.contact.service-number": Text(
        de="Behördennummer", en="Public service number", leicht="Telefon-Nummer für alle Ämter"
    ),
    "site.contact.mail": Text(de="E-Mail", en="E-mail", leicht="E-Mail"),
    "site.contact.safe-id": Text(de="SAFE-ID (beBPo)", en="SAFE-ID (beBPo)", leicht="beBPo-Nummer"),
    "site.contact.vcard": Text(
        de="Kontakt speichern (vCard)", en="Save contact (vCard)", leicht="Kontakt speichern (vCard)"
    ),
    "site.contact.check": Text(
        de="Darf ich das so schicken?", en="May I send it like this?", leicht="Darf ich das so schicken?"
    ),
    "site.contact.check-text": Text(
        de="Prüfen Sie Ihre Dateien, bevor Sie sie senden. Es wird nichts gespeichert.",
        en="Check your files before you send them. Nothing is stored.",
        leicht="Sie können Ihre Dateien hier prüfen. Wir speichern nichts.",
    ),
    "site.contact.check-do": Text(de="Dateien prüfen", en="Check files", leicht="Dateien prüfen"),
    "site.contact.contents": Text(de="Auf dieser Seite", en="On this page", leicht="Auf dieser Seite"),
    "site.contact.gap": Text(
        de="Diesen Text gibt es in dieser Sprache noch nicht.",
        en="This text is not available in English yet.",
        leicht="Diesen Text gibt es noch nicht in Leichter Sprache.",
    ),
    "site.contact.gap-link": Text(de="Zum deutschen Text", en="Read it in German", leicht="Zum schweren Text"),
    "site.contact.old": Text(
        de="Diese Fassung gilt nicht mehr. Sie wurde am {valid_from} durch Fassung {number} ersetzt.",
        en="This edition is no longer in force. Edition {number} replaced it on {valid_from}.",
        leicht="Achtung: Das sind alte Regeln. Seit dem {valid_from} gelten neue Regeln.",
    ),
    "site.contact.future": Text(
        de="Diese Fassung gilt noch nicht. Sie tritt am {valid_from} in Kraft.",
        en="This edition is not in force yet. It begins on {valid_from}.",
        leicht="Achtung: Diese Regeln gelten erst ab dem {valid_from}.",
    ),
    "site.contact.now": Text(de="Zur geltenden Fassung", en="To the edition in force", leicht="Zu den neuen Regeln"),
    "site.contact.area": Text(de="gilt für", en="governs", leicht="gilt für"),
    "site.contact.video": Text(de="Gebärdensprache", en="Sign language", leicht="Gebärden-Sprache"),
    "site.contact.video-gap": Text(
        de="Ein Video in Deutscher Gebärdensprache gibt es zu dieser Seite noch nicht.",
        en="There is no video in German Sign Language for this page yet.",
        leicht="Ein Video in Gebärden-Sprache gibt es noch nicht.",
    ),
    "site.contact.video-link": Text(
        de="Video in Deutscher Gebärdensprache ansehen",
        en="Watch the video in German Sign Language",
        leicht="Video in Gebärden-Sprache ansehen",
    ),
    "site.formats.caption": Text(
        de="Formate, die wir bearbeiten können", en="Formats we can work with", leicht="Diese Dateien sind erlaubt"
    ),
    "site.formats.name": Text(de="Format", en="Format", leicht="Art der Datei"),
    "site.formats.extension": Text(de="Endung", en="Extension", leicht="Endung"),
    "site.formats.media-type": Text(de="Medientyp", en="Media type", leicht="Medien-Typ"),
    "site.certificates.none": Text(
        de="Zurzeit ist kein Zertifikat veröffentlicht. Bitte fragen Sie vor dem Verschlüsseln nach.",
        en="No certificate is published at present. Please ask before you encrypt.",
        leicht="Es gibt gerade keinen Schlüssel. Bitte fragen Sie uns.",
    ),
    "site.certificates.own": Text(de="Unser Zertifikat", en="Our certificate", leicht="Unser Schlüssel"),
    "site.certificates.issuer": Text(
        de="Zertifikat des Ausstellers", en="Certificate of the issuer", leicht="Schlüssel vom Aussteller"
    ),
    "site.certificates.fingerprint": Text(
        de="Fingerabdruck (SHA-256)", en="Fingerprint (SHA-256)", leicht="Finger-Abdruck (SHA-256)"
    ),
    "site.directory.html": Text(de="Telefonverzeichnis öffnen", en="Open the directory", leicht="Telefon-Liste lesen"),
    "site.directory.pdf": Text(de="als PDF, {size}", en="as PDF, {size}", leicht="als PDF, {size}"),
    "site.directory.az": Text(de="Zur Liste von A bis Z", en="To the list from A to Z", leicht="Zur Liste von A bis Z"),
    "site.subject.examples": Text(
        de="Beispiele für Betreffzeilen", en="Examples of subject lines", leicht="Beispiele für den Betreff"
    ),
    "site.edition.title": Text(
        de="Fassung {number} vom {valid_from}", en="Edition {number} of {valid_from}", leicht="Regeln vom {valid_from}"
    ),
    "site.editions.title": Text(
        de="Fassungen der Zugangseröffnung", en="Editions of the terms of access", leicht="Alle Regeln"
    ),
    "site.editions.intro": Text(
        de="Für jede Nachricht gilt die Fassung, die bei ihrem Eingang in Kraft war. Alle Fassungen bleiben hier lesbar.",
        en="Every message is held to the edition in force when it arrived. All editions stay readable here.",
    ),
    "site.editions.asof": Text(de="Welche Fassung galt am …?", en="Which edition was in force on …?"),
    "site.editions.show": Text(de="Fassung zeigen", en="Show the edition"),
    "site.editions.no-date": Text(
        de="„{asked}“ ist kein Datum der Form JJJJ-MM-TT.", en="“{asked}” is not a date such as YYYY-MM-DD."
    ),
    "site.editions.none-then": Text(
        de="Am {day} war der Zugang noch nicht eröffnet.", en="On {day} access had not been opened yet."
    ),
    "site.editions.in-force": Text(de="gilt jetzt", en="in force"),
    "site.editions.future": Text(de="gilt noch nicht", en="not yet in force"),
    "site.editions.first": Text(de="Erste Fassung", en="First edition"),
    "site.editions.changes": Text(
        de="Änderungen gegenüber der vorigen Fassung", en="Changes against the edition before"
    ),
    "site.editions.key": Text(de="Regel", en="Rule"),
    "site.editions.before": Text(de="vorher", en="before"),
    "site.editions.after": Text(de="jetzt", en="now"),
    "site.editions.absent": Text(de="nicht geregelt", en="not stated"),
    "site.editions.feed": Text(de="Änderungen abonnieren (Atom)", en="Subscribe to changes (Atom)"),
    "site.feed.title": Text(de="Zugangseröffnung: {name}", en="Terms of access: {name}"),
    "site.feed.first": Text(de="Erste Fassung", en="First edition"),
    "site.az.title": Text(de="Anliegen und Einrichtungen von A bis Z", en="Services and offices from A to Z"),
    "site.az.found": Text(de="Suche nach „{asked}“: {count} Treffer", en="Search for “{asked}”: {count} found"),
    "site.az.search": Text(de="Wonach suchen Sie?", en="What are you looking for?"),
    "site.az.hint": Text(de="Zum Beispiel Personalausweis, Bußgeld oder 32", en="For example passport, dog tax or 32"),
    "site.az.do": Text(de="Suchen", en="Search"),
    "site.az.all": Text(de="Alle Einträge zeigen", en="Show all entries"),
    "site.az.letters": Text(de="Buchstaben", en="Letters"),
    "site.az.none": Text(
        de="Dazu steht nichts im Verzeichnis. Die Telefonzentrale hilft Ihnen weiter: {phone}.",
        en="Nothing in the directory matches. The switchboard will help you: {phone}.",
    ),
    "site.az.in-charge": Text(de="Zuständig", en="In charge"),
    "site.az.office": Text(de="Einrichtung", en="office"),
    "site.az.subject": Text(de="Betreff, mit dem Ihre Nachricht ankommt", en="Subject line that reaches the office"),
    "site.az.more": Text(de="Weitere Informationen", en="Further information"),
    "site.demo": Text(de="Beispiel", en="example"),
    "site.demo-note": Text(
        de="Mit „Beispiel“ gekennzeichnete Einträge sind für die Vorführung erfunden.",
        en="Entries marked “example” are invented for the demonstration.",
    ),
    "site.telephone.title": Text(de="Telefonverzeichnis", en="Telephone directory"),
    "site.telephone.intro": Text(
        de="Ämter und Personen mit ihren Rufnummern und E-Mail-Adressen. Die Telefonzentrale erreichen Sie unter {phone}.",
        en="Offices and persons with their numbers and e-mail addresses. The switchboard answers at {phone}.",
    ),
    "site.telephone.pdf": Text(
        de="Telefonverzeichnis herunterladen (PDF, {size})", en="Download the directory (PDF, {size})"
    ),
    "site.telephone.offices": Text(de="Ämter und Einrichtungen", en="Offices"),
    "site.telephone.persons": Text(de="Personen", en="Persons"),
    "site.telephone.number": Text(de="Amt", en="No."),
    "site.telephone.office": Text(de="Bezeichnung", en="Office"),
    "site.telephone.works-at": Text(de="Amt oder Einrichtung", en="Office"),
    "site.telephone.name": Text(de="Name", en="Name"),
    "site.telephone.phone": Text(de="Telefon", en="Telephone"),
    "site.telephone.mail": Text(de="E-Mail", en="E-mail"),
    "site.accessibility.title": Text(de="Erklärung zur Barrierefreiheit", en="Accessibility statement"),
    "site.privacy.title": Text(de="Hinweise zum Datenschutz", en="Privacy notice"),
    "site.retention.message": Text(de="Nachrichten mit Anhängen", en="Messages with attachments"),
    "site.retention.withheld": Text(de="Dateien, die wir nicht bearbeiten können", en="Files we cannot work with"),
    "site.retention.held-spam": Text(de="Ausgefilterte Werbung", en="Filtered advertising"),
    "site.retention.facts": Text(de="Prüfergebnisse", en="Results of checks"),
    "site.retention.journal": Text(de="Eingangsjournal", en="Journal of receipt"),
    "site.retention.refused": Text(de="Angaben zu abgewiesenen E-Mails", en="Records of rejected e-mails"),
    "site.retention.deferred": Text(de="Angaben zu vertagten E-Mails", en="Records of deferred e-mails"),
    "site.retention.sign-in": Text(de="Fehlgeschlagene Anmeldungen von Beschäftigten", en="Failed sign-ins of staff"),
    "site.privacy.days": Text(de="{days} Tage", en="{days} days"),
}
