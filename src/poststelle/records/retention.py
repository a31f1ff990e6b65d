# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Erasure on the tables: implements the port RetentionBook. What each class comes to stands in one table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from poststelle.application.retention import Due, Kept, Term
from poststelle.core.policy import RetentionClass
from poststelle.records.database import Database, Transactions, reaching_database
from poststelle.records.kept_messages import KeptMessages
from poststelle.records.kept_rows import KeptAttempts, KeptEntries, KeptSignIns


class Shelf(Protocol):
    """One kind of records, as terms come to it."""

    def due(self, term: Term, limit: int) -> Sequence[Due]:
        """What is to be erased now, the oldest first."""
        ...

    def over(self, term: Term) -> tuple[int, int]:
        """How many are over their time, and how many of these nobody needs any more."""
        ...

    def erase(self, term: Term, due: Due, at: datetime) -> bool:
        """Erase and journal it in the transaction under way; False where it is needed by now."""
        ...


_COMES_TO: dict[RetentionClass, tuple[Kept, ...]] = {
    RetentionClass.MESSAGE: (Kept.MESSAGE,),
    RetentionClass.WITHHELD: (),
    RetentionClass.HELD_SPAM: (Kept.MESSAGE,),
    RetentionClass.FACTS: (Kept.MESSAGE,),
    RetentionClass.REFUSED: (Kept.MESSAGE,),
    RetentionClass.JOURNAL: (Kept.MESSAGE, Kept.ENTRY),
    RetentionClass.DEFERRED: (Kept.ATTEMPT, Kept.ENTRY),
    RetentionClass.SIGN_IN: (Kept.SIGN_INS,),
}
"""The entry of an attempt goes after its row. Withheld files are part of a message, and have no end of their own."""


class RetentionTable:
    """The records of one database."""

    def __init__(self, database: Database, transactions: Transactions) -> None:
        self._transactions = transactions
        self._shelves: dict[Kept, Shelf] = {
            Kept.MESSAGE: KeptMessages(database),
            Kept.ATTEMPT: KeptAttempts(database),
            Kept.ENTRY: KeptEntries(database),
            Kept.SIGN_INS: KeptSignIns(database),
        }

    def due(self, term: Term, limit: int) -> Sequence[Due]:
        """What is to be erased now; see the port."""
        found: list[Due] = []
        with reaching_database():
            for kept in _COMES_TO[term.holds]:
                found.extend(self._shelves[kept].due(term, max(0, limit - len(found))))
        return found

    def kept(self, term: Term) -> int:
        """How many are over their time and stay; see the port."""
        with reaching_database():
            counts = [self._shelves[kept].over(term) for kept in _COMES_TO[term.holds]]
        return sum(over - free for over, free in counts)

    def erase(self, term: Term, due: Due, at: datetime) -> bool:
        """Erase and journal it; False where it is needed by now."""
        return self._transactions.run(lambda: self._shelves[due.kept].erase(term, due, at))
