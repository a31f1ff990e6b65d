# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an office reads at the head of a message of which something was withheld or mended."""

from poststelle.core.catalogue.wording import Wording

DELIVERY: dict[str, Wording] = {
    "head": Wording(
        "Hinweis der Poststelle zu {reference}, eingegangen am {received}:",
        "Remark of the mailroom on {reference}, received at {received}:",
    ),
    "egvp": Wording(
        "Eingang im besonderen elektronischen Behördenpostfach. Absender: {sender}. Herkunftsnachweis: {origin}.",
        "Received in the special electronic authority mailbox. Sender: {sender}. Proof of origin: {origin}.",
    ),
    "writer": Wording("Geschrieben hat: {address}", "Written by: {address}"),
    "via": Wording("{name} über die Poststelle", "{name} via the mailroom"),
    "left-behind": Wording(
        "Diese Dateien sind für eine E-Mail zu groß; sie liegen am Arbeitsplatz der Poststelle zum Abholen bereit:",
        "These files are too large for an e-mail; they can be fetched at the mailroom's desk:",
    ),
    "withheld": Wording(
        "Diese Dateien wurden nicht weitergeleitet:", "These files were not passed on:"
    ),
    "mended": Wording(
        "Die Nachricht war nicht regelgerecht aufgebaut und wurde aus den geprüften Teilen neu zusammengesetzt.",
        "The message was not built according to the rules and was put together anew from the parts checked.",
    ),
    "ascii": Wording(
        "Ihr Mailserver nimmt keine Umlaute in Adressen und Kopfzeilen an; die Nachricht wurde dafür neu zusammengesetzt.",
        "Your mail server takes no umlauts in addresses and header fields; the message was put together anew for it.",
    ),
    "opened": Wording(
        "Die Nachricht kam verschlüsselt und wurde von der Poststelle geöffnet.",
        "The message came encrypted and was opened by the mailroom.",
    ),
    "told-notice": Wording(
        "Der Absender hat eine automatische Rückmeldung erhalten.", "The sender has been sent an automatic notice."
    ),
    "told-by-hand": Wording(
        "Der Absender hat noch keine Rückmeldung erhalten; dafür gibt es eine Aufgabe.",
        "The sender has not been told yet; there is a task for it.",
    ),
    "told-nobody": Wording("Der Absender erhält keine Rückmeldung.", "The sender is not told."),
}  # fmt: skip
