# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The signature of a trust list: enveloped, over the whole document, by a certificate we were told of beforehand.

Reads the one form that lists have (ETSI TS 119 612, annex B; ETSI EN 319 132-1) and refuses every other, so that nothing but
the document itself can be what was signed. Whose certificate that is, the list does not decide: neither its KeyInfo nor
XAdES' properties are looked at, nor the references to them.
"""

import base64
import hmac
from collections.abc import Iterable
from hashlib import sha256, sha384, sha512

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from lxml import etree

from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import public_key, read_certificate
from poststelle.inspection.cms.signatures import has_weak_key

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": sha256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": sha384,
    "http://www.w3.org/2001/04/xmlenc#sha512": sha512,
}
_SHA2 = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_RSA = {f"{_MORE}rsa-{name}": kind for name, kind in _SHA2.items()}
_PSS = {f"http://www.w3.org/2007/05/xmldsig-more#{name}-rsa-MGF1": kind for name, kind in _SHA2.items()}
_ECDSA = {f"{_MORE}ecdsa-{name}": kind for name, kind in _SHA2.items()}


class ListSignatureError(ValueError):
    """The list is not signed as it should be. The sentence says why."""


def check_list_signature(content: bytes, signers: Iterable[bytes]) -> None:
    """ListSignatureError unless one of these certificates (DER) has signed the whole list as it stands."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise ListSignatureError("no XML") from error
    signature = _only_signature(root)
    stated = signature.find(f"{_DS}SignedInfo")
    value = signature.findtext(f"{_DS}SignatureValue")
    if stated is None or value is None or _method(stated, "CanonicalizationMethod") != _C14N:
        raise ListSignatureError("its signature is of another form")
    signed = _canonical(stated, _prefixes(stated.find(f"{_DS}CanonicalizationMethod")))
    method, made = _method(stated, "SignatureMethod"), _bytes(value)
    if not any(_is_by(signer, method, made, signed) for signer in signers):
        raise ListSignatureError("none of the certificates in list-signers has signed it")
    whole = [one for one in stated.findall(f"{_DS}Reference") if one.get("URI") == ""]
    if len(whole) != 1:
        raise ListSignatureError("its signature is not over the whole list")
    _cut_out(signature)
    _must_fit(whole[0], root)


def _only_signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(f"{_DS}Signature"))
    if len(found) != 1 or found[0].getparent() is not root:
        raise ListSignatureError("it has no signature of its own, or several" if found else "it is not signed")
    return found[0]


def _cut_out(signature: etree._Element) -> None:
    """Without the text behind it, which stays where it is."""
    above, before, behind = signature.getparent(), signature.getprevious(), signature.tail or ""
    if above is None:
        raise ListSignatureError("its signature is the whole of it")
    if before is None:
        above.text = (above.text or "") + behind
    else:
        before.tail = (before.tail or "") + behind
    above.remove(signature)


def _must_fit(reference: etree._Element, root: etree._Element) -> None:
    steps = reference.findall(f"{_DS}Transforms/{_DS}Transform")
    if [one.get("Algorithm") for one in steps] != [_ENVELOPED, _C14N]:
        raise ListSignatureError("its signature is over a transformed list")
    digest = _DIGESTS.get(_method(reference, "DigestMethod"))
    stated = reference.findtext(f"{_DS}DigestValue")
    if digest is None or stated is None:
        raise ListSignatureError("its digest is by a method that is not read")
    if not hmac.compare_digest(digest(_canonical(root.getroottree(), _prefixes(steps[-1]))).digest(), _bytes(stated)):
        raise ListSignatureError("it was changed after it was signed")


def _canonical(what: etree._Element | etree._ElementTree, prefixes: list[str]) -> bytes:
    try:
        found = etree.tostring(what, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes)
    except etree.C14NError as error:  # what a document type declares is not put in its place
        raise ListSignatureError("it has no canonical form") from error
    return bytes(found)


def _prefixes(method: etree._Element | None) -> list[str]:
    """InclusiveNamespaces (Exclusive XML Canonicalization, 4)."""
    named = None if method is None else method.find(f"{{{_C14N}}}InclusiveNamespaces")
    return [] if named is None else (named.get("PrefixList") or "").split()


def _method(where: etree._Element, name: str) -> str:
    found = where.find(f"{_DS}{name}")
    return "" if found is None else found.get("Algorithm") or ""


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise ListSignatureError("its signature cannot be read") from error


def _is_by(signer: bytes, method: str, made: bytes, signed: bytes) -> bool:
    try:
        key = public_key(read_certificate(signer))
        if has_weak_key(key):
            return False
        if isinstance(key, rsa.RSAPublicKey) and method in _RSA:
            key.verify(made, signed, padding.PKCS1v15(), _RSA[method])
        elif isinstance(key, rsa.RSAPublicKey) and method in _PSS:
            hashing = _PSS[method]
            key.verify(made, signed, padding.PSS(padding.MGF1(hashing), hashing.digest_size), hashing)
        elif isinstance(key, ec.EllipticCurvePublicKey) and method in _ECDSA:
            half = len(made) // 2
            numbers = (int.from_bytes(made[:half], "big"), int.from_bytes(made[half:], "big"))
            key.verify(utils.encode_dss_signature(*numbers), signed, ec.ECDSA(_ECDSA[method]))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, CmsError, IndexError, ValueError):
        return False
    return True
