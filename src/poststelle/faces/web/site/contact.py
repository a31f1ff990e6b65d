# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The contact page: the terms of access of one edition, as published (§ 3a VwVfG and its sisters)."""

import json
from dataclasses import replace

from poststelle.core.edition import Edition, in_force
from poststelle.core.page import METHOD_NAMES, date_text
from poststelle.core.policy import AddressTerms, EncryptionStance, Language, LegalBasis, Text
from poststelle.faces.web.site.clauses import blocks, fingerprint, foreign_mark, format_lines
from poststelle.faces.web.site.telephone import telephone_pdf
from poststelle.faces.web.site.twin import json_ld
from poststelle.faces.web.site.visit import WRITTEN, Document, Visit, frame, rendered
from poststelle.faces.web.templatetags.house import bytes_text

EVERY = (Language.DE, Language.EN, Language.LEICHT)
PATH = "/kontakt"


def contact_page(visit: Visit) -> Document:
    """The edition in force."""
    return _page(visit, visit.say("site.contact.title"), PATH)


def edition_page(visit: Visit) -> Document:
    """One edition under its permanent address, in force or not."""
    valid_from = visit.asked["valid_from"]
    day = date_text(visit.policy.valid_from, visit.language)
    title = visit.say("site.edition.title", number=visit.policy.number, valid_from=day)
    return _page(visit, title, f"{PATH}/fassung/{valid_from}")


def _page(visit: Visit, title: str, path: str) -> Document:
    policy = visit.policy
    shown = frame(visit, title, path, EVERY)
    content = {
        "alternates": [(link.lang, visit.url(link.path)) for link in shown.languages],
        "policy": policy,
        "contact": policy.contact,
        "picture_alt": _text(visit, policy.contact.picture_alt) if policy.contact else "",
        "mail": [(terms.address, _mail_label(visit, terms)) for terms in policy.addresses],
        "blocks": blocks(visit),
        "email_formats": format_lines(policy.email, visit.language),
        "bebpo_formats": format_lines(policy.bebpo, visit.language),
        "legal": [_legal(visit, basis) for basis in policy.legal],
        "certificates": [(one, fingerprint(one.sha256)) for one in visit.certificates],
        "valid_from": date_text(policy.valid_from, visit.language),
        "notice": _notice(visit),
        "video_mark": foreign_mark(visit, policy.page.sign_language_video),
        "pdf_size": bytes_text(len(telephone_pdf(_written(visit))), visit.language),
        "json_ld": json.dumps(json_ld(visit), ensure_ascii=False).replace("<", "\\u003c"),
        **_paths(visit),
    }
    return rendered(visit, "site/contact.html", shown, content)


def _mail_label(visit: Visit, terms: AddressTerms) -> str:
    """What an address is for: the methods where it is one for encrypted mail."""
    if terms.encryption not in {EncryptionStance.ACCEPTS, EncryptionStance.REQUIRES}:
        return visit.say("site.contact.mail")
    return ", ".join(METHOD_NAMES[method.value] for method in terms.methods)


def _paths(visit: Visit) -> dict[str, str]:
    """Where the page leads to; what has no Leichte Sprache leads to German."""
    other = _written(visit)
    return {
        "check_path": other.path("/pruefen"),
        "az_path": other.path("/anliegen"),
        "telephone_path": other.path("/telefonverzeichnis"),
        "pdf_path": other.path("/telefonverzeichnis.pdf"),
        "editions_path": other.path("/kontakt/fassungen"),
        "permalink": visit.path(f"/kontakt/fassung/{visit.policy.valid_from}"),
    }


def _written(visit: Visit) -> Visit:
    return visit if visit.language in WRITTEN else replace(visit, language=Language.DE)


def _text(visit: Visit, text: Text | None) -> str:
    return (text.in_language(visit.language) or text.de) if text else ""


def _legal(visit: Visit, basis: LegalBasis) -> dict[str, str]:
    return {"citation": basis.citation, "law": _text(visit, basis.law), "area": _text(visit, basis.area)}


def _notice(visit: Visit) -> str:
    """Said above an edition that is not in force: which one replaced it, or when it begins."""
    if visit.edition.valid_from_at > visit.at:
        return visit.say("site.contact.future", valid_from=date_text(visit.policy.valid_from, visit.language))
    later = _replaced_by(visit)
    if later is None:
        return ""
    day = date_text(later.policy.valid_from, visit.language)
    return visit.say("site.contact.old", number=later.policy.number, valid_from=day)


def _replaced_by(visit: Visit) -> Edition | None:
    """The edition that followed the one shown, where it has begun."""
    if visit.edition is in_force(visit.authority.editions, visit.at):
        return None
    later = (one for one in visit.authority.editions if one.valid_from_at > visit.edition.valid_from_at)
    return min(later, key=lambda one: one.valid_from_at, default=None)
