# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One CMS layer opened: decrypted, verified or inflated, with its own truths and the entity inside.

A step of the inspection's dialogue: asks for content keys, shows the scanner what no scanner has seen, and is pure
otherwise. Walking from one layer to the next is the MIME reader's.
"""

import base64
import zlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from poststelle.core.document_signature import Listing
from poststelle.core.signature import Chain, Coverage, CryptoNote, Encryption, Layer, LayerKind, ReplyKey, Signature
from poststelle.inspection.cms.ber import CmsError, to_der
from poststelle.inspection.cms.certificates import Brought, Certificate, describe
from poststelle.inspection.cms.der import OCTET_STRING, OID, SEQUENCE, Node, context, encode, oid, read
from poststelle.inspection.cms.recipients import matches
from poststelle.inspection.cms.sealed import (
    DATA,
    ContentCipher,
    Mode,
    Sealed,
    begins_well,
    open_sealed,
    read_authenveloped,
    read_enveloped,
)
from poststelle.inspection.cms.signatures import Checked, check
from poststelle.inspection.cms.signed import SignedData, read_signed
from poststelle.inspection.requests import MAX_UNWRAPS, Answer, Request, Scan, Unwrap, Unwrapped, UnwrapRefused
from poststelle.inspection.trust_list import ServiceKind

MAX_LAYERS = 6
"""CMS layers inside one another; honest mail has three (signed, encrypted, signed: RFC 2634)."""
MAX_INFLATED_BYTES = 64 * 1024 * 1024
CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far a signer's clock may be ahead before the claimed time is called future."""

KINDS: dict[bytes, LayerKind] = {
    oid("1.2.840.113549.1.7.2"): LayerKind.SIGNED,
    oid("1.2.840.113549.1.7.3"): LayerKind.ENVELOPED,
    oid("1.2.840.113549.1.9.16.1.23"): LayerKind.AUTHENVELOPED,
    oid("1.2.840.113549.1.9.16.1.9"): LayerKind.COMPRESSED,
    oid("1.2.840.113549.1.7.4"): LayerKind.SIGNED_AND_ENVELOPED,
    oid("1.2.840.113549.1.7.5"): LayerKind.DIGESTED,
    oid("1.2.840.113549.1.7.6"): LayerKind.ENCRYPTED,
    oid("1.2.840.113549.1.9.16.1.2"): LayerKind.AUTHENTICATED,
}
"""RFC 5652, 4 to 9; RFC 5083; RFC 3274; RFC 2315, 11."""
_OPENING_BYTES = 64
_STRUCTURE_BYTES = 24
"""Tag, length, and the identifier with its own."""
_ZLIB = oid("1.2.840.113549.1.9.16.3.8")
_FAULTS = (CmsError, IndexError, ValueError)

