# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The pages the law asks for beside the terms: accessibility statement and privacy notice, filled from the policy."""

from poststelle.faces.web.site.visit import Document, Visit, frame, rendered

ACCESSIBILITY_PATH = "/barrierefreiheit"
PRIVACY_PATH = "/datenschutz"


def accessibility_page(visit: Visit) -> Document:
    """The statement on accessibility (BITV 2.0, § 12b BGG and its sisters of the Länder)."""
    shown = frame(visit, visit.say("site.accessibility.title"), ACCESSIBILITY_PATH)
    content = {"page": visit.policy.page, "contact": visit.policy.contact, "is_nrw": _is_in(visit, "NW")}
    return rendered(visit, "site/accessibility.html", shown, content)


def privacy_page(visit: Visit) -> Document:
    """The notice under Art. 13 GDPR, with the terms of retention that the program itself keeps."""
    shown = frame(visit, visit.say("site.privacy.title"), PRIVACY_PATH)
    retention = [
        (
            visit.say(f"site.retention.{one.holds.value}"),
            one.days,
            one.because.in_language(visit.language) or one.because.de,
        )
        for one in visit.policy.keeps
    ]
    content = {
        "page": visit.policy.page,
        "contact": visit.policy.contact,
        "retention": retention,
        "legal_first": visit.policy.legal[0].citation if visit.policy.legal else "",
        "is_nrw": _is_in(visit, "NW"),
    }
    return rendered(visit, "site/privacy.html", shown, content)


def _is_in(visit: Visit, land: str) -> bool:
    return visit.policy.contact is not None and visit.policy.contact.land == land
