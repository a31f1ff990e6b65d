# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What every implementation of Blobs, BlobWriter and BlobSweep holds to."""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import obstore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.adapters.blobs_fs import INLINE_BYTES, FileBlobs
from poststelle.adapters.blobs_s3 import BucketBlobs, open_bucket
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


@dataclass
class Shelf:
    """A blob store, and what a test sees of it from outside."""

    folder: Path
    rows: Rows
    make: Callable[["Shelf"], FileBlobs | BucketBlobs]
    objects: Callable[[], list[str]] = list
    age_all: Callable[["Shelf"], None] = lambda _shelf: None
    passed_seconds: float = 0.0
    blobs: FileBlobs | BucketBlobs = field(init=False)

    def __post_init__(self) -> None:
        self.blobs = self.make(self)

    def wall(self) -> float:
        return time.time() + self.passed_seconds

    def spooled(self) -> list[str]:
        """What lies in the spool."""
        return [path.name for path in (self.folder / "spool").rglob("*") if path.is_file()]

    def kept(self) -> list[str]:
        """The names of what is kept for good."""
        return [path.name for path in (self.folder / "kept").rglob("*") if path.is_file()] + self.objects()


def file_shelf(folder, _request):
    def age_all(shelf):
        for path in (shelf.folder / "kept").rglob("*"):
            os.utime(path, (0, 0))

    return Shelf(folder, Rows(), lambda shelf: FileBlobs(shelf.folder, shelf.rows.read), age_all=age_all)


def bucket_shelf(folder, request):
    bucket = open_bucket(request.getfixturevalue("s3_server").bucket())

    def made(shelf):
        local = FileBlobs(shelf.folder, shelf.rows.read)
        return BucketBlobs(bucket, local, shelf.folder / "spool", wall=shelf.wall)

    def age_all(shelf):
        shelf.passed_seconds += 7200

    def objects():
        return [found["path"].rpartition("/")[2] for found in obstore.list(bucket).collect()]

    return Shelf(folder, Rows(), made, objects, age_all)


@pytest.fixture(params=[file_shelf, bucket_shelf], ids=["files", "s3"])
def shelf(request, tmp_path):
    return request.param(tmp_path, request)


@pytest.fixture
def blobs(shelf):
    return shelf.blobs


def received(blobs, content):
    body, _ = written(blobs, content)
    return body


def written(blobs, content):
    """A body received to its end, and its writer."""
    writer = blobs.writer()
    for start in range(0, len(content), 50_000):
        writer.write(content[start : start + 50_000])
    return writer.finish(), writer


def secured(blobs, content):
    """Received, secured and let go of, as the door does it."""
    body, writer = written(blobs, content)
    blobs.secure(body)
    writer.discard()
    return body


@pytest.mark.parametrize("content", [b"", b"a", SMALL, LARGE], ids=["empty", "one byte", "inline", "just larger"])
def test_a_body_is_named_by_its_hash_and_size(blobs, content):
    body = received(blobs, content)
    assert (body.key, body.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))


def test_a_body_up_to_the_inline_size_touches_no_disk(blobs, shelf):
    body = received(blobs, SMALL)
    blobs.secure(body)
    assert body.inline == SMALL
    assert shelf.spooled() == shelf.kept() == []


def test_a_larger_body_is_readable_before_and_after_it_is_secured(blobs, shelf):
    body, writer = written(blobs, LARGE)
    assert body.inline is None
    with blobs.open(body.key) as content:
        assert content.read() == LARGE
    blobs.secure(body)
    writer.discard()
    assert shelf.spooled() == []
    with blobs.open(body.key) as content:
        assert os.fstat(content.fileno()).st_size == len(LARGE)
        assert content.read() == LARGE


def test_an_inline_body_is_read_from_its_row_as_a_real_file(blobs, shelf):
    body = received(blobs, SMALL)
    shelf.rows[body.key] = body.inline
    with blobs.open(body.key) as content:
        assert os.fstat(content.fileno()).st_size == len(SMALL)
        assert content.read() == SMALL


