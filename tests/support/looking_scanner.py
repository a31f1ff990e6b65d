# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A scanner that tells afterwards what it was shown."""

from dataclasses import dataclass, field
from typing import BinaryIO

from poststelle.application.ports import UnavailableError
from poststelle.core.facts import Certainty, MalwareFound

WORM = b"WURM" * 8


@dataclass
class Looking:
    """Keeps what it was shown, and knows one worm."""

    shown: list[bytes] = field(default_factory=list)
    fails_at: int = -1

    def scan(self, content: BinaryIO, deadline_seconds: float) -> tuple[MalwareFound, ...]:
        if len(self.shown) == self.fails_at:
            raise UnavailableError("gone")
        self.shown.append(content.read())
        return (MalwareFound("Worm", Certainty.EXACT),) if WORM in self.shown[-1] else ()

    def engine(self) -> str:
        return "looking"
