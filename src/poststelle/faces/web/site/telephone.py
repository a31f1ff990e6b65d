# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The telephone directory: offices and persons with their numbers, as a page and as a tagged PDF (Clause directory.phone)."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst

from poststelle.core.directory import Office, Person
from poststelle.core.policy import Language
from poststelle.faces.web.site.collation import german_order
from poststelle.faces.web.site.visit import Document, Visit, frame, rendered
from poststelle.faces.web.templatetags.house import bytes_text

PATH = "/telefonverzeichnis"
PDF_PATH = "/telefonverzeichnis.pdf"
SOURCE = Path(__file__).with_name("telephone.typ")
PDF = "application/pdf"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One office in the directory."""

    office: Office
    name: str
    is_german: bool
    """The name has no translation and is shown in German."""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person, with the name of her office."""

    person: Person
    office: str


def office_lines(visit: Visit) -> tuple[OfficeLine, ...]:
    """Every office by its number, those without one at the end by name."""
    ordered = sorted(
        visit.authority.directory.offices, key=lambda one: (not one.number, one.number, german_order(one.name))
    )
    return tuple(OfficeLine(one, office_name(one, visit.language), _is_german(one, visit.language)) for one in ordered)


def office_name(office: Office, language: Language) -> str:
    """The name in this language, German where there is none."""
    return (office.names_en if language is Language.EN else "") or office.name


def _is_german(office: Office, language: Language) -> bool:
    return language is Language.EN and not office.names_en


def person_lines(visit: Visit) -> tuple[PersonLine, ...]:
    """Every person by family name."""
    directory = visit.authority.directory
    ordered = sorted(directory.persons, key=lambda one: german_order(" ".join(reversed(one.name.rsplit(" ", 1)))))
    offices = {one.id: office_name(one, visit.language) for one in directory.offices}
    return tuple(PersonLine(one, offices.get(one.office, "")) for one in ordered)


def telephone_page(visit: Visit) -> Document:
    """The directory as a page."""
    shown = frame(visit, visit.say("site.telephone.title"), PATH)
    content = {
        "offices": office_lines(visit),
        "persons": person_lines(visit),
        "contact": visit.policy.contact,
        "pdf_path": visit.path(PDF_PATH),
        "pdf_size": bytes_text(len(telephone_pdf(visit)), visit.language),
        "has_demo": any(one.is_demo for one in visit.authority.directory.offices),
    }
    return rendered(visit, "site/telephone.html", shown, content)


def telephone_file(visit: Visit) -> Document:
    """The directory as a PDF."""
    return Document(telephone_pdf(visit), PDF, file_name=f"telefonverzeichnis-{visit.authority.id}.pdf")


def telephone_pdf(visit: Visit) -> bytes:
    """The PDF, made once for each content: PDF/UA-1, so that screen readers find headings and tables."""
    return _compiled(json.dumps(_said(visit), ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=16)
def _compiled(said: str) -> bytes:
    pdf = typst.compile(
        SOURCE.read_bytes(),
        format="pdf",
        sys_inputs={"directory": said},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave several files for one document")
    return pdf


def _said(visit: Visit) -> dict[str, object]:
    contact = visit.policy.contact
    heading = visit.say("site.telephone.title")
    remark = visit.policy.remark
    offices = [
        [
            line.office.number,
            _marked(visit, line.name, is_demo=line.office.is_demo),
            line.office.phone,
            ", ".join(map(str, line.office.addresses)),
        ]
        for line in office_lines(visit)
    ]
    persons = [
        [
            _marked(visit, line.person.name, is_demo=line.person.is_demo),
            line.office,
            line.person.phone,
            str(line.person.address),
        ]
        for line in person_lines(visit)
    ]
    columns = [
        visit.say(f"site.telephone.{name}") for name in ("number", "office", "name", "works-at", "phone", "mail")
    ]
    sections = [
        {"heading": visit.say("site.telephone.offices"), "columns": [columns[0], columns[1], *columns[4:]],
         "widths": [0, 1, 0, 0], "rows": offices},
        {"heading": visit.say("site.telephone.persons"), "columns": columns[2:],
         "widths": [1, 1, 0, 0], "rows": persons},
    ]  # fmt: skip
    return {
        "lang": "en" if visit.language is Language.EN else "de",
        "title": f"{heading} – {visit.name}",
        "heading": heading,
        "authority": visit.name,
        "intro": visit.say("site.telephone.intro", phone=contact.phone.replace(" ", NO_BREAK_SPACE) if contact else ""),
        "remark": (remark.in_language(visit.language) or remark.de) if remark else "",
        "sections": [section for section in sections if section["rows"]],
    }


def _marked(visit: Visit, name: str, *, is_demo: bool) -> str:
    return f"{name} ({visit.say('site.demo')})" if is_demo else name
