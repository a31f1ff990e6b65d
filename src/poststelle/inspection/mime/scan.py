# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The scanner: bytes in, a tree of byte offsets and its defects out. One stack, no recursion, nothing decoded.

It reads as RFC 2046 says and notes wherever another reader could see something else. It does not know files.
"""

from typing import NamedTuple

from poststelle.core.facts import Defect, Tier
from poststelle.inspection.mime.content import MESSAGE_TYPES, Content, read_content
from poststelle.inspection.mime.defects import TIERS, DefectCode, defect
from poststelle.inspection.mime.delimit import split_multipart
from poststelle.inspection.mime.embedded import find_embedded
from poststelle.inspection.mime.headers import Header, read_header
from poststelle.inspection.mime.intext import is_written_into
from poststelle.inspection.mime.ledger import Ledger
from poststelle.inspection.mime.limits import MAX_LEVELS
from poststelle.inspection.mime.source import Source, line_defects
from poststelle.inspection.mime.tree import ENCODED, Kind, Part, Tree

_HARD = frozenset({DefectCode.TOO_DEEP, DefectCode.TOO_MANY_PARTS, DefectCode.TOO_MANY_EMBEDDED})
_OPENING_BYTES = 32
_HEADERS_ONLY = frozenset({"text/rfc822-headers", "text/rfc822-header"})


class _Entity(NamedTuple):
    """A range still to be read."""

    start: int
    end: int
    section: str
    is_root: bool
    """First entity of a message: its section is counted as RFC 3501, 6.4.5 does."""
    parent: int
    depth: int
    default_type: str
    outer: tuple[bytes, ...]
    is_reading: bool = False
    is_cut: bool = False
    """Read as if a line of blanks ended its header."""


def scan(source: Source, ledger: Ledger, section: str = "", depth: int = 0) -> Tree:
    """The tree of the message in the source. ``section`` and ``depth`` are those of the part it was decoded from."""
    run = _Run(source, ledger)
    where = section or "head"
    run.defects.extend(defect(code, where) for code in line_defects(source))
    run.stack.append(_Entity(0, len(source), section, True, -1, depth, "text/plain", ()))
    while run.stack and ledger.has_room and not ledger.is_late:
        run.read(run.stack.pop())
    if run.stack:
        run.note(DefectCode.TOO_MUCH_WORK if ledger.has_room else DefectCode.TOO_MANY_PARTS, where)
    return Tree(tuple(run.parts), tuple(dict.fromkeys(run.defects)))


class _Run:
    """One scan in progress; mutable because a stack is."""

    __slots__ = ("defects", "ledger", "parts", "source", "stack")

    def __init__(self, source: Source, ledger: Ledger) -> None:
        self.source = source
        self.ledger = ledger
        self.stack: list[_Entity] = []
        self.parts: list[Part] = []
        self.defects: list[Defect] = []

    def note(self, code: DefectCode, where: str, *, is_reading: bool = False) -> None:
        """Record a defect. Inside a second reading only its own limits and further readings count."""
        found = defect(code, where)
        if not is_reading or code in _HARD or found.tier != "refuse":
            self.defects.append(found)

    def read(self, entity: _Entity) -> None:
        """Read one entity and put what it holds on the stack."""
        header = read_header(self.source, entity.start, entity.end, is_cut=entity.is_cut)
        content = read_content(header, entity.default_type)
        self.ledger.take_part(len(header.fields), content.parameters)
        faults = header.defects + content.defects
        if entity.is_reading and any(TIERS[code] is Tier.REFUSE for code in faults):
            content = content._replace(encoding="")
        part = self._part(entity, header=header, content=content)
        where = "head" if entity.depth == 0 and entity.is_root else part.section
        for code in faults:
            self.note(code, where, is_reading=entity.is_reading)
        self.parts.append(part)
        if DefectCode.HEADER_BLANK_LINE in faults:
            self._again(entity._replace(is_reading=True, is_cut=True))
        if part.depth >= MAX_LEVELS:
            self.note(DefectCode.TOO_DEEP, where)
        else:
            self._open(entity, part, content)

    def _part(self, entity: _Entity, *, header: Header, content: Content) -> Part:
        kind = _kind(content)
        section = entity.section
        if entity.is_root and kind is not Kind.MULTIPART:
            section = f"{section}.1" if section else "1"
        return Part(
            section,
            self.source,
            header,
            entity.start,
            header.body_start,
            max(entity.end, header.body_start),
            kind,
            content.media_type,
            content.content_type,
            content.disposition,
            content.encoding,
            entity.parent,
            entity.depth,
            entity.is_reading,
        )

    def _open(self, entity: _Entity, part: Part, content: Content) -> None:
        index = len(self.parts) - 1
        if part.kind is Kind.MULTIPART:
            if self.ledger.take_split(part.end - part.body_start):
                self._open_multipart(entity, part, content.boundary)
            else:
                self.note(DefectCode.TOO_DEEP, part.section or "head")
        elif part.kind is Kind.MESSAGE:
            self.stack.append(
                _Entity(
                    part.body_start,
                    part.end,
                    part.section,
                    True,
                    index,
                    part.depth + 1,
                    "text/plain",
                    entity.outer,
                    entity.is_reading,
                )
            )
        elif part.encoding not in ENCODED and not entity.is_reading and self._may_embed(part):
            self._embed(part, part.body_start, part.end, DefectCode.MIME_IN_TEXT)

    def _may_embed(self, part: Part) -> bool:
        """It is a text, or begins like the header of a part."""
        if part.media_type.startswith("text/"):
            return True
        opening = self.source[part.body_start : min(part.body_start + _OPENING_BYTES, part.end)]
        return opening.lstrip(b"\r\n").lower().startswith(b"content-")

    def _open_multipart(self, entity: _Entity, part: Part, boundary: bytes) -> None:
        if not boundary:
            return
        if any(boundary.startswith(one) or one.startswith(boundary) for one in entity.outer):
            self.note(DefectCode.BOUNDARY_PREFIX, part.section or "head", is_reading=entity.is_reading)
        split = split_multipart(self.source, part.body_start, part.end, boundary, self.ledger.parts_left)
        for code in split.defects:
            self.note(code, part.section or "head", is_reading=entity.is_reading)
        prefix = f"{part.section}." if part.section else ""
        default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        index, outer = len(self.parts) - 1, (*entity.outer, boundary)
        self.stack.extend(
            _Entity(start, end, f"{prefix}{number}", False, index, part.depth + 1, default, outer, entity.is_reading)
            for number, (start, end) in reversed(tuple(enumerate(split.children, 1)))
        )
        for start, end in split.again:
            self._again(_Entity(start, end, part.section, False, index, part.depth + 1, default, outer, True))
        if not entity.is_reading:
            self._embed(part, part.body_start, split.preamble_end, DefectCode.MIME_IN_PREAMBLE)
            for start, end in (*split.again, (split.epilogue_start, part.end)):
                self._embed(part, start, end, DefectCode.MIME_IN_EPILOGUE)
        elif not split.children and part.body_start > part.start:
            # The first reading of such a multipart is refused; in a further one its content is a text.
            self._again(
                _Entity(part.body_start - 2, part.end, part.section, False, index, part.depth + 1, default, outer, True)
            )

    def _again(self, entity: _Entity) -> None:
        """Put a second reading on the stack, where there is room for one."""
        if self.ledger.take_reading(entity.end - entity.start):
            self.stack.append(entity)
        else:
            self.note(DefectCode.TOO_MUCH_DERIVED, entity.section or "head")

    def _embed(self, part: Part, start: int, end: int, code: DefectCode) -> None:
        """Put what looks like entities inside a text on the stack, as second readings."""
        if part.media_type in _HEADERS_ONLY or end <= start:
            return
        if code is not DefectCode.MIME_IN_TEXT and is_written_into(self.source, start, end):
            self.note(code, part.section or "head")
            self._again(
                _Entity(
                    start - 2, end, part.section, False, len(self.parts) - 1, part.depth + 1, "text/plain", (), True
                )
            )
        embedded = find_embedded(self.source, start, end, self.ledger)
        where = part.section or "head"
        if embedded.is_cut:
            self.note(DefectCode.TOO_MANY_EMBEDDED, where)
        for begin, stop in embedded.ranges:
            is_first = begin <= start + 2 and code is DefectCode.MIME_IN_TEXT
            self.note(DefectCode.HEADERS_IN_BODY if is_first else code, where)
            self.stack.append(
                _Entity(begin, stop, where, False, len(self.parts) - 1, part.depth + 1, "text/plain", (), True)
            )


def _kind(content: Content) -> Kind:
    if content.media_type.startswith("multipart/"):
        return Kind.MULTIPART
    if content.media_type in MESSAGE_TYPES and content.encoding not in ENCODED:
        return Kind.MESSAGE
    return Kind.LEAF