def test_securing_leaves_one_copy_per_content(blobs, shelf):
    for body in [secured(blobs, LARGE), secured(blobs, LARGE)]:
        assert shelf.kept() == [body.key]
    assert shelf.spooled() == []


def test_twins_that_are_received_at_once_are_both_secured(blobs, shelf):
    (one, first), (two, second) = written(blobs, LARGE), written(blobs, LARGE)
    blobs.secure(one)
    first.discard()
    blobs.secure(two)
    second.discard()
    assert shelf.kept() == [one.key]


def test_securing_what_is_not_there_is_never_taken_for_done(blobs):
    body, writer = written(blobs, LARGE)
    writer.discard()
    with pytest.raises(UnavailableError):
        blobs.secure(body)


@pytest.mark.parametrize("content", [b"a", LARGE], ids=["small", "large"])
@pytest.mark.parametrize("is_finished", [True, False], ids=["finished", "half received"])
def test_a_discarded_body_leaves_nothing(blobs, shelf, content, is_finished):
    writer = blobs.writer()
    writer.write(content)
    if is_finished:
        writer.finish()
    writer.discard()
    assert shelf.spooled() == shelf.kept() == []


def test_a_discard_after_securing_takes_nothing_away(blobs):
    blobs.open(secured(blobs, LARGE).key).close()


@pytest.mark.parametrize(
    "key", ["0" * 64, "", "../../etc/passwd", "*", "A" * 64], ids=["unknown", "empty", "path", "pattern", "upper case"]
)
def test_an_unknown_key_is_a_key_error(blobs, key):
    with pytest.raises(KeyError):
        blobs.open(key)


def test_removed_content_is_gone_and_removing_it_again_does_nothing(blobs, shelf):
    body = secured(blobs, LARGE)
    shelf.age_all(shelf)
    blobs.remove(body.key)
    blobs.remove(body.key)
    with pytest.raises(KeyError):
        blobs.open(body.key)
    assert shelf.spooled() == shelf.kept() == []


def test_content_that_a_row_may_be_waiting_for_is_not_removed(blobs):
    body = secured(blobs, LARGE)
    blobs.remove(body.key)
    blobs.open(body.key).close()


def test_content_that_arrives_again_is_young_again(blobs, shelf):
    body = secured(blobs, LARGE)
    shelf.age_all(shelf)
    secured(blobs, LARGE)
    shelf.passed_seconds = 0.0  # of a bucket only our side's clock went on; see test_blobs_s3 for the rest
    blobs.remove(body.key)
    blobs.open(body.key).close()


@pytest.fixture
def files(tmp_path):
    """The store in a folder, for what only it promises: the spool and its sweep."""
    return FileBlobs(tmp_path, Rows().read)


def kept_files(tmp_path):
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_only_content_older_than_the_grace_is_listed_for_the_search_for_orphans(files, tmp_path):
    body = secured(files, LARGE)
    assert list(files.keys()) == []
    os.utime(tmp_path / "kept" / body.key[:2] / body.key, (0, 0))
    assert list(files.keys()) == [body.key]


def test_what_an_earlier_run_left_half_received_is_swept(files, tmp_path):
    writer = files.writer()
    writer.write(LARGE)
    writer.write(b"b" * 100_000)
    received(files, LARGE)
    assert files.sweep_spool() == 2
    assert kept_files(tmp_path) == []
    writer.discard()


def test_what_a_run_that_died_had_set_aside_comes_back(files, tmp_path):
    body = received(files, LARGE)
    files.secure(body)
    (kept,) = kept_files(tmp_path)
    kept.rename(tmp_path / "spool" / f"removed.{body.key}.0123456789abcdef")
    assert files.sweep_spool() == 0
    files.open(body.key).close()


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


def test_what_another_role_touched_just_now_is_left_to_it(files, tmp_path):
    writer = files.writer()
    writer.write(LARGE)
    writer.write(b"b" * 100_000)
    assert files.sweep_spool(untouched_seconds=60.0) == 0
    assert len(list((tmp_path / "spool").iterdir())) == 1
    writer.discard()
