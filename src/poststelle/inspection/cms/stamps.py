# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Time stamps (RFC 3161): whether one is over these bytes, when it was made, and whether its maker may make any.

Says nothing of whether anybody believes the maker; that is the chain's question.
"""

from dataclasses import replace
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from poststelle.core.signature import Signature
from poststelle.inspection.cms.ber import CmsError, to_der
from poststelle.inspection.cms.certificates import Certificate, parsed
from poststelle.inspection.cms.der import OCTET_STRING, OID, SEQUENCE, Node, algorithm, context, oid, read
from poststelle.inspection.cms.digests import digest_of
from poststelle.inspection.cms.signatures import Checked, check
from poststelle.inspection.cms.signed import SignedData, read_signed

_SIGNED_DATA, _TST_INFO = oid("1.2.840.113549.1.7.2"), oid("1.2.840.113549.1.9.16.1.4")
_GENERALIZED_TIME = 0x18
_SECONDS = len("20261129101500")


def signed_data(structure: bytes) -> SignedData:
    """The signed-data of a structure that stands alone; CmsError where it is none. Bytes behind its end are passed over."""
    parts = read(to_der(structure)).must_be(SEQUENCE).children()
    if parts[0].must_be(OID).octets != _SIGNED_DATA:
        raise CmsError("not a signature")
    return read_signed(parts[1].must_be(context(0)).children()[0])


def checked_stamp(token: SignedData, content: bytes) -> Checked:
    """The worth of a stamp over the content: it signs a statement of its own, which names the digest (RFC 3161, 2.4.2)."""
    method, digest = _statement(token)[2].must_be(SEQUENCE).children()[:2]
    checked = check(token, token.content)
    is_same = digest_of(algorithm(method)[0], content) == digest.must_be(OCTET_STRING).octets
    return checked if is_same else replace(checked, signature=Signature.BAD)


def stamped_at(token: SignedData) -> datetime:
    """The moment it states (genTime), to the second; CmsError where it states none."""
    time = _statement(token)[4]
    text = time.octets.decode("ascii", "replace")
    if time.tag != _GENERALIZED_TIME or not text.endswith("Z"):
        raise CmsError("no moment")
    return datetime.strptime(text[:_SECONDS], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _statement(token: SignedData) -> tuple[Node, ...]:
    if token.content is None or token.content_type != _TST_INFO:
        raise CmsError("no time stamp")
    return read(token.content).must_be(SEQUENCE).children()


def may_stamp(certificate: Certificate) -> bool:
    """Its only purpose is to make time stamps, and that is critical (RFC 3161, 2.3)."""
    known = parsed(certificate)
    try:
        found = known.extensions.get_extension_for_class(x509.ExtendedKeyUsage) if known else None
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False
    return found is not None and found.critical and list(found.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
