# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A header block as fields, and what is wrong with it. Knows the shape of a field, not the meaning of any but a few."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.limits import MAX_FIELDS, MAX_HEADER_BYTES
from poststelle.inspection.mime.source import Source

Fields = tuple[tuple[bytes, bytes], ...]

_VALUE = rb"([^\r\n]*+(?:\r\n[ \t][^\r\n]*+)*)\r\n"
"""Tried only where a line begins and never twice over the same letters: a block without line ends costs no more."""
_FIELD = re.compile(rb"(?:\A|(?<=\r\n))([A-Za-z0-9!#$%&'*+./^_`|~][A-Za-z0-9!#$%&'*+./^_`|~-]*+):" + _VALUE)
"""Names that every reader takes for a field: a token, and none that could be a delimiter."""
_UNUSUAL_NAME = re.compile(rb"[!-,./0-9;-~][!-9;-~]*[ \t]*")
"""What RFC 5322, 3.6.8 and its obsolete forms (4.5) allow beyond that."""
_STRUCTURAL = re.compile(rb"content-|mime-|from|sender", re.IGNORECASE)
_MBOX_LINE = re.compile(rb"From [^\r\n]*\r\n")
_TEXT = re.compile(rb"(?:text/[a-z]+ *(?:;.*)?)?\Z", re.IGNORECASE)
_AS_SENT = re.compile(rb"(?:7bit|8bit|binary)?\Z", re.IGNORECASE)
_LINE = re.compile(rb"(?:\A|(?<=[\r\n]))" + _VALUE)
_LOOSE_NAME = re.compile(rb"[^:\r\n]*")
_LARGE_BLOCK_BYTES = 64 * 1024
_CONTROLS = bytes((*(value for value in range(32) if value not in b"\t\r\n"), 127))
_BLANK_LINE = re.compile(rb"\r\n[ \t]+\r\n")
_LOOKALIKE = re.compile(rb"\r\n[ \t]+(?:[Cc][Oo][Nn][Tt][Ee][Nn][Tt]|[Mm][Ii][Mm][Ee])-[A-Za-z-]*[ \t]*:")
_MEANT = re.compile(
    rb"\r\n[ \t]+(?:content-type[ \t]*:[ \t]*[a-z]+/|content-transfer-encoding[ \t]*:[ \t]*(?:[78]bit|binary|base64|quoted)"
    rb"|content-disposition[ \t]*:[ \t]*(?:inline|attachment)|mime-version[ \t]*:[ \t]*1)",
    re.IGNORECASE,
)

_ONCE: tuple[tuple[bytes, DefectCode], ...] = (
    (b"content-type", DefectCode.DUPLICATE_CONTENT_TYPE),
    (b"content-transfer-encoding", DefectCode.DUPLICATE_TRANSFER_ENCODING),
    (b"content-disposition", DefectCode.DUPLICATE_DISPOSITION),
    (b"mime-version", DefectCode.DUPLICATE_MIME_VERSION),
    (b"from", DefectCode.DUPLICATE_FROM),
    (b"sender", DefectCode.DUPLICATE_SENDER),
    (b"date", DefectCode.DUPLICATE_FIELD),
    (b"message-id", DefectCode.DUPLICATE_FIELD),
    (b"subject", DefectCode.DUPLICATE_FIELD),
    (b"reply-to", DefectCode.DUPLICATE_FIELD),
    (b"to", DefectCode.DUPLICATE_FIELD),
    (b"cc", DefectCode.DUPLICATE_FIELD),
)
"""RFC 5322, 3.6; those that only people read are noted."""
_REPEATABLE = frozenset({b"content-type", b"content-transfer-encoding", b"content-disposition", b"mime-version"})
_NESTING = (b"multipart", b"message")


class Header(NamedTuple):
    """Fields in order, names in lower case, values as sent with their folds."""

    fields: Fields
    body_start: int
    """Offset of the first byte after the blank line."""
    defects: tuple[DefectCode, ...]
    topmost: Mapping[bytes, bytes]
    """The value of the first field of each name, as sent."""

    def all(self, name: bytes) -> tuple[bytes, ...]:
        """Unfolded values of every field of that name (lower case), topmost first."""
        return tuple(unfold(value) for key, value in self.fields if key == name)

    def first(self, name: bytes) -> bytes:
        """Unfolded value of the topmost field of that name, empty where there is none."""
        value = self.topmost.get(name)
        return unfold(value) if value else b""


def no_header(body_start: int = 0) -> Header:
    """A header without a field."""
    return Header((), body_start, (), {})


def unfold(value: bytes) -> bytes:
    """The value on one line, blanks at its ends removed (RFC 5322, 2.2.3)."""
    return (value.replace(b"\r\n", b"") if b"\r\n" in value else value).strip(b" \t")


def read_header(source: Source, start: int, end: int, *, is_cut: bool = False) -> Header:
    """The header block at ``start`` of an entity that ends at ``end``.

    ``is_cut``: as a reader sees it to whom a line of blanks ends the header; to others it is a fold.
    """
    if source[start : start + 2] == b"\r\n" or start >= end:
        return no_header(min(start + 2, end))
    defects: list[DefectCode] = []
    block_end, body_start = _bounds(source, start, end, defects)
    if is_cut and (line := _BLANK_LINE.search(source, start, min(block_end, start + MAX_HEADER_BYTES))) is not None:
        block_end, body_start = line.start() + 2, line.end()
    if block_end - start > MAX_HEADER_BYTES:
        defects.append(DefectCode.HEADER_TOO_LARGE)
        block_end = start + MAX_HEADER_BYTES
    block = source[start:block_end]
    if not block.endswith(b"\r\n"):
        block += b"\r\n"
    if block.startswith(b"From ") and (stamp := _MBOX_LINE.match(block)) is not None:
        defects.append(DefectCode.HEADER_MBOX_LINE)
        block = block[stamp.end() :]
    fields, topmost = _read_block(block, defects)
    return Header(fields, body_start, tuple(dict.fromkeys(defects)), topmost)


