# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A disk whose power can go: a file system in a file, of which only what was flushed is in that file."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.programs import require_program

SIZE_BYTES = 32 << 20
LAZILY = "loop,commit=300"
"""The kernel writes nothing of its own accord within the time of a test."""


@dataclass
class Disk:
    """Mounted at ``folder``."""

    image: Path
    folder: Path

    def flush(self) -> None:
        """Everything up to here is on the disk."""
        subprocess.run(["sync", "--file-system", self.folder], check=True)

    @contextmanager
    def after_the_power_went(self) -> Iterator[Path]:
        """The disk as the next start finds it, in a folder of its own; the first goes on as if nothing had happened."""
        image, folder = self.image.with_name("left"), self.folder.with_name("found")
        shutil.copyfile(self.image, image)
        folder.mkdir()
        with mounted(image, folder):
            yield folder


@contextmanager
def mounted(image: Path, folder: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", LAZILY, image, folder], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def disk(tmp_path) -> Iterator[Disk]:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk whose power can go")
    made = Disk(tmp_path / "image", tmp_path / "disk")
    made.folder.mkdir()
    with made.image.open("wb") as file:
        file.truncate(SIZE_BYTES)
    subprocess.run([require_program("mkfs.ext4", "e2fsprogs"), "-q", "-F", made.image], check=True)
    try:
        held = mounted(made.image, made.folder)
        held.__enter__()
    except subprocess.CalledProcessError:
        pytest.skip("no file can be mounted as a disk here")
    yield made
    held.__exit__(None, None, None)
