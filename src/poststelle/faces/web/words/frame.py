# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Words of the frame: header, navigation, footer, errors."""

from poststelle.core.policy import Text

WORDS: dict[str, Text] = {
    "frame.skip": Text(de="Zum Inhalt springen", en="Skip to content", leicht="Zum Text springen"),
    "frame.navigation": Text(de="Hauptnavigation", en="Main navigation", leicht="Die Seiten"),
    "frame.languages": Text(de="Sprache", en="Language", leicht="Sprache"),
    "frame.footer": Text(de="Rechtliches", en="Legal", leicht="Wichtige Hinweise"),
    "fault.not-found": Text(de="Seite nicht gefunden", en="Page not found", leicht="Die Seite gibt es nicht"),
    "fault.not-found-text": Text(
        de="Unter dieser Adresse gibt es keine Seite. Vielleicht wurde sie verschoben oder die Adresse ist unvollständig.",
        en="There is no page at this address. It may have moved, or the address may be incomplete.",
        leicht="Diese Seite gibt es nicht.",
    ),
    "fault.bad-request": Text(de="Diese Anfrage ist nicht lesbar", en="This request cannot be read"),
    "fault.bad-request-text": Text(
        de="Die Adresse oder das Formular ist unvollständig, oder unter diesem Namen gibt es hier keine Seite.",
        en="The address or the form is incomplete, or there is no page under this name here.",
    ),
    "fault.method": Text(de="Diese Adresse lässt sich so nicht aufrufen", en="This address cannot be opened like this"),
    "fault.method-text": Text(
        de="Hierhin führt nur ein Formular einer anderen Seite. Bitte beginnen Sie dort noch einmal.",
        en="Only a form on another page leads here. Please start again there.",
    ),
    "fault.forbidden": Text(de="Kein Zugriff", en="No access"),
    "fault.forbidden-text": Text(
        de="Das ist für Sie nicht freigegeben, oder Ihre Freigabe ist abgelaufen. Bitte wenden Sie sich an die "
        "Administration.",
        en="You have no permission for this, or it has ended. Please ask the administration.",
    ),
    "fault.sign-out": Text(de="Abmelden", en="Sign out"),
    "fault.form-expired": Text(de="Formular abgelaufen", en="Form expired"),
    "fault.form-expired-text": Text(
        de="Das Formular war zu lange geöffnet oder Cookies sind gesperrt. Bitte laden Sie die Seite neu und senden Sie "
        "das Formular noch einmal.",
        en="The form was open for too long, or cookies are blocked. Please reload the page and send the form again.",
    ),
    "fault.unavailable": Text(de="Zurzeit nicht erreichbar", en="Not available at present"),
    "fault.unavailable-text": Text(
        de="Es liegt nicht an Ihnen: Auf unserer Seite ist ein Fehler aufgetreten. Bitte versuchen Sie es in einigen "
        "Minuten noch einmal.",
        en="It is not your fault: something went wrong on our side. Please try again in a few minutes.",
    ),
    "fault.too-large": Text(de="Das ist zu groß", en="This is too large"),
    "fault.too-large-text": Text(
        de="Ihre Sendung ist größer als alles, was diese Seite annimmt. Bitte prüfen oder senden Sie die Dateien einzeln.",
        en="What you sent is larger than anything this page takes. Please check or send the files one by one.",
    ),
    "fault.too-slow": Text(de="Das hat zu lange gedauert", en="This took too long"),
    "fault.too-slow-text": Text(
        de="Ihre Sendung ist nicht rechtzeitig vollständig angekommen. Bitte versuchen Sie es noch einmal, mit weniger "
        "oder kleineren Dateien.",
        en="What you sent did not arrive in time. Please try again, with fewer or smaller files.",
    ),
    "fault.back-to-desk": Text(de="Zum Schreibtisch", en="To the desk"),
    "fault.back": Text(de="Zur Kontaktseite", en="To the contact page", leicht="Zur Kontakt-Seite"),
}
