# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with the structure of a message, as one table: code, tier, and why the tier is what it is.

refuse: two readers may see different messages and no union of readings is known to be complete.
union: every known reading is extracted and judged. note: harmless, recorded. The strings are public and only grow.
"""

from enum import StrEnum

from poststelle.core.facts import Defect, Tier


class DefectCode(StrEnum):
    """One way to deviate from RFC 5322 and RFC 2045 to 2049."""

    # Bytes and lines.
    NUL = "nul"
    BARE_CR = "bare-cr"
    BARE_LF = "bare-lf"
    LINE_TOO_LONG = "line-too-long"
    LONG_LINE = "long-line"
    # Header blocks.
    HEADER_CONTROL = "header-control"
    HEADER_NO_COLON = "header-no-colon"
    HEADER_STARTS_WITH_FOLD = "header-starts-with-fold"
    HEADER_BLANK_LINE = "header-blank-line"
    HEADER_FOLD_LOOKALIKE = "header-fold-lookalike"
    HEADER_ODD_NAME = "header-odd-name"
    HEADER_NAME_STYLE = "header-name-style"
    HEADER_MBOX_LINE = "header-mbox-line"
    HEADER_TOO_LARGE = "header-too-large"
    HEADER_TOO_MANY_FIELDS = "header-too-many-fields"
    HEADER_ENCODED_WORD = "header-encoded-word"
    HEADER_UNENDED = "header-unended"
    DUPLICATE_CONTENT_TYPE = "duplicate-content-type"
    DUPLICATE_TRANSFER_ENCODING = "duplicate-transfer-encoding"
    DUPLICATE_DISPOSITION = "duplicate-disposition"
    DUPLICATE_MIME_VERSION = "duplicate-mime-version"
    DUPLICATE_FROM = "duplicate-from"
    DUPLICATE_SENDER = "duplicate-sender"
    DUPLICATE_FIELD = "duplicate-field"
    # Content-* values.
    CONTENT_TYPE_SYNTAX = "content-type-syntax"
    CONTENT_TYPE_PARAMETERS = "content-type-parameters"
    VALUE_STYLE = "value-style"
    TOO_MANY_PARAMETERS = "too-many-parameters"
    TRANSFER_ENCODING_UNKNOWN = "transfer-encoding-unknown"
    TRANSFER_ENCODING_ON_MULTIPART = "transfer-encoding-on-multipart"
    TRANSFER_ENCODING_ON_MESSAGE = "transfer-encoding-on-message"
    DISPOSITION_SYNTAX = "disposition-syntax"
    NAMES_CONFLICT = "names-conflict"
    NAMES_DIFFER = "names-differ"
    NAME_CLEANED = "name-cleaned"
    # Structure.
    BOUNDARY_MISSING = "boundary-missing"
    BOUNDARY_ILLEGAL = "boundary-illegal"
    BOUNDARY_PREFIX = "boundary-prefix"
    DELIMITER_TEXT = "delimiter-text"
    DELIMITER_INDENTED = "delimiter-indented"
    NO_PARTS = "no-parts"
    NO_CLOSE = "no-close"
    NO_BODY = "no-body"
    MESSAGE_PARTIAL = "message-partial"
    MESSAGE_EXTERNAL = "message-external"
    TOO_DEEP = "too-deep"
    TOO_MANY_PARTS = "too-many-parts"
    TOO_MANY_EMBEDDED = "too-many-embedded"
    TOO_MUCH_DERIVED = "too-much-derived"
    TOO_MUCH_WORK = "too-much-work"
    MIME_IN_PREAMBLE = "mime-in-preamble"
    MIME_IN_EPILOGUE = "mime-in-epilogue"
    MIME_IN_TEXT = "mime-in-text"
    HEADERS_IN_BODY = "headers-in-body"
    # Encodings.
    BASE64_BLANKS = "base64-blanks"
    BASE64_DAMAGED = "base64-damaged"
    BASE64_UNDECLARED = "base64-undeclared"
    QP_DAMAGED = "qp-damaged"
    QP_STYLE = "qp-style"
    ENCODING_RUINED = "encoding-ruined"
    CHARSET_MENDED = "charset-mended"
    UUENCODE = "uuencode"
    YENC = "yenc"
    DATA_ADDRESS = "data-address"


UNION: frozenset[DefectCode] = frozenset(
    {
        DefectCode.CONTENT_TYPE_PARAMETERS,
        DefectCode.TRANSFER_ENCODING_ON_MESSAGE,
        DefectCode.DISPOSITION_SYNTAX,
        DefectCode.NAMES_CONFLICT,
        DefectCode.HEADER_BLANK_LINE,
        DefectCode.DELIMITER_INDENTED,
        DefectCode.NO_CLOSE,
        DefectCode.MIME_IN_PREAMBLE,
        DefectCode.MIME_IN_EPILOGUE,
        DefectCode.MIME_IN_TEXT,
        DefectCode.HEADERS_IN_BODY,
        DefectCode.BASE64_DAMAGED,
        DefectCode.BASE64_UNDECLARED,
        DefectCode.QP_DAMAGED,
        DefectCode.UUENCODE,
        DefectCode.YENC,
        DefectCode.DATA_ADDRESS,
    }
)
"""Every reading of these is extracted."""

NOTE: frozenset[DefectCode] = frozenset(
    {
        DefectCode.LONG_LINE,
        DefectCode.HEADER_UNENDED,
        DefectCode.HEADER_NAME_STYLE,
        DefectCode.HEADER_MBOX_LINE,
        DefectCode.DUPLICATE_FIELD,
        DefectCode.VALUE_STYLE,
        DefectCode.NAMES_DIFFER,
        DefectCode.NAME_CLEANED,
        DefectCode.NO_BODY,
        DefectCode.BASE64_BLANKS,
        DefectCode.QP_STYLE,
        DefectCode.CHARSET_MENDED,
    }
)
"""No reader is known to be misled by these."""

TIERS: dict[DefectCode, Tier] = {
    code: Tier.UNION if code in UNION else Tier.NOTE if code in NOTE else Tier.REFUSE for code in DefectCode
}
"""A code in neither list refuses: forgetting one is safe."""

_ORDER = tuple(Tier)


def defect(code: DefectCode, where: str) -> Defect:
    """The defect with the tier its code has."""
    return Defect(code.value, TIERS[code], where)


def strictest(defects: tuple[Defect, ...]) -> Tier:
    """The tier of the whole message: clean where nothing was found."""
    return max((found.tier for found in defects), key=_ORDER.index, default=Tier.CLEAN)
