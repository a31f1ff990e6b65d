# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A House: everything the stations of the road need, wired once by compose and handed on as one frozen value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from poststelle.application.ports import (
    Blobs,
    Clock,
    Inspector,
    Malware,
    Registers,
    SenderAuth,
    Spam,
)
from poststelle.application.settlement import AttemptLog, Store
from poststelle.core.arrival import Arrival, AuthorityId
from poststelle.core.matter import Terms

RETRY_WINDOW = timedelta(days=5)
"""How long a second attempt at the same message is recognised: Postfix gives up after five days
(``maximal_queue_lifetime``)."""
MESSAGE_DEADLINE_SECONDS = 60.0


class TermsInForce(Protocol):
    """The editions and directories of every authority of this installation."""

    def terms_for(self, arrival: Arrival) -> Terms:
        """What this message is held against: the edition in force when it was received."""
        ...

    def authority_of(self, domain: str) -> AuthorityId | None:
        """Whose domain this is; None where it is nobody's here."""
        ...


@dataclass(frozen=True, slots=True)
class Engines:
    """What looks at a message."""

    malware: Malware
    spam: Spam
    sender: SenderAuth
    inspector: Inspector


@dataclass(frozen=True, slots=True)
class Books:
    """Where things are written down, and what people wrote before."""

    blobs: Blobs
    store: Store
    attempts: AttemptLog
    registers: Registers


@dataclass(frozen=True, slots=True)
class House:
    """One running front door."""

    terms: TermsInForce
    engines: Engines
    books: Books
    clock: Clock
    new_reference: Callable[[], str]
    """A fresh message reference such as ``PS-7K3M-Q9XA``: short enough to be told by telephone, not guessable."""
    base_url: str
    """Where the page is published, without a slash at the end; replies and notices link to it."""
    hostname: str
    retry_window: timedelta = RETRY_WINDOW
    deadline_seconds: float = MESSAGE_DEADLINE_SECONDS
