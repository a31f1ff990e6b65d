# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The journal against itself, its signed heads, and heads that somebody kept: every leaf, value, root and signature."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import CharField, Func, Max, Q

from poststelle.core.journal import (
    SALT_BYTES,
    IsSigned,
    SignedHead,
    TreeHead,
    is_opened_by,
    read_leaf,
    tree_head_bytes,
    utc_text,
)
from poststelle.core.merkle import Frontier, leaf_hash
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import JournalLeaf, JournalTree, JournalValue, TreeHeadRow

CHUNK_LEAVES = 1000


@dataclass(frozen=True, slots=True)
class JournalState:
    """What the check found; ``fault`` is empty where everything holds."""

    leaves: int
    waiting: int
    """Entries that have no place in the tree yet."""
    heads: int
    fault: str = ""
    signed_leaves: int = 0
    """Under the newest signed head; what came later nobody outside can hold us to yet."""


def check_journal(database: Database, is_signed: IsSigned, kept: tuple[SignedHead, ...] = ()) -> JournalState:
    """Walk over all leaves in their order; ``kept`` are heads that somebody kept elsewhere, to be held against it.

    Reads only, and may run while entries are written: heads are read before the tree, the tree before the leaves.
    UnavailableError of the database.
    """
    using = database.alias
    with reaching_database():
        if strange := _not_as_written(database):
            return JournalState(0, 0, 0, strange)
        rows = TreeHeadRow.objects.using(using).order_by("id")
        heads = tuple(
            SignedHead(TreeHead(row.log, row.size, bytes(row.root), row.at), row.key_id, bytes(row.signature))
            for row in rows
        )
        highest = JournalLeaf.objects.using(using).aggregate(last=Max("index"))["last"]
        trees = tuple(JournalTree.objects.using(using).all())
        waiting, unplaced_fault = _waiting(database)
        walk = _Walk(database, sorted((*heads, *kept), key=lambda one: one.head.size), is_signed)
        end = max((tree.size for tree in trees), default=0)
        fault = _out_of_order(heads) or walk.fault_up_to(end) or _tree_fault(trees, walk.frontier) or unplaced_fault
        if not fault and highest is not None and highest >= end:
            fault = f"leaf {highest} lies beyond the tree, which has {end}"
    newest = max((one.head.size for one in heads), default=0)
    return JournalState(walk.frontier.size, waiting, len(heads), fault, newest)


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


def _out_of_order(heads: Sequence[SignedHead]) -> str:
    """A clock may be set back, and a journal only grows."""
    for earlier, later in pairwise(heads):
        if later.head.size < earlier.head.size:
            return f"a head over {later.head.size} leaves was signed after one over {earlier.head.size}"
    return ""


def _tree_fault(trees: Sequence[JournalTree], frontier: Frontier) -> str:
    for tree in trees:
        if tree.size == frontier.size and bytes(tree.peaks) != b"".join(frontier.peaks):
            return "the tree's own state is not that of its leaves: the next head would be another one"
    return ""


def _waiting(database: Database) -> tuple[int, str]:
    """How many entries have no place yet, and the first fault among them."""
    rows = JournalLeaf.objects.using(database.alias).filter(index=None).order_by("id")
    faults = (_leaf_fault(row, leaf_hash(bytes(row.leaf)), f"entry in row {row.id}") for row in rows.iterator())
    return rows.count(), next(filter(None, faults), "")


def _leaf_fault(row: JournalLeaf, hashed: bytes, name: str) -> str:
    """Whether the row is what its leaf says: the columns beside it are what lists and searches show."""
    if hashed != bytes(row.leaf_hash):
        return f"{name} is not what its hash says"
    try:
        leaf = read_leaf(bytes(row.leaf))
    except ValueError:
        return f"{name} is no entry of a journal"
    shown = (row.authority_id, row.reference, row.kind, utc_text(row.at))
    if shown != (leaf.authority, leaf.reference, leaf.kind, leaf.at):
        return f"{name} is shown under another authority, reference, kind or time than it says"
    return ""


class _Walk:
    """Over the leaves in their places, meeting each head where it was signed."""

    def __init__(self, database: Database, heads: list[SignedHead], is_signed: IsSigned) -> None:
        self._using = database.alias
        self._ahead = deque(heads)
        self._is_signed = is_signed
        self.frontier = Frontier()

    def fault_up_to(self, end: int) -> str:
        """The first fault below this place; empty where there is none."""
        fault = self._due()
        while not fault and self.frontier.size < end:
            fault = self._chunk_fault(min(end, self.frontier.size + CHUNK_LEAVES))
        if not fault and self._ahead:
            fault = f"a signed head knows {self._ahead[0].head.size} leaves, and {self.frontier.size} are there"
        return fault

    def _chunk_fault(self, end: int) -> str:
        start = self.frontier.size
        rows = list(JournalLeaf.objects.using(self._using).filter(index__gte=start, index__lt=end).order_by("index"))
        for row in rows:
            if row.index != self.frontier.size:
                break
            hashed = leaf_hash(bytes(row.leaf))
            if fault := _leaf_fault(row, hashed, f"leaf {row.index}"):
                return fault
            self.frontier = self.frontier.grown((hashed,))
            if fault := self._due():
                return fault
        if self.frontier.size < end:
            return f"leaf {self.frontier.size} is missing"
        return self._values_fault(rows)

    def _values_fault(self, rows: Sequence[JournalLeaf]) -> str:
        """A value may be erased with its salt, and never be another one than was committed to."""
        leaves = {row.id: row for row in rows}
        values = JournalValue.objects.using(self._using).filter(
            leaf__index__gte=rows[0].index, leaf__index__lte=rows[-1].index
        )
        for value in values.iterator():
            row, salt = leaves[value.leaf_id], bytes(value.salt)
            is_ours = len(salt) == SALT_BYTES and is_opened_by(read_leaf(bytes(row.leaf)), value.key, salt, value.value)
            if not is_ours:
                return f"the {value.key} beside leaf {row.index} is not what was recorded"
        return ""

    def _due(self) -> str:
        """Compare the heads over exactly the leaves met so far; the first fault."""
        while self._ahead and self._ahead[0].head.size == self.frontier.size:
            signed = self._ahead.popleft()
            if signed.head.root != self.frontier.root():
                return f"the head over {signed.head.size} leaves has another root"
            if not self._is_signed(tree_head_bytes(signed.head), signed.signature):
                return f"the head over {signed.head.size} leaves is not signed by the journal key"
        return ""
