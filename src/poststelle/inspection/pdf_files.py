# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The files that a PDF carries: each named, each handed on to be looked into, electronic invoices told apart."""

import pikepdf
from lxml import etree
from pikepdf import settings

from poststelle.core.facts import Finding
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.pdf_objects import FileEntry
from poststelle.inspection.seen import Embedded, Seen, finding

FACTUR_X = "factur-x"
"""Evidence by which policy may allow the machine-readable invoice of a hybrid PDF (Factur-X, ZUGFeRD, Order-X)."""
_INVOICE_ROOTS = frozenset({"CrossIndustryInvoice", "CrossIndustryDocument", "SCRDMCCBDACIOMessageStructure"})
"""Root elements of Factur-X and ZUGFeRD 2, ZUGFeRD 1, and Order-X."""
_MAX_INVOICE_BYTES = 16 * 1024 * 1024


def embedded(pdf: pikepdf.Pdf, entries: tuple[FileEntry, ...], budget: Budget) -> Seen:
    """One finding for each file carried; its content is a member unless it is an electronic invoice."""
    findings: list[Finding] = []
    members: list[Embedded] = []
    for entry in entries:
        budget.take_members(1)
        content = _content(pdf, entry, budget)
        if content is None:
            findings.append(finding(Reason.PDF_EMBEDDED_FILE, "not decoded", entry.name))
            findings.append(finding(Reason.UNREADABLE, "embedded file", entry.name))
        elif _is_invoice(content):
            findings.append(finding(Reason.PDF_EMBEDDED_FILE, FACTUR_X, entry.name))
        else:
            findings.append(finding(Reason.PDF_EMBEDDED_FILE, f"{len(content)} bytes", entry.name))
            members.append(Embedded(entry.name, content))
    return Seen(tuple(findings), tuple(members))


def _content(pdf: pikepdf.Pdf, entry: FileEntry, budget: Budget) -> bytes | None:
    """The decoded file, paid for; None where its filters do not lead to an end within the budget."""
    stream = pdf.get_object(*entry.stream)
    if not isinstance(stream, pikepdf.Stream):
        return None
    limit = max(budget.expanded_bytes, 1)
    settings.set_qpdf_limits(flate_max_memory=limit, run_length_max_memory=limit)
    try:
        content = stream.read_bytes()
    except (pikepdf.PdfError, MemoryError):
        return None
    budget.take_bytes(len(content))
    return content


def _is_invoice(content: bytes) -> bool:
    """True for well-formed XML without a document type whose root is an invoice's: the name alone proves nothing."""
    if len(content) > _MAX_INVOICE_BYTES or not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return False
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return False
    return root.getroottree().docinfo.internalDTD is None and etree.QName(root).localname in _INVOICE_ROOTS
