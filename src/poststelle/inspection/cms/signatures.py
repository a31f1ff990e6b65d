# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whether a signature holds: over these bytes, by this key, with methods that still mean something.

Order of the questions: form, who, what is signed, does the sum agree, does the signature, is it strong. A forged one is
never called merely weak, and a weak one is never called good.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import x509  # type: ignore[import-untyped] # asn1crypto ships no types
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from poststelle.core.signature import Signature
from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import Certificate, is_in_force, public_key
from poststelle.inspection.cms.der import SEQUENCE, SET, Node, algorithm, context, encode, oid, read
from poststelle.inspection.cms.digests import HASHES, WEAK_HASHES, digest_of, hash_of
from poststelle.inspection.cms.signed import SignedData, SignerInfo

MIN_RSA_BITS = 2048
MIN_EC_BITS = 224
"""BSI TR-02102-1 asks for more by now; below these nobody should rely on a signature at all."""

_RSA, _PSS = oid("1.2.840.113549.1.1.1"), oid("1.2.840.113549.1.1.10")
_MGF1 = oid("1.2.840.113549.1.1.8")
_TRAILER = 1
_MAX_SALT_BYTES = 2048
"""No key that is read has room for more."""
_ED = frozenset({oid("1.3.101.112"), oid("1.3.101.113")})
_SHA3: tuple[type[hashes.HashAlgorithm], ...] = (hashes.SHA3_224, hashes.SHA3_256, hashes.SHA3_384, hashes.SHA3_512)
_WITH_HASH: dict[bytes, type[hashes.HashAlgorithm]] = {
    oid("1.2.840.113549.1.1.4"): hashes.MD5,
    oid("1.2.840.113549.1.1.5"): hashes.SHA1,
    oid("1.3.14.3.2.29"): hashes.SHA1,
    oid("1.2.840.113549.1.1.14"): hashes.SHA224,
    oid("1.2.840.113549.1.1.11"): hashes.SHA256,
    oid("1.2.840.113549.1.1.12"): hashes.SHA384,
    oid("1.2.840.113549.1.1.13"): hashes.SHA512,
    oid("1.2.840.10045.4.1"): hashes.SHA1,
    oid("1.2.840.10045.4.3.1"): hashes.SHA224,
    oid("1.2.840.10045.4.3.2"): hashes.SHA256,
    oid("1.2.840.10045.4.3.3"): hashes.SHA384,
    oid("1.2.840.10045.4.3.4"): hashes.SHA512,
    **{oid(f"2.16.840.1.101.3.4.3.{first + step}"): kind for first in (9, 13) for step, kind in enumerate(_SHA3)},
}
"""RFC 4055, RFC 5758; ECDSA and RSA with SHA-3 (NIST's arc 2.16.840.1.101.3.4.3, from 9 and from 13)."""
_BARE = frozenset({_RSA, oid("1.2.840.10045.2.1"), oid("1.2.840.10045.4")})
"""Methods that leave the hash function to the digest algorithm of the signer's entry."""
_DSA = frozenset(
    oid(dotted)
    for dotted in (
        "1.2.840.10040.4.1",
        "1.2.840.10040.4.3",
        "1.3.14.3.2.27",
        "2.16.840.1.101.3.4.3.1",
        "2.16.840.1.101.3.4.3.2",
    )
)
_EDWARDS = (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)


@dataclass(frozen=True, slots=True)
class Checked:
    """What one signed-data turned out to be worth, and who signed it as far as a certificate says."""

    signature: Signature
    certificate: Certificate | None = None
    signing_time: datetime | None = None
    algorithm: str = ""
    takes_gcm: bool = False


class _BadError(Exception):
    """The signature or a sum does not agree with the bytes."""


class _AttributesError(Exception):
    """The signed attributes contradict what they stand beside."""


class _WeakError(Exception):
    """The method proves nothing any more, and is not even tried."""


_MEANINGS: tuple[tuple[type[Exception], Signature], ...] = (
    (_BadError, Signature.BAD),
    (InvalidSignature, Signature.BAD),
    (_WeakError, Signature.WEAK),
    (_AttributesError, Signature.ATTR_INVALID),
)
_FAILURES: tuple[type[Exception], ...] = (
    *(kind for kind, _ in _MEANINGS),
    CmsError,
    UnsupportedAlgorithm,
    InternalError,
    ValueError,
    TypeError,
    IndexError,
)
"""Those without a row of their own come from methods and keys we do not know, or that OpenSSL refuses to put together."""


Digests = dict[bytes, bytes]
"""Digests by the identifier of their hash function: all that is left of a content nobody holds any more."""
Content = memoryview | bytes | Digests


