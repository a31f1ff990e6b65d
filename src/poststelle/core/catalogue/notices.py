# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The sentences of a notice (Rückmeldung), in the order in which they stand in it."""

from poststelle.core.catalogue.wording import Wording

NOTICE: dict[str, Wording] = {
    "subject": Wording("Rückmeldung zu Ihrer Nachricht", "Feedback on your message"),
    "subject-collective": Wording("Rückmeldung zu Ihren Nachrichten", "Feedback on your messages"),
    "below": Wording("Deutsche Fassung siehe unten", "English version below"),
    "heading": Wording("Rückmeldung der Poststelle", "Feedback from the mailroom"),
    "greeting": Wording("Guten Tag,", "Hello,"),
    "received": Wording(
        "Ihre Nachricht an {recipient} ist am {date} um {time} Uhr bei uns eingegangen (unser Zeichen: {reference}).",
        "Your message to {recipient} reached us on {date} at {time} (our reference: {reference}).",
    ),
    "received-collective": Wording(
        "mehrere Ihrer Nachrichten sind bei uns eingegangen. Diese Rückmeldung fasst sie zusammen.",
        "Several of your messages have reached us. This feedback covers them together.",
    ),
    "rest-here": Wording(
        "Die Nachricht selbst und alle hier nicht genannten Dateien liegen uns vor.",
        "The message itself and all files not named here are with us.",
    ),
    "not-processed": Wording(
        "Folgendes können wir so nicht bearbeiten:", "We cannot process the following as it is:"
    ),
    "not-passed-on": Wording(
        "Für {recipient} wurde die Nachricht aus diesem Grund nicht angenommen:",
        "For {recipient} the message was not accepted, for this reason:",
    ),
    "deleted": Wording(
        "Die Nachricht wurde aus diesem Grund gelöscht und nicht weitergeleitet:",
        "The message was deleted and not passed on, for this reason:",
    ),
    "held": Wording(
        "Die Nachricht wird aus diesem Grund zunächst von Hand geprüft:",
        "The message is first checked by hand, for this reason:",
    ),
    "advice": Wording("Dazu ein Hinweis:", "A remark on this:"),
    "the-message": Wording("Die Nachricht als Ganzes", "The message as a whole"),
    "rule": Wording("Regel: {title}", "Rule: {title}"),
    "answer": Wording(
        "Bitte senden Sie das Genannte in geänderter Form noch einmal, am einfachsten als Antwort auf diese Nachricht. "
        "Lassen Sie unser Zeichen dabei im Betreff stehen.",
        "Please send what is named above once more in its changed form, most easily as an answer to this message. "
        "Please leave our reference in the subject.",
    ),
    "rules": Wording("Die genannten Regeln im Wortlaut:", "The rules named above, in full:"),
    "edition": Wording("Fassung {number}, gültig seit {day}", "edition {number}, valid since {day}"),
    "deadlines": Wording(
        "Ob Fristen gewahrt sind, kann nur die zuständige Stelle beurteilen; diese Rückmeldung sagt darüber nichts.",
        "Whether deadlines are kept can only be judged by the responsible office; this feedback does not say.",
    ),
    "channels": Wording("So erreichen Sie uns auch:", "Other ways to reach us:"),
    "conditions": Wording(
        "Es gelten unsere technischen Bedingungen ({edition}):",
        "Our technical conditions apply ({edition}):",
    ),
    "formats": Wording("Dateiformate: {formats}", "File formats: {formats}"),
    "limit": Wording("Anhänge zusammen höchstens {limit}", "Attachments together at most {limit}"),
    "macros": Wording("Keine Makros in den Dateien", "No macros in the files"),
    "page": Wording("Alle Bedingungen:", "All conditions:"),
    "page-plain": Wording("Alle Bedingungen in Leichter Sprache:", "All conditions in plain German:"),
    "automatic": Wording(
        "Diese Rückmeldung wurde automatisch erstellt und gibt nichts vom Inhalt Ihrer Nachricht wieder.",
        "This feedback was made automatically and repeats nothing of your message's content.",
    ),
    "phone": Wording("Telefon {value}", "Telephone {value}"),
    "fax": Wording("Fax {value}", "Fax {value}"),
    "post": Wording("Post: {value}", "Post: {value}"),
    "bebpo": Wording("beBPo: {value}", "beBPo (secure mailbox): {value}"),
}  # fmt: skip

REPLY: dict[str, Wording] = {
    "and-more": Wording("und {count} weitere", "and {count} more"),
    "see": Wording("Siehe {url}", "See {url}"),
}
