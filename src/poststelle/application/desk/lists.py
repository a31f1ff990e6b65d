# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The work lists of the desk: their names, and what each holds. Knows no database."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from poststelle.core.verdict import TaskKind


class WorkList(StrEnum):
    """One list. The strings are public: they stand in addresses that people keep as bookmarks."""

    INBOX = "posteingang"
    MINE = "meine"
    TRIAGE = "ungeklaert"
    HOLD = "quarantaene"
    WITHHELD = "nicht-verarbeitbar"
    FEEDBACK = "rueckmeldung"
    IDENTITY = "identitaet"
    DELIVERY = "zustellprobleme"
    DEADLINE = "fristverdacht"
    DONE = "erledigt"


TASKS: dict[WorkList, tuple[TaskKind, ...]] = {
    WorkList.TRIAGE: (TaskKind.TRIAGE,),
    WorkList.FEEDBACK: (TaskKind.FEEDBACK, TaskKind.DECRYPTION, TaskKind.MALWARE, TaskKind.EEB),
    WorkList.IDENTITY: (TaskKind.CHECK_IDENTITY,),
    WorkList.DELIVERY: (TaskKind.DELIVERY,),
    WorkList.DEADLINE: (TaskKind.DEADLINE,),
}
"""Lists made of open tasks of these kinds."""

COUNTED = tuple(one for one in WorkList if one is not WorkList.DONE)
COUNT_LIMIT = 999
"""Nobody works off more than this by its number: counting stops here, and the desk says 999+."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list is narrowed to; an empty field asks for nothing."""

    text: str = ""
    office: str = ""
    """Office id, or ``-`` for triage."""
    channel: str = ""
    since: date | None = None
    until: date | None = None
    """The last day that is wanted."""
    before: tuple[datetime, int] | None = None
    """For the next page: moment and row number of the last line shown."""
