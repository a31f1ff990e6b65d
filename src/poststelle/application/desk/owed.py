# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a message owes once a person has decided: deliveries to office mailboxes, and the notice to the sender.

The Message-IDs carry the moment of the act, so that an act sends once however often it is tried, and a later act sends
anew.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from poststelle.application.delivery import sendings
from poststelle.application.desk.house import Desk
from poststelle.application.notices import Letterhead, Occasion, owed
from poststelle.application.posting import notice_effect
from poststelle.application.record import QUEUED
from poststelle.application.settlement import Effect
from poststelle.core.journal import Event
from poststelle.core.verdict import Verdict, Verdicts


@dataclass(frozen=True, slots=True)
class Share:
    """One recipient's verdict and the office its message goes to."""

    verdict: Verdict
    office: str


def deliveries(desk: Desk, shares: Iterable[Share], letter: str) -> Iterator[Effect]:
    """One delivery for each mailbox of these offices (application.delivery.sendings).

    ``letter`` says which act it was: r released, m moved by hand, f file released, d decrypted later.
    """
    case = desk.case
    if case.body is None or case.facts is None:
        return
    stamp = _stamp(desk.house.clock.now())
    named = [(share.verdict, share.office) for share in shares]
    sent = sendings(named, desk.terms().directory, case.facts, delivers_opened=desk.house.delivers_opened)
    for number, (mailbox, verdict) in enumerate(sent, start=1):
        payload = {"to": mailbox, "body": case.body, "recipient": str(verdict.recipient)}
        message_id = f"<{case.reference}.{letter}{stamp}.{number}@{verdict.recipient.domain}>"
        yield Effect("deliver", message_id, json.dumps(payload), None, mailbox)


def released_notice(desk: Desk, verdicts: tuple[Verdict, ...]) -> Iterator[Effect]:
    """The notice that these verdicts owe the sender, if any; one for the message, sent when it is released."""
    told, case = owed(Verdicts(verdicts)), desk.case
    if not told or case.arrival.envelope.sender is None or case.facts is None:
        return
    terms = desk.terms()
    page_url = desk.house.authorities.page_url(terms.policy)
    letterhead = Letterhead(terms.policy, terms.edition, page_url, desk.house.hostname)
    now = desk.house.clock.now()
    yield notice_effect(Occasion(case.reference, case.arrival, case.facts, told, now, "released"), letterhead)


def queued(desk: Desk, effects: Iterable[Effect]) -> Iterator[Event]:
    """The journal entries of what was put into the outbox."""
    for effect in effects:
        yield desk.event(QUEUED[effect.kind], ("message_id", effect.message_id))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S%f")