def _bounds(source: Source, start: int, end: int, defects: list[DefectCode]) -> tuple[int, int]:
    """Where the fields end and where the body begins."""
    blank = source.find(b"\r\n\r\n", start, end)
    if blank >= 0:
        return blank + 2, blank + 4
    defects.append(DefectCode.HEADER_UNENDED)
    return end, end


def _read_block(block: bytes, defects: list[DefectCode]) -> tuple[Fields, Mapping[bytes, bytes]]:
    """All fields, and the topmost of each name."""
    folds = block.count(b"\r\n ") + block.count(b"\r\n\t")
    fields = _fields(block, folds, defects)
    topmost = dict(reversed(fields))
    if DefectCode.HEADER_NAME_STYLE in defects and not _is_text_as_sent(topmost):
        defects.append(DefectCode.HEADER_ODD_NAME)
    if len(block.translate(None, _CONTROLS)) != len(block):
        defects.append(DefectCode.HEADER_CONTROL)
    if folds:
        defects.extend(_fold_defects(block))
    if len(topmost) != len(fields):
        defects.extend(_duplicates(fields))
    return fields, topmost


def _fields(block: bytes, folds: int, defects: list[DefectCode]) -> Fields:
    found = _FIELD.findall(block) if len(block) < _LARGE_BLOCK_BYTES else _first_fields(block)
    if len(found) <= MAX_FIELDS and len(found) + folds != block.count(b"\r\n"):
        found = list(islice(_loose_fields(block, defects), MAX_FIELDS + 1))
    if len(found) > MAX_FIELDS:
        defects.append(DefectCode.HEADER_TOO_MANY_FIELDS)
        del found[MAX_FIELDS:]
    return tuple([(name.lower(), value) for name, value in found])


def _first_fields(block: bytes) -> list[tuple[bytes, bytes]]:
    """No more than are looked at: a block of the greatest size may hold sixty thousand."""
    return [(match[1], match[2]) for match in islice(_FIELD.finditer(block), MAX_FIELDS + 1)]


def _loose_fields(block: bytes, defects: list[DefectCode]) -> Iterator[tuple[bytes, bytes]]:
    """Line by line, where the block is not made of well-formed fields only."""
    if block[:1] in (b" ", b"\t"):
        defects.append(DefectCode.HEADER_STARTS_WITH_FOLD)
    blanks = [blank.end() for blank in _BLANK_LINE.finditer(block)]
    is_body = False
    """Behind a line of blanks: to some the body begins here, as in the second reading; others skip to the next field."""
    for match in _LINE.finditer(block):
        line = match.group(1)
        name = _LOOSE_NAME.match(line)
        if name is None or name.end() >= len(line) or line[name.end()] != _COLON:
            is_body = is_body or blanks == [match.start()]
            if not is_body:
                defects.append(DefectCode.HEADER_NO_COLON)
            continue
        if not _FIELD.match(match.group()):
            defects.append(_name_defect(name.group()))
        yield name.group().strip(b" \t"), line[name.end() + 1 :]


def _name_defect(name: bytes) -> DefectCode:
    is_unusual = _UNUSUAL_NAME.fullmatch(name) and not _STRUCTURAL.search(name)
    return DefectCode.HEADER_NAME_STYLE if is_unusual else DefectCode.HEADER_ODD_NAME


_COLON = ord(":")


def _is_text_as_sent(topmost: Mapping[bytes, bytes]) -> bool:
    """Some readers end the header at an unusual name. Of a text that is not encoded both see the same, and more lines."""
    stated = (unfold(topmost.get(name, b"")) for name in (b"content-type", b"content-transfer-encoding"))
    return all(shape.match(value) for shape, value in zip((_TEXT, _AS_SENT), stated, strict=True))


def _fold_defects(block: bytes) -> Iterator[DefectCode]:
    if _BLANK_LINE.search(block):
        yield DefectCode.HEADER_BLANK_LINE
    if _LOOKALIKE.search(block) and (_MEANT.search(block) or _lookalike_outside_signatures(block)):
        yield DefectCode.HEADER_FOLD_LOOKALIKE


def _lookalike_outside_signatures(block: bytes) -> bool:
    """A list of signed fields (DKIM h=, RFC 6376, 3.5) may fold before ``Content-Type:`` and honest ones do."""
    return any(
        _LOOKALIKE.search(value) and not name.lower().endswith(b"-signature") for name, value in _FIELD.findall(block)
    )


def _duplicates(fields: Fields) -> Iterator[DefectCode]:
    names = [name for name, _ in fields]
    for name, code in _ONCE:
        if names.count(name) > 1:
            yield DefectCode.DUPLICATE_FIELD if _says_the_same(fields, name) else code


def _says_the_same(fields: Fields, name: bytes) -> bool:
    """Twice the same value, as scripts write it, and none that nests: whichever a reader takes, it reads the same."""
    stated = {unfold(value).lower() for key, value in fields if key == name}
    return name in _REPEATABLE and len(stated) == 1 and not stated.pop().startswith(_NESTING)
