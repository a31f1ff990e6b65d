# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Scan and extraction against the standard library's compat32, peak memory, and time per byte on hostile growth.

Run: ``PYTHONPATH=src:tests python bench/mime_scan.py``. Ratios are meant; absolute times are noisy.
"""

import base64
import email
import random
import time
import tracemalloc
from collections.abc import Callable
from email.policy import compat32

from poststelle.core.formats import Format
from poststelle.inspection.document import Looked
from poststelle.inspection.extraction import drive_alone
from poststelle.inspection.files import Collector
from poststelle.inspection.message import inspect_message
from poststelle.inspection.mime.ledger import Ledger
from poststelle.inspection.mime.readings import read_leaf
from poststelle.inspection.mime.scan import scan
from poststelle.inspection.mime.tree import Kind
from support.hostile_mails import HOSTILE

HEAD = (
    b"Received: from a.example by b.example; Mon, 17 Nov 2025 10:00:00 +0100\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; d=buerger.example; s=k1; h=From:To:Subject;\r\n bh=abc; b=def\r\n"
    b"From: =?utf-8?Q?J=C3=B6rg?= <joerg@buerger.example>\r\nTo: amt@stadt.example\r\nSubject: Antrag\r\n"
    b"Date: Mon, 17 Nov 2025 10:00:00 +0100\r\nMessage-ID: <1@buerger.example>\r\nMIME-Version: 1.0\r\n"
    b'User-Agent: Mail\r\nContent-Type: multipart/mixed; boundary="----=_b"\r\n\r\n'
)


def message(attachment_bytes: int) -> bytes:
    """A text and one attachment."""
    raw = random.Random(36).randbytes(attachment_bytes)
    encoded = base64.encodebytes(raw).replace(b"\n", b"\r\n")
    return (
        HEAD
        + b"------=_b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b'Gr=C3=BC=C3=9Fe\r\n------=_b\r\nContent-Type: application/pdf; name="a.pdf"\r\n'
        b'Content-Disposition: attachment; filename="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + encoded
        + b"------=_b--\r\n"
    )


def ours(content: bytes) -> None:
    """Scan, and decode every leaf, one at a time."""
    for part in scan(content, Ledger(len(content))).parts:
        if part.kind is Kind.LEAF:
            next(read_leaf(part, is_text=False)[1])


def whole(content: bytes) -> None:
    """The collector with names, roles, hashes; looking into files left out."""
    ledger = Ledger(len(content))
    drive_alone(Collector(_unlooked, ledger).collect(scan(content, ledger)))


def _unlooked(content: bytes, names: tuple[str, ...], _digest: str) -> tuple[Looked, ...]:
    return (Looked((), names, "", len(content), Format.UNKNOWN, False, ()),)


def theirs(content: bytes) -> None:
    """The standard library."""
    for part in email.message_from_bytes(content, policy=compat32).walk():
        part.get_filename()
        part.get_payload(decode=True)


def best(run: Callable[[bytes], None], content: bytes, seconds: float = 1.0) -> float:
    """Seconds of the fastest run."""
    fastest, until = 1e9, time.perf_counter() + seconds
    while time.perf_counter() < until:
        start = time.perf_counter()
        run(content)
        fastest = min(fastest, time.perf_counter() - start)
    return fastest


def peak(run: Callable[[bytes], None], content: bytes) -> float:
    """Peak of what the run allocates, plus the message, as a multiple of the message."""
    tracemalloc.start()
    run(content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (most + len(content)) / len(content)


HOSTILE_BYTES = 20_000_000


def inspected(content: bytes) -> None:
    """The whole inspection, looking into files included."""
    drive_alone(inspect_message(content))


def processor_seconds(run: Callable[[bytes], None], content: bytes, times: int) -> float:
    """Of the fastest of so many runs, per byte."""
    fastest = 1e9
    for _ in range(times):
        start = time.process_time()
        run(content)
        fastest = min(fastest, time.process_time() - start)
    return fastest / len(content)


def hostile() -> None:
    """Every shape made to cost much: seconds and peak of 20 MB, and how the time per byte grows from a tenth of it."""
    for label, make in HOSTILE.items():
        large, small = make(HOSTILE_BYTES), make(HOSTILE_BYTES // 10)
        per_byte, before = processor_seconds(inspected, large, 1), processor_seconds(inspected, small, 3)
        megabytes = (peak(inspected, large) - 1) * len(large) / 1e6
        print(
            f"{label:>30}: {per_byte * len(large):5.2f} s and {megabytes:5.1f} MB for {len(large) / 1e6:.0f} MB,"
            f" {per_byte / before:.2f}x per byte of a tenth"
        )


def main() -> None:
    """Print the table."""
    for label, size in (("2 KB", 950), ("200 KB", 145_000), ("27 MB", 20_000_000)):
        content = message(size)
        base = best(theirs, content)
        scanned, collected = best(ours, content), best(whole, content)
        print(
            f"{label:>7}: scan+extract {base / scanned:5.1f}x, whole collector {base / collected:5.1f}x of compat32"
            f" ({base * 1e3:.2f} ms), peak {peak(whole, content):.2f} of the message"
        )
    hostile()


if __name__ == "__main__":
    main()
