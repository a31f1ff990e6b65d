# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the desk acts with, and the beginning of every act: the message, and the permission."""

from collections.abc import Callable
from dataclasses import dataclass

from poststelle.application.authorities import Authorities
from poststelle.application.desk.acts import Act, Case, Change, DeskBook, NotAllowedError, OvertakenError
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.application.ports import Clock, Registers
from poststelle.application.settlement import Effect
from poststelle.core.journal import Event, EventKind
from poststelle.core.matter import Terms

MAX_REMARK_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class DeskHouse:
    """Ports and settings of the desk."""

    book: DeskBook
    authorities: Authorities
    registers: Registers
    clock: Clock
    new_reference: Callable[[], str]
    """Fresh references, for consents."""
    hostname: str
    delivers_opened: bool = False
    """What was decrypted may be delivered to an office's mailbox; otherwise it stays on the desk."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at one message."""

    house: DeskHouse
    viewer: Viewer
    case: Case

    def terms(self) -> Terms:
        """The terms in force when the message was received."""
        return self.house.authorities.terms_for(self.case.arrival)

    def event(
        self,
        kind: EventKind,
        *facts: tuple[str, str],
        why: str = "",
        personal: tuple[tuple[str, str], ...] = (),
    ) -> Event:
        """A journal entry by this person about this message. What people write freely is personal and erasable."""
        said = (*personal, ("why", why)) if why else personal
        return Event(
            kind,
            self.house.clock.now(),
            self.viewer.authority,
            self.case.reference,
            actor=self.viewer.account,
            edition=self.case.verdicts[0].edition if self.case.verdicts else "",
            facts=tuple((key, value) for key, value in facts if value),
            personal=said,
        )

    def record(self, changes: tuple[Change, ...], events: tuple[Event, ...], effects: tuple[Effect, ...] = ()) -> None:
        """Write the act."""
        act = Act(
            self.case.reference,
            self.viewer.authority,
            self.viewer.account,
            self.house.clock.now(),
            changes,
            events,
            effects,
        )
        self.house.book.record(act)


def at_desk(house: DeskHouse, viewer: Viewer, reference: str, power: Power) -> Desk:
    """The person at the message. NotAllowedError where there is none such, or not for this person to act on."""
    case = house.book.case(viewer.authority, reference)
    if case is None or not viewer.may(power, case.offices):
        raise NotAllowedError(f"{power.value} {reference}")
    return Desk(house, viewer, case)


CLOSED = frozenset({"refused", "deleted", "discarded"})
"""States of messages that are on record only: nobody works with them any more."""


def at_open_desk(house: DeskHouse, viewer: Viewer, reference: str, power: Power) -> Desk:
    """The person at a message that can still be worked with. OvertakenError where it is closed."""
    desk = at_desk(house, viewer, reference, power)
    if desk.case.state in CLOSED:
        raise OvertakenError(reference)
    return desk


def remark(text: str) -> str:
    """What somebody wrote, trimmed and bounded."""
    return text.strip()[:MAX_REMARK_CHARS]
