# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The keyholder's protocol: one frame asked, one answered, over a stream socket of the Unix domain.

A frame is one byte that says what it is, four that say how long, and so many bytes. Asked: ``U`` for whom, key length
and DER of one RecipientInfo; ``S`` for whom, SHA-256 digest and address; ``L`` nothing. For whom: the byte 1, one that
says how long, and so many of the authority's id; its own keys alone are used. Answered: ``K`` content key, ``-`` no key of ours,
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
FOR_WHOM = b"\x01"
"""Begins every question for an authority. One that names none, of a client before this, ends its connection: it is
neither a key length nor likely in a digest, so that no question is taken for another while roles are renewed."""
MAX_AUTHORITY_BYTES = 255
_HEAD = struct.Struct("!cI")


class FrameError(Exception):
    """The other end closed, or said what nobody says."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One question or one answer."""

    kind: bytes
    content: bytes = b""


def for_whom(authority: str) -> bytes:
    """How a question begins that is asked for this authority."""
    named = authority.encode()
    if len(named) > MAX_AUTHORITY_BYTES:
        raise FrameError("no authority has such a name")
    return FOR_WHOM + bytes((len(named),)) + named


def asked_for(content: bytes) -> tuple[str, bytes]:
    """The authority that a question names, and what is asked. FrameError where it names none."""
    size = content[1] if len(content) > 1 else 0
    named, asked = content[2 : 2 + size], content[2 + size :]
    if content[:1] != FOR_WHOM or len(named) != size:
        raise FrameError("asked for nobody")
    return named.decode("utf-8", "replace"), asked


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
