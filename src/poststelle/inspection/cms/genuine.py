# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Which revocation lists are signed by one of the certificates at hand, and may speak of a path (RFC 5280, 6.3.3, b and g).

The path validator leaves the signature out where it meets a list while it looks at the certificate of the list's own
signer, and believes the list from then on; and it believes a list for others of anybody whom the authority certified.
"""

from collections.abc import Collection, Iterable, Iterator

from asn1crypto import crl, x509  # type: ignore[import-untyped] # asn1crypto ships no types
from cryptography import x509 as pyca
from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

_MAX_REMEMBERED = 10_000
_UNREADABLE = (
    ValueError,
    TypeError,
    OverflowError,
    InternalError,
    UnsupportedAlgorithm,
    pyca.InvalidVersion,
    pyca.DuplicateExtension,
)


def speaking_of(path: Iterable[x509.Certificate], lists: Iterable[crl.CertificateList]) -> list[crl.CertificateList]:
    """Without the lists for others whose issuer is none of the path's, nor named by one of its certificates."""
    names = {name for one in path for name in (one.issuer.hashable, *_issuers_of_lists(one))}
    return [one for one in lists if not _is_for_others(one) or one.issuer.hashable in names]


def _is_for_others(one: crl.CertificateList) -> bool:
    stated = one.issuing_distribution_point_value
    return stated is not None and bool(stated["indirect_crl"].native)


def _issuers_of_lists(certificate: x509.Certificate) -> Iterator[str]:
    """RFC 5280, 4.2.1.13: cRLIssuer."""
    for point in certificate.crl_distribution_points_value or ():
        for name in point["crl_issuer"] if point["crl_issuer"].native else ():
            if name.name == "directory_name":
                yield name.chosen.hashable


class GenuineLists:
    """Remembers who signed which list: the house has many, and asks for each signer anew."""

    __slots__ = ("_remembered",)

    def __init__(self) -> None:
        self._remembered: dict[tuple[bytes, bytes], bool] = {}

    def among(
        self, lists: Collection[crl.CertificateList], certificates: Iterable[x509.Certificate]
    ) -> list[crl.CertificateList]:
        """The lists that one of the certificates has signed, by a method that is read."""
        keys: dict[str, list[bytes]] = {one.issuer.hashable: [] for one in lists}
        for one in certificates if keys else ():
            if one.subject.hashable in keys:
                keys[one.subject.hashable].append(one.public_key.dump())
        return [one for one in lists if any(self._has_signed(key, one) for key in keys[one.issuer.hashable])]

    def _has_signed(self, key: bytes, one: crl.CertificateList) -> bool:
        asked = (key, one.sha256)
        found = self._remembered.get(asked)
        if found is None:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[asked] = _is_signed_with(key, one.dump())
        return found


def _is_signed_with(key: bytes, der: bytes) -> bool:
    try:
        return pyca.load_der_x509_crl(der).is_signature_valid(load_der_public_key(key))  # type: ignore[arg-type] # TypeError for others
    except _UNREADABLE:
        return False
