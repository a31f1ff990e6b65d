# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""From waiting notices of one sender to one collective notice, written anew from what is on record of each message.

Only notices that would have left alike go together: those encrypted to one certificate, or those not encrypted at all.
Nothing that was owed under encryption leaves in the clear, and nobody gets what he has no key for.
"""

import json
from collections.abc import Callable, Sequence

from poststelle.application.caps import Collect, Collected
from poststelle.application.desk.acts import Case
from poststelle.application.notices import Letterhead, Occasion, collective_id, collective_notice, owed
from poststelle.application.ports import Clock, OutboxItem
from poststelle.application.posting import by_hand_order, seal_order
from poststelle.application.settlement import Effect
from poststelle.core.arrival import Arrival, AuthorityId
from poststelle.core.verdict import Verdicts

CaseOf = Callable[[AuthorityId, str], Case | None]
LetterheadFor = Callable[[Arrival], Letterhead]


def collector(case_of: CaseOf, letterhead_for: LetterheadFor, clock: Clock) -> Collect:
    """Makes collective notices. A notice whose message is not on record any more goes alone, as it was written."""

    def occasion(item: OutboxItem) -> Occasion | None:
        case = case_of(item.authority, item.reference)
        if case is None or case.facts is None or case.arrival.envelope.sender is None:
            return None
        told = owed(Verdicts(case.verdicts))
        return Occasion(item.reference, case.arrival, case.facts, told, clock.now(), _kind(item)) if told else None

    def collect(items: Sequence[OutboxItem]) -> Collected | None:
        found = tuple((item, occasion(item)) for item in items)
        if not found or (first := found[0][1]) is None:
            return None
        sealing = _sealing(first)
        usable = tuple((item, about) for item, about in found if about is not None and _sealing(about) == sealing)
        if len(usable) < 2:
            return None
        occasions = tuple(about for _, about in usable)
        letterhead = letterhead_for(max((about.arrival for about in occasions), key=lambda one: one.received_at))
        to = str(occasions[0].arrival.envelope.sender)
        payload: dict[str, object] = {
            "to": to,
            "message": collective_notice(occasions, letterhead).decode("utf-8"),
            "references": [about.reference for about in occasions],
            **by_hand_order(letterhead),
            **sealing,
        }
        message_id = collective_id(occasions, letterhead.hostname)
        return Collected(
            tuple(item for item, _ in usable), Effect("collective", message_id, json.dumps(payload), None, to)
        )

    return collect


def _sealing(about: Occasion) -> dict[str, object]:
    return seal_order(about.facts, about.arrival.envelope, about.verdicts)


def _kind(item: OutboxItem) -> str:
    return "released" if ".released@" in item.message_id else "notice"
