# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an inspection asks of the world while it runs, and the answers it gets: the vocabulary of a sans-IO dialogue.

An inspection is a generator: it yields requests and is sent answers. It has no network and no keys; whoever drives it
(the broker in the door process, or a test) answers.
"""

from collections.abc import Generator
from dataclasses import dataclass

from poststelle.core.facts import Inspection

MAX_UNWRAPS = 4
"""Content keys one message may ask for; a fifth request is answered ``UnwrapRefused``."""


@dataclass(frozen=True, slots=True)
class Scan:
    """Show these bytes, which no scanner has seen yet (a decrypted layer), to the malware scanner."""

    section: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Unwrap:
    """Ask the keyholder for the content key of one recipient entry."""

    recipient_info: bytes
    """DER of one RecipientInfo (RFC 5652, 6.2)."""
    key_bytes: int
    """Length the content cipher needs; the answer always has it (implicit rejection)."""


Request = Scan | Unwrap


@dataclass(frozen=True, slots=True)
class Scanned:
    """The layer was shown to the scanner; what it found stays with the broker."""


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A content key, right or random: the two cannot be told apart here."""

    content_key: bytes


@dataclass(frozen=True, slots=True)
class UnwrapRefused:
    """No key of ours is named by this recipient entry, no keyholder is connected, or the cap is reached."""

    reason: str
    """``no-key``, ``unsupported`` or ``not-connected``."""


Answer = Scanned | Unwrapped | UnwrapRefused

InspectionDialogue = Generator[Request, Answer, Inspection]
"""``next()`` gives the first request; ``StopIteration.value`` is the inspection."""
