# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What was concluded about a message for one recipient: dispositions, objections, who is told, what is left to do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from poststelle.core.address import Address
from poststelle.core.reasons import Reason
from poststelle.core.signature import Identity


class Disposition(StrEnum):
    """What happens to a message, mildest first; of several the strictest wins."""

    ACCEPT = "accept"
    NOTIFY = "notify"
    """Accepted; the named files are withheld and the sender is told."""
    HOLD = "hold"
    """Accepted; waits for a clerk's decision."""
    REFUSE = "refuse"
    """Answered 5xx in the dialogue; nothing is stored but the record of it."""
    DELETE = "delete"
    """Malware only: answered 250, content dropped, sender not told (Clause email.malware)."""

    @property
    def severity(self) -> int:
        """Position in the order, 0 for accept."""
        return _ORDER.index(self)


_ORDER = tuple(Disposition)


class SenderTold(StrEnum):
    """How the sender learns of the objections."""

    NOBODY = "nobody"
    REPLY = "reply"
    """In the SMTP dialogue, because the message is refused there."""
    NOTICE = "notice"
    """By an automatic notice (Rückmeldung)."""
    BY_HAND = "by-hand"
    """By a person: a feedback task with a ready text (Rückmeldung von Hand)."""


class TaskKind(StrEnum):
    """What a person has to do about a message."""

    TRIAGE = "triage"
    """Route it: neither address, subject nor Aktenzeichen said where it belongs."""
    FEEDBACK = "feedback"
    """Rückmeldung von Hand, due on the next working day."""
    DECIDE_HOLD = "decide-hold"
    CHECK_IDENTITY = "check-identity"
    DECRYPTION = "decryption"
    DEADLINE = "deadline"
    """Fristverdacht: a term of form or deadline was met, or our own fault delayed the message."""
    MALWARE = "malware"
    DELIVERY = "delivery"
    """Zustellproblem: an office mailbox did not take the message."""
    EEB = "eeb"
    """A court asks for the electronic acknowledgement of receipt (eEB); it is given by a person, never by itself."""


@dataclass(frozen=True, slots=True)
class Objection:
    """One complaint: what, where, against which published sentence, and what would help."""

    code: Reason
    path: tuple[str, ...]
    """File path inside the message; empty for the message as a whole."""
    disposition: Disposition
    clause: str
    """Id of the clause it rests on, such as ``attachments.formats``."""
    remedy: str
    """Key of the remedy text in the catalogue, such as ``save-without-macros``."""
    inner: tuple[str, ...] = ()
    """Where inside the file, such as ``("word/vbaProject.bin",)``."""
    evidence: str = ""
    format: str = ""
    """The format the file was found to be, where the objection is about a file."""
    decrypted: bool = False
    """Visible only after decryption: no reply and no automatic notice may depend on it."""
    trimming: bool = False
    """Beiwerk: noted on the desk, never a notice or refusal by itself."""
    consent: str = ""
    """Reference of the consent that lifted it; the objection then carries disposition accept."""
    told: bool = False
    """The sender hears of it, in the reply or in the notice: the only objections that either may name."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something a person must do. ``text_key`` names the ready text in the catalogue."""

    kind: TaskKind
    reason: str
    text_key: str = ""
    office: str = ""
    due_on: str = ""
    """ISO date, empty where there is none."""


@dataclass(frozen=True, slots=True)
class Route:
    """Which office, and why: ``because`` holds (code, value) pairs that a face turns into a sentence."""

    office: str
    """Office id of the directory; empty means triage in the mailroom."""
    because: tuple[tuple[str, str], ...]
    suggestions: tuple[str, ...] = ()
    keyword: str = ""
    aktenzeichen: str = ""
    kassenzeichen_seen: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The conclusion for one recipient under one edition. The same inputs always give the same verdict."""

    recipient: Address
    disposition: Disposition
    objections: tuple[Objection, ...]
    withheld: tuple[tuple[str, ...], ...]
    """Paths of files that are not passed on."""
    sender_told: SenderTold
    hints: tuple[str, ...]
    """Keys of hints that go out with the next answer, such as ``kassenzeichen``."""
    tasks: tuple[Task, ...]
    route: Route
    edition: str
    """Id of the edition in force at receipt, such as ``muenster/2026-01-01``."""
    edition_hash: str
    judged_at: datetime
    accepted_signature: bool = False
    identity: Identity = Identity.NOT_APPLICABLE
    """What the register says of the signer's key."""
    flags: tuple[str, ...] = ()
    """Remarks for the desk, never for the sender, such as ``unsigned-known-signer``."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """One verdict per recipient, in the envelope's order."""

    by_recipient: tuple[Verdict, ...]

    @property
    def refused_for_all(self) -> bool:
        """True where nobody takes the message: whatever the dialogue answers is a refusal."""
        return all(verdict.disposition is Disposition.REFUSE for verdict in self.by_recipient)

    @property
    def prevailing(self) -> Verdict:
        """What becomes of the message: the strictest verdict among those that take it, of all where none does."""
        taking = tuple(verdict for verdict in self.by_recipient if verdict.disposition is not Disposition.REFUSE)
        return Verdicts(taking).strictest if taking else self.strictest

    @property
    def strictest(self) -> Verdict:
        """The verdict with the strictest disposition, the first of several."""
        return max(self.by_recipient, key=lambda verdict: verdict.disposition.severity)
