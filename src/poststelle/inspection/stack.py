# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What of a message is still to be taken apart: trees being walked, and layers to be opened.

Opens nothing. What a thing was made from is held no longer than until it is made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from poststelle.inspection.layers import Standings
from poststelle.inspection.mime.decode import Chunk
from poststelle.inspection.mime.names import Names
from poststelle.inspection.mime.tree import Part, Tree
from poststelle.inspection.scope import ALONGSIDE, Scope, Standing
from poststelle.inspection.trimmings import Place


@dataclass(slots=True)
class Frame:
    """One tree being walked; mutable because a walk is."""

    tree: Tree
    scope: Scope
    at: int = 0
    folders: list[tuple[str, ...]] = field(default_factory=list)
    standings: Standings = field(init=False)

    def __post_init__(self) -> None:
        self.standings = Standings(self.tree, self.scope.standing)

    @property
    def section(self) -> str:
        """Where the next part stands."""
        return self.tree.parts[self.at].section


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf with what its place says of it."""

    place: Place
    names: Names
    folder: tuple[str, ...]
    scope: Scope
    counts: bool
    """It is an attachment of the message itself, so that its size belongs to the sum."""
    standing: Standing = ALONGSIDE
    digest: str = ""
    """SHA-256 of the content at hand, in hex; empty where it was not taken yet. Large contents are hashed once."""
    again: Callable[[], bytes] | None = None
    """Decodes the content at hand once more from the mail as it came; None where that alone does not hold it."""

    @property
    def part(self) -> Part:
        """The part it is."""
        return self.place.part

    def sha256_of(self, content: Chunk) -> str:
        """The digest, taken where it is not known."""
        return self.digest or sha256(content).hexdigest()


@dataclass(slots=True)
class Closed:
    """A CMS layer, decoded and not opened yet: first what it was decoded from is let go.

    Of an opaque mail of 20 MB the decrypted entity, 27 MB, lay beside the signed content otherwise (November 2026).
    """

    leaf: Leaf
    """Of a part without its source."""
    content: bytes

    def take(self) -> bytes:
        """The content, held from now on by nobody but the caller."""
        content, self.content = self.content, b""
        return content


Stack = list[Frame | Closed]


def walk_of(tree: Tree, scope: Scope) -> Stack:
    """The tree to be walked; nothing where it has no part, because too many were met before."""
    return [Frame(tree, scope)] if tree.parts else []


def taken(stack: Stack) -> Frame | Closed:
    """The top, which stays only where another part of the tree follows."""
    top = stack[-1]
    is_last = isinstance(top, Closed) or top.at + 1 >= len(top.tree.parts)
    return stack.pop() if is_last else top
