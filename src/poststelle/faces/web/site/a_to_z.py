# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Anliegen und Einrichtungen von A bis Z: services and offices from the directory that also routes (Clause services.az)."""

from dataclasses import dataclass
from itertools import groupby

from rapidfuzz import fuzz

from poststelle.core.directory import Office, Service
from poststelle.core.policy import Language
from poststelle.faces.web.site.clauses import foreign_mark
from poststelle.faces.web.site.collation import german_order, plain
from poststelle.faces.web.site.telephone import office_name
from poststelle.faces.web.site.visit import Document, Visit, frame, rendered

PATH = "/anliegen"
MOST_CHARS = 80
ALIKE = 78.0
"""Percent of likeness from which a mistyped word still finds; tried only where nothing is found exactly."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the list: a service, or an office."""

    name: str
    is_german: bool
    office: Office | None
    office_name: str
    service: Service | None
    subject: str
    """A subject line that leads to the office; empty where it has no number."""
    words: str
    """What the search compares."""
    is_demo: bool
    mark: str = ""
    """Where its further information is somebody else's offer."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The entries under one letter."""

    letter: str
    entries: tuple[Entry, ...]

    @property
    def anchor(self) -> str:
        """Id of the group on the page."""
        return f"buchstabe-{'0' if self.letter == '#' else self.letter.lower()}"


def entries(visit: Visit) -> tuple[Entry, ...]:
    """Services and offices together, in alphabetical order."""
    directory = visit.authority.directory
    found = [_service_entry(visit, one) for one in directory.services]
    found += [_office_entry(visit, one) for one in directory.offices]
    return tuple(sorted(found, key=lambda one: german_order(one.name)))


def _service_entry(visit: Visit, service: Service) -> Entry:
    office = visit.authority.directory.office(service.office)
    name = (service.name_en if visit.language is Language.EN else "") or service.name
    subject = f"Amt {office.number} – {service.name}" if office and office.number else ""
    words = plain(" ".join([service.name, service.name_en, *service.keywords, office.name if office else ""]))
    return Entry(
        name=name,
        is_german=visit.language is Language.EN and not service.name_en,
        office=office,
        office_name=office_name(office, visit.language) if office else "",
        service=service,
        subject=subject,
        words=words,
        is_demo=service.is_demo,
        mark=foreign_mark(visit, service.url),
    )


def _office_entry(visit: Visit, office: Office) -> Entry:
    units = (name for _, name in office.units)
    words = plain(" ".join([office.name, office.names_en, office.number, *office.synonyms, *office.keywords, *units]))
    return Entry(
        name=office_name(office, visit.language),
        is_german=visit.language is Language.EN and not office.names_en,
        office=office,
        office_name="",
        service=None,
        subject="",
        words=words,
        is_demo=office.is_demo,
    )


def search(everything: tuple[Entry, ...], asked: str) -> tuple[Entry, ...]:
    """Entries in which every word asked for begins a word or stands inside one; else those that are spelt alike."""
    wanted = plain(asked).split()
    exact = tuple(one for one in everything if all(word in one.words for word in wanted))
    return exact or tuple(one for one in everything if all(_is_alike(word, one.words) for word in wanted))


def _is_alike(wanted: str, words: str) -> bool:
    return any(fuzz.ratio(wanted, word) >= ALIKE for word in words.split())


def by_letter(found: tuple[Entry, ...]) -> tuple[Letter, ...]:
    """The entries in groups; digits and signs come under #."""
    return tuple(Letter(letter, tuple(group)) for letter, group in groupby(found, key=_letter))


def _letter(entry: Entry) -> str:
    first = plain(entry.name)[:1].upper()
    return first if "A" <= first <= "Z" else "#"


def a_to_z_page(visit: Visit) -> Document:
    """The list, or what a search found in it: ``q=`` in the query."""
    asked = "" if visit.is_static else visit.asked.get("q", "")[:MOST_CHARS].strip()
    everything = entries(visit)
    found = search(everything, asked)
    title = visit.say("site.az.found", count=len(found), asked=asked) if asked else visit.say("site.az.title")
    content = {
        "letters": by_letter(found),
        "asked": asked,
        "visit_path": visit.path(PATH),
        "count": len(found),
        "is_static": visit.is_static,
        "has_demo": any(one.is_demo for one in found),
    }
    return rendered(visit, "site/a_to_z.html", frame(visit, title, PATH), content)
