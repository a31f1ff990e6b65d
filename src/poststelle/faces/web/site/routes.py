# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every document of the public site: where it is, in which languages, and what makes it. Views and export read this."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from poststelle.core.page import PREFIXES
from poststelle.core.policy import Language
from poststelle.faces.web.frame import HTML_LANG
from poststelle.faces.web.site import a_to_z, contact, editions, notices, telephone, twin, well_known
from poststelle.faces.web.site.visit import HTML, WRITTEN, Document, Make, Visit, in_edition

GERMAN = (Language.DE,)


@dataclass(frozen=True, slots=True)
class Route:
    """One document, or one for each edition or certificate where the path has a parameter."""

    path: str
    """Without the prefix of the language; parameters as Django writes them."""
    make: Make
    languages: tuple[Language, ...] = GERMAN
    is_page: bool = True
    """A page for people: stands in the sitemap."""


def edition_page(visit: Visit) -> Document:
    """The edition that the address names; 404 where there is none of that day."""
    wanted = visit.asked["valid_from"]
    found = next((one for one in visit.authority.editions if str(one.policy.valid_from) == wanted), None)
    return contact.edition_page(in_edition(visit, found)) if found else Document(b"", status=404)


def sitemap(visit: Visit) -> Document:
    """Every page in its languages."""
    pages = [(path, route) for route in ROUTES if route.is_page for path in _paths(visit, route)]
    entries = []
    for path, route in pages:
        languages = [one for one in route.languages if one in visit.policy.languages]
        alternates = tuple((HTML_LANG[one], f"{PREFIXES[one]}{path}") for one in languages)
        entries += [(f"{PREFIXES[one]}{path}", alternates) for one in languages]
    return well_known.sitemap(visit, tuple(entries))


ROUTES: tuple[Route, ...] = (
    Route("/kontakt", contact.contact_page, contact.EVERY),
    Route("/kontakt/fassung/<valid_from>", edition_page, contact.EVERY),
    Route("/kontakt/fassungen", editions.editions_page, WRITTEN),
    Route("/anliegen", a_to_z.a_to_z_page, WRITTEN),
    Route("/telefonverzeichnis", telephone.telephone_page, WRITTEN),
    Route("/barrierefreiheit", notices.accessibility_page, WRITTEN),
    Route("/datenschutz", notices.privacy_page, WRITTEN),
    Route("/kontakt/fassungen.atom", editions.editions_feed, is_page=False),
    Route("/kontakt.vcf", twin.vcard, is_page=False),
    Route("/telefonverzeichnis.pdf", telephone.telephone_file, WRITTEN, is_page=False),
    Route("/zertifikate/<file_name>", well_known.certificate, is_page=False),
    Route(twin.TWIN_PATH, twin.twin_file, is_page=False),
    Route(twin.SCHEMA_PATH, twin.schema_file, is_page=False),
    Route("/.well-known/security.txt", well_known.security_txt, is_page=False),
    Route("/robots.txt", well_known.robots_txt, is_page=False),
    Route("/sitemap.xml", sitemap, is_page=False),
)


def _paths(visit: Visit, route: Route) -> tuple[str, ...]:
    """The addresses of a route, parameters filled in."""
    if "<valid_from>" in route.path:
        days: list[date] = sorted(one.policy.valid_from for one in visit.authority.editions)
        return tuple(route.path.replace("<valid_from>", str(day)) for day in days)
    if "<file_name>" in route.path:
        return tuple(route.path.replace("<file_name>", one.file_name) for one in visit.certificates)
    return (route.path,)


def every_document(visit: Visit) -> Iterator[tuple[str, Document]]:
    """Every document of the site with its address, for the static export."""
    for route in ROUTES:
        for language in route.languages:
            if language in visit.policy.languages:
                yield from _documents(replace(visit, language=language), route)


def _documents(visit: Visit, route: Route) -> Iterator[tuple[str, Document]]:
    for path in _paths(visit, route):
        name = path.rsplit("/", 1)[1]
        made = route.make(replace(visit, asked={"valid_from": name, "file_name": name}))
        if made.status == 200:
            yield visit.path(path), made


def is_html(document: Document) -> bool:
    """The document is a page."""
    return document.media_type == HTML
