# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""From verdicts to one settlement: what is kept, what is answered, what is queued, what the journal says.

Composes values; the store writes them in one transaction. Knows no rule and no text.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from poststelle.application import record
from poststelle.application.answers import accepted, answers, recalled, recorded
from poststelle.application.delivery import sendings
from poststelle.application.house import House
from poststelle.application.notices import Letterhead, Occasion, owed
from poststelle.application.ports import Body
from poststelle.application.posting import notice_effect
from poststelle.application.settlement import CAUSE_CHARS, Deferral, Earlier, Effect, Settlement
from poststelle.application.switches import Switch, without_effect, without_refusal
from poststelle.core.arrival import Arrival, Channel
from poststelle.core.facts import Facts
from poststelle.core.journal import Event
from poststelle.core.matter import Terms, rated
from poststelle.core.policy import Told
from poststelle.core.telling import Silence, may_notify, ours_among
from poststelle.core.verdict import Disposition, SenderTold, Verdict, Verdicts
from poststelle.protocol.smtp.replies import Reply

KEPT = frozenset({Disposition.ACCEPT, Disposition.NOTIFY, Disposition.HOLD})
"""Dispositions under which the content stays."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One message with everything known and concluded about it."""

    arrival: Arrival
    body: Body
    fingerprint: str
    terms: Terms
    facts: Facts
    verdicts: Verdicts
    remarks: tuple[str, ...]
    """What the inspector remarked about the looking itself."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the door hears: the replies, and the reference under which everything is on record."""

    reference: str
    replies: tuple[Reply, ...]
    """One for all recipients, or one for each in the envelope's order."""
    verdicts: Verdicts | None = None


def commit(judged: Judged, house: House) -> Outcome:
    """Make the body durable, then the record with its effects; then it may be answered."""
    switches, reference = house.switches_on(judged.arrival.authority), house.new_reference()
    is_mail = judged.arrival.channel is Channel.EMAIL  # a message folder cannot be passed on as it came
    if Switch.OBSERVE in switches and is_mail:
        observed = replace(judged, verdicts=without_effect(judged.verdicts))
        events = tuple(_events_observed(reference, observed))
        return _write(
            reference,
            observed,
            _Aftermath((accepted(reference),), events, _untouched(reference, observed), is_observed=True),
            house,
        )
    if Switch.BYPASS in switches:
        judged = replace(judged, verdicts=without_refusal(judged.verdicts))
    said = answers(judged.verdicts, judged.arrival.envelope, reference, house.authorities.page_url(judged.terms.policy))
    events, effects = tuple(_events(reference, judged)), tuple(_effects(reference, judged, house))
    return _write(reference, judged, _Aftermath(said, events, effects), house)


@dataclass(frozen=True, slots=True)
class _Aftermath:
    """What follows from a judgement."""

    said: tuple[Reply, ...]
    events: tuple[Event, ...]
    effects: tuple[Effect, ...]
    is_observed: bool = False


def _write(reference: str, judged: Judged, after: _Aftermath, house: House) -> Outcome:
    is_kept = after.is_observed or any(verdict.disposition in KEPT for verdict in judged.verdicts.by_recipient)
    if is_kept:
        house.books.blobs.secure(judged.body)
    code, text = recorded(after.said, judged.arrival.envelope)
    meanwhile = house.books.store.settle(
        Settlement(
            reference=reference,
            arrival=judged.arrival,
            body=judged.body if is_kept else None,
            fingerprint=judged.fingerprint,
            facts=judged.facts,
            verdicts=judged.verdicts,
            events=(*after.events, *record.queued(reference, judged.arrival, after.effects)),
            effects=after.effects,
            is_observed=after.is_observed,
            reply_code=code,
            reply_text=text,
        ),
        judged.arrival.received_at - house.retry_window,
    )
    if meanwhile is not None:
        return repeat(judged.arrival, judged.fingerprint, meanwhile, house)
    return Outcome(reference, after.said, judged.verdicts)


def repeat(arrival: Arrival, fingerprint: str, earlier: Earlier, house: House) -> Outcome:
    """The same message again, because our answer was lost on the way: a note in the journal, not a second case."""
    house.books.journal.append((record.repeated(earlier.reference, arrival, fingerprint),))
    return Outcome(earlier.reference, recalled(earlier.reply_code, earlier.reply_text, arrival.envelope))


