# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The shapes in which an EGVP message lies on disk: a folder in our container, an exported ZIP, a raw OSCI message.

Each becomes a mapping of names to bytes; what cannot be opened becomes a fault, never an empty message without one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from poststelle.core.formats import Format
from poststelle.inspection.budget import Budget, BudgetExceededError
from poststelle.inspection.egvp.container import ContainerError, is_container, unpack
from poststelle.inspection.mime.source import Content
from poststelle.inspection.xmlparts import OutOfTimeError
from poststelle.inspection.ziparchive import inspect_zip

_OSCI_NAME = "nachricht.osci"
_OSCI = re.compile(rb"multipart/related|osci\.de|soap", re.IGNORECASE)
_LOOKED_AT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Shape:
    """One message taken out of its wrapping."""

    name: str
    files: Mapping[str, bytes]
    unread: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    """Faults of a folder that say nothing new of this shape."""


_NO_PAPERS = ("msgprops-absent",)


def open_shape(content: Content) -> Shape:
    """The message by its first bytes. Never raises on hostile bytes."""
    if is_container(content):
        return _folder(content)
    if bytes(content[:4]) == b"PK\x03\x04":
        return _zip(bytes(content))
    whole = bytes(content)
    is_osci = _OSCI.search(whole[:_LOOKED_AT_BYTES]) is not None
    fault = "osci-raw" if is_osci else "shape-unknown"
    return Shape("osci", {_OSCI_NAME if is_osci else "unbekannt.bin": whole}, faults=(fault,), instead=_NO_PAPERS)


def _folder(content: Content) -> Shape:
    try:
        folder = unpack(content)
    except ContainerError:
        return Shape("folder", {}, faults=("container-unreadable",), instead=_NO_PAPERS)
    return Shape("folder", folder, folder.unread)


def _zip(content: bytes) -> Shape:
    """An export: the members without a common folder around them. Whatever is odd about the archive is a fault."""
    try:
        seen = inspect_zip(content, Format.ZIP, Budget())
    except (BudgetExceededError, OutOfTimeError, MemoryError, RecursionError):
        return Shape("zip", {"export.zip": content}, faults=("container-unreadable",), instead=_NO_PAPERS)
    files = {member.name: member.content for member in seen.members}
    if seen.findings or not files:
        return Shape("zip", {"export.zip": content}, faults=("container-unreadable",), instead=_NO_PAPERS)
    return Shape("zip", _without_common_folder(files))


def _without_common_folder(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    tops = {path.partition("/")[0] for path in files}
    if len(tops) != 1 or any("/" not in path for path in files):
        return files
    (top,) = tops
    return {path.removeprefix(f"{top}/"): content for path, content in files.items()}
