# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an act consists of, and the book it is written into.

Acts are values; the book writes one in a single transaction and refuses it where somebody else was faster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from poststelle.application.settlement import Effect
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey
from poststelle.core.facts import Facts
from poststelle.core.journal import Event
from poststelle.core.reasons import Reason
from poststelle.core.register import Consent, IdentityCheck
from poststelle.core.verdict import Task, Verdict


class NotAllowedError(Exception):
    """The person may not do this with this message."""


class OvertakenError(Exception):
    """The message is no longer as the person saw it: somebody else was faster."""


class UnusableError(ValueError):
    """What was entered cannot be recorded; the sentence says why, in German, for the person who entered it."""


class ErasedError(UnusableError):
    """What the act rests on was erased while the person looked at it: nothing of the act was written."""

    def __init__(self) -> None:
        super().__init__("Inhalt oder Prüfergebnisse dieser Nachricht wurden soeben gelöscht. Veranlasst wurde nichts.")


@dataclass(frozen=True, slots=True)
class CaseTask:
    """One task of a message, as recorded."""

    id: int
    kind: str
    office: str
    recipient: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One recorded message, with what an act needs to know of it."""

    reference: str
    state: str
    arrival: Arrival
    body: BlobKey | None
    """None where the content is not, or no longer, kept."""
    facts: Facts | None
    verdicts: tuple[Verdict, ...]
    offices: tuple[str, ...]
    """Where each verdict's message is now, in the order of the verdicts; follows routing by hand."""
    tasks: tuple[CaseTask, ...]
    released: frozenset[Reason]
    """Reasons for which a clerk released the message before."""
    mailboxes: frozenset[str]
    """Office mailboxes that a delivery was queued for."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """The message goes from one state to another; refused where it is not in the first any more."""

    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class NewVerdicts:
    """The message was judged again; the routes by hand stay."""

    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class NewFacts:
    """The message was looked into again: what is seen now, with the verdicts that follow. Comes before NewVerdicts."""

    facts: Facts
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class ContentDropped:
    """The content of the message goes, and the rest of the record stays."""


@dataclass(frozen=True, slots=True)
class NewOffice:
    """The part of the message at this position goes to another office; tasks that were there go along."""

    position: int
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class NewTasks:
    """Further tasks, each with the recipient it is about."""

    tasks: tuple[tuple[str, Task], ...]


@dataclass(frozen=True, slots=True)
class TasksDone:
    """These tasks are done; refused where one of them is no longer open."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on the message: ``read``, ``done``, ``assigned`` or ``legal-hold``; an empty value takes it off."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class IdentityEntry:
    """An entry of the identity register."""

    check: IdentityCheck
    method: str
    remark: str
    certificate: bytes | None = None
    """DER, on which the issuer is asked from now on; None where the message at hand holds none."""


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """An entry of the register of consents."""

    consent: Consent
    remark: str


@dataclass(frozen=True, slots=True)
class ConsentEnd:
    """A consent holds no longer, whatever its last day was."""

    reference: str
    """Of the consent."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the routing could learn from a correction: a clue, and the office it points to. Proposed, never in force."""

    clue: str
    """``subject`` or ``sender``."""
    value: str
    office: str


Change = (
    StateChange
    | NewFacts
    | ContentDropped
    | NewVerdicts
    | NewOffice
    | NewTasks
    | TasksDone
    | Mark
    | IdentityEntry
    | ConsentEntry
    | ConsentEnd
    | Proposal
)


@dataclass(frozen=True, slots=True)
class Act:
    """Everything one act writes."""

    reference: str
    authority: AuthorityId
    actor: str
    at: datetime
    changes: tuple[Change, ...]
    events: tuple[Event, ...]
    effects: tuple[Effect, ...] = ()


class DeskBook(Protocol):
    """The records as acts see them."""

    def case(self, authority: AuthorityId, reference: str) -> Case | None:
        """The message, of this authority only."""
        ...

    def record(self, act: Act) -> None:
        """Write the act; durable on return.

        OvertakenError, and nothing written, where the message has moved on; ErasedError where it delivers content, or
        writes down what was found in it, and that is not kept any more.
        """
        ...

    def same_signer(self, authority: AuthorityId, spki_sha256: str, addresses: Sequence[str]) -> tuple[int, ...]:
        """Open identity tasks of every message signed with this key that names one of these addresses in From."""
        ...
