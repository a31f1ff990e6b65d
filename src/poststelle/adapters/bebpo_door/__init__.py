# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The beBPo door: a watched folder into which the authority's EGVP client exports its messages."""

from poststelle.adapters.bebpo_door.door import BebpoDoor, HandIn
from poststelle.adapters.bebpo_door.drop import WORK_NAME, Claimed, DropFolder, DropSettings

__all__ = ["WORK_NAME", "BebpoDoor", "Claimed", "DropFolder", "DropSettings", "HandIn"]
