# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The beA-style export: one numbered XML paper beside pages for people, a trusted-origin proof, and the attachments.

Unconfirmed: no sample of the numbered paper or of ``vhn.xml`` is public. Their mapping is the one table below.
"""

import re
from collections.abc import Collection
from itertools import islice

from lxml import etree

from poststelle.core.egvp import EgvpParty
from poststelle.inspection.egvp.papers import MAX_FIELD_CHARS, MAX_ROWS, MsgProps, PaperError, root_of

_PAGE = re.compile(r"(?P<number>[0-9a-z-]{1,80})_(?:businesscard|export|verificationreport)\.html")
_FIELDS: dict[str, tuple[str, ...]] = {
    "message_id": ("messageid", "nachrichtenid", "nachrichtenkennzeichen", "osciid"),
    "entered": ("serverentrytime", "receptiononserver", "eingangszeitpunkt", "zugang", "received", "eingegangen"),
    "message_type": ("oscisubject", "nachrichtentyp", "messagetype"),
    "subject": ("msgsubject", "betreff", "subject"),
    "safe_id": ("userid", "nutzerid", "safeid", "sendersafeid", "absendersafeid"),
    "name": ("sendername", "absendername", "absender", "sender", "name"),
    "role": ("filterid", "rollenid", "role"),
}
"""Unconfirmed. Field of ours to element names, without case, ``_`` and ``-``; the first that stands in the paper."""
_MAX_ELEMENTS = 20_000


def number_of(paths: Collection[str]) -> str:
    """The number that the papers of an export share; empty where the files are no export."""
    plain = {path.casefold() for path in paths}
    matches = (match for match in map(_PAGE.fullmatch, sorted(plain)) if match)
    return next((match["number"] for match in matches if f"{match['number']}.xml" in plain), "")


def is_paper(path: str, number: str) -> bool:
    """The client wrote this file itself."""
    plain = path.casefold()
    page = _PAGE.fullmatch(plain)
    own = {f"{number}.xml", "nachrichtentext.pdf", "vhn.xml", "vhn.xml.p7s"}
    return plain in own or (page is not None and page["number"] == number)


def read_numbered(content: bytes) -> MsgProps:
    """The numbered paper. Raises PaperError where it says neither an id nor a subject."""
    found: dict[str, str] = {}
    for element in islice(root_of(content).iter(), _MAX_ELEMENTS):
        text = " ".join((element.text or "").split())[:MAX_FIELD_CHARS]
        if text:
            found.setdefault(_fold(element), text)
    values = {field: next((found[name] for name in names if name in found), "") for field, names in _FIELDS.items()}
    if not values["message_id"] and not values["subject"]:
        raise PaperError("says neither an id nor a subject")
    return MsgProps(
        message_id=values["message_id"],
        entered=values["entered"],
        message_type=values["message_type"],
        subject=values["subject"],
        status="unknown",
        sender=EgvpParty(values["safe_id"], values["name"], "", values["role"]),
        attachments=tuple(islice(_names(content), MAX_ROWS)),
    )


def _names(content: bytes) -> list[str]:
    rows = islice(root_of(content).iter(), _MAX_ELEMENTS)
    named = (row for row in rows if _fold(row) in ("filename", "dateiname"))
    return [text for row in named if (text := " ".join((row.text or "").split())[:MAX_FIELD_CHARS])]


def _fold(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].replace("_", "").replace("-", "").casefold()
