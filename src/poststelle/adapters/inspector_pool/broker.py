# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The broker: answers one worker's requests for one message, bound to it and capped.

It shows decrypted layers to the scanner and passes recipient entries to the keyholder. It parses neither. Whose message
it is, the keyholder learns from the door, never from the worker.
"""

import time
from collections.abc import Callable

from poststelle.adapters.inspector_pool.frames import BrokenPeerError, Frame, Kind, memory_file, without_file
from poststelle.application.ports import Keyholder, Malware, NoContentKey
from poststelle.core.facts import MalwareFound
from poststelle.inspection.requests import MAX_UNWRAPS

MAX_SCANS = 32
"""Layers one message may have scanned: CMS layers and attached messages together stay far below."""


class Broker:
    """Bound to one message and to whose it is; lives as long as its inspection."""

    def __init__(self, scanner: Malware, keyholder: Keyholder | None, until: float, authority: str = "") -> None:
        self.found: list[MalwareFound] = []
        self.unwraps = 0
        self._scans = 0
        self._scanner = scanner
        self._keyholder = keyholder
        self._authority = authority
        self.until = until

    def answer(self, frame: Frame) -> bytes:
        """The answer frame's content. Raises UnavailableError where scanner or keyholder fail."""
        table: dict[Kind, Callable[[Frame], bytes]] = {Kind.SCAN: self._scan, Kind.UNWRAP: self._unwrap}
        if frame.kind not in table:
            raise BrokenPeerError(f"a worker does not send {without_file(frame).kind.name}")
        return table[frame.kind](frame)

    def _scan(self, frame: Frame) -> bytes:
        self._scans += 1
        if frame.handle is None or self._scans > MAX_SCANS:
            without_file(frame)
            raise BrokenPeerError("a scan without content, or one too many")
        section = frame.content.decode("ascii", "replace")
        with memory_file(frame.handle) as layer:
            found = self._scanner.scan(layer, max(0.1, self.until - time.monotonic()))
        self.found += [MalwareFound(item.name, item.certainty, section) for item in found]
        return b""

    def _unwrap(self, frame: Frame) -> bytes:
        without_file(frame)
        if self._keyholder is None:
            return b"-not-connected"
        if self.unwraps >= MAX_UNWRAPS:
            return b"-capped"
        self.unwraps += 1
        key_bytes, recipient_info = int.from_bytes(frame.content[:2], "big"), frame.content[2:]
        content_key = self._keyholder.unwrap(recipient_info, key_bytes, self._authority)
        return b"-" + content_key.encode() if isinstance(content_key, NoContentKey) else b"K" + content_key
