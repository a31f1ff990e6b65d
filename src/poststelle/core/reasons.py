# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every reason code the gateway can give for an objection. The strings are public: they only grow, none is renamed.

What a code means for a message (disposition, clause, who is told) is the policy's to say, never this module's.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Reason(StrEnum):
    """Why a file or a message is objected to. docs/reasons.md explains each with clause and remedy."""

    # Files, whatever their format.
    EMPTY = "empty"
    FORMAT = "format"
    TYPE_MISMATCH = "type-mismatch"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    TIMEOUT = "timeout"
    POLYGLOT = "polyglot"
    ENCRYPTED = "encrypted"
    # Office documents (OOXML, ODF).
    MACRO = "macro"
    ACTIVEX = "activex"
    OLE_OBJECT = "ole-object"
    EXECUTABLE_PART = "executable-part"
    EXTERNAL_LINK = "external-link"
    REMOTE_TEMPLATE = "remote-template"
    DDE = "dde"
    XML_DTD = "xml-dtd"
    # PDF.
    PDF_JAVASCRIPT = "pdf-javascript"
    PDF_LAUNCH = "pdf-launch"
    PDF_ACTION = "pdf-action"
    PDF_RICH_MEDIA = "pdf-rich-media"
    PDF_XFA = "pdf-xfa"
    PDF_EMBEDDED_FILE = "pdf-embedded-file"
    # Images and text.
    IMG_BOMB = "img-bomb"
    BINARY = "binary"
    TXT_ENCODING = "txt-encoding"
    # ZIP.
    ZIP_SFX = "zip-sfx"
    ZIP_STRUCTURE = "zip-structure"
    ZIP_ENCRYPTED = "zip-encrypted"
    ZIP_METHOD = "zip-method"
    ZIP_TRAVERSAL = "zip-traversal"
    ZIP_SYMLINK = "zip-symlink"
    ZIP_DUPLICATE = "zip-duplicate"
    ZIP_NAME = "zip-name"
    ZIP_BOMB = "zip-bomb"
    ZIP_TOO_MANY = "zip-too-many"
    ZIP_DEPTH = "zip-depth"
    # The message as a whole.
    SIZE_TOTAL = "size-total"
    TOO_MANY_FILES = "too-many-files"
    FILE_NAME_TOO_LONG = "file-name-too-long"
    DOWNLOAD_LINK = "download-link"
    MIME_AMBIGUOUS = "mime-ambiguous"
    FROM_COUNT = "from-count"
    FROM_INVALID = "from-invalid"
    DMARC_REJECT = "dmarc-reject"
    SENDER_UNAUTHENTICATED = "sender-unauthenticated"
    SPAM = "spam"
    MALWARE = "malware"
    MALWARE_SUSPECTED = "malware-suspected"
    NOT_INSPECTED = "not-inspected"
    DOCUMENT_MISSING = "document-missing"
    ENCRYPTION_NOT_OFFERED = "encryption-not-offered"
    ENCRYPTION_REQUIRED = "encryption-required"
    ENCRYPTION_UNREADABLE = "encryption-unreadable"
    SIGNATURE_REQUIRED = "signature-required"
    SIGNATURE_INVALID = "signature-invalid"
    SIGNATURE_UNCHECKED = "signature-unchecked"
    MAIL_LOOP = "mail-loop"
    # beBPo.
    ADDRESSEE_FOREIGN = "addressee-foreign"
    HANDOVER_BROKEN = "handover-broken"


STANDS_IN: Mapping[Reason, Reason] = MappingProxyType(
    {
        Reason.ADDRESSEE_FOREIGN: Reason.NOT_INSPECTED,
        Reason.HANDOVER_BROKEN: Reason.NOT_INSPECTED,
    }
)
"""By a code that came later: the older one whose rule governs it under an edition that does not know it yet.

A superseded edition is never changed, and still judges what was received under it. The newest names every code itself.
"""

MEMBER_PREFIX = "member:"
"""A code of a file inside an archive is shown as ``member:<code>``; the prefix never changes what the code means."""