CheckChain = Callable[[Certificate, Brought, datetime], Chain]
"""Where a certificate leads, given what else the mail brought, at a moment."""
CheckListed = Callable[[Certificate, Brought, datetime, ServiceKind], Listing]
"""What the trust lists say of a signer as a customer of that kind of service, at a moment."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A certificate of ours that senders may have encrypted to."""

    certificate: Certificate
    is_current: bool
    owner: str = ""
    """The authority whose key it is, where an installation serves several; empty: there is only one."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an inspection is told of the world for opening layers; the same surroundings give the same truths."""

    received_at: datetime | None = None
    """When the message came in; None where nobody says, and then no chain is checked and no time is future."""
    check_chain: CheckChain | None = None
    """None where no trust anchors are configured: every chain is CHAIN_UNTRUSTED then."""
    recipients: tuple[Recipient, ...] | None = None
    """Our certificates of all generations; None where unknown, and then every entry is asked for."""
    inflated_bytes: int = MAX_INFLATED_BYTES
    is_bare: bool = False
    """The structure stands alone, outside mail: what it holds need not begin like an entity."""
    check_listed: CheckListed | None = None
    """For signers of documents; None where no trust list is at hand."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the message a layer stands."""

    section: str
    depth: int = 1
    """How many CMS layers stand around it, itself counted."""
    is_whole: bool = True
    """True where it is the whole message, or the whole content of the layer around it."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What says of itself that it is CMS. body is None where it is malformed, else definite."""

    kind: LayerKind
    body: Node | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a layer: None where it is no CMS at all. inner is the entity inside, None where it stays closed."""

    layer: Layer | None
    inner: bytes | None = None
    is_decrypted: bool = False


LayerDialogue = Generator[Request, Answer, Opened]


def open_layer(content: bytes, place: Place, surroundings: Surroundings) -> LayerDialogue:
    """One opaque layer (application/pkcs7-mime), given as decoded DER or BER."""
    structure = read_structure(content)
    return (yield from open_structure(structure, place, surroundings)) if structure is not None else Opened(None)


def read_structure(content: bytes) -> Structure | None:
    """The structure, which refers to the content only where that was definite already; None where it is no CMS."""
    try:
        kind, body = _content_info(content)
    except _FAULTS:
        malformed = _kind_of_opening(content[:_OPENING_BYTES])
        return Structure(malformed, None) if malformed is not None else None
    return Structure(kind, body) if kind is not None else None


def open_structure(structure: Structure, place: Place, surroundings: Surroundings) -> LayerDialogue:
    """The same as :func:`open_layer`, where the content was read before and may be let go."""
    kind, body = structure.kind, structure.body
    if body is None:
        return Opened(_malformed_of(kind, place))
    if place.depth > MAX_LAYERS:
        return Opened(Layer(kind, place.section, encryption=Encryption.TOO_DEEP))
    if kind not in _OPENERS:
        return Opened(Layer(kind, place.section, encryption=Encryption.UNSUPPORTED))
    try:
        return (yield from _OPENERS[kind](body, place, surroundings))
    except _FAULTS:
        return Opened(_malformed_of(kind, place))


def _content_info(content: bytes) -> tuple[LayerKind | None, Node]:
    parts = read(to_der(content)).must_be(SEQUENCE).children()
    kind = KINDS.get(parts[0].must_be(OID).octets)
    return kind, parts[1].must_be(context(0)).children()[0] if kind else parts[0]


def _kind_of_opening(opening: bytes) -> LayerKind | None:
    """The kind by the first identifier alone; None where not even that is one of ours."""
    if opening[:1] != b"\x30":
        return None
    return next((kind for identifier, kind in KINDS.items() if identifier in opening), None)


def is_structure(content: bytes) -> bool:
    """True where the bytes begin as a CMS structure does, without MIME around it."""
    opening = content[:_STRUCTURE_BYTES]
    return opening[:1] == b"\x30" and any(encode(OID, identifier) in opening for identifier in KINDS)


def _entity(content_type: bytes, content: bytes) -> bytes | None:
    """What is inside, as an entity or a structure of its own; None where it is neither (RFC 5652, 4)."""
    if content_type == DATA:
        return content
    return encode(SEQUENCE, encode(OID, content_type), encode(context(0), content)) if content_type in KINDS else None


def _malformed_of(kind: LayerKind, place: Place) -> Layer:
    if kind is LayerKind.SIGNED:
        return Layer(kind, place.section, signature=Signature.MALFORMED)
    return Layer(kind, place.section, encryption=Encryption.MALFORMED)


def _open_enveloped(body: Node, place: Place, surroundings: Surroundings) -> LayerDialogue:
    return (yield from _open_sealed(LayerKind.ENVELOPED, read_enveloped(body), place, surroundings))


def _open_authenveloped(body: Node, place: Place, surroundings: Surroundings) -> LayerDialogue:
    return (yield from _open_sealed(LayerKind.AUTHENVELOPED, read_authenveloped(body), place, surroundings))


def _open_sealed(kind: LayerKind, sealed: Sealed, place: Place, surroundings: Surroundings) -> LayerDialogue:
    """Asked for only where the ciphertext is the whole message: a part among others would leak (EFAIL)."""
    cipher = sealed.cipher
    layer = Layer(kind, place.section, algorithm=cipher.name if cipher else "")
    if not place.is_whole:
        return Opened(replace(layer, encryption=Encryption.PARTIAL))
    if cipher is None:
        return Opened(replace(layer, encryption=Encryption.UNSUPPORTED))
    notes = [CryptoNote.WEAK_CIPHER] if cipher.is_weak else []
    if cipher.mode is not Mode.CBC:
        notes.append(CryptoNote.AUTHENTICATED)
    plaintext, encryption, is_current = yield from _decrypt(sealed, cipher, surroundings)
    if plaintext is None:
        return Opened(replace(layer, encryption=encryption, notes=tuple(notes)))
    notes += [] if is_current else [CryptoNote.OLD_KEY]
    yield Scan(place.section, plaintext)
    inner = _entity(sealed.content_type, plaintext)
    return Opened(replace(layer, encryption=encryption, notes=tuple(notes)), inner, is_decrypted=True)


def _decrypt(
    sealed: Sealed, cipher: ContentCipher, surroundings: Surroundings
) -> Generator[Request, Answer, tuple[bytes | None, Encryption, bool]]:
    """The plaintext, what became of the encryption, and whether the key was a current one."""
    refusals: set[str] = set()
    tries = 0
    for entry, is_current in _entries(sealed, surroundings):
        answer = yield Unwrap(entry, cipher.key_bytes)
        if isinstance(answer, UnwrapRefused):
            refusals.add(answer.reason)
        elif isinstance(answer, Unwrapped):
            plaintext = open_sealed(sealed, cipher, answer.content_key)
            if plaintext is not None and _is_plausible(plaintext, sealed.content_type, surroundings):
                return plaintext, Encryption.OK, is_current
            tries += 1
        if tries == MAX_UNWRAPS:
            break
    return None, _closed(refusals, has_tried=tries > 0), False


def _is_plausible(plaintext: bytes, content_type: bytes, surroundings: Surroundings) -> bool:
    """The plaintext of a made-up key begins like nothing that was ever encrypted (RFC 5652, 6.3)."""
    if content_type in KINDS:
        return _is_whole_sequence(plaintext)
    return surroundings.is_bare or begins_well(plaintext) or is_structure(plaintext)


def _is_whole_sequence(plaintext: bytes) -> bool:
    try:
        return bool(read(to_der(plaintext)).must_be(SEQUENCE).children())
    except _FAULTS:
        return False


def _entries(sealed: Sealed, surroundings: Surroundings) -> list[tuple[bytes, bool]]:
    """The recipient entries worth asking for, those of the current certificate first, and whether they are its."""
    if surroundings.recipients is None:
        return [(entry, True) for entry in sealed.recipients]
    ours = sorted(surroundings.recipients, key=lambda one: not one.is_current)
    return [
        (entry, recipient.is_current)
        for recipient in ours
        for entry in sealed.recipients
        if matches(entry, recipient.certificate)
    ]


def _closed(refusals: set[str], *, has_tried: bool) -> Encryption:
    if has_tried:
        return Encryption.FAILED
    return Encryption.UNSUPPORTED if "unsupported" in refusals else Encryption.NO_KEY


def _open_signed(body: Node, place: Place, surroundings: Surroundings) -> LayerDialogue:
    signed = read_signed(body)
    layer = _signed_layer(signed, check(signed, signed.content, surroundings.received_at), place, surroundings)
    inner = _entity(signed.content_type, bytes(signed.content)) if signed.content is not None else None
    if inner is None:
        return Opened(layer)
    yield Scan(place.section, inner)
    return Opened(layer, inner)


def _open_compressed(body: Node, place: Place, surroundings: Surroundings) -> LayerDialogue:
    """Compressed-data (RFC 3274), inflated no further than the message may be large."""
    _, method, encapsulated = body.must_be(SEQUENCE).children()[:3]
    layer = Layer(LayerKind.COMPRESSED, place.section, algorithm="zlib")
    content_type = encapsulated.children()[0].must_be(OID).octets
    if method.children()[0].must_be(OID).octets != _ZLIB:
        return Opened(replace(layer, encryption=Encryption.UNSUPPORTED))
    packed = encapsulated.children()[1].must_be(context(0)).children()[0].must_be(OCTET_STRING).content
    inflater = zlib.decompressobj()
    try:
        inner = inflater.decompress(packed, surroundings.inflated_bytes)
    except zlib.error:
        return Opened(replace(layer, encryption=Encryption.MALFORMED))
    if not inflater.eof:
        is_bomb = bool(inflater.unconsumed_tail) or len(inner) >= surroundings.inflated_bytes
        return Opened(replace(layer, encryption=Encryption.TOO_LARGE if is_bomb else Encryption.MALFORMED))
    yield Scan(place.section, inner)
    return Opened(layer, _entity(content_type, inner))


_OPENERS: dict[LayerKind, Callable[[Node, Place, Surroundings], LayerDialogue]] = {
    LayerKind.SIGNED: _open_signed,
    LayerKind.ENVELOPED: _open_enveloped,
    LayerKind.AUTHENVELOPED: _open_authenveloped,
    LayerKind.COMPRESSED: _open_compressed,
}


def detached_layer(part: bytes | memoryview, signature: bytes, place: Place, surroundings: Surroundings) -> Layer:
    """The layer of a multipart/signed (RFC 8551, 3.5.3): the first part as it stands, and the decoded second one."""
    malformed = Layer(LayerKind.SIGNED, place.section, signature=Signature.MALFORMED)
    try:
        kind, body = _content_info(signature)
        if kind is not LayerKind.SIGNED:
            return malformed
        signed = read_signed(body)
    except _FAULTS:
        return malformed
    checked = _best_reading(signed, part, surroundings.received_at)
    return _signed_layer(signed, checked, place, surroundings)


def _best_reading(signed: SignedData, part: bytes | memoryview, at: datetime | None) -> Checked:
    """The part as it stands; in canonical form where that differs and was what was signed (RFC 8551, 3.1.1)."""
    if signed.content is not None and signed.content != part and signed.content != _canonical(part):
        return replace(check(signed, signed.content, at), signature=Signature.CONTENT_CONFLICT)
    checked = check(signed, part, at)
    if checked.signature is Signature.BAD and (canonical := _canonical(part)) != part:
        return check(signed, canonical, at)
    return checked


def _canonical(part: bytes | memoryview) -> bytes:
    return bytes(part).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _signed_layer(signed: SignedData, checked: Checked, place: Place, surroundings: Surroundings) -> Layer:
    is_bag = checked.signature is Signature.CERTS_ONLY
    certificate = checked.certificate
    return Layer(
        LayerKind.CERTS_ONLY if is_bag else LayerKind.SIGNED,
        place.section,
        signature=checked.signature,
        chain=_chain(signed, certificate, surroundings),
        coverage=_coverage(checked, place),
        signer=describe(certificate, checked.signing_time) if certificate else None,
        notes=_notes(checked, surroundings) if certificate else (),
        algorithm=checked.algorithm,
        reply_key=_reply_key(checked, place),
    )


def _reply_key(checked: Checked, place: Place) -> ReplyKey | None:
    if checked.signature is not Signature.OK or checked.certificate is None or not place.is_whole:
        return None
    return ReplyKey(base64.b64encode(checked.certificate.der).decode("ascii"), checked.takes_gcm)


def _chain(signed: SignedData, certificate: Certificate | None, surroundings: Surroundings) -> Chain:
    if certificate is None:
        return Chain.NONE
    if surroundings.check_chain is None or surroundings.received_at is None:
        return Chain.UNTRUSTED
    others = tuple(one for one in signed.certificates if one is not certificate)
    return surroundings.check_chain(certificate, Brought(others, signed.crls), surroundings.received_at)


def _coverage(checked: Checked, place: Place) -> Coverage:
    if checked.signature in (Signature.CERTS_ONLY, Signature.NO_SIGNER):
        return Coverage.NONE
    return Coverage.WHOLE if place.is_whole else Coverage.PARTIAL


def _notes(checked: Checked, surroundings: Surroundings) -> tuple[CryptoNote, ...]:
    if checked.signing_time is None:
        return (CryptoNote.NO_SIGNING_TIME,)
    now = surroundings.received_at
    is_future = now is not None and checked.signing_time > now + CLOCK_TOLERANCE
    return (CryptoNote.TIME_FUTURE,) if is_future else ()
