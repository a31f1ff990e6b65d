# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The certificate that the door shows: its two files, read again when they change, as they do every few weeks by themselves."""

import logging
import ssl
from pathlib import Path

_log = logging.getLogger("poststelle.door")

_REASONS = {"KEY_VALUES_MISMATCH": "the key is not that of the certificate"}
_Stamp = tuple[tuple[int, int, int] | None, ...]


class CertificateFiles:
    """Called for each negotiation: the context it is done with. OSError at construction where the files are of no use."""

    def __init__(self, certificate: Path, key: Path | None = None) -> None:
        self._certificate, self._key = certificate, key
        self._stamp = self._look()
        self._context = self._read()

    def __call__(self) -> ssl.SSLContext:
        """What the files hold now. Where that is of no use, such as between two writes, what they held before."""
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._context = self._read()
                _log.info("door.certificate_renewed")
            except OSError as error:
                _log.error("door.certificate_not_renewed cause=%s", reason_of(error))
        return self._context

    def _look(self) -> _Stamp:
        return tuple(_stamp_of(file) for file in (self._certificate, self._key) if file is not None)

    def _read(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        # A passphrase, and be it none: without one OpenSSL would wait for somebody at the terminal.
        context.load_cert_chain(self._certificate, self._key, password="")
        return context


def reason_of(error: OSError) -> str:
    """In words; OpenSSL says "PEM lib" to most."""
    if not isinstance(error, ssl.SSLError):
        return str(error.strerror).lower()
    return _REASONS.get(error.reason, "not a chain of certificates and a key in PEM, both without a passphrase")


def _stamp_of(file: Path) -> tuple[int, int, int] | None:
    """Of the file behind every link, which a renewal may turn; None where there is none at this moment."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
