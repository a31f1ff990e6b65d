# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Why a message went where it went: one sentence for each code of ``Route.because``; ``{value}`` is its value."""

from poststelle.core.catalogue.wording import Wording

ROUTES: dict[str, Wording] = {
    "recipient": Wording("gerichtet an {value}", "addressed to {value}"),
    "number": Wording("Amt {value} nach der Amtsziffer im Betreff", "office {value} by its number in the subject"),
    "name": Wording("„{value}“ nach dem Namen im Betreff", "“{value}” by its name in the subject"),
    "synonym": Wording("„{value}“ im Betreff", "“{value}” in the subject"),
    "unit": Wording("Abteilung {value}", "unit {value}"),
    "keyword": Wording("Stichwort {value}", "keyword {value}"),
    "aktenzeichen": Wording("Aktenzeichen {value}", "file reference {value}"),
    "foreign-reference": Wording("fremdes Aktenzeichen {value}", "another authority's reference {value}"),
    "kassenzeichen": Wording("Kassenzeichen, das nichts zuordnet", "payment reference, which assigns nothing"),
    "disagree": Wording("Hinweis auf {value}, nicht eindeutig", "points to {value}, not without doubt"),
    "near": Wording("Vorschlag {value}", "suggestion {value}"),
    "nothing": Wording("Adresse und Betreff nennen kein Amt", "neither address nor subject names an office"),
}
