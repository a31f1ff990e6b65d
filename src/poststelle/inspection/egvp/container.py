# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A message folder as one file: an uncompressed tar (POSIX pax) that is the same for the same folder.

Names are sorted and times left out. Written piece by piece by the door, read here without a copy. What is no regular file, or could not be read, stands in it as a bare symbolic link: named, never followed.
"""

import tarfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from mmap import mmap
from types import MappingProxyType
from typing import BinaryIO, cast

from poststelle.inspection.mime.source import Content, Source, as_source

MAX_MEMBERS = 4_000
"""EGVP allows 1,000 attachments; the client's papers, certificates and signatures come beside them."""
_BLOCK_BYTES = tarfile.BLOCKSIZE
END = b"\0" * (2 * _BLOCK_BYTES)
_MAGIC_AT, _MAGIC = 257, b"ustar"
_MODE = 0o644


class ContainerError(Exception):
    """The bytes are no container, or hold more members than are read."""


def head_of(path: str, size_bytes: int) -> bytes:
    """What stands before a file's content."""
    return _head(path, size_bytes, tarfile.REGTYPE)


def head_of_unread(path: str) -> bytes:
    """The whole entry of something that is no regular file."""
    return _head(path, 0, tarfile.SYMTYPE)


def padding_after(size_bytes: int) -> bytes:
    """What stands behind a file's content."""
    return b"\0" * (-size_bytes % _BLOCK_BYTES)


def _head(path: str, size_bytes: int, kind: bytes) -> bytes:
    member = tarfile.TarInfo(path)
    member.size, member.mode, member.type = size_bytes, _MODE, kind
    return member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def pack(files: Mapping[str, bytes]) -> bytes:
    """The container of these files, for whoever has them in memory."""
    pieces = (
        head_of(path, len(content)) + content + padding_after(len(content)) for path, content in sorted(files.items())
    )
    return b"".join(pieces) + END


def is_container(content: Content) -> bool:
    """The bytes begin as a container does."""
    return bytes(content[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)]) == _MAGIC


class Folder(Mapping[str, bytes]):
    """Relative paths and their bytes, each cut out of the container only when asked for."""

    def __init__(self, source: Source, places: Mapping[str, tuple[int, int]], unread: tuple[str, ...]) -> None:
        self._source = source
        self._places = MappingProxyType(dict(places))
        self.unread = unread
        """Paths of what was no regular file."""

    def __getitem__(self, path: str) -> bytes:
        start, size = self._places[path]
        return self._source[start : start + size]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def size_bytes(self, path: str) -> int:
        """Length of one file, without reading it."""
        return self._places[path][1]


def unpack(content: Content) -> Folder:
    """The files of a container. Raises ContainerError; never reads beyond the bytes."""
    source = as_source(content)
    places: dict[str, tuple[int, int]] = {}
    unread: list[str] = []
    for count, member in enumerate(_members(source)):
        if count >= MAX_MEMBERS:
            raise ContainerError(f"more than {MAX_MEMBERS} files")
        if not member.isreg() or member.size < 0 or member.offset_data + member.size > len(source):
            unread.append(member.name)
        else:
            places[member.name] = (member.offset_data, member.size)
    return Folder(source, places, tuple(unread))


def _members(source: Source) -> Iterator[tarfile.TarInfo]:
    file = cast("BinaryIO", source) if isinstance(source, mmap) else BytesIO(source)
    file.seek(0)
    try:
        with tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape") as container:
            yield from container
    except (tarfile.TarError, ValueError, EOFError, OverflowError, RecursionError, KeyError, IndexError) as error:
        raise ContainerError(type(error).__name__) from error
