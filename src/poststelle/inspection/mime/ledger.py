# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What one message may still cost: parts, time, and bytes that exist only because something was read a second time."""

from collections.abc import Callable

from poststelle.inspection.mime.limits import (
    GROWTH_PRICE,
    MAX_ALL_FIELDS,
    MAX_ALL_PARAMETERS,
    MAX_DERIVED_FACTOR,
    MAX_DERIVED_FLOOR_BYTES,
    MAX_PARTS,
    MAX_SPLIT_FACTOR,
    MAX_WOUNDED_QP_BYTES,
    MAX_WOUNDS,
    READING_PRICE,
)


class Ledger:
    """Shared by all scans of one message. Mutable on purpose: what one part takes must be missing for the next."""

    __slots__ = (
        "_late",
        "derived_left",
        "fields_left",
        "parameters_left",
        "parts_left",
        "split_left",
        "wounded_left",
        "wounds_left",
    )

    def __init__(self, message_bytes: int, late: Callable[[], bool] | None = None) -> None:
        self._late = late
        self.parts_left = MAX_PARTS
        self.fields_left = MAX_ALL_FIELDS
        self.parameters_left = MAX_ALL_PARAMETERS
        self.wounded_left, self.wounds_left = MAX_WOUNDED_QP_BYTES, MAX_WOUNDS
        self.split_left = MAX_SPLIT_FACTOR * message_bytes + MAX_DERIVED_FLOOR_BYTES
        self.derived_left = MAX_DERIVED_FACTOR * message_bytes + MAX_DERIVED_FLOOR_BYTES

    @property
    def has_room(self) -> bool:
        """One more part may be read."""
        return self.parts_left > 0 and self.fields_left > 0 and self.parameters_left > 0

    @property
    def is_late(self) -> bool:
        """The time granted to taking the message apart is over: stop, and say so."""
        return self._late is not None and self._late()

    def take_part(self, fields: int, parameters: int) -> None:
        """One part with so many header fields, and parameters in them, less."""
        self.parts_left -= 1
        self.fields_left -= fields
        self.parameters_left -= parameters

    def take_split(self, count: int) -> bool:
        """Pay for a multipart of so many bytes, which is searched for its delimiters; False where they were not there."""
        self.split_left -= count
        return self.split_left >= 0

    def take_wounded(self, count: int, wounds: int) -> bool:
        """Pay for every reading of so many bytes with so many damaged places; False where they were not there.

        Then the message is refused, and nothing more is spent on what else is damaged.
        """
        if count > self.wounded_left or wounds > self.wounds_left:
            self.wounded_left = self.wounds_left = 0
            return False
        self.wounded_left -= count
        self.wounds_left -= wounds
        return True

    def take_reading(self, count: int) -> bool:
        """Pay for a second reading of so many bytes; False where they were not there."""
        return self.take_derived(READING_PRICE * count)

    def take_message(self, count: int, grown: int) -> bool:
        """Pay for a decoded message of so many bytes, of which so many were added; False where they were not there."""
        return self.take_derived(count + GROWTH_PRICE * max(grown, 0))

    def take_derived(self, count: int) -> bool:
        """Pay for so many bytes read again; False where they were not there, and then nothing is taken."""
        if count > self.derived_left:
            return False
        self.derived_left -= count
        return True
