# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The sequencer: gives the journal's leaves their places in the tree, and signs the tree's heads.

One at a time per database: the row of the tree is locked while a batch gets its places, in short transactions of its
own, so that the acceptance of messages never waits for a number.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from poststelle.application.ports import Clock
from poststelle.core.journal import SignedHead, TreeHead, tree_head_bytes
from poststelle.core.merkle import (
    HASH_BYTES,
    Frontier,
    Ranges,
    consistency_proof,
    inclusion_proof,
    root_of,
)
from poststelle.records.database import Database, Transactions, reaching_database
from poststelle.records.models import JournalLeaf, JournalTree, TreeHeadRow

BATCH_LEAVES = 500


@dataclass(frozen=True, slots=True)
class JournalKey:
    """The Ed25519 key that signs tree heads: its id, and the act of signing wherever the key is kept."""

    key_id: str
    sign: Callable[[bytes], bytes]


class Sequencer:
    """The one tree of this database. ``log`` names it where it begins, and from then on it keeps that name."""

    def __init__(self, database: Database, transactions: Transactions, clock: Clock, log: str) -> None:
        self._database = database
        self._transactions = transactions
        self._clock = clock
        self._log = log
        self._roots: dict[tuple[int, int], bytes] = {}

    def sequence(self, limit: int = BATCH_LEAVES) -> int:
        """Give up to ``limit`` leaves their places, in the order they were written; how many there were.

        Where none waits it only reads, and waits for no writer.
        """
        with reaching_database():
            has_waiting = self._leaves().filter(index=None).exists()
        if not has_waiting:
            self._database.check_place()  # nothing waits for ever in a file that was taken away
            return 0
        return self._transactions.run(lambda: self._sequence(limit))

    def sign_head(self, key: JournalKey) -> SignedHead:
        """Sign the tree as it stands, and keep the signed head."""
        tree = self._transactions.run(self._tree)
        head = TreeHead(tree.log, tree.size, _frontier(tree).root(), self._clock.now())
        signed = SignedHead(head, key.key_id, key.sign(tree_head_bytes(head)))
        self._transactions.run(lambda: self._keep(signed))
        return signed

    def size(self) -> int:
        """How many leaves have their places."""
        with reaching_database():
            tree = self._trees().first()
        return 0 if tree is None else tree.size

    def latest_head(self) -> SignedHead | None:
        """The head signed last."""
        with reaching_database():
            of_tree = self._trees().values("log")[:1]
            row = TreeHeadRow.objects.using(self._database.alias).filter(log=of_tree).order_by("-id").first()
        if row is None:
            return None
        return SignedHead(TreeHead(row.log, row.size, bytes(row.root), row.at), row.key_id, bytes(row.signature))

    def prove_inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The audit path of one leaf in the tree of ``size`` leaves."""
        return inclusion_proof(index, size, self._ranges())

    def prove_growth(self, old_size: int, size: int) -> tuple[bytes, ...]:
        """Proof that the tree of ``size`` leaves begins with the one of ``old_size``."""
        return consistency_proof(old_size, size, self._ranges())

    def _sequence(self, limit: int) -> int:
        tree = self._tree()
        waiting = tuple(self._leaves().filter(index=None).order_by("id").values_list("id", "leaf_hash")[:limit])
        places = [(tree.size + offset, leaf_id) for offset, (leaf_id, _) in enumerate(waiting)]
        with self._database.connection.cursor() as cursor:
            cursor.executemany('UPDATE records_journalleaf SET "index" = %s WHERE id = %s', places)
        frontier = _frontier(tree).grown(bytes(leaf_hash) for _, leaf_hash in waiting)
        tree.size, tree.peaks = frontier.size, b"".join(frontier.peaks)
        tree.save(using=self._database.alias)
        return len(waiting)

    def _tree(self) -> JournalTree:
        """The tree's row, locked until the end of the transaction."""
        trees = self._trees()
        if not trees.exists():
            trees.get_or_create(log=self._log, defaults={"size": 0, "peaks": b""})
        return trees.select_for_update()[0]

    def _trees(self) -> QuerySet[JournalTree]:
        """The one that has grown comes first: until November 2026 a new name began another, to which no leaf could go."""
        return JournalTree.objects.using(self._database.alias).order_by("-size", "log")

    def _keep(self, signed: SignedHead) -> None:
        head = signed.head
        TreeHeadRow.objects.using(self._database.alias).create(
            log=head.log,
            size=head.size,
            root=head.root,
            at=head.at,
            key_id=signed.key_id,
            signature=signed.signature,
        )

    def _ranges(self) -> Ranges:
        """Reads the leaf hashes of each range once: leaves never change, and proofs of neighbours share most ranges."""

        def over(start: int, end: int) -> bytes:
            if (start, end) not in self._roots:
                self._roots[start, end] = read(start, end)
            return self._roots[start, end]

        def read(start: int, end: int) -> bytes:
            with reaching_database():
                found = self._leaves().filter(index__gte=start, index__lt=end).order_by("index")
                hashes = [bytes(leaf_hash) for leaf_hash in found.values_list("leaf_hash", flat=True)]
            if len(hashes) != end - start:
                raise ValueError("the journal has no such leaves")
            return root_of(hashes)

        return over

    def _leaves(self) -> QuerySet[JournalLeaf]:
        return JournalLeaf.objects.using(self._database.alias)


def _frontier(tree: JournalTree) -> Frontier:
    peaks = bytes(tree.peaks)
    return Frontier(tree.size, tuple(peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES)))
