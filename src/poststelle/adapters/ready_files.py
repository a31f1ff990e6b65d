# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Ready files: each role says under ``<data>/run/`` that it is at work, with its process id and its port.

For whoever waits for a start or looks for a port that was left open; nothing of the gateway depends on them.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = "run"
_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Ready:
    """One role at work."""

    pid: int
    port: int
    """0 where it listens nowhere."""
    began: int = 0
    """When the process began, in ticks since the machine started: its id alone is another's after a restart, and in a
    container almost always. 0 where nobody says."""


def announce(data: Path, role: str, port: int = 0) -> None:
    """Say that this process is at work in this role; replaces what an earlier one said."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{role}.{os.getpid()}"
    draft.write_text(json.dumps(asdict(Ready(os.getpid(), port, _began(os.getpid())))), encoding="ascii")
    draft.replace(folder / f"{role}.json")


def ready(data: Path, role: str) -> Ready | None:
    """The process at work in this role; None where there is none, or none any more."""
    try:
        found = Ready(**json.loads((data / FOLDER / f"{role}.json").read_text(encoding="ascii")))
    except (FileNotFoundError, ValueError, TypeError):  # none, or not one of ours
        return None
    return found if _is_there(found.pid) and _is_same(found.began, _began(found.pid)) else None


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is, and belongs to another user
        return True
    return True


def _is_same(began: int, begins: int) -> bool:
    return began == begins or 0 in {began, begins}


def _began(pid: int) -> int:
    """Field 22 of proc_pid_stat(5); 0 where it may not be read, which then proves nothing."""
    try:
        return int((_PROCESSES / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[19])
    except (OSError, IndexError):
        return 0
