# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A House: everything the stations of the road need, wired once by compose and handed on as one frozen value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from poststelle.application.authorities import Authorities
from poststelle.application.bounces import BounceBook
from poststelle.application.ports import (
    Blobs,
    Clock,
    Inspector,
    Malware,
    Registers,
    SenderAuth,
    Spam,
)
from poststelle.application.settlement import AttemptLog, JournalBook, Store
from poststelle.application.switches import NONE_ON, Switch, SwitchBook
from poststelle.core.arrival import AuthorityId

RETRY_WINDOW = timedelta(days=5)
"""How long a second attempt at the same message is recognised: Postfix gives up after five days
(``maximal_queue_lifetime``)."""
MESSAGE_DEADLINE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Engines:
    """What looks at a message."""

    malware: Malware
    spam: Spam
    sender: SenderAuth
    inspector: Inspector
    shows_whole: bool = False
    """The scanner gets every mail as it came, also where large attachments could be shown by themselves."""


@dataclass(frozen=True, slots=True)
class Books:
    """Where things are written down, and what people wrote before."""

    blobs: Blobs
    store: Store
    attempts: AttemptLog
    journal: JournalBook
    registers: Registers
    bounces: BounceBook | None = None
    """None where this door takes nothing back: no delivery leaves with a return path to it."""
    switches: SwitchBook | None = None
    """None where nobody can flip one: none is on."""


@dataclass(frozen=True, slots=True)
class House:
    """One running front door."""

    authorities: Authorities
    engines: Engines
    books: Books
    clock: Clock
    new_reference: Callable[[], str]
    """A fresh message reference such as ``PS-7K3M-Q9XA``: short enough to be told by telephone, not guessable."""
    hostname: str
    retry_window: timedelta = RETRY_WINDOW
    deadline_seconds: float = MESSAGE_DEADLINE_SECONDS
    delivers_opened: bool = False
    """What was decrypted may be delivered to an office's mailbox; otherwise it stays on the desk."""

    def switches_on(self, authority: AuthorityId) -> frozenset[Switch]:
        """The switches that are on for this authority."""
        return self.books.switches.on(authority) if self.books.switches is not None else NONE_ON
