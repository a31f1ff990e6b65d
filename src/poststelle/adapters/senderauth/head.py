# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The head of a message read from a file, bounded as the inspection bounds it."""

from typing import BinaryIO, Final

MAX_HEAD_BYTES: Final = 256 * 1024


def read_head(content: BinaryIO) -> tuple[bytes, bytes]:
    """The header with its last CRLF, and the bytes of the body read along. A head without an end has no body."""
    read = content.read(MAX_HEAD_BYTES)
    head, found, rest = read.partition(b"\r\n\r\n")
    return (head + b"\r\n", rest) if found else (read, b"")
