# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a process tree costs: processor time and memory, read from /proc."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")


def members(root: int) -> set[int]:
    """The process and all its descendants."""
    parents = dict(_parents())
    tree = {root} & parents.keys()
    while True:
        more = {pid for pid, parent in parents.items() if parent in tree} - tree
        if not more:
            return tree
        tree |= more


def cpu_seconds(root: int) -> float:
    """Processor time of the tree, ended children that were waited for included."""
    return sum(sum(map(int, fields[11:15])) for fields in map(_stat, members(root)) if fields) / _TICKS


def pss_mib(root: int) -> float:
    """Proportional set size of the tree: shared pages counted once."""
    return sum(_pss_kib(pid) for pid in members(root)) / 1024


@dataclass
class Watch:
    """Samples the memory of a tree until told to stop; the peak."""

    root: int
    seconds: float = 0.3
    peak_mib: float = 0.0

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(self.seconds):
            self.peak_mib = max(self.peak_mib, pss_mib(self.root))


def _parents() -> list[tuple[int, int]]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [(pid, int(fields[1])) for pid in pids if (fields := _stat(pid))]


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()


def _pss_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