def check(signed: SignedData, content: Content | None, at: datetime | None = None) -> Checked:
    """The worth of the signature over the content, which is the embedded or the detached one.

    The moment only chooses among certificates that the signer's name fits alike, an old and a renewed one.
    """
    if not signed.signers:
        is_bag = bool(signed.certificates) and not signed.content and not content  # NSS puts an empty string in
        return Checked(Signature.CERTS_ONLY if is_bag else Signature.NO_SIGNER)
    if content is None:
        return Checked(Signature.CONTENT_MISSING)
    worths = [_check_one(signed, signer, content, at) for signer in signed.signers]
    worst = min((worth.signature for worth in worths), key=_WORST_FIRST.index)
    is_one = len({signer.name for signer in signed.signers}) == 1
    signature = worst if is_one or worst in _FORGED else Signature.AMBIGUOUS
    return worths[0] if worths[0].signature is signature else replace(worths[0], signature=signature)


_FORGED = frozenset({Signature.BAD, Signature.ATTR_INVALID, Signature.WEAK})
_WORST_FIRST = (
    Signature.BAD,
    Signature.ATTR_INVALID,
    Signature.WEAK,
    Signature.UNSUPPORTED,
    Signature.NO_CERT,
    Signature.NO_ATTRS,
    Signature.OK,
)


def _check_one(signed: SignedData, signer: SignerInfo, content: Content, at: datetime | None) -> Checked:
    certificate = _certificate_of(signer, signed.certificates, at)
    moment = signer.attributes.signing_time if signer.attributes else None
    outcome = _outcome(signed, signer, certificate, content)
    takes_gcm = signer.attributes is not None and signer.attributes.takes_gcm
    return Checked(outcome, certificate, moment, _name_of(signer, certificate), takes_gcm)


def _certificate_of(signer: SignerInfo, brought: tuple[Certificate, ...], at: datetime | None) -> Certificate | None:
    """The certificate meant; where no issuer's name fits byte by byte, one that is the same name (RFC 5280, 7.1).

    A key identifier may fit several; then the one that the signed attributes name, and one that is valid.
    """
    exact = [one for one in brought if signer.name.names(one)]
    if len(exact) > 1:
        exact.sort(key=lambda one: (not _is_stated(signer, one), at is not None and not is_in_force(one, at)))
    if exact or signer.name.issuer is None:
        return exact[0] if exact else None
    numbered = (one for one in brought if one.serial == signer.name.serial)
    return next((one for one in numbered if _is_same_name(one.issuer, signer.name.issuer)), None)


def _is_same_name(one: bytes, other: bytes) -> bool:
    """Whatever encodings and cases its strings are in."""
    try:
        return bool(x509.Name.load(one) == x509.Name.load(other))
    except (ValueError, TypeError, KeyError):
        return False


def _outcome(signed: SignedData, signer: SignerInfo, certificate: Certificate | None, content: Content) -> Signature:
    if signer.fault:
        return Signature.ATTR_INVALID
    try:
        _compare_digest(signed, signer, content)
        return _verify(signer, certificate, content) if certificate else Signature.NO_CERT
    except _FAILURES as error:
        return next((code for kind, code in _MEANINGS if isinstance(error, kind)), Signature.UNSUPPORTED)


def _compare_digest(signed: SignedData, signer: SignerInfo, content: Content) -> None:
    """The content is the one the attributes speak of (RFC 5652, 5.4 and 11.1)."""
    if signer.attributes is None:
        return
    if signer.attributes.content_type != signed.content_type:
        raise _AttributesError
    if signer.attributes.protected not in (None, (signer.digest, signer.method)):
        raise _AttributesError
    found = content.get(signer.digest) if isinstance(content, dict) else digest_of(signer.digest, content)
    if found is None:
        raise CmsError("a digest that was not taken")
    if found != signer.attributes.message_digest:
        raise _BadError


def _is_stated(signer: SignerInfo, certificate: Certificate) -> bool:
    try:
        _compare_certificate(signer, certificate)
    except (_AttributesError, CmsError):
        return False
    return True


def _compare_certificate(signer: SignerInfo, certificate: Certificate) -> None:
    """The certificate is the one the signer named, where he did: another for the same key is not (RFC 5035, 2)."""
    for identifier, digest in signer.attributes.certificate_digests if signer.attributes else ():
        if digest_of(identifier, certificate.der) != digest:
            raise _AttributesError


