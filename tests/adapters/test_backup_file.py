# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The container of a backup: what was put in comes out, and nothing of a changed file does."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.adapters.backup import open_archive, write_archive
from poststelle.adapters.backup.sealed import FRAME_BYTES, TAG_BYTES, Cost, SealedReader, SealedWriter
from poststelle.application.backup import BackupError

CHEAP = Cost(2, 8, 1)
SECRET = b"correct horse battery"


def sealed(content: bytes, secret: bytes = SECRET) -> bytes:
    out = io.BytesIO()
    writer = SealedWriter(out, secret, CHEAP)
    writer.write(content)
    writer.finish()
    return out.getvalue()


def opened(content: bytes, secret: bytes = SECRET) -> bytes:
    return SealedReader(io.BytesIO(content), secret).read()


def frames(content: bytes) -> tuple[bytes, list[bytes]]:
    line, _, rest = content.partition(b"\n")
    width = FRAME_BYTES + TAG_BYTES
    return line + b"\n", [rest[at : at + width] for at in range(0, len(rest), width)]


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES])
def test_what_went_in_comes_out_at_every_border_of_a_frame(size):
    assert opened(sealed(b"x" * size)) == b"x" * size


def test_the_content_cannot_be_read_without_the_passphrase():
    assert b"needle" not in sealed(b"needle" * 100)
    with pytest.raises(BackupError, match="cannot be opened"):
        opened(sealed(b"needle"), b"another passphrase")


def test_two_backups_of_the_same_share_nothing_but_their_first_line_s_shape():
    first, second = sealed(b"same"), sealed(b"same")
    assert first.partition(b"\n")[2] != second.partition(b"\n")[2]


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
@settings(max_examples=200, deadline=None)
def test_a_changed_byte_anywhere_is_always_noticed(position, change):
    content = bytearray(sealed(b"some records " * 20))
    content[position % len(content)] ^= change
    with pytest.raises(BackupError):
        opened(bytes(content))


@pytest.mark.parametrize(
    "bend",
    [
        lambda parts: parts[:-1],
        lambda parts: [parts[1], parts[0], *parts[2:]],
        lambda parts: [parts[0], *parts],
        lambda parts: parts[1:],
        lambda parts: [*parts[:-1], parts[-1][:-1]],
        lambda parts: [*parts, parts[-1]],
    ],
    ids=["the last frame is missing", "two are exchanged", "one comes twice", "the first is gone", "cut", "one more"],
)
def test_frames_can_be_neither_cut_off_nor_moved(bend):
    line, parts = frames(sealed(b"y" * (3 * FRAME_BYTES)))
    with pytest.raises(BackupError):
        opened(line + b"".join(bend(parts)))


def test_a_file_that_asks_for_a_monstrous_key_derivation_is_refused_unasked():
    line, parts = frames(sealed(b"z"))
    said = json.loads(line)
    said["scrypt"]["n"] = 1 << 30
    with pytest.raises(BackupError, match="no backup that this version reads"):
        opened(json.dumps(said).encode() + b"\n" + b"".join(parts))


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b"[1]\n", b"not json", b"\xff" * 5000])
def test_what_is_no_backup_is_called_so(content):
    with pytest.raises(BackupError, match="no backup"):
        opened(content)


def test_entries_come_back_in_their_order():
    out = io.BytesIO()
    with write_archive(out, SECRET, CHEAP) as archive:
        for name in ("b", "a", "folder/ü"):
            archive.add(name, io.BytesIO(name.encode()), len(name.encode()))
    out.seek(0)
    with open_archive(out, SECRET) as entries:
        assert [(entry.name, entry.content.read()) for entry in entries] == [
            ("b", b"b"), ("a", b"a"), ("folder/ü", "folder/ü".encode()),
        ]  # fmt: skip


def given_up(out: io.BytesIO) -> None:
    with write_archive(out, SECRET, CHEAP) as archive:
        archive.add("a", io.BytesIO(b"a" * FRAME_BYTES * 3), FRAME_BYTES * 3)
        raise ZeroDivisionError


def read_through(source: io.BytesIO) -> list[bytes]:
    with open_archive(source, SECRET) as entries:
        return [entry.content.read() for entry in entries]


def test_an_archive_given_up_half_way_cannot_be_opened():
    out = io.BytesIO()
    with pytest.raises(ZeroDivisionError):
        given_up(out)
    out.seek(0)
    with pytest.raises(BackupError):
        read_through(out)
