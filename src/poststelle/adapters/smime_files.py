# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Keys, anchors and revocation lists named by a test collection, read from plain files.

For ``poststelle smime inspect`` alone: here a private key and a parser share a process, which no installation allows.
"""

import base64
import re
import warnings
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    load_der_private_key,
    load_pem_private_key,
    pkcs12,
)

from poststelle.application.smime_case import GivenKey
from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import Certificate, read_certificate
from poststelle.inspection.cms.chain import Trust
from poststelle.inspection.cms.unwrap import DecryptionKey

_ARMOUR = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END", re.DOTALL)
_BARE_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_DER_FILES_REMEMBERED = 4_096
_KINDS = ("p12", "pem", "der")
_DECRYPTING = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, x25519.X25519PrivateKey, x448.X448PrivateKey)


class SpecError(ValueError):
    """A specification of keys or trust that cannot be followed; the sentence says which file."""


def unarmoured(content: bytes) -> tuple[bytes, ...]:
    """The DER blocks of a file: of PEM every block that is no private key, of bare base64 the one, else the file."""
    blocks = _ARMOUR.findall(content)
    if blocks:
        return tuple(base64.b64decode(_without_fields(body)) for label, body in blocks if b"PRIVATE" not in label)
    if content[:2] == b"MI" and _BARE_BASE64.fullmatch(content):
        return (base64.b64decode(content),)
    return (content,)


def _without_fields(body: bytes) -> bytes:
    """The base64 of a block that begins with header fields (RFC 1421, 4.4)."""
    return body.partition(b"\n\n")[2] if b":" in body else body


@lru_cache(maxsize=64)
def read_keys(specification: str) -> tuple[GivenKey, ...]:
    """The keys of ``p12:PASSWORD:FILE``, ``pem:CERT|KEY`` and ``der:CERT|KEY``, comma-separated.

    A bare path repeats kind and password of the one before. SpecError names what cannot be used.
    """
    found: list[GivenKey] = []
    kind = password = ""
    for item in filter(None, (part.strip() for part in specification.split(","))):
        name = item
        head, colon, rest = item.partition(":")
        if colon and head in _KINDS:
            kind, name = head, rest
            if kind == "p12":
                password, _, name = rest.partition(":")
        try:
            found += [_from_p12(Path(name), password)] if kind == "p12" else [_from_pair(name)]
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SpecError(f"{name}: {error}") from error
    return tuple(found)


def _from_p12(path: Path, password: str) -> GivenKey:
    (content,) = unarmoured(path.read_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        key, certificate, _ = pkcs12.load_key_and_certificates(content, password.encode() or None)
    if key is None or certificate is None:
        raise SpecError("no key with its certificate in it")
    return GivenKey(_decrypting(key), read_certificate(certificate.public_bytes(Encoding.DER)))


def _from_pair(names: str) -> GivenKey:
    certificate, bar, key = names.partition("|")
    if not bar:
        raise SpecError("a certificate and its key are written CERT|KEY")
    content = Path(key).read_bytes()
    load = load_pem_private_key if b"-----BEGIN" in content else load_der_private_key
    return GivenKey(_decrypting(load(content, None)), read_certificate(unarmoured(Path(certificate).read_bytes())[0]))


def _decrypting(key: PrivateKeyTypes) -> DecryptionKey | None:
    return key if isinstance(key, _DECRYPTING) else None


@lru_cache(maxsize=_DER_FILES_REMEMBERED)
def read_trust(specification: str) -> Trust:
    """Anchors, intermediates and revocation lists, told apart by what they are.

    Self-signed certificates are the anchors; where there is none, every certificate is one.
    """
    certificates: list[Certificate] = []
    lists: list[bytes] = []
    for name in filter(None, (part.strip() for part in specification.split(","))):
        for der in unarmoured(Path(name).read_bytes()):
            if (one := _list(der)) is not None:
                lists.append(one)
            else:
                certificates.append(_certificate(name, der))
    roots = [one for one in certificates if _is_self_signed(one)] or certificates
    others = tuple(one.der for one in certificates if one not in roots)
    return Trust(tuple(one.der for one in roots), others, tuple(lists))


def _list(der: bytes) -> bytes | None:
    """Asked first: the outline of a list looks like that of a certificate."""
    try:
        return x509.load_der_x509_crl(der).public_bytes(Encoding.DER)
    except ValueError:
        return None


def _certificate(name: str, der: bytes) -> Certificate:
    try:
        return read_certificate(der)
    except (CmsError, IndexError) as error:
        raise SpecError(f"{name}: neither a certificate nor a revocation list") from error


def _is_self_signed(one: Certificate) -> bool:
    """Issued by its own key, not only under its own name: a renewed authority's bridge is no anchor (RFC 5280, 3.2)."""
    if one.issuer != one.subject:
        return False
    try:
        known = x509.load_der_x509_certificate(one.der)
        known.verify_directly_issued_by(known)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return True
    return True
