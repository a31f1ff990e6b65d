# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A stream under a passphrase: one line that says how, then frames of a mebibyte, each encrypted and authenticated.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as age uses it: the nonce of a frame is its number
and whether it is the last, so that frames can be neither changed, reordered, repeated nor cut off. The key comes from the
passphrase by scrypt under a salt of its own for every file; the first line is authenticated with every frame.
"""

import io
import json
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from poststelle.application.backup import BackupError

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAGIC = "poststelle-backup"
FRAME_BYTES = 1 << 20
TAG_BYTES = 16
KEY_BYTES = 32
SALT_BYTES = 16
MAX_LINE_BYTES = 1024
_COUNTER_BYTES = 11
_LAST, _MORE = b"\x01", b"\x00"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess of the passphrase costs (RFC 7914, 2)."""

    n: int = 1 << 17
    """128 MiB with r = 8 (OWASP, 2026)."""
    r: int = 8
    p: int = 1


MOST = Cost(1 << 20, 8, 4)
"""A file that asks for more is not ours, and would only eat memory."""


class SealedWriter(io.RawIOBase, BinaryIO):
    """A file to be written to; without ``finish`` what was written cannot be opened."""

    def __init__(self, out: BinaryIO, passphrase: bytes, cost: Cost | None = None) -> None:
        super().__init__()
        salt, chosen = secrets.token_bytes(SALT_BYTES), cost or Cost()
        said = {
            "format": MAGIC,
            "version": 1,
            "cipher": "chacha20-poly1305",
            "scrypt": asdict(chosen),
            "salt": salt.hex(),
        }
        self._line = json.dumps(said, separators=(",", ":")).encode("ascii") + b"\n"
        self._cipher = ChaCha20Poly1305(_key(passphrase, salt, chosen))
        self._out = out
        self._waiting = bytearray()
        self._number = 0
        out.write(self._line)

    def write(self, content: "Buffer", /) -> int:
        """Take the next bytes."""
        self._waiting += memoryview(content)
        while len(self._waiting) > FRAME_BYTES:  # the last frame is never empty-handed: it waits for finish
            self._seal(bytes(self._waiting[:FRAME_BYTES]), _MORE)
            del self._waiting[:FRAME_BYTES]
        return memoryview(content).nbytes

    def finish(self) -> None:
        """Write the last frame. The file underneath stays open."""
        self._seal(bytes(self._waiting), _LAST)

    def _seal(self, content: bytes, mark: bytes) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, mark), content, self._line))
        self._number += 1


class SealedReader(io.RawIOBase, BinaryIO):
    """A file to be read from. BackupError on a wrong passphrase and on anything changed, also where it is cut off."""

    def __init__(self, source: BinaryIO, passphrase: bytes) -> None:
        super().__init__()
        self._source = source
        self._line = source.readline(MAX_LINE_BYTES)
        salt, cost = _said(self._line)
        self._cipher = ChaCha20Poly1305(_key(passphrase, salt, cost))
        self._number = 0
        self._open = b""
        self._next = source.read(FRAME_BYTES + TAG_BYTES)
        self._is_over = False

    def read(self, size: int = -1, /) -> bytes:
        """As a file's."""
        while not self._is_over and (size < 0 or len(self._open) < size):
            self._open += self._unseal()
        end = len(self._open) if size < 0 else size
        given, self._open = self._open[:end], self._open[end:]
        return given

    def _unseal(self) -> bytes:
        frame, self._next = self._next, self._source.read(FRAME_BYTES + TAG_BYTES)
        self._is_over = not self._next
        try:
            content = self._cipher.decrypt(_nonce(self._number, _LAST if self._is_over else _MORE), frame, self._line)
        except InvalidTag as error:
            if self._number == 0:
                raise BackupError("the backup cannot be opened", "Is it the right passphrase?") from error
            raise BackupError("the backup is damaged or cut off", "Take another one: nothing of it is used.") from error
        self._number += 1
        return content


def _key(passphrase: bytes, salt: bytes, cost: Cost) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=cost.n, r=cost.r, p=cost.p).derive(passphrase)


def _nonce(number: int, mark: bytes) -> bytes:
    return number.to_bytes(_COUNTER_BYTES, "big") + mark


def _said(line: bytes) -> tuple[bytes, Cost]:
    """Salt and cost of the first line."""
    try:
        said = json.loads(line)
        is_ours = (said["format"], said["version"], said["cipher"]) == (MAGIC, 1, "chacha20-poly1305")
        salt, cost = bytes.fromhex(said["salt"]), Cost(**{key: int(value) for key, value in said["scrypt"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError("this is no backup of poststelle", "Name the file that poststelle backup wrote.") from error
    if not is_ours or cost.n > MOST.n or cost.r > MOST.r or cost.p > MOST.p:
        raise BackupError("this is no backup that this version reads", "Use the version that wrote it.")
    return salt, cost
