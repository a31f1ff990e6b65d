# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The parts of a message as offsets into its bytes: the result of a scan, in document order."""

from enum import Enum, auto
from typing import NamedTuple

from poststelle.core.facts import Defect
from poststelle.inspection.mime.headers import Header
from poststelle.inspection.mime.source import Source
from poststelle.inspection.mime.values import Value

ENCODED = frozenset({"base64", "quoted-printable"})


class Kind(Enum):
    """What a part holds."""

    LEAF = auto()
    MULTIPART = auto()
    MESSAGE = auto()


class Part(NamedTuple):
    """One entity (RFC 2045, 2.4): where it stands and what its header says of it.

    A tuple, like everything that is made for each part: with frozen dataclasses the scan of a small message took a
    sixth longer (November 2026).
    """

    section: str
    source: Source
    header: Header
    start: int
    body_start: int
    end: int
    kind: Kind
    media_type: str
    content_type: Value | None
    disposition: Value | None
    encoding: str
    """One of the five, lower case; empty where it is none of them."""
    parent: int
    """Index of the enclosing part, -1 for the outermost."""
    depth: int
    is_reading: bool
    """Found only under a second reading: in a preamble, an epilogue or a text."""

    @property
    def body(self) -> bytes:
        """A copy of the body as sent, still encoded."""
        return self.source[self.body_start : self.end]


class Tree(NamedTuple):
    """All parts, parents before children, and every defect met on the way."""

    parts: tuple[Part, ...]
    defects: tuple[Defect, ...]
