# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What would help the sender, by reason and format: keys of the catalogue, chosen so that the policy would accept them.

Knows no text. A remedy that leads to a format the policy does not accept is never given.
"""

from collections.abc import Collection

from poststelle.core.formats import Format
from poststelle.core.reasons import Reason

SAVE_AS: dict[Format, tuple[Format, ...]] = {
    **dict.fromkeys(
        (Format.DOC, Format.DOCM, Format.DOTX, Format.DOTM, Format.RTF, Format.PAGES),
        (Format.DOCX, Format.PDF, Format.ODT),
    ),
    **dict.fromkeys((Format.DOCX,), (Format.DOCX, Format.PDF)),
    **dict.fromkeys((Format.OTT, Format.ODT), (Format.ODT, Format.PDF)),
    **dict.fromkeys(
        (Format.XLS, Format.XLSM, Format.XLTX, Format.XLTM, Format.XLSB, Format.XLAM, Format.NUMBERS, Format.CSV),
        (Format.XLSX, Format.PDF, Format.ODS),
    ),
    **dict.fromkeys((Format.XLSX,), (Format.XLSX, Format.PDF)),
    **dict.fromkeys((Format.OTS, Format.ODS), (Format.ODS, Format.PDF)),
    **dict.fromkeys(
        (Format.PPT, Format.PPTM, Format.POTX, Format.POTM, Format.PPSX, Format.PPSM, Format.KEYNOTE),
        (Format.PPTX, Format.PDF, Format.ODP),
    ),
    **dict.fromkeys((Format.PPTX,), (Format.PPTX, Format.PDF)),
    **dict.fromkeys((Format.OTP, Format.ODP), (Format.ODP, Format.PDF)),
    **dict.fromkeys(
        (Format.GIF, Format.TIFF, Format.WEBP, Format.HEIC, Format.AVIF, Format.ICO, Format.PNM, Format.JP2,
         Format.JXL, Format.PSD, Format.EMF, Format.WMF, Format.SVG),
        (Format.JPG, Format.PNG, Format.PDF),
    ),
    **dict.fromkeys(
        (Format.SEVENZIP, Format.RAR, Format.GZIP, Format.BZIP2, Format.XZ, Format.ZSTD, Format.TAR, Format.CAB),
        (Format.ZIP,),
    ),
    **dict.fromkeys(
        (Format.HTML, Format.XML, Format.PS, Format.XPS, Format.DJVU, Format.EPUB, Format.VSDX, Format.ODG,
         Format.EML, Format.MSG, Format.MBOX, Format.OLE, Format.OOXML, Format.ODF),
        (Format.PDF, Format.TXT),
    ),
}  # fmt: skip
"""What a file of this format is best saved as instead, best first."""

FALLBACK = "use-listed-format"

_BY_REASON: dict[Reason, str] = {
    Reason.EMPTY: "attach-again",
    Reason.TYPE_MISMATCH: "rename-or-save-anew",
    Reason.UNREADABLE: "save-anew",
    Reason.TOO_LARGE: "split-or-shrink",
    Reason.TIMEOUT: "save-anew",
    Reason.POLYGLOT: "save-anew",
    Reason.ENCRYPTED: "remove-password",
    Reason.MACRO: "save-without-macros",
    Reason.ACTIVEX: "save-as-pdf-plain",
    Reason.OLE_OBJECT: "attach-separately",
    Reason.EXECUTABLE_PART: "remove-programs",
    Reason.EXTERNAL_LINK: "break-links",
    Reason.REMOTE_TEMPLATE: "detach-template",
    Reason.DDE: "break-links",
    Reason.XML_DTD: "save-anew",
    Reason.PDF_JAVASCRIPT: "print-to-pdf",
    Reason.PDF_LAUNCH: "print-to-pdf",
    Reason.PDF_ACTION: "print-to-pdf",
    Reason.PDF_RICH_MEDIA: "print-to-pdf",
    Reason.PDF_XFA: "print-to-pdf",
    Reason.PDF_EMBEDDED_FILE: "attach-separately",
    Reason.IMG_BOMB: "shrink-image",
    Reason.BINARY: "save-anew",
    Reason.TXT_ENCODING: "save-as-utf8",
    Reason.ZIP_SFX: "plain-zip",
    Reason.ZIP_STRUCTURE: "plain-zip",
    Reason.ZIP_ENCRYPTED: "zip-without-password",
    Reason.ZIP_METHOD: "plain-zip",
    Reason.ZIP_TRAVERSAL: "plain-zip",
    Reason.ZIP_SYMLINK: "plain-zip",
    Reason.ZIP_DUPLICATE: "plain-zip",
    Reason.ZIP_NAME: "plain-zip",
    Reason.ZIP_BOMB: "attach-unpacked",
    Reason.ZIP_TOO_MANY: "attach-unpacked",
    Reason.ZIP_DEPTH: "attach-unpacked",
    Reason.SIZE_TOTAL: "split-message",
    Reason.TOO_MANY_FILES: "split-message",
    Reason.FILE_NAME_TOO_LONG: "shorten-name",
    Reason.DOWNLOAD_LINK: "attach-instead-of-link",
    Reason.MIME_AMBIGUOUS: "other-mail-program",
    Reason.FROM_COUNT: "one-sender",
    Reason.FROM_INVALID: "one-sender",
    Reason.DMARC_REJECT: "own-mail-server",
    Reason.SENDER_UNAUTHENTICATED: "own-mail-server",
    Reason.SPAM: "call-us",
    Reason.MALWARE: "call-us",
    Reason.MALWARE_SUSPECTED: "call-us",
    Reason.NOT_INSPECTED: "nothing-to-do",
    Reason.DOCUMENT_MISSING: "attach-again",
    Reason.ENCRYPTION_NOT_OFFERED: "write-to-smime-address",
    Reason.ENCRYPTION_REQUIRED: "encrypt",
    Reason.ENCRYPTION_UNREADABLE: "encrypt-anew",
    Reason.SIGNATURE_REQUIRED: "sign",
    Reason.SIGNATURE_INVALID: "sign-anew",
    Reason.SIGNATURE_UNCHECKED: "identity-check",
    Reason.MAIL_LOOP: "call-us",
    Reason.ADDRESSEE_FOREIGN: "call-us",
    Reason.HANDOVER_BROKEN: "nothing-to-do",
}


def remedy_for(reason: Reason, format_: Format | None, accepted: Collection[Format]) -> str:
    """Key of the remedy for this reason, for a file of this format where there is one."""
    if reason is Reason.FORMAT:
        return _save_as(format_, accepted)
    return _BY_REASON.get(reason, FALLBACK)


def _save_as(format_: Format | None, accepted: Collection[Format]) -> str:
    for target in SAVE_AS.get(format_, ()) if format_ else ():
        if target in accepted:
            return f"save-as-{target.value}"
    return FALLBACK
