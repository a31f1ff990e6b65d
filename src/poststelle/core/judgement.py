# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The judge: facts and policy in, one verdict per recipient out. A pure function: the same inputs, the same verdict.

Every rule is asked and the strictest disposition wins. Knows no text: reply, notice and tasks are worded elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from poststelle.core.address import Address
from poststelle.core.arrival import Envelope
from poststelle.core.facts import Facts
from poststelle.core.file_rules import is_ciphertext
from poststelle.core.flags import flags
from poststelle.core.hints import hints
from poststelle.core.matter import Matter, Terms, message_objection, rated, terms_of
from poststelle.core.mitigation import ADVISORY, weighed, weight
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.routing import Clues, find_route
from poststelle.core.rules import objections
from poststelle.core.signers import identity_of, is_accepted
from poststelle.core.tasks import Outcome, tasks
from poststelle.core.telling import tell
from poststelle.core.verdict import Disposition, Objection, Verdict, Verdicts

__all__ = ["Terms", "judge", "terms_of", "told_of"]


def judge(terms: Terms, facts: Facts, envelope: Envelope, register: Register, at: datetime) -> Verdicts:
    """One verdict per recipient, in the envelope's order; ``at`` is the moment of receipt.

    Where the dialogue has one answer for all and some recipients take the message, it is 250, and for the others the
    rules of notices hold. Where every recipient has its own answer, that of the others is the refusal.
    """
    message = _Message(terms, rated(facts, terms.policy), envelope, register, at)
    matters = tuple(_matter(message, to) for to in envelope.recipients)
    first = Verdicts(tuple(_verdict(matter) for matter in matters))
    if envelope.answered_each or first.refused_for_all:
        return first
    return Verdicts(
        tuple(
            _verdict(replace(matter, answered=True)) if verdict.disposition is Disposition.REFUSE else verdict
            for matter, verdict in zip(matters, first.by_recipient, strict=True)
        )
    )


@dataclass(frozen=True, slots=True)
class _Message:
    """What is the same for all recipients."""

    terms: Terms
    facts: Facts
    envelope: Envelope
    register: Register
    at: datetime


def _matter(message: _Message, recipient: Address) -> Matter:
    inspection = message.facts.inspection
    clues = Clues("")
    if inspection:
        clues = Clues(inspection.head.protected_subject or inspection.head.subject, inspection.aktenzeichen)
    route = find_route(message.terms.directory, recipient, clues, message.terms.policy)
    bare = Matter(message.terms, message.facts, message.envelope, recipient, message.register, message.at, route)
    identity = identity_of(bare.crypto, message.register, bare.from_address)
    return replace(bare, identity=identity, accepted_signature=is_accepted(bare.crypto, identity))


def _verdict(matter: Matter) -> Verdict:
    raised = tuple(weighed(matter, objection) for objection in objections(matter))
    telling = tell(matter, raised)
    if telling.is_refusal:
        raised = (*raised, _unanswerable(matter))
    named = frozenset(telling.objections)
    said = tuple(replace(entry, told=entry in named or entry.code is _UNANSWERABLE) for entry in raised)
    outcome = Outcome(_disposition(said), said, _withheld(matter, said), telling)
    return Verdict(
        recipient=matter.recipient,
        disposition=outcome.disposition,
        objections=said,
        withheld=outcome.withheld,
        sender_told=telling.told,
        hints=hints(matter),
        tasks=tasks(matter, outcome),
        route=matter.route,
        edition=matter.terms.edition,
        edition_hash=matter.terms.edition_hash,
        judged_at=matter.at,
        accepted_signature=matter.accepted_signature,
        identity=matter.identity,
        flags=flags(matter),
    )


_UNANSWERABLE = Reason.SENDER_UNAUTHENTICATED


def _unanswerable(matter: Matter) -> Objection:
    """What makes it a refusal: nobody may be written to, so the dialogue is the only place to say what is wrong."""
    return replace(message_objection(matter, _UNANSWERABLE), disposition=Disposition.REFUSE, told=True)


def _disposition(raised: Iterable[Objection]) -> Disposition:
    """The strictest wins. A refusal for what is seen from outside stands, whatever was found inside ciphertext."""
    entries = tuple(raised)
    outside = _strictest(entry for entry in entries if not entry.decrypted)
    return outside if outside is Disposition.REFUSE else _strictest(entries)


def _strictest(entries: Iterable[Objection]) -> Disposition:
    return max((weight(entry) for entry in entries), key=lambda found: found.severity, default=Disposition.ACCEPT)


_WHOLE = frozenset({Reason.ENCRYPTION_REQUIRED})
"""Where these are objected to, nothing of the message is processed."""
_CIPHERTEXT = frozenset({Reason.ENCRYPTION_NOT_OFFERED, Reason.ENCRYPTION_UNREADABLE})


def _withheld(matter: Matter, raised: tuple[Objection, ...]) -> tuple[tuple[str, ...], ...]:
    """Every file that is not passed on: objected to itself, or within a container that is."""
    grave = [entry for entry in raised if entry.disposition.severity >= Disposition.NOTIFY.severity]
    codes = {entry.code for entry in grave}
    paths = {entry.path for entry in grave if entry.path and entry.code not in ADVISORY}
    files = matter.facts.inspection.files if matter.facts.inspection else ()
    return tuple(
        file.path
        for file in sorted(files, key=lambda file: file.path)
        if codes & _WHOLE
        or (codes & _CIPHERTEXT and is_ciphertext(matter, file))
        or any(file.path[:length] in paths for length in range(1, len(file.path) + 1))
    )


def told_of(verdict: Verdict) -> tuple[Objection, ...]:
    """What the sender may be told of, and nothing else."""
    return tuple(entry for entry in verdict.objections if entry.told)
