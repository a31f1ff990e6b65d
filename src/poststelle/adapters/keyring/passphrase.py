# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where the passphrase of the key files comes from: a systemd credential, the environment, or a file of our own making.

The file beside the keys protects nothing but a copy of the key files alone; the doctor says so.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from poststelle.adapters.keyring.whole import make_once
from poststelle.application.keyring import KeyRingError

CREDENTIAL = "poststelle-key-passphrase"
"""Name of the credential (systemd.exec, LoadCredential=)."""
VARIABLE = "POSTSTELLE_KEY_PASSPHRASE"
CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Set by systemd: the folder of the credentials of one unit."""
FILE_NAME = "passphrase"


@dataclass(frozen=True, slots=True)
class Passphrase:
    """The passphrase, and where it was found: ``credential``, ``environment`` or ``file``."""

    secret: bytes
    source: str

    def __repr__(self) -> str:
        return f"Passphrase(source={self.source!r})"


def find_passphrase(folder: Path, environment: Mapping[str, str]) -> Passphrase | None:
    """The first that is there, in the order of the module's sentence; None where there is none."""
    credentials = environment.get(CREDENTIALS)
    credential = Path(credentials) / CREDENTIAL if credentials else None
    if credential is not None and credential.is_file():
        return Passphrase(_line(credential), "credential")
    if environment.get(VARIABLE):
        return Passphrase(environment[VARIABLE].encode(), "environment")
    file = folder / FILE_NAME
    if not file.is_file():
        return None
    must_be_private(file)
    return Passphrase(_line(file), "file")


def make_private(folder: Path) -> None:
    """The folder of the keys and the data folder around it: whatever is made first, both are for us alone."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def own_passphrase(folder: Path, environment: Mapping[str, str]) -> Passphrase:
    """The same; where there is none, a new one is made and kept beside the keys."""
    found = find_passphrase(folder, environment)
    if found is not None:
        return found
    make_private(folder)
    make_once(folder / FILE_NAME, f"{secrets.token_urlsafe(32)}\n".encode(), 0o400)
    return Passphrase(_line(folder / FILE_NAME), "file")


def must_be_private(file: Path) -> None:
    """Nothing where only the owner can read the file; KeyRingError where others can."""
    mode = file.stat().st_mode
    if mode & 0o077:
        raise KeyRingError(f"{file} can be read by others (mode {mode & 0o777:04o})", f"chmod 0400 {file}")


def _line(file: Path) -> bytes:
    found = file.read_bytes().rstrip(b"\r\n")
    if not found:
        raise KeyRingError(f"{file} is empty", "Write the passphrase of the keys into it, or restore it from a backup.")
    return found
