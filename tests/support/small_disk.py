# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A disk of its own that is small and can be filled to the last byte or inode; and folders made read-only."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZE = "size=8m,nr_inodes=80"
"""Room for a store with a few messages, and little more."""


class SmallDisk:
    """Mounted at ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._fillers = folder / "fillers"

    def fill(self) -> None:
        """Not one byte is free; open files cannot grow."""
        self._fillers.mkdir(exist_ok=True)
        with (self._fillers / "bytes").open("wb", buffering=0) as file, until_full():
            while True:
                file.write(b"\0" * 4096)

    def use_up_inodes(self) -> None:
        """Not one file more can be made; those there can grow."""
        self._fillers.mkdir(exist_ok=True)
        with until_full():
            for number in range(1_000):
                (self._fillers / str(number)).touch()

    def make_room(self) -> None:
        for file in self._fillers.iterdir():
            file.unlink()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing can be written under this folder by who opens a file in it now; needs a fixture that mounts."""
    _mount("--bind", str(folder), str(folder))
    try:
        _mount("-o", "remount,bind,ro", str(folder))
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def until_full() -> Iterator[None]:
    """Ends where the disk takes no more."""
    with pytest.raises(OSError, match="No space left"):
        yield


@pytest.fixture
def small_disk(tmp_path) -> Iterator[SmallDisk]:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk; limits on file sizes stand in for it in test_fault_storage")
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", SIZE, "tmpfs", str(folder))
    except subprocess.CalledProcessError:
        pytest.skip("nothing can be mounted here; limits on file sizes stand in for it in test_fault_storage")
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
