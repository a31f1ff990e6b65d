# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""EGVP message folders on a disk and as one body, and what an inspection makes of them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from poststelle.application.synthetic.bebpo import FolderSample, synthetic_bebpo_folder
from poststelle.core.facts import Inspection
from poststelle.inspection.egvp.container import pack
from poststelle.inspection.egvp.message import inspect_egvp
from poststelle.inspection.message import look_within


def a_folder(**changes: Any) -> dict[str, bytes]:
    """A valid message folder; the test names what matters."""
    return synthetic_bebpo_folder(FolderSample(**changes))


def inspected(files: Mapping[str, bytes]) -> Inspection:
    return inspect_egvp(pack(files), look_within(None))


def written(place: Path, files: Mapping[str, bytes]) -> Path:
    """The folder on disk, file by file in the order given."""
    for path, content in files.items():
        target = place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return place


def dropped(drop: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """The folder, complete at once: written elsewhere on the same disk and renamed."""
    beside = drop.parent / f".{name}.writing"
    written(beside, files)
    place = drop / name
    beside.rename(place)
    return place


def read_back(place: Path) -> dict[str, bytes]:
    return {
        Path(folder, name).relative_to(place).as_posix(): Path(folder, name).read_bytes()
        for folder, _, names in os.walk(place)
        for name in names
    }
