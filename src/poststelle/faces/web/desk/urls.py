# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the desk."""

from django.urls import URLPattern, path

from poststelle.faces.web.desk import (
    body,
    consents,
    deeds,
    deferred,
    entrance,
    lists,
    looking,
    message,
    signers,
    switching,
)


def url_patterns() -> list[URLPattern]:
    """Every route, under /desk/."""
    return [
        path("desk", entrance.home),
        path("desk/", entrance.home),
        path("desk/anmelden", entrance.sign_in),
        path("desk/abmelden", entrance.sign_out),
        path("desk/behoerde", switching.choose_authority),
        path("desk/liste/<str:name>", lists.show_list),
        path("desk/auswahl", lists.act_on_many),
        path("desk/verbleib", lists.show_whereabouts),
        path("desk/vertagt", deferred.show_deferred),
        path("desk/signaturen", signers.show_signers),
        path("desk/zustimmungen", consents.show_consents),
        path("desk/zustimmungen/<str:consent>/widerrufen", consents.revoke_consent),
        path("desk/tasten", lists.show_keys),
        path("desk/nachricht/<str:reference>", message.show_message),
        path("desk/nachricht/<str:reference>/druck", message.print_message),
        path("desk/nachricht/<str:reference>/html", body.show_html),
        path("desk/nachricht/<str:reference>/datei/<int:number>", body.fetch_file),
        path("desk/nachricht/<str:reference>/ansicht/<int:number>", looking.show_file),
        path("desk/nachricht/<str:reference>/tat/<str:deed>", deeds.act),
    ]
