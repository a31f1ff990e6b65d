# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A stand-in for scanners in the demo and in tests: it knows the two harmless test strings and nothing else.

EICAR stands for malware, GTUBE for spam. Both are looked for as plain bytes and inside base64 (whatever its line
length and alignment), by search, not by parsing; in compressed content they are not seen. **It protects nobody.**
"""

from base64 import b64encode
from collections.abc import Iterator
from typing import BinaryIO, Final

from poststelle.application.synthetic.teststrings import EICAR, GTUBE
from poststelle.core.arrival import Arrival
from poststelle.core.facts import Certainty, MalwareFound, SpamFacts

EICAR_NAME: Final = "Demo.Test.EICAR"
ENGINE: Final = "demo-scanner (EICAR and GTUBE only)"
SPAM_SCORE: Final = 1000.0
SPAM_THRESHOLD: Final = 15.0

WINDOW_BYTES: Final = 1024 * 1024
_OVERLAP_BYTES: Final = 1024
"""More than any needle with its line breaks takes."""
_LINE_ENDS: Final = b"\r\n"


def _needles(marker: bytes) -> tuple[bytes, ...]:
    """The marker, and what base64 makes of it at each of the three alignments, less the bits of its neighbours."""
    encoded = []
    for shift in range(3):
        whole = b64encode(b"\0" * shift + marker)
        first = (8 * shift + 5) // 6
        last = 8 * (shift + len(marker)) // 6
        encoded.append(whole[first:last])
    return marker, *encoded


_EICAR_NEEDLES: Final = _needles(EICAR)
_GTUBE_NEEDLES: Final = _needles(GTUBE)


class DemoScanner:
    """The ports Malware and Spam for the demo."""

    def scan(self, content: BinaryIO, deadline_seconds: float) -> tuple[MalwareFound, ...]:  # noqa: ARG002 - the port's
        """EICAR, where it stands in the bytes or in base64."""
        return (MalwareFound(EICAR_NAME, Certainty.EXACT),) if _is_in(content, _EICAR_NEEDLES) else ()

    def engine(self) -> str:
        """What it is, said plainly."""
        return ENGINE

    def rate(self, content: BinaryIO, arrival: Arrival, deadline_seconds: float) -> SpamFacts:  # noqa: ARG002 - the port's
        """Spam where GTUBE stands in it."""
        spam = _is_in(content, _GTUBE_NEEDLES)
        symbols = ("GTUBE",) if spam else ()
        return SpamFacts(ENGINE, spam, SPAM_SCORE if spam else 0.0, SPAM_THRESHOLD, symbols)


def _is_in(content: BinaryIO, needles: tuple[bytes, ...]) -> bool:
    return any(needle in window for window in _windows(content) for needle in needles)


def _windows(content: BinaryIO) -> Iterator[bytes]:
    """The content without line ends, in overlapping windows: the overlap keeps a marker across a border whole."""
    kept = b""
    while chunk := content.read(WINDOW_BYTES):
        window = kept + chunk.translate(None, _LINE_ENDS)
        yield window
        kept = window[-_OVERLAP_BYTES:]
