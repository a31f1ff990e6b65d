# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Reading signed-data: content, certificates, and what one signer claims, before anything is verified (RFC 5652, 5)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import MAX_CERTIFICATES, Certificate, read_certificate
from poststelle.inspection.cms.der import (
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    Node,
    algorithm,
    context,
    encode,
    oid,
)
from poststelle.inspection.cms.recipients import KeyName, issuer_and_serial
from poststelle.inspection.cms.sealed import DATA

MAX_SIGNERS = 16
MAX_CRL_BYTES = 200 * 1024
_CERTIFICATES = context(0)
_KEY_IDENTIFIER, _SIGNED_ATTRIBUTES = context(0, constructed=False), context(0)
_UNSIGNED_ATTRIBUTES = context(1)
_CRLS = context(1)
_CONTENT_TYPE = oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
_SIGNING_TIME = oid("1.2.840.113549.1.9.5")
_CAPABILITIES = oid("1.2.840.113549.1.9.15")
_TIME_STAMP = oid("1.2.840.113549.1.9.16.2.14")
_PROTECTION = oid("1.2.840.113549.1.9.52")
_NAMED_BY_SHA1, _NAMED = oid("1.2.840.113549.1.9.16.2.12"), oid("1.2.840.113549.1.9.16.2.47")
_SHA1, _SHA256 = oid("1.3.14.3.2.26"), oid("2.16.840.1.101.3.4.2.1")
_GCM = tuple(encode(OID, oid(f"2.16.840.1.101.3.4.1.{number}")) for number in (46, 6))
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_MOMENT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z")
_UTC_TIME_PIVOT = 50
"""Years from 50 are of the last century (RFC 5280, 4.1.2.5.1)."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """The signed attributes that count, each exactly as often as it may stand."""

    signed_bytes: bytes
    """The SET over which the signature was made (RFC 5652, 5.4)."""
    content_type: bytes
    message_digest: bytes
    signing_time: datetime | None
    takes_gcm: bool = False
    """The signer's program reads AES-GCM (RFC 8551, 2.5.2)."""
    certificate_digests: tuple[tuple[bytes, bytes], ...] = ()
    """Hash function and digest of the certificate the signer says he signed with (RFC 5035, 3 and 4)."""
    protected: tuple[bytes, bytes] | None = None
    """The methods of digest and signature the signer says he used (RFC 6211); None where he says nothing."""


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """One signer's entry. attributes is None where there are none; fault says why they may not be used."""

    name: KeyName
    digest: bytes
    method: bytes
    parameters: Node | None
    signature: bytes
    attributes: Attributes | None
    fault: bool
    time_stamp: bytes = b""
    """The token enclosed beside the signature, unsigned (RFC 3161, appendix A); empty where there is none, or several."""


@dataclass(frozen=True, slots=True)
class SignedData:
    """What a signed-data structure holds. content is None where it is detached."""

    content_type: bytes
    content: memoryview | None
    certificates: tuple[Certificate, ...]
    signers: tuple[SignerInfo, ...]
    crls: tuple[bytes, ...] = ()
    """Revocation lists brought along, together at most MAX_CRL_BYTES."""


def read_signed(body: Node) -> SignedData:
    """The structure; CmsError where it is not one."""
    parts = body.must_be(SEQUENCE).children()
    if len(parts) < 4:
        raise CmsError("signed-data cut short")
    encapsulated = parts[2].must_be(SEQUENCE).children()
    signers = parts[-1].must_be(SET).children()
    if len(signers) > MAX_SIGNERS:
        raise CmsError("too many signers")
    certificates = next((part for part in parts[3:-1] if part.tag == _CERTIFICATES), None)
    return SignedData(
        content_type=encapsulated[0].must_be(OID).octets,
        content=encapsulated[1].must_be(context(0)).children()[0].must_be(OCTET_STRING).content
        if len(encapsulated) > 1
        else None,
        certificates=_certificates(certificates) if certificates else (),
        signers=tuple(_signer(node) for node in signers),
        crls=_crls(next((part for part in parts[3:-1] if part.tag == _CRLS), None)),
    )


def _certificates(node: Node) -> tuple[Certificate, ...]:
    """The readable ones; one that is damaged or of another kind hides no other."""
    found: list[Certificate] = []
    for part in node.children()[:MAX_CERTIFICATES]:
        if part.tag == SEQUENCE:
            try:
                found.append(read_certificate(part.der))
            except (CmsError, IndexError):
                continue
    return tuple(found)


def _crls(node: Node | None) -> tuple[bytes, ...]:
    """None at all where they are larger than any honest sender's: half of them would be a choice of the sender's."""
    if node is None or len(node.content) > MAX_CRL_BYTES:
        return ()
    return tuple(part.der for part in node.children() if part.tag == SEQUENCE)


