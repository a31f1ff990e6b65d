# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What of a message a virus scanner is shown: every byte, large attachments decoded once instead of encoded.

A scanner that gets a whole mail decodes it by itself and looks at the encoded lines as well, which is half of its work.
So it gets each large attachment by itself and the mail around them, before any parser of ours sees a byte; and the whole
mail too wherever the inspection does not say afterwards that exactly these were its files.
"""

import mmap
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO, UnsupportedOperation
from typing import BinaryIO

from poststelle.application.ports import Malware
from poststelle.core.facts import Inspection, MalwareFound, Tier
from poststelle.inspection.mime.cuts import MIN_CUT_BYTES, large_attachments, without
from poststelle.inspection.mime.decode import Span
from poststelle.inspection.mime.source import Source

_ONE_READING = frozenset({Tier.CLEAN, Tier.NOTE})


@dataclass(frozen=True, slots=True)
class Shown:
    """What the scanner found, and which attachments it was shown by themselves."""

    found: tuple[MalwareFound, ...]
    cut_out: frozenset[str] = frozenset()
    """SHA-256 of each; empty where the mail was shown as it came."""

    def is_all_of(self, inspection: Inspection | None) -> bool:
        """Nothing can hide between what was shown: all agree on what is in the message, and each cut is a file of it."""
        if not self.cut_out:
            return True
        if inspection is None or inspection.tier not in _ONE_READING:
            return False
        return self.cut_out <= {file.sha256 for file in inspection.files}


def show_whole(content: BinaryIO, malware: Malware, seconds_left: Callable[[], float]) -> Shown:
    """The message as it came."""
    content.seek(0)
    return Shown(malware.scan(content, seconds_left()))


def show(content: BinaryIO, malware: Malware, seconds_left: Callable[[], float]) -> Shown:
    """The same with large attachments by themselves. Raises UnavailableError where any of it was not scanned."""
    with ExitStack() as stack:
        source = _searchable(content, stack)
        spans: list[Span] = []
        found: list[MalwareFound] = []
        digests = set()
        for cut in large_attachments(source):
            spans.append(cut.span)
            digests.add(sha256(cut.content).hexdigest())
            found += malware.scan(BytesIO(cut.content), seconds_left())
        if not spans:
            return show_whole(content, malware, seconds_left)
        found += malware.scan(BytesIO(without(source, spans)), seconds_left())
    return Shown(tuple(dict.fromkeys(found)), frozenset(digests))


def _searchable(content: BinaryIO, stack: ExitStack) -> Source:
    """A map of the file where there is one: nothing is copied, and what is small has no attachment to look for."""
    content.seek(0)
    try:
        return stack.enter_context(mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ))
    except (UnsupportedOperation, ValueError):
        whole = content.read()
        return whole if len(whole) >= MIN_CUT_BYTES else b""
