# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signatures on the files of a message: in a PDF, in a file beside them, or around them; seen and named, never judged.

A detached signature is matched with its document by the digest it is over, whatever the two are called.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from poststelle.core.document_signature import DocumentForm, DocumentSignature, Listing, ListStanding, TimeStamp
from poststelle.core.signature import Chain, Coverage, Signature
from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import Brought, Certificate, describe
from poststelle.inspection.cms.der import oid
from poststelle.inspection.cms.digests import digest_of
from poststelle.inspection.cms.layer import Surroundings, is_structure
from poststelle.inspection.cms.qualified import Claims, claims_of
from poststelle.inspection.cms.signatures import Checked, Digests, check
from poststelle.inspection.cms.signed import SignedData
from poststelle.inspection.cms.stamps import checked_stamp, may_stamp, signed_data, stamped_at
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
_KEPT_BYTES = 1024 * 1024
"""Of small documents, all together, kept for a signature that may come: few bring one, and hashing costs all of them."""
Again = Callable[[], bytes]
"""Makes the content of a file once more: hashing 9 MB for a signature that never comes takes 20 ms (November 2026)."""
_TIMESTAMP_TOKEN = oid("1.2.840.113549.1.9.16.2.14")
_DETACHED_IN_PDF = frozenset({"adbe.pkcs7.detached", "ETSI.CAdES.detached"})
_TIMESTAMP_IN_PDF = "ETSI.RFC3161"
_FAULTS = (CmsError, IndexError, ValueError)


@dataclass(frozen=True, slots=True)
class _Document:
    """A file some signature may be over: how its content is had again, else the digests of it."""

    path: tuple[str, ...]
    digests: Digests
    is_container: bool
    again: Again | None = None

    def taken(self, methods: Iterable[bytes]) -> Digests:
        """The digests, with those of these methods; each is taken once, however many signatures there are."""
        missing = [method for method in _SHA2_LONG if method in methods and method not in self.digests]
        if missing and self.again is not None:
            content = self.again()
            self.digests.update((method, digest_of(method, content)) for method in missing)
        return self.digests


