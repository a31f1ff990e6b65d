# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signatures on the files of a message: in a PDF, in a file beside them, or around them; seen and named, never judged.

A detached signature is matched with its document by the digest it is over, whatever the two are called.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from poststelle.core.document_signature import DocumentForm, DocumentSignature, Listing
from poststelle.core.signature import Chain, Coverage, Signature
from poststelle.inspection.cms.ber import CmsError, to_der
from poststelle.inspection.cms.certificates import Brought, Certificate, describe
from poststelle.inspection.cms.der import OCTET_STRING, OID, SEQUENCE, context, oid, read
from poststelle.inspection.cms.digests import digest_of
from poststelle.inspection.cms.layer import Surroundings, is_structure
from poststelle.inspection.cms.qualified import Claims, claims_of
from poststelle.inspection.cms.signatures import Checked, Digests, check
from poststelle.inspection.cms.signed import SignedData, read_signed
from poststelle.inspection.document import Looked
from poststelle.inspection.listed import for_documents
from poststelle.inspection.pdf_signatures import SignedRange, signed_ranges
from poststelle.inspection.trust_list import ServiceKind

MAX_DETACHED = 20
MAX_DOCUMENTS = 1_000
_SHA256 = oid("2.16.840.1.101.3.4.2.1")
_SHA2_LONG = (oid("2.16.840.1.101.3.4.2.2"), oid("2.16.840.1.101.3.4.2.3"))
_SMALL_BYTES = 8 * 1024 * 1024
"""Up to here the slower hash functions are tried as well; larger documents are matched by SHA-256 alone."""
_SIGNED_DATA, _TST_INFO = oid("1.2.840.113549.1.7.2"), oid("1.2.840.113549.1.9.16.1.4")
_TIMESTAMP_TOKEN = oid("1.2.840.113549.1.9.16.2.14")
_DETACHED_IN_PDF = frozenset({"adbe.pkcs7.detached", "ETSI.CAdES.detached"})
_TIMESTAMP_IN_PDF = "ETSI.RFC3161"
_SIGNED_MULTIPART = "multipart/signed"
_FAULTS = (CmsError, IndexError, ValueError)


@dataclass(frozen=True, slots=True)
class _Document:
    """A file some signature may be over, without its content: a message may hold many large ones."""

    path: tuple[str, ...]
    digests: Digests
    is_container: bool