def _signer(node: Node) -> SignerInfo:
    parts = list(node.must_be(SEQUENCE).children())
    if len(parts) < 5:
        raise CmsError("signer cut short")
    identifier, digest = parts[1], algorithm(parts[2])[0]
    attributes_node = parts[3] if parts[3].tag == _SIGNED_ATTRIBUTES else None
    method_node, signature = parts[4:6] if attributes_node else parts[3:5]
    method, parameters = algorithm(method_node)
    attributes = _attributes(attributes_node) if attributes_node else None
    is_misplaced = any(part.tag == _UNSIGNED_ATTRIBUTES and _holds_signed_kinds(part) for part in parts[5:])
    return SignerInfo(
        name=KeyName(key_identifier=identifier.octets)
        if identifier.tag == _KEY_IDENTIFIER
        else issuer_and_serial(identifier),
        digest=digest,
        method=method,
        parameters=parameters,
        signature=signature.must_be(OCTET_STRING).octets,
        attributes=attributes,
        fault=is_misplaced or (attributes_node is not None and attributes is None),
        time_stamp=b"".join(_tokens(part) for part in parts[5:] if part.tag == _UNSIGNED_ATTRIBUTES),
    )


def _tokens(unsigned: Node) -> bytes:
    """The only token; two would be two answers."""
    kinds = (attribute.must_be(SEQUENCE).children()[:2] for attribute in unsigned.children())
    found = [one for kind, values in kinds if kind.octets == _TIME_STAMP for one in values.must_be(SET).children()]
    return found[0].der if len(found) == 1 else b""


def _attributes(node: Node) -> Attributes | None:
    """None where one that must stand exactly once does not, or has not exactly one value (RFC 5652, 11)."""
    values: dict[bytes, list[tuple[Node, ...]]] = {}
    for attribute in node.children():
        kind, content = attribute.must_be(SEQUENCE).children()[:2]
        values.setdefault(kind.must_be(OID).octets, []).append(content.must_be(SET).children())
    content_type = _only(values.get(_CONTENT_TYPE, []))
    digest = _only(values.get(_MESSAGE_DIGEST, []))
    times = values.get(_SIGNING_TIME, [])
    time = _only(times)
    if content_type is None or digest is None or (times and time is None):
        return None
    moment = _moment(time) if time else None
    if content_type.tag != OID or digest.tag != OCTET_STRING or (time and moment is None):
        return None
    capabilities = _only(values.get(_CAPABILITIES, []))
    takes_gcm = capabilities is not None and any(one in capabilities.octets for one in _GCM)
    named = (_named(values.get(kind, []), method) for kind, method in ((_NAMED_BY_SHA1, _SHA1), (_NAMED, _SHA256)))
    return Attributes(
        encode(SET, node.content),
        content_type.octets,
        digest.octets,
        moment,
        takes_gcm,
        certificate_digests=tuple(one for one in named if one is not None),
        protected=_protected(values.get(_PROTECTION, [])),
    )


def _named(values: list[tuple[Node, ...]], method: bytes) -> tuple[bytes, bytes] | None:
    """Of the certificates named the first, which is the signer's (RFC 5035, 5.4); CmsError where none can be read."""
    if not values:
        return None
    stated = _only(values)
    if stated is None:
        raise CmsError("signing certificate named twice")
    first = stated.must_be(SEQUENCE).children()[0].must_be(SEQUENCE).children()[0].must_be(SEQUENCE).children()
    if first[0].tag == SEQUENCE:
        return algorithm(first[0])[0], first[1].must_be(OCTET_STRING).octets
    return method, first[0].must_be(OCTET_STRING).octets


def _protected(values: list[tuple[Node, ...]]) -> tuple[bytes, bytes] | None:
    """CmsError where it stands twice, or names no method of signing (RFC 6211, 2)."""
    if not values:
        return None
    stated = _only(values)
    parts = stated.must_be(SEQUENCE).children() if stated is not None else ()
    if len(parts) != 2 or parts[1].tag != context(1):
        raise CmsError("methods named twice, or not both")
    return algorithm(parts[0])[0], parts[1].children()[0].must_be(OID).octets


def _holds_signed_kinds(node: Node) -> bool:
    """True where an attribute that may only stand signed stands unsigned (RFC 5652, 11.1 to 11.3)."""
    kinds = {attribute.must_be(SEQUENCE).children()[0].octets for attribute in node.children()}
    return not kinds.isdisjoint((_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME))


def _only(values: list[tuple[Node, ...]]) -> Node | None:
    return values[0][0] if len(values) == 1 and len(values[0]) == 1 else None


def _moment(node: Node) -> datetime | None:
    """UTCTime or GeneralizedTime as RFC 5280 writes them; None where it is neither."""
    text = node.octets.decode("ascii", "replace")
    if node.tag == _UTC_TIME:
        text = ("19" if text[:2].isdigit() and int(text[:2]) >= _UTC_TIME_PIVOT else "20") + text
    elif node.tag != _GENERALIZED_TIME:
        return None
    found = _MOMENT.fullmatch(text)
    try:
        return datetime(*(int(part) for part in found.groups()), tzinfo=UTC) if found else None  # type: ignore[misc, arg-type] # six numbers
    except ValueError:
        return None


__all__ = ["DATA", "Attributes", "SignedData", "SignerInfo", "read_signed"]