class DocumentSignatures:
    """Gathers files while a message is walked, and matches signatures with them at its end."""

    __slots__ = ("_documents", "_found", "_kept_bytes", "_loose", "_surroundings")

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._documents: list[_Document] = []
        self._kept_bytes = 0
        self._loose: list[tuple[tuple[str, ...], bytes]] = []
        self._found: list[DocumentSignature] = []

    def note(self, own: Looked, path: tuple[str, ...], content: bytes, again: Again | None) -> None:
        """Take a file that was looked at; a PDF is looked into at once, a structure waits for its document.

        Without ``again`` its content is kept, or hashed by every function at once.
        """
        if is_structure(content) and len(self._loose) < MAX_DETACHED:
            self._loose.append((path, content))
        elif len(self._documents) < MAX_DOCUMENTS:
            known: Digests = {_SHA256: bytes.fromhex(own.sha256)}
            self._documents.append(self._kept(_Document(path, known, own.container, again), content))
        if content.startswith(b"%PDF-"):
            self._found += (self._of_pdf(path, one) for one in signed_ranges(content))

    def _kept(self, document: _Document, content: bytes) -> _Document:
        if document.again is not None or len(content) > _SMALL_BYTES:
            return document
        document = replace(document, again=lambda: content)
        if self._kept_bytes + len(content) > _KEPT_BYTES:
            return replace(document, digests=document.taken(_SHA2_LONG), again=None)
        self._kept_bytes += len(content)
        return document

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
            signed = signed_data(one.structure)
            checked = checked_stamp(signed, one.content) if is_timestamp else check(signed, one.content)
        except _FAULTS:
            return bare
        return self._told(bare, signed, checked, one.structure)

    def _of_file(self, path: tuple[str, ...], structure: bytes) -> Iterator[DocumentSignature]:
        bare = DocumentSignature(path, DocumentForm.DETACHED, Signature.MALFORMED)
        try:
            signed = signed_data(structure)
            if signed.content is not None:
                enclosing = replace(bare, form=DocumentForm.ENCLOSING)
                yield self._told(enclosing, signed, check(signed, signed.content), structure)
                return
            document = self._document_of(path, signed)
            digests = document.taken([one.digest for one in signed.signers]) if document else None
            about = replace(bare, path=document.path, is_container=document.is_container) if document else bare
            yield self._told(about, signed, check(signed, digests), structure)
        except _FAULTS:
            yield bare

    def _document_of(self, path: tuple[str, ...], signed: SignedData) -> _Document | None:
        """The file whose digest is signed; else the one the signature's name is made of, which it does not fit then."""
        signers = [(one.digest, one.attributes.message_digest) for one in signed.signers if one.attributes]
        for document in self._documents:
            taken = document.taken([method for method, _ in signers])
            if any(taken.get(method) == digest for method, digest in signers):
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
            chain=self._chain(signed, certificate, kind) if certificate else Chain.NONE,
            signer=describe(certificate, checked.signing_time) if certificate else None,
            claims_qualified=claims.is_qualified,
            claims_device=claims.has_device,
            listing=self._listing(signed, certificate, kind) if certificate else Listing(),
            has_timestamp=_TIMESTAMP_TOKEN in structure,
            stamp=self._stamp(signed, certificate),
        )

    def _stamp(self, signed: SignedData, author: Certificate | None) -> TimeStamp | None:
        """The stamp over the only signer's signature, and what was listed of him at its moment."""
        found = [one for one in signed.signers if one.time_stamp]
        if len(found) != 1:
            return None
        try:
            token = signed_data(found[0].time_stamp)
            checked, at = checked_stamp(token, found[0].signature), stamped_at(token)
        except _FAULTS:
            return TimeStamp(Signature.MALFORMED)
        authority = checked.certificate
        if authority is None:
            return TimeStamp(checked.signature, at.isoformat())
        kind = ServiceKind.TIME_STAMPS
        stamp = TimeStamp(
            checked.signature,
            at.isoformat(),
            self._chain(token, authority, kind),
            describe(authority, None),
            self._listing(token, authority, kind),
        )
        return replace(stamp, then=self._listed_then(signed, author, at)) if _proves(stamp) and author else stamp

    def _listed_then(self, signed: SignedData, author: Certificate, at: datetime) -> Listing:
        world = self._surroundings
        if world.check_listed is None:
            return Listing()
        return world.check_listed(author, _beside(signed, author), at, ServiceKind.CERTIFICATES)

    def _chain(self, signed: SignedData, certificate: Certificate, kind: ServiceKind) -> Chain:
        """Where the certificate leads among the house's own anchors."""
        world = self._surroundings
        if world.check_chain is None or world.received_at is None:
            return Chain.UNTRUSTED
        chain = world.check_chain(certificate, _beside(signed, certificate), world.received_at)
        chain = for_documents(chain, certificate)
        may_not = kind is ServiceKind.TIME_STAMPS and not may_stamp(certificate)
        return Chain.EKU if chain is Chain.OK and may_not else chain

    def _listing(self, signed: SignedData, certificate: Certificate, kind: ServiceKind) -> Listing:
        """What the trust lists say of it; nothing where there are none."""
        world = self._surroundings
        if world.check_listed is None or world.received_at is None:
            return Listing()
        return world.check_listed(certificate, _beside(signed, certificate), world.received_at, kind)


def _proves(stamp: TimeStamp) -> bool:
    """Somebody we or the lists know has seen the signature at that moment."""
    is_known = stamp.chain is Chain.OK or stamp.listing.standing is ListStanding.GRANTED
    return stamp.signature is Signature.OK and is_known


def _beside(signed: SignedData, certificate: Certificate) -> Brought:
    return Brought(tuple(one for one in signed.certificates if one is not certificate), signed.crls)
