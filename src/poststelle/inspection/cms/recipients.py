# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Who a ciphertext is for: the recipient entries of an envelope, and whether one of them names a certificate.

Used on both sides: the inspector chooses which entries to ask for, the keyholder finds the key. Knows no private key.
"""

from dataclasses import dataclass

from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import Certificate
from poststelle.inspection.cms.der import OCTET_STRING, SEQUENCE, SET, Node, context, encode, read

MAX_RECIPIENTS = 500
"""Entries looked at: a mailing to a whole administration; none of ours stands behind them."""
_KEY_AGREEMENT = context(1)
_KEY_IDENTIFIER_OF_TRANSPORT = context(0, constructed=False)
_KEY_IDENTIFIER_OF_AGREEMENT = context(0)


@dataclass(frozen=True, slots=True)
class KeyName:
    """How an entry names a key: by issuer and serial number, or by key identifier; the other is None."""

    issuer: bytes | None = None
    serial: int | None = None
    key_identifier: bytes | None = None

    def names(self, certificate: Certificate) -> bool:
        """True where this is the certificate meant."""
        if self.key_identifier is not None:
            return self.key_identifier == certificate.key_identifier
        return self.serial == certificate.serial and self.issuer == certificate.issuer


def recipient_entries(infos: Node) -> tuple[bytes, ...]:
    """Every key-transport and key-agreement entry, one for each recipient: an agreement for many is split.

    Entries for passwords, shared keys and others are passed over: no key of ours is ever meant by them.
    """
    entries: list[bytes] = []
    for node in infos.must_be(SET).children():
        if node.tag == SEQUENCE:
            entries.append(node.der)
        elif node.tag == _KEY_AGREEMENT:
            entries.extend(_split(node))
        if len(entries) >= MAX_RECIPIENTS:
            break
    return tuple(entries[:MAX_RECIPIENTS])


def _split(agreement: Node) -> list[bytes]:
    *head, keys = agreement.children()
    before = b"".join(part.der for part in head)
    return [
        encode(_KEY_AGREEMENT, before, encode(SEQUENCE, key.raw))
        for key in keys.must_be(SEQUENCE).children()[:MAX_RECIPIENTS]
    ]


def key_name(recipient_info: bytes) -> KeyName:
    """How the entry names its key (RFC 5652, 6.2.1 and 6.2.2); CmsError where it does not."""
    node = read(recipient_info)
    if node.tag == SEQUENCE:
        identifier = node.children()[1]
        if identifier.tag == _KEY_IDENTIFIER_OF_TRANSPORT:
            return KeyName(key_identifier=identifier.octets)
        return issuer_and_serial(identifier)
    if node.tag == _KEY_AGREEMENT:
        identifier = encrypted_key(node)[0]
        if identifier.tag == _KEY_IDENTIFIER_OF_AGREEMENT:
            return KeyName(key_identifier=identifier.children()[0].must_be(OCTET_STRING).octets)
        return issuer_and_serial(identifier)
    raise CmsError("recipient of another kind")


def encrypted_key(agreement: Node) -> tuple[Node, Node]:
    """Name and wrapped key of the only recipient of an agreement that was split."""
    keys = agreement.children()[-1].must_be(SEQUENCE).children()
    if len(keys) != 1:
        raise CmsError("agreement for many")
    identifier, wrapped = keys[0].must_be(SEQUENCE).children()[:2]
    return identifier, wrapped.must_be(OCTET_STRING)


def issuer_and_serial(node: Node) -> KeyName:
    """A name by issuer and serial number (RFC 5652, 10.2.4)."""
    parts = node.must_be(SEQUENCE).children()
    if len(parts) < 2:
        raise CmsError("name without serial number")
    return KeyName(issuer=parts[0].der, serial=parts[1].integer)


def matches(recipient_info: bytes, certificate: Certificate) -> bool:
    """True where the entry names this certificate, by issuer and serial number or by key identifier."""
    try:
        return key_name(recipient_info).names(certificate)
    except (CmsError, ValueError, IndexError):
        return False
