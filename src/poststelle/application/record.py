# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the journal says of one message at the door: verdicts, routes, tasks and effects as events. Never content."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from poststelle.application.settlement import Effect
from poststelle.core.arrival import Arrival
from poststelle.core.facts import Facts
from poststelle.core.flags import RENEWED
from poststelle.core.journal import Event, EventKind
from poststelle.core.telling import Silence
from poststelle.core.verdict import Disposition, Route, Verdict, Verdicts

OUTCOMES: dict[Disposition, EventKind] = {
    Disposition.ACCEPT: EventKind.ACCEPTED,
    Disposition.NOTIFY: EventKind.ACCEPTED,
    Disposition.HOLD: EventKind.HELD,
    Disposition.REFUSE: EventKind.REFUSED,
    Disposition.DELETE: EventKind.MALWARE_DELETED,
}
REMARKS: dict[str, EventKind] = {"unwrap-used": EventKind.UNWRAP_USED}
"""What the inspector remarked about itself; everything else is a worker that was lost."""
QUEUED = {"deliver": EventKind.DELIVERY_QUEUED, "notice": EventKind.NOTICE_QUEUED}


def arrived(reference: str, arrival: Arrival, fingerprint: str) -> Event:
    """The message stood at the door."""
    peer = arrival.peer
    return _event(
        EventKind.ARRIVED,
        reference,
        arrival,
        facts=(
            ("channel", arrival.channel.value),
            ("fingerprint", fingerprint),
            ("sha256", arrival.body),
            ("size_bytes", str(arrival.size_bytes)),
            ("tls", str(peer.tls).lower()),
        ),
        personal=(
            ("peer", peer.address),
            ("recipients", " ".join(str(recipient) for recipient in arrival.envelope.recipients)),
            ("sender", str(arrival.envelope.sender or "")),
        ),
    )


def seen(reference: str, arrival: Arrival, facts: Facts, remarks: Iterable[str]) -> Iterator[Event]:
    """Which engines looked, what a scanner found, and what went wrong while looking."""
    engines = (("malware", facts.malware.engine), ("spam", facts.spam.engine), ("sender", facts.sender.source))
    if facts.malware.engine == "none":
        yield _event(EventKind.SCANNER_ABSENT, reference, arrival, facts=engines)
    for remark in remarks:
        yield _event(REMARKS.get(remark, EventKind.WORKER_DIED), reference, arrival, facts=(("remark", remark),))
    for found in facts.malware.found:
        named = (("certainty", found.certainty.value), ("engine", facts.malware.engine), ("signature", found.name))
        yield _event(EventKind.MALWARE_FOUND, reference, arrival, facts=named)


def concluded(reference: str, arrival: Arrival, verdicts: Verdicts) -> Iterator[Event]:
    """Verdict, route and tasks for each recipient, then the outcome of the whole."""
    for number, verdict in enumerate(verdicts.by_recipient):
        yield from _for_recipient(reference, arrival, verdict, number)
    found = verdicts.prevailing
    outcome, clauses = OUTCOMES[found.disposition], dict.fromkeys(entry.clause for entry in found.objections)
    yield _event(
        outcome, reference, arrival, found, facts=(("clauses", " ".join(clauses)),), clause=next(iter(clauses), "")
    )


def observed(reference: str, arrival: Arrival, verdicts: Verdicts) -> Iterator[Event]:
    """Verdict and route for each recipient, and that nothing followed from them: the message was passed on."""
    for number, verdict in enumerate(verdicts.by_recipient):
        yield from _for_recipient(reference, arrival, verdict, number)
    strictest = verdicts.strictest
    facts = (("disposition", strictest.disposition.value),)
    yield _event(EventKind.OBSERVED, reference, arrival, strictest, facts=facts)


def _for_recipient(reference: str, arrival: Arrival, verdict: Verdict, number: int) -> Iterator[Event]:
    position = ("recipient", str(number))
    for objection in verdict.objections:
        named = (("code", objection.code.value), ("consent", objection.consent))
        weighed = (("disposition", objection.disposition.value), position)
        yield _event(EventKind.JUDGED, reference, arrival, verdict, facts=(*named, *weighed), clause=objection.clause)
    routed = (*_because(verdict.route), ("office", verdict.route.office), position)
    yield _event(EventKind.ROUTED, reference, arrival, verdict, facts=routed)
    if RENEWED in verdict.flags:
        yield _event(EventKind.IDENTITY_RENEWED, reference, arrival, verdict, facts=(position,))
    for task in verdict.tasks:
        wanted = (("kind", task.kind.value), ("reason", task.reason), position)
        yield _event(EventKind.TASK_CREATED, reference, arrival, verdict, facts=wanted)


def _because(route: Route) -> Iterator[tuple[str, str]]:
    """Every reason by its code; of its value what the directory says, never what the sender wrote or whom to.

    What stands in a leaf can never be erased; the verdict beside it has the whole.
    """
    for place, (code, value) in enumerate(route.because, start=1):
        yield f"because.{place}.{code}", _OF_DIRECTORY[code](value) if code in _OF_DIRECTORY else ""


_OF_DIRECTORY: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("number", "name", "synonym", "unit", "disagree"), str),
    "near": lambda value: value.partition("=")[0],
}
"""By code of a reason: what of its value is an office's own."""


def suppressed(reference: str, arrival: Arrival, silence: Silence) -> Event:
    """Something would have been told, and no automatic notice may go to a sender of this kind (RFC 3834, 2)."""
    return _event(EventKind.NOTICE_SUPPRESSED, reference, arrival, facts=(("reason", silence.value),))


def queued(reference: str, arrival: Arrival, effects: Iterable[Effect]) -> Iterator[Event]:
    """What was put into the outbox."""
    for effect in effects:
        yield _event(QUEUED[effect.kind], reference, arrival, facts=(("message_id", effect.message_id),))


def repeated(reference: str, arrival: Arrival, fingerprint: str) -> Event:
    """The same message was handed in again and is answered as the first time."""
    facts = (("fingerprint", fingerprint), ("sha256", arrival.body))
    return _event(EventKind.RETRY_RECOGNISED, reference, arrival, facts=facts)


def deferred(arrival: Arrival, fingerprint: str, cause: str, at: datetime) -> Event:
    """We could not take the message, by our own fault."""
    facts = (("cause", cause), ("fingerprint", fingerprint), ("sha256", arrival.body))
    return Event(EventKind.DEFERRED, at, arrival.authority, facts=facts, personal=_people(arrival))


def _people(arrival: Arrival) -> tuple[tuple[str, str], ...]:
    envelope = arrival.envelope
    recipients = " ".join(str(recipient) for recipient in envelope.recipients)
    return (("recipients", recipients), ("sender", str(envelope.sender or "")))


def _event(  # noqa: PLR0913 - one place that knows how an event is filled
    kind: EventKind,
    reference: str,
    arrival: Arrival,
    verdict: Verdict | None = None,
    *,
    facts: tuple[tuple[str, str], ...] = (),
    personal: tuple[tuple[str, str], ...] = (),
    clause: str = "",
) -> Event:
    edition = verdict.edition if verdict else ""
    return Event(
        kind,
        arrival.received_at,
        arrival.authority,
        reference,
        clause=clause,
        edition=edition,
        facts=facts,
        personal=personal,
    )
