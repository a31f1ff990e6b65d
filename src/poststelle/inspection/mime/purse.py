# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What looking for files in one text may cost."""


class CostlyError(Exception):
    """No honest text costs so much. Answered by the defect of too many files."""


class Purse:
    """Bytes and steps left; mutable because what one file takes must be missing for the next."""

    __slots__ = ("bytes_left", "steps_left")

    def __init__(self, bytes_left: int, steps_left: int) -> None:
        self.bytes_left = bytes_left
        self.steps_left = steps_left

    def take(self, count: int, steps: int = 0) -> None:
        """Pay, or raise CostlyError."""
        self.bytes_left -= count
        self.steps_left -= steps
        if self.bytes_left < 0 or self.steps_left < 0:
            raise CostlyError
