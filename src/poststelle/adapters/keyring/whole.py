# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Files that are there whole or not at all, also after a full disk or a power cut: half a secret stops every later start."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_whole(file: Path, content: bytes, mode: int) -> None:
    """In the place of what was there; with this mode from the first octet on, on the disk when this returns. OSError."""
    draft = _drafted(file, content, mode)
    draft.replace(file)
    _secure(file.parent)


def make_once(file: Path, content: bytes, mode: int) -> None:
    """The same where there is no such file yet; another process that was faster has made the one that counts. OSError."""
    draft = _drafted(file, content, mode)
    try:
        with suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink()
    _secure(file.parent)


def _drafted(file: Path, content: bytes, mode: int) -> Path:
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except OSError:
        draft.unlink()
        raise
    return draft


def _secure(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
