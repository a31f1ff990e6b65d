# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Messages written by hand, byte for byte, and what the inspection sees in them."""

import base64
from hashlib import sha256

from poststelle.core.facts import File, Inspection
from poststelle.inspection.extraction import drive_alone
from poststelle.inspection.message import inspect_message

HEAD = (
    b"From: Erika <erika@buerger.example>\r\nTo: amt@stadt.example\r\nSubject: Antrag\r\n"
    b"Date: Mon, 17 Nov 2025 10:00:00 +0100\r\nMessage-ID: <1@buerger.example>\r\nMIME-Version: 1.0\r\n"
)
PAYLOAD = bytes(range(256)) * 3
ENCODED = base64.encodebytes(PAYLOAD).replace(b"\n", b"\r\n")


def inspected(content: bytes) -> Inspection:
    """The inspection of a message, nobody answering its questions."""
    return drive_alone(inspect_message(content))


def digest(content: bytes) -> str:
    """As in the facts."""
    return sha256(content).hexdigest()


def mixed(*parts: bytes, boundary: bytes = b"b1", close: bytes = b"--b1--\r\n", head: bytes = HEAD) -> bytes:
    """A multipart/mixed of entities that are written out already."""
    start = head + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    return start + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + close


def part(body: bytes, *fields: bytes) -> bytes:
    """One entity."""
    return b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


TEXT = part(b"Guten Tag", b"Content-Type: text/plain; charset=utf-8")


def attachment(name: bytes = b'filename="a.bin"', body: bytes = ENCODED, encoding: bytes = b"base64") -> bytes:
    """One octet-stream attachment."""
    return part(
        body,
        b"Content-Type: application/octet-stream",
        b"Content-Disposition: attachment; " + name,
        b"Content-Transfer-Encoding: " + encoding,
    )


def attached(inspection: Inspection) -> tuple[File, ...]:
    """The files other than texts of the message and containers."""
    return tuple(file for file in inspection.files if file.role != "body" and not file.container)


def codes(inspection: Inspection) -> set[str]:
    """The defect codes."""
    return {defect.code for defect in inspection.defects}
