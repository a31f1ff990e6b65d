# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What every implementation of Blobs, BlobWriter and BlobSweep holds to."""

import hashlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.adapters.blobs_fs import INLINE_BYTES, FileBlobs
from poststelle.application.ports import UnavailableError

SMALL = b"a" * INLINE_BYTES
LARGE = b"a" * (INLINE_BYTES + 1)


class Rows(dict):
    """Stands for the table of inline bodies."""

    def read(self, key):
        return self.get(key)


@pytest.fixture
def rows():
    return Rows()


@pytest.fixture(params=["files"])
def blobs(request, tmp_path, rows):
    return FileBlobs(tmp_path, rows.read)


def received(blobs, content):
    writer = blobs.writer()
    for start in range(0, len(content), 50_000):
        writer.write(content[start : start + 50_000])
    return writer.finish()


def kept_files(tmp_path):
    return [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [b"", b"a", SMALL, LARGE], ids=["empty", "one byte", "inline", "just larger"])
def test_a_body_is_named_by_its_hash_and_size(blobs, content):
    body = received(blobs, content)
    assert (body.key, body.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))


def test_a_body_up_to_the_inline_size_touches_no_disk(blobs, tmp_path):
    body = received(blobs, SMALL)
    blobs.secure(body)
    assert body.inline == SMALL
    assert kept_files(tmp_path) == []


def test_a_larger_body_is_readable_before_and_after_it_is_secured(blobs):
    body = received(blobs, LARGE)
    assert body.inline is None
    with blobs.open(body.key) as content:
        assert content.read() == LARGE
    blobs.secure(body)
    with blobs.open(body.key) as content:
        assert content.read() == LARGE


def test_an_inline_body_is_read_from_its_row_as_a_real_file(blobs, rows):
    body = received(blobs, SMALL)
    rows[body.key] = body.inline
    with blobs.open(body.key) as content:
        assert os.fstat(content.fileno()).st_size == len(SMALL)
        assert content.read() == SMALL


def test_securing_leaves_one_file_per_content(blobs, tmp_path):
    for body in [received(blobs, LARGE), received(blobs, LARGE)]:
        blobs.secure(body)
    assert len(kept_files(tmp_path)) == 1


def test_twins_that_are_received_at_once_are_both_secured(blobs, tmp_path):
    one, two = received(blobs, LARGE), received(blobs, LARGE)
    blobs.secure(one)
    blobs.secure(two)
    blobs.secure(two)
    assert len(kept_files(tmp_path)) == 1


def test_securing_what_is_not_there_is_never_taken_for_done(blobs):
    writer = blobs.writer()
    writer.write(LARGE)
    body = writer.finish()
    writer.discard()
    with pytest.raises(UnavailableError):
        blobs.secure(body)


@pytest.mark.parametrize("content", [b"a", LARGE], ids=["small", "large"])
@pytest.mark.parametrize("is_finished", [True, False], ids=["finished", "half received"])
def test_a_discarded_body_leaves_nothing(blobs, tmp_path, content, is_finished):
    writer = blobs.writer()
    writer.write(content)
    if is_finished:
        writer.finish()
    writer.discard()
    assert kept_files(tmp_path) == []


def test_a_discard_after_securing_takes_nothing_away(blobs):
    writer = blobs.writer()
    writer.write(LARGE)
    body = writer.finish()
    blobs.secure(body)
    writer.discard()
    blobs.open(body.key).close()


@pytest.mark.parametrize(
    "key", ["0" * 64, "", "../../etc/passwd", "*", "A" * 64], ids=["unknown", "empty", "path", "pattern", "upper case"]
)
def test_an_unknown_key_is_a_key_error(blobs, key):
    with pytest.raises(KeyError):
        blobs.open(key)


def test_removed_content_is_gone_and_removing_it_again_does_nothing(tmp_path, rows):
    blobs = FileBlobs(tmp_path, rows.read, grace_seconds=0)
    body = received(blobs, LARGE)
    blobs.secure(body)
    assert list(blobs.keys()) == [body.key]
    blobs.remove(body.key)
    blobs.remove(body.key)
    with pytest.raises(KeyError):
        blobs.open(body.key)
    assert kept_files(tmp_path) == []


def test_content_that_a_row_may_be_waiting_for_is_not_removed(blobs):
    body = received(blobs, LARGE)
    blobs.secure(body)
    blobs.remove(body.key)
    blobs.open(body.key).close()
    assert list(blobs.keys()) == []


def test_content_that_arrives_again_is_young_again(blobs, tmp_path):
    blobs.secure(received(blobs, LARGE))
    (old,) = kept_files(tmp_path)
    os.utime(old, (0, 0))
    body = received(blobs, LARGE)
    blobs.secure(body)
    blobs.remove(body.key)
    blobs.open(body.key).close()


def test_what_an_earlier_run_left_half_received_is_swept(blobs, tmp_path):
    writer = blobs.writer()
    writer.write(LARGE)
    writer.write(b"b" * 100_000)
    received(blobs, LARGE)
    assert blobs.sweep_spool() == 2
    assert kept_files(tmp_path) == []
    writer.discard()


def test_what_a_run_that_died_had_set_aside_comes_back(blobs, tmp_path):
    body = received(blobs, LARGE)
    blobs.secure(body)
    (kept,) = kept_files(tmp_path)
    kept.rename(tmp_path / "spool" / f"removed.{body.key}.0123456789abcdef")
    assert blobs.sweep_spool() == 0
    blobs.open(body.key).close()


def test_a_full_disk_is_the_worlds_failure_not_the_senders():
    """/dev/full answers every write as a full disk does."""
    from poststelle.adapters.blobs_fs import FileBlobWriter

    class FullSpool:
        def __truediv__(self, name) -> "FullFile":
            return FullFile()

    class FullFile:
        def open(self, mode):
            return open("/dev/full", "wb")  # noqa: PTH123 - the writer closes it

        def unlink(self, *, missing_ok):
            assert missing_ok

    writer = FileBlobWriter(FullSpool())
    with pytest.raises(UnavailableError):
        writer.write(b"a" * 10_000_000)
    writer.discard()


@given(st.lists(st.binary(max_size=INLINE_BYTES), max_size=5))
def test_the_content_never_depends_on_how_it_was_cut(tmp_path_factory, chunks):
    blobs = FileBlobs(tmp_path_factory.mktemp("blobs"), Rows().read)
    writer = blobs.writer()
    for chunk in chunks:
        writer.write(chunk)
    body = writer.finish()
    whole = b"".join(chunks)
    assert (body.key, body.size_bytes) == (hashlib.sha256(whole).hexdigest(), len(whole))
    if body.inline is None:
        with blobs.open(body.key) as content:
            assert content.read() == whole
    else:
        assert body.inline == whole


def test_what_another_role_touched_just_now_is_left_to_it(blobs, tmp_path):
    writer = blobs.writer()
    writer.write(LARGE)
    writer.write(b"b" * 100_000)
    assert blobs.sweep_spool(untouched_seconds=60.0) == 0
    assert len(list((tmp_path / "spool").iterdir())) == 1
    writer.discard()
