# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The memory of running processes, looked through for bytes; and what mail and keys look like there."""

import base64
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

PIECE_BYTES = 8 << 20


def found_in_memory(pid: int, wanted: Iterable[bytes]) -> set[bytes]:
    """Those of the wanted strings that stand in what this process has written or may write to its memory.

    PermissionError where the process lets nobody look and the looker is not the administrator.
    """
    left, found = set(wanted), set[bytes]()
    longest = max(len(one) for one in left)
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for start, end in own_regions(pid):
            for piece in _pieces(memory.fileno(), start, end, longest):
                found |= {one for one in left - found if one in piece}
    return found


def own_regions(pid: int) -> Iterator[tuple[int, int]]:
    """The readable regions that are not a plain view of a file."""
    with Path(f"/proc/{pid}/maps").open(encoding="utf-8") as lines:
        for line in lines:
            place, rights, _, _, inode, *name = line.split(maxsplit=5)
            if rights[0] == "r" and (rights[1] == "w" or inode == "0") and name not in (["[vvar]\n"], ["[vsyscall]\n"]):
                start, _, end = place.partition("-")
                yield int(start, 16), int(end, 16)


def _pieces(memory: int, start: int, end: int, overlap: int) -> Iterator[bytes]:
    at = start
    while at < end:
        try:
            piece = os.pread(memory, min(PIECE_BYTES, end - at), at)
        except OSError:  # a page that the kernel keeps to itself, or a region that went away
            return
        if not piece:
            return
        yield piece
        at += len(piece) if at + len(piece) >= end else max(len(piece) - overlap, 1)


def traces_of_text(*texts: str) -> frozenset[bytes]:
    """The texts as they stand, and as base64 shows them at any of its three places."""
    plain = [text.encode() for text in texts]
    return frozenset((*plain, *(base64.b64encode(b"x" * shift + one)[4:-4] for one in plain for shift in range(3))))


def traces_of_key(key: Any) -> dict[bytes, str]:
    """Pieces of the secret numbers of a private key, in both orders in which programs keep numbers, with their names."""
    numbers = key.private_numbers()
    names = ("private_value",) if isinstance(key, ec.EllipticCurvePrivateKey) else ("p", "q", "d")
    found: dict[bytes, str] = {}
    for name in names:
        value: int = getattr(numbers, name)
        octets = value.to_bytes((value.bit_length() + 7) // 8, "big")
        found |= {octets[8:56]: f"{name}, big", octets[::-1][8:56]: f"{name}, little"}
    return found
