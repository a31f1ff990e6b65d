# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The journal against itself and its signed heads: every leaf hashed anew, every head's root and signature compared."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import CharField, Func, Q

from poststelle.core.journal import TreeHead, tree_head_bytes
from poststelle.core.merkle import Frontier, leaf_hash
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import JournalLeaf, JournalTree, TreeHeadRow

IsSigned = Callable[[bytes, bytes], bool]
"""(content, signature): whether it is by the journal key."""


@dataclass(frozen=True, slots=True)
class JournalState:
    """What the check found; ``fault`` is empty where everything holds."""

    leaves: int
    waiting: int
    """Entries that have no place in the tree yet."""
    heads: int
    fault: str = ""


def check_journal(database: Database, is_signed: IsSigned) -> JournalState:
    """Walk over all leaves in their order. Reads only; UnavailableError of the database."""
    using = database.alias
    with reaching_database():
        if strange := _not_as_written(database):
            return JournalState(0, 0, 0, strange)
        leaves = JournalLeaf.objects.using(using)
        waiting = leaves.filter(index=None).count()
        heads = list(TreeHeadRow.objects.using(using).order_by("size", "id"))
        size, fault = _grown(database, heads, is_signed)
        trees = list(JournalTree.objects.using(using).values_list("size", flat=True))
    if not fault and trees and max(trees) != size:
        fault = f"the tree has {max(trees)} leaves, and {size} are there"
    return JournalState(size, waiting, len(heads), fault)


def _not_as_written(database: Database) -> str:
    """The first row with a value of a type that we never write; SQLite takes any type in any column, and drivers trip."""
    if database.connection.vendor != "sqlite":
        return ""
    leaves = JournalLeaf.objects.using(database.alias).annotate(one=_type_of("leaf"), other=_type_of("leaf_hash"))
    for (number,) in leaves.exclude(one="blob", other="blob").order_by("id").values_list("id")[:1]:
        return f"the leaf in row {number} is not in octets"
    heads = TreeHeadRow.objects.using(database.alias).annotate(
        one=_type_of("root"), other=_type_of("signature"), when=_type_of("at"), many=_type_of("size")
    )
    written = Q(one="blob", other="blob", when="text", many="integer")
    for (number,) in heads.exclude(written).order_by("id").values_list("id")[:1]:
        return f"the head in row {number} is not of the types we write"
    return "" if _has_times(database) else "a signed head has no time that can be read"


def _has_times(database: Database) -> bool:
    try:
        return None not in TreeHeadRow.objects.using(database.alias).values_list("at", flat=True)
    except ValueError:  # of Django, over a text in the form of a time that is none
        return False


def _type_of(column: str) -> Func:
    return Func(column, function="typeof", output_field=CharField())


def _grown(database: Database, heads: list[TreeHeadRow], is_signed: IsSigned) -> tuple[int, str]:
    frontier, ahead = Frontier(), list(reversed(heads))
    fault = _due(frontier, ahead, is_signed)
    rows = JournalLeaf.objects.using(database.alias).exclude(index=None).order_by("index")
    for row in rows.only("index", "leaf", "leaf_hash").iterator(chunk_size=1000):
        hashed = leaf_hash(bytes(row.leaf))
        if row.index != frontier.size:
            return frontier.size, f"leaf {frontier.size} is missing"
        if hashed != bytes(row.leaf_hash):
            return frontier.size, f"leaf {row.index} is not what its hash says"
        frontier = frontier.grown((hashed,))
        fault = fault or _due(frontier, ahead, is_signed)
    if not fault and ahead:
        fault = f"a signed head knows {ahead[0].size} leaves, and {frontier.size} are there"
    return frontier.size, fault


def _due(frontier: Frontier, ahead: list[TreeHeadRow], is_signed: IsSigned) -> str:
    """Compare the heads over exactly these leaves; the first fault."""
    while ahead and ahead[-1].size == frontier.size:
        row = ahead.pop()
        head = TreeHead(row.log, row.size, bytes(row.root), row.at)
        if bytes(row.root) != frontier.root():
            return f"the head over {row.size} leaves has another root"
        if not is_signed(tree_head_bytes(head), bytes(row.signature)):
            return f"the head over {row.size} leaves is not signed by the journal key"
    return ""
