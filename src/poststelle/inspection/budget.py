# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What looking into one attachment may cost in all, however its archives and documents are nested.

Knows no clock: whether the time is spent is a question put to whoever started the inspection.
"""

from collections.abc import Callable

MAX_EXPANDED_BYTES = 200 * 1024 * 1024
"""Expanded bytes per attachment, shared by all nesting."""
MAX_MEMBERS = 5_000
"""Files inside one attachment, shared by all nesting; counted from the end record before anything is built."""
MAX_DEPTH = 3
"""Archives inside one another: ``a.zip › b.zip › c.zip › plan.pdf`` is the deepest file that is looked into."""


class BudgetExceededError(Exception):
    """Something in this attachment asked for more than the budget holds. Answered by a finding, never raised out."""


def _never() -> bool:
    return False


class Budget:
    """The purse of one attachment, handed down through all nesting.

    Mutable on purpose: what one member expands must be missing for the next, and a frozen value passed back through
    every parser could be forgotten on one path, which is exactly how an archive bomb would get through.
    """

    __slots__ = ("_spent", "depth", "expanded_bytes", "members")

    def __init__(
        self,
        *,
        expanded_bytes: int = MAX_EXPANDED_BYTES,
        members: int = MAX_MEMBERS,
        depth: int = MAX_DEPTH,
        spent: Callable[[], bool] = _never,
    ) -> None:
        self.expanded_bytes = expanded_bytes
        """How many expanded bytes are left."""
        self.members = members
        """How many members are left."""
        self.depth = depth
        """How many containers may stand inside one another; never changes."""
        self._spent = spent

    @property
    def is_spent(self) -> bool:
        """True once the time granted to the attachment is over: stop, and report ``timeout``."""
        return self._spent()

    def take_bytes(self, count: int) -> None:
        """So many expanded bytes are gone. BudgetExceededError where they were not there."""
        if count > self.expanded_bytes:
            raise BudgetExceededError("expanded bytes")
        self.expanded_bytes -= count

    def take_members(self, count: int) -> None:
        """So many members are gone. BudgetExceededError where they were not there."""
        if count > self.members:
            raise BudgetExceededError("members")
        self.members -= count
