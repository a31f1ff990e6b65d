# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The register of consents as a page shows it: each with its end, and what it was used for. Reads only.

A consent for one office names who writes to it: it is shown to that office and to those who consent for the whole
authority, and one for a sealed office to nobody outside it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Case, Q, QuerySet, When

from poststelle.application.desk.viewer import Power, Viewer
from poststelle.core.arrival import Channel
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import ConsentRow, Message

PAGE_ROWS = 50
_CITED = re.compile(r'"consent":"([^"]+)"')
"""Where the canonical JSON of a verdict cites the consent that let a file pass."""


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One consent, whatever became of it."""

    reference: str
    sender: str
    formats: tuple[str, ...]
    office: str
    """Empty for every office."""
    valid_from: datetime
    valid_until: datetime
    """The first moment at which it holds no longer."""
    revoked_at: datetime | None
    granted_by: str
    remark: str
    uses: int = 0
    """Messages still on record of which it let a file pass."""
    last_used_at: datetime | None = None
    """When the youngest of them was received."""


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """A part of the register."""

    lines: tuple[ConsentLine, ...]
    has_more: bool


def consent_page(database: Database, viewer: Viewer, at: datetime, number: int) -> ConsentPage:
    """The consents that this person may know of: those that have not ended first, the youngest first.

    Pages count from 1.
    """
    rows = ConsentRow.objects.using(database.alias).filter(authority_id=viewer.authority)
    if not viewer.everywhere(Power.GRANT_CONSENT):
        rows = rows.filter(office__in=("", *viewer.where(Power.GRANT_CONSENT)))
    has_ended = Case(When(Q(revoked_at=None, valid_until__gt=at), then=0), default=1)
    rows = rows.exclude(office__in=viewer.closed).order_by(has_ended, "-valid_from", "-id")
    first = (number - 1) * PAGE_ROWS
    with reaching_database():
        lines = tuple(_line(row) for row in rows[first : first + PAGE_ROWS + 1])
        used = _used(database, viewer, lines[:PAGE_ROWS]) if lines else {}
    shown = (_counted(line, used.get(line.reference, {})) for line in lines[:PAGE_ROWS])
    return ConsentPage(tuple(shown), len(lines) > PAGE_ROWS)


def _used(database: Database, viewer: Viewer, lines: Iterable[ConsentLine]) -> dict[str, dict[str, datetime]]:
    """When the messages that cite each consent were received, by their references.

    Only messages of the senders named are looked at, since the oldest grant: verdicts are long, and not indexed by this.
    """
    since = min(line.valid_from for line in lines)
    messages: QuerySet[Message] = Message.objects.using(database.alias).filter(
        _from_any(frozenset(line.sender for line in lines)), authority_id=viewer.authority, received_at__gte=since
    )
    cited = messages.filter(verdict_rows__verdict__contains='"consent":"')
    used: dict[str, dict[str, datetime]] = {}
    for reference, at, verdict in cited.values_list("reference", "received_at", "verdict_rows__verdict"):
        for consent in _CITED.findall(verdict):
            used.setdefault(consent, {})[reference] = at
    return used


def _counted(line: ConsentLine, received_at: Mapping[str, datetime]) -> ConsentLine:
    return replace(line, uses=len(received_at), last_used_at=max(received_at.values(), default=None))


def _from_any(senders: frozenset[str]) -> Q:
    wanted = Q(channel=Channel.BEBPO.value) if any("@" not in one for one in senders) else Q()
    for sender in sorted(one for one in senders if "@" in one):
        wanted |= Q(header_from__iendswith=sender) if sender.startswith("@") else Q(header_from__iexact=sender)
    return wanted


def _line(row: ConsentRow) -> ConsentLine:
    return ConsentLine(
        row.reference,
        row.sender,
        tuple(json.loads(row.formats)),
        row.office,
        row.valid_from,
        row.valid_until,
        row.revoked_at,
        row.granted_by,
        row.remark,
    )