def _verify(signer: SignerInfo, certificate: Certificate, content: Content) -> Signature:
    """The signature agrees, else InvalidSignature; then what it is worth."""
    if signer.method in _DSA:
        raise _WeakError
    _compare_certificate(signer, certificate)
    key = public_key(certificate)
    hashing = _hash_used(signer)
    verifier = _verifier(signer, key, hashing)
    _compare_signature(verifier, signer, content)
    if _is_weak(key, hashing):
        return Signature.WEAK
    return Signature.OK if signer.attributes else Signature.NO_ATTRS


def _compare_signature(verifier: Callable[[bytes], None], signer: SignerInfo, content: Content) -> None:
    if signer.attributes is None:
        if isinstance(content, dict):
            raise CmsError("the content itself is signed")
        verifier(bytes(content))
        return
    try:
        verifier(signer.attributes.signed_bytes)
    except InvalidSignature:
        verifier(_sorted(signer.attributes.signed_bytes))


def _sorted(attributes: bytes) -> bytes:
    """The same set in DER order: some senders sign that and send another order (RFC 5652, 5.4)."""
    return encode(SET, *sorted(node.der for node in read(attributes).children()))


def _hash_used(signer: SignerInfo) -> hashes.HashAlgorithm:
    """The hash function of the signature, which must be that of the digest as well."""
    if signer.method in _ED:
        return hash_of(signer.digest)
    if signer.method == _PSS:
        hashing = _pss(signer.parameters)[0]
    elif signer.method in _BARE:
        hashing = hash_of(signer.digest)
    elif signer.method in _WITH_HASH:
        hashing = _WITH_HASH[signer.method]()
    else:
        raise CmsError("unknown signature method")
    if not isinstance(hashing, HASHES.get(signer.digest, hashes.HashAlgorithm)):
        raise _AttributesError
    return hashing


def _pss(parameters: Node | None) -> tuple[hashes.HashAlgorithm, hashes.HashAlgorithm, int]:
    """Hash, mask hash and salt length; the trailer has one value only (RFC 8017, A.2.3)."""
    hashing: hashes.HashAlgorithm = hashes.SHA1()  # noqa: S303 - the standard's default, then found weak
    masking: hashes.HashAlgorithm = hashes.SHA1()  # noqa: S303 - as above
    salt_bytes = 20
    for part in parameters.must_be(SEQUENCE).children() if parameters else ():
        inner = part.children()[0]
        if part.tag == context(0):
            hashing = hash_of(algorithm(inner)[0])
        elif part.tag == context(1):
            method, more = algorithm(inner)
            if method != _MGF1 or more is None:
                raise CmsError("unknown mask function")
            masking = hash_of(algorithm(more)[0])
        elif part.tag == context(2):
            salt_bytes = inner.integer
        elif part.tag == context(3) and inner.integer != _TRAILER:
            raise CmsError("unknown trailer")
    if not 0 <= salt_bytes <= _MAX_SALT_BYTES:
        raise CmsError("impossible salt")
    return hashing, masking, salt_bytes


def _verifier(signer: SignerInfo, key: PublicKeyTypes | None, hashing: hashes.HashAlgorithm) -> Callable[[bytes], None]:
    signature = signer.signature
    if isinstance(key, rsa.RSAPublicKey):
        scheme: padding.AsymmetricPadding = padding.PKCS1v15()
        if signer.method == _PSS:
            _, masking, salt_bytes = _pss(signer.parameters)
            scheme = padding.PSS(padding.MGF1(masking), salt_bytes)
        return lambda signed: key.verify(signature, signed, scheme, hashing)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return lambda signed: key.verify(signature, signed, ec.ECDSA(hashing))
    if isinstance(key, _EDWARDS) and signer.method in _ED:
        return lambda signed: key.verify(signature, signed)
    if isinstance(key, dsa.DSAPublicKey):
        raise _WeakError
    raise CmsError("key of a kind we do not know")


def _is_weak(key: PublicKeyTypes | None, hashing: hashes.HashAlgorithm) -> bool:
    return hashing.name in WEAK_HASHES or has_weak_key(key)


def has_weak_key(key: PublicKeyTypes | None) -> bool:
    """True for keys too short, or of a kind, to be relied on."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < MIN_RSA_BITS
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.key_size < MIN_EC_BITS
    return isinstance(key, dsa.DSAPublicKey)


def _name_of(signer: SignerInfo, certificate: Certificate | None) -> str:
    kind = HASHES.get(signer.digest)
    key = public_key(certificate) if certificate else None
    family = type(key).__name__.removesuffix("PublicKey").lower() if key else ""
    return f"{family} {kind.name if kind else 'unknown'}".strip()