def defer(arrival: Arrival, fingerprint: str, cause: str, house: House) -> None:
    """Put on record that we did not take a message, and why: evidence of a first attempt in time.

    Where even that fails, the sending server's own log remains; the door answers 451 all the same.
    """
    at, cause = house.clock.now(), cause[:CAUSE_CHARS].strip()
    house.books.attempts.deferred(
        Deferral(
            channel=arrival.channel,
            authority=arrival.authority,
            envelope=arrival.envelope,
            peer=arrival.peer,
            received_at=arrival.received_at,
            size_bytes=arrival.size_bytes,
            sha256=arrival.body,
            fingerprint=fingerprint,
            cause=cause,
            events=(record.deferred(arrival, fingerprint, cause, at),),
        )
    )


def _events(reference: str, judged: Judged) -> Iterator[Event]:
    yield record.arrived(reference, judged.arrival, judged.fingerprint)
    yield from record.seen(reference, judged.arrival, judged.facts, judged.remarks)
    yield from record.concluded(reference, judged.arrival, judged.verdicts)
    silence = _silence(judged)
    if silence is not None:
        yield record.suppressed(reference, judged.arrival, silence)


def _silence(judged: Judged) -> Silence | None:
    """Why no automatic notice goes out although the policy would tell the sender; None where that is not so."""
    rules, envelope = judged.terms.rules, judged.arrival.envelope
    quiet = (verdict for verdict in judged.verdicts.by_recipient if verdict.sender_told in _NO_NOTICE)
    would_tell = any(
        entry.disposition in _TOLD_LATER and not entry.decrypted and Told.SENDER in rules.rule_for(entry.code).tell
        for verdict in quiet
        for entry in verdict.objections
    )
    if not would_tell or judged.arrival.channel is not Channel.EMAIL:
        return None
    facts = rated(judged.facts, judged.terms.policy)
    return may_notify(facts, envelope, ours_among(judged.terms, envelope.sender))


_NO_NOTICE = frozenset({SenderTold.NOBODY, SenderTold.BY_HAND})
_TOLD_LATER = frozenset({Disposition.NOTIFY, Disposition.HOLD})


def _events_observed(reference: str, judged: Judged) -> Iterator[Event]:
    yield record.arrived(reference, judged.arrival, judged.fingerprint)
    yield from record.seen(reference, judged.arrival, judged.facts, judged.remarks)
    yield from record.observed(reference, judged.arrival, judged.verdicts)


def _effects(reference: str, judged: Judged, house: House) -> Iterator[Effect]:
    yield from _deliveries(reference, judged, delivers_opened=house.delivers_opened)
    yield from _notices(reference, judged, house)


def _deliveries(reference: str, judged: Judged, *, delivers_opened: bool) -> Iterator[Effect]:
    shares = [(verdict, verdict.route.office) for verdict in judged.verdicts.by_recipient]
    sent = sendings(shares, judged.terms.directory, judged.facts, delivers_opened=delivers_opened)
    for number, (mailbox, verdict) in enumerate(sent, start=1):
        payload = {"to": mailbox, "body": judged.body.key, "recipient": str(verdict.recipient)}
        yield Effect("deliver", f"<{reference}.d{number}@{_domain(verdict)}>", json.dumps(payload), None, mailbox)


def _untouched(reference: str, judged: Judged) -> tuple[Effect, ...]:
    """Observe: the message as it came, to the mailbox it is routed to, else to the address it was written to."""
    mailboxes: dict[str, Verdict] = {}
    for verdict in judged.verdicts.by_recipient:
        office = judged.terms.directory.office(verdict.route.office)
        mailbox = office.mailbox if office is not None and office.mailbox is not None else verdict.recipient
        mailboxes.setdefault(str(mailbox), verdict)
    return tuple(
        Effect(
            "deliver",
            f"<{reference}.d{number}@{_domain(verdict)}>",
            json.dumps(
                {"to": mailbox, "body": judged.body.key, "recipient": str(verdict.recipient), "untouched": True}
            ),
            None,
            mailbox,
        )
        for number, (mailbox, verdict) in enumerate(mailboxes.items(), start=1)
    )


def _notices(reference: str, judged: Judged, house: House) -> Iterator[Effect]:
    """One notice for the whole message, to the envelope sender, whatever the number of recipients."""
    told = owed(judged.verdicts)
    if not told or judged.arrival.envelope.sender is None:
        return
    terms = judged.terms
    letterhead = Letterhead(terms.policy, terms.edition, house.authorities.page_url(terms.policy), house.hostname)
    yield notice_effect(Occasion(reference, judged.arrival, judged.facts, told, house.clock.now()), letterhead)


def _domain(verdict: Verdict) -> str:
    return verdict.recipient.domain
