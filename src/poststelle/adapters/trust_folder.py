# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What this installation believes of signers, as files: ``anchors``, ``intermediates``, ``crls`` and ``lists`` in one folder.

Each file is PEM (any number in it) or DER; those in ``lists`` are trust lists in XML, signed by one of the certificates in
``list-signers`` once there is any. Nothing is fetched here: lists of revoked certificates are put there by whoever fetches
them, and what our own fetcher took lies in ``fetched``. A file that cannot be read is named, since believing less than was
meant would go unnoticed.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from poststelle.application.keyring import KeyRingError
from poststelle.inspection.cms.chain import Trust
from poststelle.inspection.trust_list import TrustList, newest_of_each
from poststelle.inspection.trust_list_signature import ListSignatureError, check_list_signature
from poststelle.inspection.trust_list_xml import MAX_LIST_BYTES, TrustListError, read_trust_list

_ANCHORS, _INTERMEDIATES, _CRLS = "anchors", "intermediates", "crls"
_LISTS, _LIST_SIGNERS = "lists", "list-signers"
_WATCHED, _FETCHED = "watched", "fetched"
_READ = (
    *((part, "*") for part in (_ANCHORS, _INTERMEDIATES, _CRLS, _LISTS, _LIST_SIGNERS)),
    (_FETCHED, "*.crl"),
    (_FETCHED, "*.ocsp"),
)

MAX_LISTED_CHARACTERS = 8 * 1024 * 1024
"""Of all certificates in trust lists together, some 4,000 of them: every worker is born with them."""


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
            answers=self._read(_FETCHED, _answers, "*.ocsp"),
        )

    def lists(self) -> tuple[TrustList, ...]:
        """The trust lists, of each territory the latest issue. KeyRingError names a file that cannot be read."""
        signers = self._read(_LIST_SIGNERS, _certificates)
        found: list[TrustList] = []
        for file in self._files(_LISTS, "*"):
            try:
                found.append(_trust_list(file, signers))
            except (TrustListError, ListSignatureError) as error:
                remedy = "Put national trust lists in XML there only, as published; see docs/operations/keys.md."
                raise KeyRingError(f"{file} cannot be used: {error}", remedy) from error
        latest = newest_of_each(found)
        listed = sum(len(text) for one in latest for service in one.services for text in service.certificates)
        if listed > MAX_LISTED_CHARACTERS:
            raise KeyRingError(
                f"{self._root / _LISTS} holds too many certificates", "Keep the lists of those states you hear from."
            )
        return latest

    def watched(self) -> tuple[bytes, ...]:
        """Certificates of signers on which their issuers are asked one by one."""
        return self._read(_WATCHED, _certificates)

    def _read(self, part: str, reader: Callable[[bytes], list[bytes]], which: str = "*") -> tuple[bytes, ...]:
        found: list[bytes] = []
        for file in self._files(part, which):
            try:
                found += reader(file.read_bytes())
            except ValueError as error:
                raise KeyRingError(f"{file} cannot be read: {error}", "Put PEM or DER files there only.") from error
        return tuple(found)

    def _files(self, part: str, which: str) -> list[Path]:
        return [file for file in sorted((self._root / part).glob(which)) if not file.name.startswith(".")]


def _trust_list(file: Path, signers: tuple[bytes, ...]) -> TrustList:
    with file.open("rb") as opened:
        content = opened.read(MAX_LIST_BYTES + 1)
    found = read_trust_list(content)
    if not signers:
        return found
    check_list_signature(content, signers)
    return replace(found, is_verified=True)


def _certificates(content: bytes) -> list[bytes]:
    if _is_pem(content):
        return [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(content)]
    return [x509.load_der_x509_certificate(content).public_bytes(Encoding.DER)]


def _lists(content: bytes) -> list[bytes]:
    load = x509.load_pem_x509_crl if _is_pem(content) else x509.load_der_x509_crl
    return [load(content).public_bytes(Encoding.DER)]


def _answers(content: bytes) -> list[bytes]:
    return [ocsp.load_der_ocsp_response(content).public_bytes(Encoding.DER)]


def _is_pem(content: bytes) -> bool:
    return b"-----BEGIN" in content[:4096]
