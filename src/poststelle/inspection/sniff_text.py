# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Text told from binary, and the kinds of text that are unmistakable from their first lines."""

import re

from poststelle.core.formats import Format
from poststelle.inspection.mime.source import how_many

HEAD_BYTES = 4_096
"""How far the beginning is read for the kind of text."""
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1a\x1b\x08")) + b"\x7f"
"""Bytes that no 8-bit text encoding uses for text; escape sequences of ISO-2022 and a final SUB are tolerated."""
_MAX_CONTROL_SHARE = 0.001
_BOMS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_COMMENTS = re.compile(r"\A(?:\s+|<!--.*?-->|<\?xml.*?\?>)+", re.DOTALL)
_HTML = re.compile(r"(?:<!doctype\s+html|<(?:html|head|body|script|iframe|meta)\b)", re.IGNORECASE)
_SVG = re.compile(r"(?:<!doctype\s+svg\b|<(?:\w+:)?svg\b)", re.IGNORECASE)
_HEADER_LINE = re.compile(
    r"(?:Return-Path|Received|From|To|Date|Subject|MIME-Version|Message-ID|Delivered-To|X-[\w-]+):", re.IGNORECASE
)
_HEADERS_OF_A_MAIL = 3
_SHEBANG = re.compile(r"#!\s*/")


def is_text(content: bytes) -> bool:
    """True for what some text encoding could have written: a byte order mark, or practically no control bytes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) and not content.startswith(b"\xff\xfe\x00\x00"):
        return len(content) % 2 == 0
    return b"\x00" not in content and how_many(content, _CONTROLS) <= len(content) * _MAX_CONTROL_SHARE


def kind_of_text(content: bytes) -> Format:
    """HTML, SVG, XML, a script or a mail where the first lines leave no doubt; else plain text."""
    head = _head(content)
    if _SHEBANG.match(head):
        return Format.SCRIPT
    if head.startswith("From ") and _counts_as_mail(head):
        return Format.MBOX
    is_declared = head.lstrip().startswith("<?xml")
    start = _COMMENTS.sub("", head)
    for pattern, format_ in ((_HTML, Format.HTML), (_SVG, Format.SVG)):
        if pattern.match(start):
            return format_
    if is_declared:
        return Format.XML
    return Format.EML if _counts_as_mail(head) else Format.TXT


def _head(content: bytes) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content[len(bom) : HEAD_BYTES].decode(encoding, "replace")
    return content[:HEAD_BYTES].decode("latin-1")


def _counts_as_mail(head: str) -> bool:
    lines = head.splitlines()[:12]
    return sum(1 for line in lines if _HEADER_LINE.match(line)) >= _HEADERS_OF_A_MAIL
