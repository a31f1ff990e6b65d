# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a certificate says of itself as a qualified one (QCStatements, ETSI EN 319 412-5): a claim, and no more."""

from dataclasses import dataclass

from cryptography import x509

from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import Certificate, parsed
from poststelle.inspection.cms.der import OID, SEQUENCE, Node, oid, read
from poststelle.inspection.trust_list import Use

_STATEMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
_COMPLIANCE, _DEVICE, _TYPE = oid("0.4.0.1862.1.1"), oid("0.4.0.1862.1.4"), oid("0.4.0.1862.1.6")
_USES = {
    oid("0.4.0.1862.1.6.1"): Use.SIGNATURES,
    oid("0.4.0.1862.1.6.2"): Use.SEALS,
    oid("0.4.0.1862.1.6.3"): Use.WEBSITES,
}


@dataclass(frozen=True, slots=True)
class Claims:
    """The statements that matter here."""

    is_qualified: bool = False
    """QcCompliance."""
    has_device: bool = False
    """QcSSCD: the key lies in a qualified device."""
    use: Use = Use.SIGNATURES
    """QcType; without it a certificate is for signatures (EN 319 412-5, 4.2.3)."""


def claims_of(certificate: Certificate) -> Claims:
    """What the certificate claims; nothing where its statements cannot be read."""
    known = parsed(certificate)
    if known is None:
        return Claims()
    try:
        found = known.extensions.get_extension_for_oid(_STATEMENTS).value
        return _claims(read(found.value)) if isinstance(found, x509.UnrecognizedExtension) else Claims()
    except (x509.ExtensionNotFound, CmsError, IndexError, ValueError):
        return Claims()


def _claims(statements: Node) -> Claims:
    said = {parts[0].must_be(OID).octets: parts[1:] for parts in map(_parts, statements.must_be(SEQUENCE).children())}
    types = [one.must_be(OID).octets for kinds in said.get(_TYPE, ()) for one in kinds.must_be(SEQUENCE).children()]
    uses = [_USES[one] for one in types if one in _USES]
    return Claims(_COMPLIANCE in said, _DEVICE in said, uses[0] if uses else Use.SIGNATURES)


def _parts(statement: Node) -> tuple[Node, ...]:
    return statement.must_be(SEQUENCE).children()
