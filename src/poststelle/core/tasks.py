# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is left for people to do about a message: one table of tasks, each with the condition that makes it."""

from collections.abc import Callable
from dataclasses import dataclass

from poststelle.core.arrival import Channel
from poststelle.core.edition import legal_date
from poststelle.core.matter import Matter
from poststelle.core.policy.conduct import working_days_by_hand
from poststelle.core.reasons import Reason
from poststelle.core.signature import Identity
from poststelle.core.signers import is_valid
from poststelle.core.telling import Telling
from poststelle.core.verdict import Disposition, Objection, SenderTold, Task, TaskKind
from poststelle.core.workdays import working_day_after


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was concluded so far, and what tasks depend on."""

    disposition: Disposition
    objections: tuple[Objection, ...]
    withheld: tuple[tuple[str, ...], ...]
    telling: Telling

    def has(self, *codes: Reason) -> bool:
        """One of these reasons was raised."""
        return any(entry.code in codes for entry in self.objections)


_LIVING = frozenset({Disposition.ACCEPT, Disposition.NOTIFY, Disposition.HOLD})
"""Dispositions that leave a message somebody can act on."""


def _is_living(outcome: Outcome) -> bool:
    return outcome.disposition in _LIVING


def _needs_triage(matter: Matter, outcome: Outcome) -> str:
    return "unrouted" if not matter.route.office and _is_living(outcome) else ""


def _needs_decision(_matter: Matter, outcome: Outcome) -> str:
    if outcome.disposition is not Disposition.HOLD:
        return ""
    return ", ".join(dict.fromkeys(entry.code for entry in outcome.objections if _holds(entry)))


def _holds(objection: Objection) -> bool:
    return objection.disposition is Disposition.HOLD and not objection.trimming


def _needs_isolation(matter: Matter, outcome: Outcome) -> str:
    infected = outcome.has(Reason.MALWARE, Reason.MALWARE_SUSPECTED)
    return "malware" if infected and matter.terms.channel is Channel.BEBPO else ""


def _needs_decryption(matter: Matter, outcome: Outcome) -> str:
    closed = outcome.has(Reason.ENCRYPTION_UNREADABLE) and _is_living(outcome)
    return matter.crypto.encryption.value if closed else ""


def _needs_feedback(matter: Matter, outcome: Outcome) -> str:
    if outcome.telling.told is SenderTold.BY_HAND:
        return "" if _needs_decryption(matter, outcome) else matter.terms.channel.value
    waits_inside = outcome.telling.inside and outcome.disposition in (Disposition.NOTIFY, Disposition.ACCEPT)
    if waits_inside and not _needs_decryption(matter, outcome):
        return "decrypted"
    return "kassenzeichen" if _owes_hint(matter, outcome) else ""


def _owes_hint(matter: Matter, outcome: Outcome) -> bool:
    """Clause subject.kassenzeichen: no answer goes out by beBPo to carry the hint, so it waits as a ready text."""
    return matter.terms.channel is Channel.BEBPO and matter.route.kassenzeichen_seen and _is_living(outcome)


def _asks_acknowledgement(matter: Matter, outcome: Outcome) -> str:
    """§ 173 Abs. 3 ZPO: an acknowledgement declares that a person took notice, which no machine can do."""
    inspection = matter.facts.inspection
    xjustiz = inspection.egvp.xjustiz if inspection and inspection.egvp else None
    return "eeb-requested" if xjustiz is not None and xjustiz.eeb_requested and _is_living(outcome) else ""


def _needs_identity_check(matter: Matter, outcome: Outcome) -> str:
    signatures = matter.terms.policy.signatures
    wanted = signatures is None or signatures.identity_check
    open_questions = (Identity.UNCHECKED, Identity.NEW_KEY)
    asked = wanted and is_valid(matter.crypto) and matter.identity in open_questions and _is_living(outcome)
    return matter.identity.value if asked else ""


def _suspects_deadline(matter: Matter, outcome: Outcome) -> str:
    """Fristverdacht: our own fault delays it, or a term of form or deadline was met and something is kept back."""
    inspection = matter.facts.inspection
    if inspection is None:
        return "not-inspected" if _is_living(outcome) else ""
    kept_back = outcome.disposition is Disposition.HOLD or bool(outcome.withheld)
    return ", ".join(inspection.mentions) if kept_back and _is_living(outcome) else ""


@dataclass(frozen=True, slots=True)
class _Row:
    """One kind of task: why it arises (empty: it does not), its ready text, whose it is, when it is due."""

    kind: TaskKind
    reason: Callable[[Matter, Outcome], str]
    text: str
    is_of_office: bool
    """For the receiving office; otherwise for the mailroom, unless the office is sealed."""
    is_due: bool


_ROWS: tuple[_Row, ...] = (
    _Row(TaskKind.MALWARE, _needs_isolation, "malware", is_of_office=False, is_due=False),
    _Row(TaskKind.DECIDE_HOLD, _needs_decision, "decide-hold", is_of_office=False, is_due=True),
    _Row(TaskKind.TRIAGE, _needs_triage, "triage", is_of_office=False, is_due=False),
    _Row(TaskKind.DECRYPTION, _needs_decryption, "decryption", is_of_office=True, is_due=True),
    _Row(TaskKind.FEEDBACK, _needs_feedback, "feedback", is_of_office=True, is_due=True),
    _Row(TaskKind.CHECK_IDENTITY, _needs_identity_check, "check-identity", is_of_office=True, is_due=False),
    _Row(TaskKind.EEB, _asks_acknowledgement, "eeb", is_of_office=True, is_due=True),
    _Row(TaskKind.DEADLINE, _suspects_deadline, "deadline", is_of_office=True, is_due=True),
)


def tasks(matter: Matter, outcome: Outcome) -> tuple[Task, ...]:
    """The tasks of this message, each kind at most once, in the order of the table."""
    reasons = ((row, row.reason(matter, outcome)) for row in _ROWS)
    return tuple(_task(matter, row, reason) for row, reason in reasons if reason)


_VARIANTS: dict[tuple[TaskKind, str], str] = {
    (TaskKind.FEEDBACK, Channel.BEBPO.value): "feedback-bebpo",
    (TaskKind.FEEDBACK, "decrypted"): "feedback-decrypted",
    (TaskKind.FEEDBACK, "kassenzeichen"): "feedback-kassenzeichen",
    (TaskKind.DECIDE_HOLD, Reason.ADDRESSEE_FOREIGN.value): "decide-addressee",
    (TaskKind.DECIDE_HOLD, Reason.HANDOVER_BROKEN.value): "decide-handover",
    (TaskKind.DECRYPTION, "ENC_NO_KEY"): "decryption-no-key",
    (TaskKind.DECRYPTION, "ENC_UNSUPPORTED"): "decryption-unsupported",
    (TaskKind.DECRYPTION, "ENC_MALFORMED"): "decryption-malformed",
    (TaskKind.DECRYPTION, "ENC_PARTIAL"): "decryption-partial",
    (TaskKind.CHECK_IDENTITY, "ID_NEW_KEY"): "check-identity-new-key",
    (TaskKind.DEADLINE, "not-inspected"): "deadline-our-fault",
}
"""Ready texts that differ by cause."""


def _task(matter: Matter, row: _Row, reason: str) -> Task:
    office = matter.terms.directory.office(matter.route.office)
    is_theirs = row.is_of_office or (office is not None and office.sealed)
    return Task(
        kind=row.kind,
        reason=reason,
        text_key=_VARIANTS.get((row.kind, reason), row.text),
        office=matter.route.office if is_theirs else "",
        due_on=due_on(matter) if row.is_due else "",
    )


def due_on(matter: Matter) -> str:
    """The next working day, or what the policy says instead."""
    days = working_days_by_hand(matter.terms.policy.notices)
    return working_day_after(legal_date(matter.at), days).isoformat()
