# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Files inside a winmail.dat (MS-OXTNEF), read in one pass over its attributes. Reads names and contents, nothing else.

Our own, because the library at hand copies the rest of the stream for every attribute and believes every count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from struct import unpack_from

from poststelle.inspection.mime.names import shortened

_SIGNATURE = b"\x78\x9f\x3e\x22"
_START_BYTES = 6
_HEAD_BYTES = 9
_CHECKSUM_BYTES = 2
_ATTACHMENT_BEGINS = 0x9002
_TITLE = 0x8010
_CONTENT = 0x800F
_PROPERTIES = 0x9005
_CONTENT_PROPERTY = 0x3701
_NAME_PROPERTIES = (0x3707, 0x3704, 0x3001)
"""Long file name, file name, display name (MS-OXPROPS)."""
_MULTI_VALUED = 0x1000
_FIXED_BYTES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 13: 0, 20: 8, 64: 8, 72: 16, 1: 0}
_EMPTY = frozenset({1})
"""PT_NULL: values without bytes could be announced without end."""
_VARIABLE = frozenset({0x1E, 0x1F, 0x0D, 0x102})
_UNICODE = 0x1F
_OBJECT = 0x0D
_INTERFACE_BYTES = 16
MAX_FILES = 1_000
MAX_ATTRIBUTES = 50_000
MAX_PROPERTIES = 100_000
"""Of all attachments together; Outlook writes some forty for each."""
MAX_NAMES = 100
"""Of one attachment."""


class TnefError(Exception):
    """The stream does not hold what its lengths say. Answered by a finding."""


@dataclass(frozen=True, slots=True)
class TnefFile:
    """One attachment."""

    names: tuple[str, ...]
    content: bytes


def is_tnef(content: bytes | memoryview) -> bool:
    """The stream begins as MS-OXTNEF, 2.1.3.2 says."""
    return bytes(content[:4]) == _SIGNATURE


def read_tnef(content: bytes) -> tuple[TnefFile, ...]:
    """The attachments, embedded messages as the stream they are. Raises TnefError."""
    found: list[list[tuple[int, bytes]]] = []
    for identifier, value in _attributes(content):
        if identifier == _ATTACHMENT_BEGINS:
            found.append([])
            if len(found) > MAX_FILES:
                raise TnefError("too many attachments")
        elif identifier in (_TITLE, _CONTENT, _PROPERTIES):
            if not found:
                raise TnefError("an attachment's attribute before any attachment")
            found[-1].append((identifier, value))
    left = count(MAX_PROPERTIES, -1)
    return tuple(_file(attributes, left) for attributes in found)


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    at, tries = _START_BYTES, 0
    while at + _HEAD_BYTES + _CHECKSUM_BYTES <= len(content):
        _, identifier, _, size = unpack_from("<BHHI", content, at)
        start = at + _HEAD_BYTES
        at = start + size + _CHECKSUM_BYTES
        tries += 1
        if at > len(content) or tries > MAX_ATTRIBUTES:
            raise TnefError("an attribute ends after the stream")
        yield identifier, content[start : start + size]


def _file(attributes: list[tuple[int, bytes]], left: Iterator[int]) -> TnefFile:
    titles: list[str] = []
    names: list[str] = []
    content = b""
    for identifier, value in attributes:
        if identifier == _TITLE:
            titles.append(shortened(value.split(b"\0", 1)[0].decode("cp1252", "replace")))
        elif identifier == _CONTENT:
            content = value
        else:
            for key, kind, item in _properties(value, left):
                if key in _NAME_PROPERTIES:
                    names.append(shortened(_text(kind, item)))
                elif key == _CONTENT_PROPERTY and not content:
                    content = item[_INTERFACE_BYTES:] if kind == _OBJECT else item
    every = tuple(dict.fromkeys(name for name in (*reversed(names), *titles) if name))
    if len(every) > MAX_NAMES:
        raise TnefError("too many names")
    return TnefFile(every, content)


def _text(kind: int, item: bytes) -> str:
    text = item.decode("utf-16-le", "replace") if kind == _UNICODE else item.decode("cp1252", "replace")
    return text.split("\0", 1)[0]


def _properties(value: bytes, left: Iterator[int]) -> Iterator[tuple[int, int, bytes]]:
    """(identifier, type, value) of every property; a multi-valued one gives each of its values (MS-OXTNEF, 2.1.3.4)."""
    at = 4
    while at + 4 <= len(value):
        typed, key = unpack_from("<HH", value, at)
        at = _after_name(value, at + 4) if key & 0x8000 else at + 4
        values, kind = 1, typed & ~_MULTI_VALUED
        if kind in _VARIABLE or typed & _MULTI_VALUED:
            values, at = _number(value, at), at + 4
            if kind in _EMPTY:
                raise TnefError("many values of nothing")
        for _ in range(min(values, len(value) - at)):
            if next(left) <= 0:
                raise TnefError("too many properties")
            start, size = _extent(value, at, kind)
            yield key, kind, value[start : start + size]
            at = start + size + -size % 4


def _extent(value: bytes, at: int, kind: int) -> tuple[int, int]:
    """Where one value of a property stands and how long it is."""
    if kind in _VARIABLE:
        start, size = at + 4, _number(value, at)
    elif kind in _FIXED_BYTES:
        start, size = at, _FIXED_BYTES[kind]
    else:
        raise TnefError("a property of unknown type")
    if start + size > len(value):
        raise TnefError("a property ends after its attribute")
    return start, size


def _after_name(value: bytes, at: int) -> int:
    """Past the GUID and the number or string that names the property."""
    kind = _number(value, at + 16)
    if kind == 0:
        return at + 24
    size = _number(value, at + 20)
    return at + 24 + size + -size % 4


def _number(value: bytes, at: int) -> int:
    if at + 4 > len(value):
        raise TnefError("a number ends after its attribute")
    number: int = unpack_from("<I", value, at)[0]
    return number
