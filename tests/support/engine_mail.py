# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Small messages and arrivals for tests of the engines."""

from base64 import encodebytes
from datetime import UTC, datetime
from io import BytesIO

from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Envelope, Peer

SENDER = Address("erika", "buerger.example")
RECIPIENT = Address("stadtverwaltung", "stadt.example")


def mail_with(body: bytes, *head: bytes) -> bytes:
    lines = (
        b"Received: from mx.buerger.example ([192.0.2.7]) by mx.stadt.example; Sun, 22 Nov 2026 10:00:00 +0000",
        *head,
        b"From: Erika <erika@buerger.example>",
        b"To: stadtverwaltung@stadt.example",
        b"Subject: Amt 32",
        b"Date: Sun, 22 Nov 2026 10:00:00 +0000",
        b"Message-ID: <1@buerger.example>",
        b"MIME-Version: 1.0",
        b"Content-Type: text/plain; charset=utf-8",
        b"",
        body,
        b"",
    )
    return b"\r\n".join(lines)


def mail_with_attachment(content: bytes, name: str = "antrag.bin") -> bytes:
    encoded = encodebytes(content).replace(b"\n", b"\r\n")
    lines = (
        b"From: Erika <erika@buerger.example>",
        b"To: stadtverwaltung@stadt.example",
        b"Subject: Anlage",
        b"Date: Sun, 22 Nov 2026 10:00:00 +0000",
        b"Message-ID: <2@buerger.example>",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="grenze"',
        b"",
        b"--grenze",
        b"Content-Type: text/plain",
        b"",
        b"Guten Tag",
        b"--grenze",
        b"Content-Type: application/octet-stream",
        b"Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{name}"'.encode(),
        b"",
        encoded + b"--grenze--",
        b"",
    )
    return b"\r\n".join(lines)


def arrival_of(message: bytes, sender: Address | None = SENDER, peer: Peer | None = None) -> Arrival:
    return Arrival(
        channel=Channel.EMAIL,
        authority=AuthorityId("stadt"),
        envelope=Envelope(sender, (RECIPIENT,)),
        body=BlobKey("0" * 64),
        size_bytes=len(message),
        received_at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
        peer=peer or Peer("192.0.2.7", helo="mx.buerger.example"),
    )


def stream(message: bytes) -> BytesIO:
    return BytesIO(message)
