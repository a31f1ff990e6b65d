# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Large parts in which nothing of interest can stand: told from the bytes, which are then only checked for form.

A search may never find, since references and encodings hide what it looks for; but it may rule out. An element's name
cannot be written with references, so in UTF-8 without a document type a name that is not in the bytes is not in the
tree. Whoever has doubts gets False, and the part is read as a tree.
"""

import re
from collections.abc import Callable
from xml.parsers import expat

from poststelle.inspection.budget import Budget

PLAIN_FROM_BYTES = 1024 * 1024
"""Below, a tree costs so little that it is always made."""
_FEED_BYTES = 1024 * 1024
_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})")
_UTF8 = frozenset({b"utf-8", b"us-ascii", b"ascii"})


class _NotPlainError(Exception):
    """A document type is declared."""


def is_plain(content: bytes, budget: Budget, may_hold: Callable[[bytes], bool]) -> bool:
    """True for a large well-formed part in UTF-8, without document type, that holds nothing of interest."""
    if len(content) < PLAIN_FROM_BYTES or not _is_utf8(content) or may_hold(content):
        return False
    return _is_well_formed(content, budget)


def _is_utf8(content: bytes) -> bool:
    """As declared; the parser rejects what is declared and untrue. UTF-16 has NUL bytes all over."""
    declared = _DECLARED.match(content)
    return (declared is None or declared.group(1).lower() in _UTF8) and content.find(b"\x00", 0, 4_096) < 0


def _is_well_formed(content: bytes, budget: Budget) -> bool:
    """Checked piece by piece; False too where the time is over, so that the tree's reader says so."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse
    view = memoryview(content)
    try:
        for at in range(0, len(content), _FEED_BYTES):
            if budget.is_spent:
                return False
            parser.Parse(view[at : at + _FEED_BYTES], False)
        parser.Parse(b"", True)
    except (expat.ExpatError, _NotPlainError):
        return False
    return True


def _refuse(*_: object) -> None:
    raise _NotPlainError
