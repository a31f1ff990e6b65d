# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Attempts that we put off, as the desk shows them: envelope, hash and moment, also of those that nobody ever repeated.

A deadline may hang on the first of them. Reads only, and only for those who see the whole authority: nobody knows yet to
which office such a message would have gone.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from poststelle.application.desk.lists import Sought
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import DeferralRow, Message
from poststelle.records.worklists import NEWEST_FIRST, arrived_as

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class DeferralLine:
    """One attempt. Everything is from the envelope."""

    row: int
    channel: str
    sender: str
    recipients: tuple[str, ...]
    received_at: datetime
    size_bytes: int
    sha256: str
    """Empty where the content was not read to its end."""
    cause: str
    reference: str
    """Of the message that came when the attempt was repeated; empty where it never was."""


@dataclass(frozen=True, slots=True)
class DeferralPage:
    """A page of attempts, newest first."""

    lines: tuple[DeferralLine, ...]
    has_more: bool


def deferred_attempts(database: Database, viewer: Viewer, sought: Sought, limit: int = PAGE_ROWS) -> DeferralPage:
    """One page of the attempts at this viewer's authority; empty for those who do not see the whole of it."""
    if not viewer.everywhere(Power.TRACK):
        return DeferralPage((), has_more=False)
    later = Message.objects.using(database.alias).filter(
        authority_id=viewer.authority, fingerprint=OuterRef("fingerprint"), received_at__gte=OuterRef("received_at")
    )
    came_as = Subquery(later.order_by("received_at").values("reference")[:1])
    with reaching_database():
        rows = tuple(_matching(database, viewer, sought).annotate(came_as=came_as)[: limit + 1])
    lines = tuple(_line(row, row.came_as or "") for row in rows[:limit])
    return DeferralPage(lines, len(rows) > limit)


def _matching(database: Database, viewer: Viewer, sought: Sought) -> QuerySet[DeferralRow]:
    found = DeferralRow.objects.using(database.alias).filter(authority_id=viewer.authority)
    if sought.text:
        text = sought.text
        found = found.filter(Q(sender__icontains=text) | Q(recipients__icontains=text) | Q(sha256=text.lower()))
    return found.filter(arrived_as(sought)).order_by(*NEWEST_FIRST)


def _line(row: DeferralRow, reference: str) -> DeferralLine:
    return DeferralLine(
        row.id,
        row.channel,
        row.sender,
        tuple(json.loads(row.recipients)),
        row.received_at,
        row.size_bytes,
        row.sha256,
        row.cause,
        reference,
    )
