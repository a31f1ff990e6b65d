# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a worker is asked to do with one message or file."""

from dataclasses import dataclass

FilePath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """One job by name, and what it needs beside the bytes."""

    job: str
    """``inspect``, ``inspect-file``, ``text``, ``html``, ``extract``, ``rebuild``; with ``-egvp`` for messages that
    came by beBPo, and ``door-egvp``; ``preview`` of one file of a message, ``preview-file`` of a file alone."""
    name: str = ""
    path: FilePath = ()
    withheld: tuple[FilePath, ...] = ()
    note: str = ""
    received_at: str = ""
    """ISO 8601; the moment for which chains are checked. Empty where nobody says."""
    first_page: int = 0
    """Of a preview, counted from zero."""
    page_limit: int = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pages of which file of a message are to be shown."""

    path: FilePath
    first_page: int = 0
    page_limit: int = 10
