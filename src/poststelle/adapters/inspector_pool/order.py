# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a worker is asked to do with one message or file."""

import socket
from dataclasses import dataclass
from io import UnsupportedOperation
from typing import BinaryIO

from poststelle.adapters.inspector_pool.frames import Kind, send_frame
from poststelle.core.arrival import Channel
from poststelle.core.codec import dump

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
    owner: str = ""
    """The authority whose message it is: it is opened with keys of this one only."""
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


def job_name(name: str, channel: Channel) -> str:
    """How a message is taken apart is decided by the way it came in, never by its bytes."""
    return f"{name}-egvp" if channel is Channel.BEBPO else name


def send_job(link: socket.socket, order: Order, content: BinaryIO) -> None:
    """The order with its bytes: a file goes as a descriptor."""
    head = dump(order) + b"\n"
    try:
        handle = content.fileno()
    except (UnsupportedOperation, OSError, AttributeError):
        content.seek(0)
        send_frame(link, Kind.JOB, head + content.read())
    else:
        send_frame(link, Kind.JOB, head, handle)
