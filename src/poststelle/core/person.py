# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an installation holds about one person, and why some of it stays where the person asks for erasure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What is held. The strings are public."""

    MESSAGE = "message"
    ATTEMPT = "attempt"
    CONSENT = "consent"
    IDENTITY = "identity"
    HABIT = "habit"
    SIGN_IN = "sign-in"
    ENTRY = "entry"
    """Values in the journal beside an entry that is about no message."""


class Ground(StrEnum):
    """Why something stays. The strings are public."""

    LEGAL_HOLD = "legal-hold"
    DEADLINE = "deadline"
    OPEN_TASK = "open-task"
    UNDECIDED = "undecided"
    UNFINISHED = "unfinished"
    UNSENT = "unsent"
    IN_FORCE = "in-force"
    PROOF = "proof"
    """That a request was met."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing that is held about somebody."""

    kind: Kind
    reference: str
    """Of the message or consent; of anything else its row."""
    at: datetime | None
    """When it came to be; None where that is not known."""
    said: tuple[tuple[str, str], ...]
    """What it says, by public names."""
    stays: Ground | None
    """None where it goes if the person asks for it."""
