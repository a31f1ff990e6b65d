# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""CMS layers of a message as seen from outside: what kind it is, by its first object identifier and nothing else.

The seam to the part of the inspection that opens them: ``open_layer`` is a step of the dialogue, so that it may ask
for a content key and have the plaintext scanned before it hands the inner entity back.
"""

from collections.abc import Generator
from dataclasses import dataclass

from poststelle.core.signature import (
    Coverage,
    CryptoFacts,
    Encryption,
    Layer,
    LayerKind,
    Signature,
)
from poststelle.inspection.requests import Answer, Request

_OIDS: tuple[tuple[bytes, LayerKind], ...] = (
    (bytes.fromhex("06092a864886f70d010702"), LayerKind.SIGNED),
    (bytes.fromhex("06092a864886f70d010703"), LayerKind.ENVELOPED),
    (bytes.fromhex("060b2a864886f70d0109100117"), LayerKind.AUTHENVELOPED),
    (bytes.fromhex("060b2a864886f70d0109100109"), LayerKind.COMPRESSED),
)
"""RFC 5652, 4 to 6; RFC 5083, 2; RFC 3274, 1.1: tag, length and content of the identifier."""
_SEQUENCE = 0x30
_OPENING_BYTES = 32
_CIPHERTEXT = frozenset({LayerKind.ENVELOPED, LayerKind.AUTHENVELOPED})

MEDIA_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
SIGNATURE_TYPES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a layer. ``inner`` is the MIME entity inside, None where it stays closed."""

    layer: Layer | None
    inner: bytes | None = None
    is_decrypted: bool = False


def layer_kind(content: bytes) -> LayerKind | None:
    """The CMS content type of a DER or BER ContentInfo; None where it is none of ours."""
    opening = content[:_OPENING_BYTES]
    if len(opening) < 2 or opening[0] != _SEQUENCE:
        return None
    at = 2 + (opening[1] & 0x7F if opening[1] > 0x80 else 0)
    return next((kind for oid, kind in _OIDS if opening[at:].startswith(oid)), None)


def open_layer(content: bytes, section: str) -> Generator[Request, Answer, Opened]:
    """One opaque layer: named, and left closed."""
    yield from ()
    kind = layer_kind(content)
    if kind is None:
        return Opened(None)
    if kind in _CIPHERTEXT:
        return Opened(Layer(kind, section, encryption=Encryption.NO_KEY))
    return Opened(Layer(kind, section, signature=Signature.UNSUPPORTED if kind is LayerKind.SIGNED else Signature.NONE))


def detached_layer(section: str) -> Layer:
    """The layer of a multipart/signed (RFC 8551, 3.5.3): present, and not verified."""
    return Layer(LayerKind.SIGNED, section, signature=Signature.UNSUPPORTED, coverage=Coverage.NONE)


def crypto_facts(layers: tuple[Layer, ...]) -> CryptoFacts:
    """The message's own truths as far as they show from outside."""
    encryption = next((one.encryption for one in layers if one.encryption is not Encryption.NONE), Encryption.NONE)
    signature = next((one.signature for one in layers if one.signature is not Signature.NONE), Signature.NONE)
    return CryptoFacts(layers=layers, encryption=encryption, signature=signature)
