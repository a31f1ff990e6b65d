# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The sentences of a notice (Rückmeldung), in the order in which they stand in it."""

from poststelle.core.catalogue.wording import Wording

NOTICE: dict[str, Wording] = {
    "subject": Wording("Rückmeldung zu Ihrer Nachricht", "Feedback on your message"),
    "subject-collective": Wording("Rückmeldung zu Ihren Nachrichten", "Feedback on your messages"),
    "language": Wording("Deutsch", "English"),
    "greeting": Wording("Guten Tag,", "Hello,"),
    "received": Wording(
        "Ihre Nachricht an {recipient} ist am {date} um {time} Uhr bei uns eingegangen (Zeichen {reference}).",
        "your message to {recipient} reached us on {date} at {time} (reference {reference}).",
    ),
    "received-collective": Wording(
        "mehrere Ihrer Nachrichten sind bei uns eingegangen. Diese Rückmeldung fasst sie zusammen.",
        "several of your messages have reached us. This feedback covers them together.",
    ),
    "rest-here": Wording(
        "Die Nachricht selbst und alle hier nicht genannten Dateien liegen uns vor.",
        "The message itself and all files not named here are with us.",
    ),
    "not-processed": Wording(
        "Folgendes können wir so nicht bearbeiten:", "The following we cannot process as it is:"
    ),
    "not-passed-on": Wording(
        "Die Nachricht wurde deshalb für {recipient} nicht angenommen:",
        "The message was therefore not accepted for {recipient}:",
    ),
    "deleted": Wording(
        "Die Nachricht wurde deshalb gelöscht und nicht weitergeleitet:",
        "The message was therefore deleted and not passed on:",
    ),
    "held": Wording(
        "Die Nachricht wird deshalb zunächst von Hand geprüft:", "The message is therefore first checked by hand:"
    ),
    "advice": Wording("Dazu ein Hinweis:", "A remark on this:"),
    "the-message": Wording("die Nachricht als Ganzes", "the message as a whole"),
    "rule": Wording("Regel: {title}", "Rule: {title}"),
    "deadlines": Wording(
        "Ob Fristen gewahrt sind, kann nur die zuständige Stelle beurteilen; diese Rückmeldung sagt darüber nichts.",
        "Whether deadlines are kept can only be judged by the responsible office; this feedback does not say.",
    ),
    "channels": Wording("So erreichen Sie uns auch:", "Other ways to reach us:"),
    "conditions": Wording(
        "Es gelten die technischen Bedingungen in der Fassung {edition}:",
        "These technical conditions are in force (edition {edition}):",
    ),
    "formats": Wording("Dateiformate: {formats}", "File formats: {formats}"),
    "limit": Wording("Anhänge zusammen höchstens {limit}", "Attachments together at most {limit}"),
    "macros": Wording("Keine Makros in den Dateien", "No macros in the files"),
    "page": Wording("Alle Bedingungen: {url}", "All conditions: {url}"),
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
