# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Mailboxes as folders: keeps each message as a Maildir file under the address it was handed in for.

Stands in for the mail server behind us in the demo and in tests. It judges nothing and answers to nobody.
"""

import hashlib
import mailbox
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from poststelle.application.ports import UnavailableError

MAX_NAME_CHARS = 200
"""Longest folder name as it stands; file systems take 255 octets."""


class Maildrop:
    """A folder with one Maildir for each address. Safe for use from many threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def keep(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """One durable copy for each recipient, under the envelope sender's Return-Path (RFC 5321, 4.4)."""
        message = f"Return-Path: <{sender}>\r\n".encode() + content
        try:
            with self._lock:
                for recipient in recipients:
                    self._box(recipient).add(message)
        except OSError as error:
            raise UnavailableError(f"a mailbox cannot be written: {error.strerror}") from error

    def _box(self, recipient: str) -> mailbox.Maildir:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return mailbox.Maildir(self._folder / folder_name(recipient))


def folder_name(address: str) -> str:
    """The name of an address's folder: nothing that means anything to a file system is left in it."""
    name = quote(address.casefold(), safe="@+=").replace("~", "%7E")
    name = f"%2E{name[1:]}" if name.startswith(".") else name
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    return name if name and len(name) <= MAX_NAME_CHARS else f"{name[:MAX_NAME_CHARS]}={digest}"
