# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The editions (Fassungen): their list with the differences, the one in force on a day, and a feed of changes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.etree import ElementTree as ET

from poststelle.core.edition import Edition, NoEditionError, in_force, midnight
from poststelle.core.edition_diff import Change, changes
from poststelle.core.page import date_text
from poststelle.faces.web.site.visit import Document, Visit, frame, rendered

PATH = "/kontakt/fassungen"
ATOM = "application/atom+xml; charset=utf-8"
_ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition in the list, newest first."""

    edition: Edition
    path: str
    title: str
    changes: tuple[Change, ...]
    """What it changed; empty for the first one."""
    is_in_force: bool
    is_future: bool


def edition_lines(visit: Visit) -> tuple[EditionLine, ...]:
    """Every edition, newest first, each with the difference to the one before."""
    ordered = sorted(visit.authority.editions, key=lambda one: one.valid_from_at)
    now = in_force(ordered, visit.at)
    befores: list[Edition | None] = [None, *ordered[:-1]]
    lines = [
        EditionLine(
            one,
            visit.path(f"/kontakt/fassung/{one.policy.valid_from}"),
            _title(visit, one),
            changes(before.policy, one.policy) if before else (),
            one is now,
            one.valid_from_at > visit.at,
        )
        for before, one in zip(befores, ordered, strict=True)
    ]
    return tuple(reversed(lines))


def _title(visit: Visit, edition: Edition) -> str:
    day = date_text(edition.policy.valid_from, visit.language)
    return visit.say("site.edition.title", number=edition.policy.number, valid_from=day)


def editions_page(visit: Visit) -> Document:
    """The list; with ``am=2026-05-01`` in the query, the way to the edition that was in force on that day."""
    asked = "" if visit.is_static else visit.asked.get("am", "")
    fault = ""
    if asked:
        try:
            day = date.fromisoformat(asked)
            found = in_force(visit.authority.editions, _end_of_day(day))
        except (ValueError, OverflowError):
            fault = visit.say("site.editions.no-date", asked=asked[:20])
        except NoEditionError:
            fault = visit.say("site.editions.none-then", day=date_text(day, visit.language))
        else:
            return Document(b"", status=303, location=visit.path(f"/kontakt/fassung/{found.policy.valid_from}"))
    shown = frame(visit, visit.say("site.editions.title"), PATH)
    content = {"lines": edition_lines(visit), "fault": fault, "asked": asked[:20], "visit_path": visit.path(PATH)}
    return rendered(visit, "site/editions.html", shown, content)


def _end_of_day(day: date) -> datetime:
    return midnight(day + timedelta(days=1)) - timedelta(microseconds=1)


def editions_feed(visit: Visit) -> Document:
    """Atom (RFC 4287): one entry for each edition, newest first."""
    ET.register_namespace("", _ATOM_NAMESPACE)
    feed = ET.Element(f"{{{_ATOM_NAMESPACE}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "de"})
    lines = [line for line in edition_lines(visit) if not line.is_future]
    own = visit.url("/kontakt/fassungen.atom")
    _texts(feed, {"id": own, "title": visit.say("site.feed.title", name=visit.name)})
    _texts(feed, {"updated": lines[0].edition.valid_from_at.isoformat()})
    ET.SubElement(feed, f"{{{_ATOM_NAMESPACE}}}link", {"rel": "self", "href": own})
    _texts(ET.SubElement(feed, f"{{{_ATOM_NAMESPACE}}}author"), {"name": visit.name})
    for line in lines:
        entry = ET.SubElement(feed, f"{{{_ATOM_NAMESPACE}}}entry")
        url = visit.url(line.path)
        _texts(entry, {"id": url, "title": line.title, "updated": line.edition.valid_from_at.isoformat()})
        ET.SubElement(entry, f"{{{_ATOM_NAMESPACE}}}link", {"href": url})
        _texts(entry, {"summary": "\n".join(map(str, line.changes)) or visit.say("site.feed.first")})
    return Document(ET.tostring(feed, encoding="utf-8", xml_declaration=True), ATOM)


def _texts(parent: ET.Element, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, f"{{{_ATOM_NAMESPACE}}}{name}").text = text
