# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What this installation believes of signers, as files: ``anchors``, ``intermediates`` and ``crls`` in one folder.

Each file is PEM (any number in it) or DER. Nothing is fetched here: lists of revoked certificates are put there by
whoever fetches them, and what our own fetcher took lies in ``fetched``. A file that cannot be read is named, since
believing less than was meant would go unnoticed.
"""

from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from poststelle.application.keyring import KeyRingError
from poststelle.inspection.cms.chain import Trust

_ANCHORS, _INTERMEDIATES, _CRLS = "anchors", "intermediates", "crls"
_WATCHED, _FETCHED = "watched", "fetched"
_READ = ((_ANCHORS, "*"), (_INTERMEDIATES, "*"), (_CRLS, "*"), (_FETCHED, "*.crl"), (_FETCHED, "*.ocsp"))


class TrustFolder:
    """Reads the folder; one that is not there believes nobody."""

    def __init__(self, root: Path, *, must_know_revocation: bool = False) -> None:
        self._root = root
        self._must_know_revocation = must_know_revocation

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Changes whenever a file does: name, time and size of each."""
        found = ((file, file.stat()) for part, which in _READ for file in sorted((self._root / part).glob(which)))
        return tuple((f"{file.parent.name}/{file.name}", stat.st_mtime_ns, stat.st_size) for file, stat in found)

    def trust(self) -> Trust:
        """Everything in it. KeyRingError names a file that cannot be read."""
        return Trust(
            roots=self._read(_ANCHORS, _certificates),
            intermediates=self._read(_INTERMEDIATES, _certificates),
            crls=(*self._read(_CRLS, _lists), *self._read(_FETCHED, _lists, "*.crl")),
            must_know_revocation=self._must_know_revocation,
            answers=self._read(_FETCHED, _as_it_is, "*.ocsp"),
        )

    def watched(self) -> tuple[bytes, ...]:
        """Certificates of signers on which their issuers are asked one by one."""
        return self._read(_WATCHED, _certificates)

    def _read(self, part: str, reader: Callable[[bytes], list[bytes]], which: str = "*") -> tuple[bytes, ...]:
        found: list[bytes] = []
        for file in sorted((self._root / part).glob(which)):
            if file.name.startswith("."):
                continue
            try:
                found += reader(file.read_bytes())
            except ValueError as error:
                raise KeyRingError(f"{file} cannot be read: {error}", "Put PEM or DER files there only.") from error
        return tuple(found)


def _certificates(content: bytes) -> list[bytes]:
    if _is_pem(content):
        return [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(content)]
    return [x509.load_der_x509_certificate(content).public_bytes(Encoding.DER)]


def _lists(content: bytes) -> list[bytes]:
    load = x509.load_pem_x509_crl if _is_pem(content) else x509.load_der_x509_crl
    return [load(content).public_bytes(Encoding.DER)]


def _as_it_is(content: bytes) -> list[bytes]:
    return [content]


def _is_pem(content: bytes) -> bool:
    return b"-----BEGIN" in content[:4096]
