# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Taking things out of a message again, by the paths its inspection gave: the bytes of a file, the judged parts.

Runs the very same collector over the same bytes, so that what is handed out is what was judged. Layers open by the same
dialogue as in the inspection; driven alone they stay closed.
"""

from collections.abc import Callable, Generator
from hashlib import sha256
from typing import TypeVar

from poststelle.inspection.budget import Budget, BudgetExceededError
from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.document import INSPECTORS, Looked, look
from poststelle.inspection.files import Collector
from poststelle.inspection.mime.ledger import Ledger
from poststelle.inspection.mime.scan import scan
from poststelle.inspection.mime.source import Content, as_source
from poststelle.inspection.mime.tree import Tree
from poststelle.inspection.requests import Answer, Request, Scan, Scanned, Unwrap, UnwrapRefused

Path = tuple[str, ...]
T = TypeVar("T")


class NoSuchFileError(LookupError):
    """The message holds no file of this path: the path is not from its inspection."""


Step = Generator[Request, Answer, T]
"""A dialogue that ends in a value."""


def collected(
    content: Content, keep: Callable[[Path], bool], surroundings: Surroundings | None = None
) -> Step[tuple[Tree, Collector]]:
    """The message taken apart once more, with the bytes of the files that are to be kept."""
    source = as_source(content)
    ledger = Ledger(len(source))
    tree = scan(source, ledger)
    collector = Collector(look_closely, ledger, keep=keep, surroundings=surroundings)
    yield from collector.collect(tree)
    return tree, collector


def drive_alone(dialogue: Step[T]) -> T:
    """The end of a dialogue that nobody answers: layers stay closed, nothing is scanned."""
    try:
        request = next(dialogue)
        while True:
            said = _ANSWERS[type(request)]
            del request  # it may hold a decrypted layer
            request = dialogue.send(said)
    except StopIteration as end:
        result: T = end.value
        return result


_ANSWERS: dict[type[Request], Answer] = {Scan: Scanned(), Unwrap: UnwrapRefused("not-connected")}


def extract(content: Content, path: Path, surroundings: Surroundings | None = None) -> Step[bytes]:
    """The very bytes of the file with this path, archive members included. Raises NoSuchFileError."""
    _, collector = yield from collected(content, lambda one: one == path[: len(one)], surroundings)
    return file_bytes(collector, path)


def file_bytes(collector: Collector, path: Path) -> bytes:
    """The file out of what was kept, or out of the archive that was kept."""
    outer = max((one for one in collector.kept if one == path[: len(one)]), key=len, default=())
    if not outer:
        raise NoSuchFileError("/".join(path))
    return member_bytes(collector.kept[outer], path[len(outer) :])


def member_bytes(content: bytes, path: Path) -> bytes:
    """A file inside a file, found by the steps and the hash that looking into it gives."""
    if not path:
        return content
    looked = {one.path: one for one in look(content, (), Budget())}
    if path not in looked:
        raise NoSuchFileError("/".join(path))
    for depth in range(1, len(path) + 1):
        outer, wanted = looked[path[: depth - 1]], looked[path[:depth]]
        content = _member(content, outer, wanted.sha256)
    return content


def _member(content: bytes, outer: Looked, digest: str) -> bytes:
    inspector = INSPECTORS.get(outer.format)
    try:
        members = inspector(content, outer.format, Budget()).members if inspector else ()
    except BudgetExceededError:
        members = ()
    for member in members:
        if sha256(member.content).hexdigest() == digest:
            return member.content
    raise NoSuchFileError(digest)


def look_closely(content: bytes, names: tuple[str, ...], digest: str) -> tuple[Looked, ...]:
    """A file with all that is inside it, by a budget of its own and no clock."""
    return look(content, names, Budget(), digest)
