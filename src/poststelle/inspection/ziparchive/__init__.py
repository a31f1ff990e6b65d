# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A strict reader of ZIP files: what two readers could read differently is a finding, not a guess.

Serves archives and the packages of OOXML and OpenDocument alike. Knows nothing of what members mean.
"""

from poststelle.inspection.ziparchive.archive import Archive, open_archive, open_directory
from poststelle.inspection.ziparchive.expansion import DamagedError, expand
from poststelle.inspection.ziparchive.members import inspect_zip, judge_packing
from poststelle.inspection.ziparchive.names import folded, judge_names
from poststelle.inspection.ziparchive.records import Entry

__all__ = [
    "Archive",
    "DamagedError",
    "Entry",
    "expand",
    "folded",
    "inspect_zip",
    "judge_names",
    "judge_packing",
    "open_archive",
    "open_directory",
]