class DocumentSignatures:
    """Gathers files while a message is walked, and matches signatures with them at its end."""

    __slots__ = ("_documents", "_found", "_loose", "_surroundings")

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._documents: list[_Document] = []
        self._loose: list[tuple[tuple[str, ...], bytes]] = []
        self._found: list[DocumentSignature] = []

    def note(self, own: Looked, path: tuple[str, ...], content: bytes, parent_type: str) -> None:
        """Take a file that was looked at; a PDF is looked into at once, a structure waits for its document.

        The second part of a multipart/signed is the message's own signature, and no document's.
        """
        if parent_type == _SIGNED_MULTIPART:
            return
        if is_structure(content) and len(self._loose) < MAX_DETACHED:
            self._loose.append((path, content))
        elif len(self._documents) < MAX_DOCUMENTS:
            self._documents.append(_Document(path, _digests(own.sha256, content), own.container))
        if content.startswith(b"%PDF-"):
            self._found += (self._of_pdf(path, one) for one in signed_ranges(content))

    def found(self) -> tuple[DocumentSignature, ...]:
        """Every signature met, those of PDFs first."""
        return (*self._found, *(one for path, structure in self._loose for one in self._of_file(path, structure)))

    def _of_pdf(self, path: tuple[str, ...], one: SignedRange) -> DocumentSignature:
        is_timestamp = one.subfilter == _TIMESTAMP_IN_PDF
        bare = DocumentSignature(
            path,
            DocumentForm.PDF_TIMESTAMP if is_timestamp else DocumentForm.PDF,
            Signature.MALFORMED,
            coverage=Coverage.WHOLE if one.is_whole else Coverage.PARTIAL,
            permissions=one.permissions,
        )
        if not one.structure:
            return bare
        if not is_timestamp and one.subfilter not in _DETACHED_IN_PDF:
            return replace(bare, signature=Signature.UNSUPPORTED)
        try:
            signed = _signed_data(one.structure)
            checked = _stamped(signed, one.content) if is_timestamp else check(signed, one.content)
        except _FAULTS:
            return bare
        return self._told(bare, signed, checked, one.structure)

    def _of_file(self, path: tuple[str, ...], structure: bytes) -> Iterator[DocumentSignature]:
        bare = DocumentSignature(path, DocumentForm.DETACHED, Signature.MALFORMED)
        try:
            signed = _signed_data(structure)
            if signed.content is not None:
                enclosing = replace(bare, form=DocumentForm.ENCLOSING)
                yield self._told(enclosing, signed, check(signed, signed.content), structure)
                return
            document = self._document_of(path, signed)
            digests = document.digests if document else None
            about = replace(bare, path=document.path, is_container=document.is_container) if document else bare
            yield self._told(about, signed, check(signed, digests), structure)
        except _FAULTS:
            yield bare

    def _document_of(self, path: tuple[str, ...], signed: SignedData) -> _Document | None:
        """The file whose digest is signed; else the one the signature's name is made of, which it does not fit then."""
        signers = [(one.digest, one.attributes.message_digest) for one in signed.signers if one.attributes]
        for document in self._documents:
            if any(document.digests.get(method) == digest for method, digest in signers):
                return document
        stem = path[-1].rpartition(".")[0].casefold()
        beside = (document for document in self._documents if document.path[:-1] == path[:-1])
        return next((document for document in beside if document.path[-1].casefold() == stem), None)

    def _told(
        self, bare: DocumentSignature, signed: SignedData, checked: Checked, structure: bytes
    ) -> DocumentSignature:
        certificate = checked.certificate
        claims = claims_of(certificate) if certificate else Claims()
        kind = ServiceKind.TIME_STAMPS if bare.form is DocumentForm.PDF_TIMESTAMP else ServiceKind.CERTIFICATES
        return replace(
            bare,
            signature=checked.signature,
            chain=self._chain(signed, certificate) if certificate else Chain.NONE,
            signer=describe(certificate, checked.signing_time) if certificate else None,
            claims_qualified=claims.is_qualified,
            claims_device=claims.has_device,
            listing=self._listing(signed, certificate, kind) if certificate else Listing(),
            has_timestamp=_TIMESTAMP_TOKEN in structure,
        )

    def _chain(self, signed: SignedData, certificate: Certificate) -> Chain:
        """Where the certificate leads among the house's own anchors."""
        world = self._surroundings
        if world.check_chain is None or world.received_at is None:
            return Chain.UNTRUSTED
        chain = world.check_chain(certificate, _beside(signed, certificate), world.received_at)
        return for_documents(chain, certificate)

    def _listing(self, signed: SignedData, certificate: Certificate, kind: ServiceKind) -> Listing:
        """What the trust lists say of it; nothing where there are none."""
        world = self._surroundings
        if world.check_listed is None or world.received_at is None:
            return Listing()
        return world.check_listed(certificate, _beside(signed, certificate), world.received_at, kind)


def _beside(signed: SignedData, certificate: Certificate) -> Brought:
    return Brought(tuple(one for one in signed.certificates if one is not certificate), signed.crls)


def _digests(known: str, content: bytes) -> Digests:
    others = _SHA2_LONG if len(content) <= _SMALL_BYTES else ()
    return {_SHA256: bytes.fromhex(known), **{method: digest_of(method, content) for method in others}}


def _signed_data(structure: bytes) -> SignedData:
    parts = read(to_der(structure)).must_be(SEQUENCE).children()
    if parts[0].must_be(OID).octets != _SIGNED_DATA:
        raise CmsError("not a signature")
    return read_signed(parts[1].must_be(context(0)).children()[0])


def _stamped(signed: SignedData, content: bytes) -> Checked:
    """A time stamp is over its own statement, which names the digest of the document (RFC 3161, 2.4.2)."""
    if signed.content is None or signed.content_type != _TST_INFO:
        raise CmsError("no time stamp")
    method, digest = read(signed.content).children()[2].must_be(SEQUENCE).children()[:2]
    identifier = method.must_be(SEQUENCE).children()[0].must_be(OID).octets
    checked = check(signed, signed.content)
    is_same = digest_of(identifier, content) == digest.must_be(OCTET_STRING).octets
    return checked if is_same else replace(checked, signature=Signature.BAD)
