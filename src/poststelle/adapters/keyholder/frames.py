# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The keyholder's protocol: one frame asked, one answered, over a stream socket of the Unix domain.

A frame is one byte that says what it is, four that say how long, and so many bytes. Asked: ``U`` key length and DER of
one RecipientInfo; ``S`` SHA-256 digest and address; ``L`` nothing. Answered: ``K`` content key, ``-`` no key of ours,
``?`` a method we do not have; ``S`` signature; ``L`` certificates. What is answered to ``U`` is always one byte and so
many as were asked for, so that its shape says nothing.
"""

import socket
import struct
from dataclasses import dataclass

MAX_FRAME_BYTES = 1 << 20
"""A RecipientInfo has some hundred bytes; the list of certificates stays far below."""
KEY_LENGTHS = frozenset({16, 24, 32})
"""Bytes of AES and Triple DES keys: nothing else is a content key."""
DIGEST_BYTES = 32
_HEAD = struct.Struct("!cI")


class FrameError(Exception):
    """The other end closed, or said what nobody says."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One question or one answer."""

    kind: bytes
    content: bytes = b""


def send(link: socket.socket, frame: Frame) -> None:
    """Send it whole."""
    link.sendall(_HEAD.pack(frame.kind, len(frame.content)) + frame.content)


def receive(link: socket.socket) -> Frame | None:
    """The next frame; None where the other end has closed between frames."""
    head = _exactly(link, _HEAD.size, may_end=True)
    if not head:
        return None
    kind, size = _HEAD.unpack(head)
    if size > MAX_FRAME_BYTES:
        raise FrameError(f"a frame of {size} bytes")
    return Frame(kind, _exactly(link, size))


def _exactly(link: socket.socket, size: int, *, may_end: bool = False) -> bytes:
    found = b""
    while len(found) < size:
        piece = link.recv(size - len(found))
        if not piece:
            if may_end and not found:
                return b""
            raise FrameError("closed inside a frame")
        found += piece
    return found
