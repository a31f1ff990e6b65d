# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Frames between broker and worker over one socket pair: a kind, a few bytes, and at most one file descriptor.

The reader trusts nothing: a frame over the limit or of an unknown kind is a broken worker, not an allocation.
"""

import array
import os
import socket
import stat
import struct
import time
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

from poststelle.adapters.inspector_pool.confinement import LARGEST_WRITE_BYTES

MAX_FRAME_BYTES = 32 << 20
"""Facts of a message at every limit (1,000 parts, 5,000 members each) stay below a third of this."""

_HEAD = struct.Struct("=BBI")


class Kind(IntEnum):
    """What a frame says. The first group goes to the worker, the second comes from it."""

    JOB = 1
    ANSWER = 2
    WORLD = 3
    READY = 16
    SCAN = 17
    UNWRAP = 18
    RESULT = 19
    FAULT = 20


class BrokenPeerError(Exception):
    """The other end closed, or sent what no honest end sends."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message on the pair. ``handle`` is a descriptor that now belongs to the receiver."""

    kind: Kind
    content: bytes
    handle: int | None = None


def send_frame(link: socket.socket, kind: Kind, content: bytes, handle: int | None = None) -> None:
    """Send one frame; the descriptor stays open here."""
    head = _HEAD.pack(kind, handle is not None, len(content))
    try:
        if handle is None:
            link.sendall(head + content)
        else:
            socket.send_fds(link, [head], [handle])
            link.sendall(content)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise BrokenPeerError(str(error)) from error


def receive_frame(link: socket.socket, until: float | None = None) -> Frame:
    """The next frame. Raises TimeoutError when the whole of it is not here in time, BrokenPeerError otherwise.

    ``until`` is a moment of the monotonic clock; without it the socket's own time for each read holds.
    """
    head, handles = _receive_head(link, until)
    try:
        kind, with_handle, size = _HEAD.unpack(head)
        _check(size, with_handle=bool(with_handle), handles=len(handles))
        return Frame(Kind(kind), _receive_exactly(link, size, until), handles[0] if handles else None)
    except (BrokenPeerError, TimeoutError, ValueError) as error:
        for handle in handles:
            os.close(handle)
        if isinstance(error, ValueError):
            raise BrokenPeerError(str(error)) from error
        raise


def _check(size: int, *, with_handle: bool, handles: int) -> None:
    if size > MAX_FRAME_BYTES or with_handle != bool(handles):
        raise BrokenPeerError(f"a frame of {size} bytes with {handles} descriptors")


def _receive_head(link: socket.socket, until: float | None) -> tuple[bytes, list[int]]:
    space = socket.CMSG_LEN(array.array("i", [0]).itemsize)
    _hurry(link, until)
    try:
        head, ancillary, flags, _ = link.recvmsg(_HEAD.size, space)
    except ConnectionResetError as error:
        raise BrokenPeerError(str(error)) from error
    handles = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            handles.frombytes(payload[: len(payload) - len(payload) % handles.itemsize])
    if not head or flags & socket.MSG_CTRUNC:
        for handle in handles:
            os.close(handle)
        raise BrokenPeerError("closed" if not head else "too many descriptors")
    try:
        return head + _receive_exactly(link, _HEAD.size - len(head), until), list(handles)
    except (BrokenPeerError, TimeoutError):
        for handle in handles:
            os.close(handle)
        raise


def _hurry(link: socket.socket, until: float | None) -> None:
    """A peer that sends an octet now and then does not gain time by it."""
    if until is not None:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        link.settimeout(left)


def _receive_exactly(link: socket.socket, size: int, until: float | None) -> bytes:
    buffer = bytearray(size)
    view = memoryview(buffer)
    got = 0
    while got < size:
        _hurry(link, until)
        try:
            step = link.recv_into(view[got:])
        except ConnectionResetError as error:
            raise BrokenPeerError(str(error)) from error
        if step == 0:
            raise BrokenPeerError("closed inside a frame")
        got += step
    return bytes(buffer)


def memory_file(handle: int) -> BinaryIO:
    """What came with a frame, from its beginning. A pipe might never end, nor a device: BrokenPeerError, and it is closed."""
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST_WRITE_BYTES:
        os.close(handle)
        raise BrokenPeerError("no file of memory within the limits")
    file = os.fdopen(handle, "rb")
    file.seek(0)
    return file


def read_out(handle: int) -> bytes:
    """A large result; a worker cannot make it larger than its limits allow."""
    with memory_file(handle) as result:
        content = result.read(LARGEST_WRITE_BYTES + 1)
    if len(content) > LARGEST_WRITE_BYTES:
        raise BrokenPeerError("a result beyond every limit")
    return content


def without_file(frame: Frame) -> Frame:
    """A frame of a kind that brings none. BrokenPeerError where it does, and the file is closed."""
    if frame.handle is not None:
        os.close(frame.handle)
        raise BrokenPeerError(f"a file with {frame.kind.name}")
    return frame
