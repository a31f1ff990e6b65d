# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A visit: whose site is asked for, when, in which language; and the document that answers it.

Documents are made without a request, so that the static export and the served site are one renderer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.template.loader import render_to_string

from poststelle.application.authorities import Authority
from poststelle.core.edition import Edition, in_force
from poststelle.core.page import PREFIXES
from poststelle.core.policy import Language, Policy
from poststelle.faces.web.frame import HTML_LANG, Frame, Link
from poststelle.faces.web.loans import Published
from poststelle.faces.web.shelf import WebHouse
from poststelle.faces.web.words import word

LANGUAGE_NAMES = {Language.DE: "Deutsch", Language.EN: "English", Language.LEICHT: "Leichte Sprache"}
WRITTEN = (Language.DE, Language.EN)
NAVIGATION = ("/kontakt", "/pruefen", "/anliegen", "/telefonverzeichnis")
FOOTER = ("/kontakt/fassungen", "/barrierefreiheit", "/datenschutz")
SERVED_ONLY = frozenset({"/pruefen"})
"""Pages that need the running program: the static export does not link to them."""
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Document:
    """What is answered: served with its media type, or written to a file by the export."""

    content: bytes
    media_type: str = HTML
    file_name: str = ""
    """Name under which it is saved; empty where it is shown."""
    status: int = 200
    location: str = ""
    """Where to go instead."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything a document is made from."""

    house: WebHouse
    authority: Authority
    edition: Edition
    at: datetime
    language: Language = Language.DE
    asked: Mapping[str, str] = field(default_factory=dict)
    """Parts of the address and of its query, by name."""
    is_static: bool = False

    @property
    def policy(self) -> Policy:
        """The edition that is shown."""
        return self.edition.policy

    @property
    def name(self) -> str:
        """Name of the authority in the language of the page."""
        contact = self.policy.contact
        if contact is None:
            return self.authority.id
        return contact.name.in_language(self.language) or contact.name.de

    @property
    def certificates(self) -> tuple[Published, ...]:
        """What is published for download now."""
        return self.house.certificates(self.authority.id, self.at)

    def path(self, path: str, language: Language | None = None) -> str:
        """The address of a page in this language, or in another."""
        return PREFIXES[language or self.language] + path

    def url(self, path: str) -> str:
        """The full address of a path."""
        return self.house.authorities.site_url(self.authority.policy_at(self.at)) + path

    def say(self, key: str, **values: object) -> str:
        """Words in the language of the page."""
        return word(key, self.language, **values)


Make = Callable[[Visit], Document]


def visit_of(house: WebHouse, host: str, language: Language) -> Visit:
    """The visit to the authority whose site this host is, now. UnavailableError where no access is open yet."""
    return visit_to(house, house.authorities.of_host(host, house.clock.now()), language)


def visit_to(house: WebHouse, authority: Authority, language: Language) -> Visit:
    """The visit to this authority's site, now. UnavailableError where no access is open yet."""
    now = house.clock.now()
    authority.policy_at(now)
    return Visit(house, authority, in_force(authority.editions, now), now, language)


def frame(visit: Visit, title: str, path: str, languages: tuple[Language, ...] = WRITTEN) -> Frame:
    """The frame of a page of the site. ``path`` is without the prefix of the language."""
    remark = visit.policy.remark
    return Frame(
        title=title,
        authority=visit.name,
        language=visit.language,
        navigation=tuple(_links(visit, NAVIGATION, path)),
        languages=tuple(_language_links(visit, path, languages)),
        footer=tuple(_links(visit, FOOTER, path)),
        home=visit.path("/kontakt"),
        remark=(remark.in_language(visit.language) or remark.de) if remark else "",
        canonical=visit.url(visit.path(path)),
    )


def _links(visit: Visit, paths: tuple[str, ...], current: str) -> list[Link]:
    shown = [path for path in paths if not (visit.is_static and path in SERVED_ONLY)]
    language = visit.language if visit.language in WRITTEN else Language.DE
    own = {path: visit.language if path == "/kontakt" else language for path in shown}
    return [Link(visit.path(path, own[path]), visit.say(f"site.nav{path}"), path == current) for path in shown]


def _language_links(visit: Visit, path: str, languages: tuple[Language, ...]) -> list[Link]:
    offered = [language for language in languages if language in visit.policy.languages]
    return [Link(visit.path(path, one), LANGUAGE_NAMES[one], one is visit.language, HTML_LANG[one]) for one in offered]


def rendered(visit: Visit, template: str, shown: Frame, content: Mapping[str, object]) -> Document:
    """The page as a document."""
    context = {"frame": shown, "language": visit.language, "visit": visit, **content}
    return Document(render_to_string(template, context).encode())


def in_edition(visit: Visit, edition: Edition) -> Visit:
    """The same visit, shown another edition."""
    return replace(visit, edition=edition)
