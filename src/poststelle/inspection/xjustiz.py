# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""XJustiz messages, read tolerantly: names are compared without case, ``_`` and ``.``, since 2.x and 3.x differ in these.

Never validates: schemas accept hardly any message that is really sent. What is missing is empty.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from lxml import etree

from poststelle.core.egvp import XJustizDocument, XJustizFacts, XJustizKind
from poststelle.inspection.xmlparts import XmlError, parse

NAMESPACE = "http://www.xjustiz.de"
MAX_BYTES = 8 * 1024 * 1024
"""A message that describes 1,000 documents has some 2 MB."""
MAX_DOCUMENTS = 5_000
MAX_REFERENCES = 50
MAX_TEXT_CHARS = 500
_NEAREST = 50
"""So many elements or pieces of text say what an element means: nothing is read again for each level of nesting."""
_BLANKS = re.compile(r"\s+")
_NO_REFERENCE = frozenset({"", "neu", "unbekannt", "ohne", "-", "keine", "keines", "n/a"})
"""What senders write where they know no reference."""


class NotXJustizError(Exception):
    """The bytes are no XJustiz message. The sentence says why."""


def read_xjustiz(content: bytes) -> XJustizFacts:
    """The message. Raises NotXJustizError where it is none, is too large, or declares a document type."""
    if len(content) > MAX_BYTES:
        raise NotXJustizError("too large")
    try:
        piece = parse(content)
    except XmlError as error:
        raise NotXJustizError("not well-formed") from error
    if piece.has_doctype:
        raise NotXJustizError("document type declared")
    if etree.QName(piece.root).namespace != NAMESPACE:
        raise NotXJustizError("another namespace")
    return _message(piece.root)


def _message(root: etree._Element) -> XJustizFacts:
    header = next(_named(root, "nachrichtenkopf"), None)
    header = etree.Element("none") if header is None else header
    sender_kind, sender = _person(header, "absender")
    recipient_kind, recipient = _person(header, "empfaenger")
    return XJustizFacts(
        kind=_kind(root),
        message_type=etree.QName(root).localname[:MAX_TEXT_CHARS],
        version=_version(root, header),
        sender=sender,
        sender_kind=sender_kind,
        recipient=recipient,
        recipient_kind=recipient_kind,
        own_id=_first(header, "eigenenachrichtenid"),
        foreign_id=_first(header, "fremdenachrichtenid"),
        created=_first(header, "erstellungszeitpunkt"),
        aktenzeichen_sender=references(_texts(header, "aktenzeichenabsender")),
        aktenzeichen_recipient=references(_texts(header, "aktenzeichenempfaenger")),
        events=tuple(_texts(header, "ereignis"))[:MAX_REFERENCES],
        priority=_first(header, "sendungsprioritaet"),
        confidentiality=_first(header, "vertraulichkeit"),
        documents=tuple(_documents(root)),
        announced=tuple(dict.fromkeys(_texts(root, "dateiname")))[:MAX_DOCUMENTS],
    )


def _kind(root: etree._Element) -> XJustizKind:
    name = _folded(root)
    if "eebzuruecklaufend" in name or name.endswith("2200007"):
        return XJustizKind.EEB_RETURN
    return XJustizKind.DOCUMENTS if "schriftgutobjekte" in name else XJustizKind.OTHER


def _version(root: etree._Element, header: etree._Element) -> str:
    """An attribute of the header in 3.x, of the basic data in 2.x."""
    places = (header, root, *_named(root, "grunddaten"))
    found = (place.get("xjustizVersion") for place in places)
    return next((_clean(version) for version in found if version), "")


def _person(header: etree._Element, end: str) -> tuple[str, str]:
    """Kind and name: ``absender.gericht``, ``absender_RVTraeger``, ``auswahl_absender/absender.sonstige``."""
    for element in header.iterdescendants():
        name = _folded(element)
        kind = name.removeprefix(end)
        if name.startswith(end) and kind and (text := _value(element)):
            return kind, text
    return "", ""


def _documents(root: etree._Element) -> Iterator[XJustizDocument]:
    outer = (found for found in _named(root, "dokument") if not _stands_in(found, "dokument"))
    for element in islice(outer, MAX_DOCUMENTS):
        identity = next(_named(element, "identifikation"), None)
        names = tuple(dict.fromkeys(_texts(element, "dateiname")))
        yield XJustizDocument(
            id=_first(identity, "id") if identity is not None else "",
            number=_first(identity, "nummerimuebergeordnetencontainer") if identity is not None else "",
            display_name=_first(element, "anzeigename"),
            files=names,
            eeb_requested=_first(element, "ruecksendungeeberforderlich").casefold() in ("true", "1"),
        )


def references(texts: Iterator[str] | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """File references cleaned of line breaks and trailing marks, without what says that there is none; each once."""
    cleaned = (_clean(text).rstrip("# ").strip() for text in texts)
    return tuple(dict.fromkeys(text for text in cleaned if text.casefold() not in _NO_REFERENCE))[:MAX_REFERENCES]


def _first(element: etree._Element, name: str) -> str:
    return next(iter(_texts(element, name)), "")


def _texts(element: etree._Element, name: str) -> Iterator[str]:
    for found in _named(element, name):
        if text := _value(found):
            yield text


def _value(element: etree._Element) -> str:
    """The element's code where it has one (``<code>`` is in no namespace), else its own words; both from its beginning."""
    nearest = islice(element.iter(), _NEAREST)
    code = next((one.text for one in nearest if _folded(one) == "code" and one.text), "")
    return _clean(code or "".join(str(piece) for piece in islice(element.itertext(), _NEAREST)))


def _named(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (found for found in element.iterdescendants() if _folded(found) == name)


def _stands_in(element: etree._Element, name: str) -> bool:
    return any(_folded(outer) == name for outer in element.iterancestors())


def _folded(element: etree._Element) -> str:
    return _fold(str(element.tag))


@lru_cache(maxsize=4096)
def _fold(tag: str) -> str:
    return tag.rpartition("}")[2].replace("_", "").replace(".", "").casefold()


def _clean(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * MAX_TEXT_CHARS])
    return _BLANKS.sub(" ", shown).strip()[:MAX_TEXT_CHARS]
