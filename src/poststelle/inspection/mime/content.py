# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a header says of its body: type, boundary, encoding, disposition, and every way it says so wrongly."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from poststelle.inspection.mime.charsets import has_word
from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.headers import Header
from poststelle.inspection.mime.limits import MAX_BOUNDARY_CHARACTERS, MAX_USUAL_BYTES
from poststelle.inspection.mime.tree import ENCODED
from poststelle.inspection.mime.values import Value, read_disposition, read_type

_ENCODINGS = {name.encode("ascii"): name for name in ("7bit", "8bit", "binary", "base64", "quoted-printable")}
_MEANS_AS_SENT = frozenset(
    {b"7-bit", b"8-bit", b"7bits", b"8bits", b"utf-8", b"utf8", b"us-ascii", b"iso-8859-1", b"none"}
)
"""What scripts write who mean that nothing is encoded. No reader is known that decodes anything under these."""
_UUENCODE = frozenset({b"x-uuencode", b"x-uue", b"x-uu", b"uuencode", b"uue"})
"""Never registered, but read by several clients: the files written into the body are found anyway."""
_BOUNDARY = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_COMPOSITE = ("multipart/", "message/")
_NAMES = (b"name", b"filename")
_REFUSED_TYPES = {
    "message/partial": DefectCode.MESSAGE_PARTIAL,
    "message/external-body": DefectCode.MESSAGE_EXTERNAL,
}
MESSAGE_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})


class Content(NamedTuple):
    """The Content fields of one entity."""

    media_type: str
    """Lower case; the default of the context where there is none."""
    content_type: Value | None
    disposition: Value | None
    encoding: str
    boundary: bytes
    """Empty unless it is a multipart with exactly one legal boundary."""
    defects: tuple[DefectCode, ...]

    @property
    def parameters(self) -> int:
        """How many both fields have; a long one counts as several."""
        return sum(_weight(value) for value in (self.content_type, self.disposition) if value is not None)


def _weight(value: Value) -> int:
    return len(value.unread) // MAX_USUAL_BYTES + sum(1 + len(one.value) // MAX_USUAL_BYTES for one in value.parameters)


def read_content(header: Header, default_type: str) -> Content:
    """The Content fields of a header block; where one stands twice the first counts (and is a defect already)."""
    defects: list[DefectCode] = []
    content_type = _content_type(header.first(b"content-type"), defects)
    media_type = content_type.main if content_type is not None and content_type.main else default_type
    encoding = _encoding(header.first(b"content-transfer-encoding"), defects, media_type)
    disposition = _disposition(header.first(b"content-disposition"), defects)
    boundary = b""
    if media_type.startswith("multipart/"):
        boundary = _boundary(content_type, defects)
        if encoding in ENCODED:
            defects.append(DefectCode.TRANSFER_ENCODING_ON_MULTIPART)
    elif media_type in MESSAGE_TYPES and encoding in ENCODED:
        defects.append(DefectCode.TRANSFER_ENCODING_ON_MESSAGE)
    elif media_type in _REFUSED_TYPES:
        defects.append(_REFUSED_TYPES[media_type])
    return Content(media_type, content_type, disposition, encoding, boundary, tuple(defects))


def _content_type(raw: bytes, defects: list[DefectCode]) -> Value | None:
    if not raw:
        return None
    value = read_type(raw)
    if not value.main and raw.lower() == b"text":  # as before MIME (RFC 1049); cron and old mailx still write it
        defects.append(DefectCode.VALUE_STYLE)
        return None
    if not value.is_plain or b"=?" in raw:
        defects.extend(_type_defects(raw, value))
    return value


def _type_defects(raw: bytes, value: Value) -> Iterator[DefectCode]:
    if value.has_too_many:
        yield DefectCode.TOO_MANY_PARAMETERS
    if not value.is_readable:
        is_grave = not value.main or value.main.startswith(_COMPOSITE) or b"boundary" in raw.lower()
        yield DefectCode.CONTENT_TYPE_SYNTAX if is_grave else DefectCode.CONTENT_TYPE_PARAMETERS
    elif not value.is_strict:
        yield DefectCode.CONTENT_TYPE_SYNTAX if value.main.startswith("multipart/") else DefectCode.VALUE_STYLE
    if b"=?" in raw and any(has_word(one.value) for one in value.parameters if not one.name.startswith(_NAMES)):
        yield DefectCode.HEADER_ENCODED_WORD


def _encoding(raw: bytes, defects: list[DefectCode], media_type: str) -> str:
    if not raw:
        return "7bit"
    stated = raw.lower()
    encoding = _ENCODINGS.get(stated)
    if encoding is not None:
        return encoding
    if stated in _UUENCODE and not media_type.startswith(_COMPOSITE):
        defects.append(DefectCode.UUENCODE)
        return "8bit"
    if stated in _MEANS_AS_SENT:
        defects.append(DefectCode.VALUE_STYLE)
        return "8bit"
    defects.append(DefectCode.TRANSFER_ENCODING_UNKNOWN)
    return ""


def _disposition(raw: bytes, defects: list[DefectCode]) -> Value | None:
    if not raw:
        return None
    value = read_disposition(raw)
    if value.is_plain:
        return value
    if value.has_too_many:
        defects.append(DefectCode.TOO_MANY_PARAMETERS)
    if not value.is_readable:
        defects.append(DefectCode.DISPOSITION_SYNTAX)
    elif not value.is_strict:
        defects.append(DefectCode.VALUE_STYLE)
    return value


def _boundary(content_type: Value | None, defects: list[DefectCode]) -> bytes:
    stated = [one.value for one in content_type.parameters if one.name == b"boundary"] if content_type else []
    if content_type is not None and content_type.has_extended(b"boundary"):
        defects.append(DefectCode.BOUNDARY_ILLEGAL)
        return b""
    if not stated:
        defects.append(DefectCode.BOUNDARY_MISSING)
        return b""
    boundary = stated[0]
    if len(stated) > 1 or len(boundary) > MAX_BOUNDARY_CHARACTERS or not _BOUNDARY.fullmatch(boundary):
        defects.append(DefectCode.BOUNDARY_ILLEGAL)
        return b""
    return boundary
