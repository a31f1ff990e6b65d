# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""No engine: what stands behind a port where an operator configured none. It says so in every fact it gives."""

from typing import BinaryIO

from poststelle.core.arrival import Arrival
from poststelle.core.facts import MalwareFound, SpamFacts

NAME = "none"


class NoScanner:
    """Implements Malware and Spam by not looking. Production refuses to start with it unless told otherwise."""

    def scan(self, content: BinaryIO, deadline_seconds: float) -> tuple[MalwareFound, ...]:  # noqa: ARG002 - the port's
        """Nothing, because nobody looked."""
        return ()

    def engine(self) -> str:
        """``none``."""
        return NAME

    def rate(self, content: BinaryIO, arrival: Arrival, deadline_seconds: float) -> SpamFacts:  # noqa: ARG002 - the port's
        """No opinion."""
        return SpamFacts(NAME, None)
