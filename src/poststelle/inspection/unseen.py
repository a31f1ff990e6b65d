# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a scanner that was shown the whole message may not have seen: packed up to be shown as well.

ClamAV opens archives, Office documents and TNEF by itself, and misses files that a PDF carries in object streams, yEnc,
and the further readings of a damaged encoding (1.4, 2026-11). Knows no scanner.
"""

import io
import zipfile
from collections.abc import Generator
from hashlib import sha256

from poststelle.inspection.mime.decode import Chunk
from poststelle.inspection.requests import Answer, Request, Scan

DECRYPTED = "unpacked"
"""Stands for the section of what lay in a decrypted layer; anything else is of the message as it came."""
BUNDLE_BYTES = 4 * 1024 * 1024
"""Packed bytes held before they are shown: few connections, and little memory beside the message."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Unseen:
    """Contents of one message, packed as they are met; each is bounded by whoever unpacked it."""

    __slots__ = ("_bundles", "_met")

    def __init__(self) -> None:
        self._bundles = {"": _Bundle(), DECRYPTED: _Bundle()}
        self._met: set[bytes] = set()

    def add(self, content: Chunk, *, decrypted: bool, digest: bytes = b"") -> None:
        """One more; the empty one holds nothing, and equal ones are shown once. ``digest``: its SHA-256, where known."""
        digest = digest or sha256(content).digest()
        if content and digest not in self._met:
            self._met.add(digest)
            self._bundles[DECRYPTED if decrypted else ""].add(content)

    def scans(self, enough_bytes: int = 1) -> Generator[Request, Answer, None]:
        """What has come together, where it is this much: one archive instead of a connection for each file."""
        for section, bundle in self._bundles.items():
            if bundle.packed_bytes >= enough_bytes:
                self._bundles[section] = _Bundle()
                yield Scan(section, bundle.packed())


class _Bundle:
    """A ZIP archive in memory, opened with its first member: most messages have none."""

    __slots__ = ("_archive", "_out")

    def __init__(self) -> None:
        self._out = io.BytesIO()
        self._archive: zipfile.ZipFile | None = None

    @property
    def packed_bytes(self) -> int:
        return self._out.tell()

    def add(self, content: Chunk) -> None:
        archive = self._archive or zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._archive = archive
        member = zipfile.ZipInfo(str(len(archive.filelist)), _EPOCH)
        member.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(member, bytes(content))

    def packed(self) -> bytes:
        """The archive, closed; nothing can be added any more."""
        if self._archive is not None:
            self._archive.close()
        return self._out.getvalue()
