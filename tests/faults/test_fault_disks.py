# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A real disk is full, out of inodes, read-only or slow; the bucket is gone or hangs: the reply, the journal, and the end.

Each time nothing is acknowledged that is not kept, and the same message comes through when the trouble is over.
"""

import threading
from contextlib import ExitStack
from dataclasses import replace

import pytest

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.blobs_s3 import BucketBlobs, open_bucket
from poststelle.application.ports import UnavailableError
from poststelle.core.arrival import BlobKey
from poststelle.records.models import DeferralRow
from support.front_house import PLAIN, Front
from support.gateway import eventually
from support.s3 import new_s3_server
from support.small_disk import read_only, small_disk

__all__ = ["small_disk"]
LARGE = PLAIN + (b"x" * 76 + b"\r\n") * 4_000
SECOND = PLAIN + b"PS\r\n"


@pytest.fixture
def front(open_records, small_disk):
    """On the small disk altogether; one message is kept already."""
    with Front(open_records(folder=small_disk.folder), small_disk.folder).opened() as opened:
        assert opened.send(LARGE).startswith("250")
        yield opened


def causes(front):
    return list(DeferralRow.objects.using(front.front.records.database.alias).values_list("cause", flat=True))


def sizes(front):
    return list(DeferralRow.objects.using(front.front.records.database.alias).values_list("size_bytes", flat=True))


def is_still_readable(front):
    message = front.messages()[0]
    with front.front.blobs.open(BlobKey(message.body_id)) as kept:
        return kept.read() == LARGE


def test_without_an_inode_large_mail_waits_with_evidence_and_small_mail_goes_on(front, small_disk):
    small_disk.use_up_inodes()
    assert front.send(LARGE + b"2\r\n").startswith("452 4.3.1")
    assert causes(front) == ["blob store: no room for the content"]
    assert sizes(front) == [len(LARGE + b"2\r\n")]  # of content that was swallowed and not kept
    assert front.send(PLAIN).startswith("250")
    small_disk.make_room()
    assert front.send(LARGE + b"2\r\n").startswith("250")
    assert is_still_readable(front)


def test_on_a_disk_that_is_full_to_the_last_byte_nothing_is_acknowledged_and_nothing_lost(front, small_disk):
    """Records and bodies share it, so not even the evidence finds room: the sending server's own log remains."""
    small_disk.fill()
    assert front.send(LARGE + b"2\r\n").startswith("452 4.3.1")
    said = [front.send(PLAIN + b"%d\r\n" % number) for number in range(40)]  # the log's last page may have room left
    taken = len([one for one in said if one.startswith("250")])
    assert {one[:3] for one in said[taken:]} == {"451"}
    assert len(front.messages()) == 1 + taken
    small_disk.make_room()
    assert front.send(LARGE + b"2\r\n").startswith("250")
    assert front.send(PLAIN + b"39\r\n").startswith("250")
    assert is_still_readable(front)


def test_on_a_disk_that_became_read_only_large_mail_waits_with_evidence_and_small_mail_goes_on(front, small_disk):
    with read_only(small_disk.folder / "blobs"):
        assert front.send(LARGE + b"2\r\n").startswith("452 4.3.1")
        assert front.send(PLAIN).startswith("250")
    assert causes(front) == ["blob store: no room for the content"]
    assert front.send(LARGE + b"2\r\n").startswith("250")


def test_nothing_is_acknowledged_while_the_disk_of_the_record_is_read_only(front, small_disk):
    with read_only(small_disk.folder):
        assert front.send(LARGE + b"2\r\n").startswith("452 4.3.1")
        assert front.send(PLAIN).startswith("451 4.3.0")
    assert len(front.messages()) == 1
    assert front.send(PLAIN).startswith("250")


def test_a_blob_store_does_not_open_on_a_read_only_disk(small_disk):
    with read_only(small_disk.folder), pytest.raises(UnavailableError):
        FileBlobs(small_disk.folder / "blobs", lambda _key: None)


class SlowDisk(FileBlobs):
    """Takes its time to flush, until it is released."""

    def __init__(self, *place: object) -> None:
        super().__init__(*place)
        self.is_released = threading.Event()

    def secure(self, body) -> None:
        self.is_released.wait(10)
        super().secure(body)


def test_a_disk_slower_than_the_deadline_is_451_and_the_retry_is_told_what_became_of_the_first(open_records, tmp_path):
    records = open_records()
    disk = SlowDisk(tmp_path / "blobs", records.bodies.read_inline)
    with Front(records, tmp_path, blobs=disk, deadline_seconds=0.3).opened() as front:
        assert front.send(LARGE).startswith("451")
        assert front.messages() == []
        disk.is_released.set()
        eventually(front.messages, 10, "the first attempt is settled after all")
        assert front.send(LARGE).startswith("250")
        assert len(front.messages()) == 1
        assert "retry-recognised" in front.kinds()


@pytest.fixture
def own_bucket():
    with ExitStack() as stack:
        yield new_s3_server(stack)


@pytest.mark.parametrize("trouble", ["hangs", "gone"])
def test_without_the_bucket_large_mail_waits_with_evidence_and_small_mail_goes_on(
    own_bucket, open_records, tmp_path, trouble
):
    records = open_records()
    local = FileBlobs(tmp_path / "blobs", records.bodies.read_inline)
    bucket = open_bucket(replace(own_bucket.bucket(), timeout_seconds=1.0))
    blobs = BucketBlobs(bucket, local, tmp_path / "blobs" / "spool")
    begin, end = {
        "hangs": (own_bucket.freeze, own_bucket.thaw),
        "gone": (own_bucket.stop, own_bucket.start),
    }[trouble]
    with Front(records, tmp_path, blobs=blobs).opened() as front:
        assert front.send(LARGE).startswith("250")
        begin()
        try:
            assert front.send(LARGE + b"2\r\n").startswith("451 4.3.0")
            assert front.send(PLAIN).startswith("250")
        finally:
            end()
        assert causes(front) == ["bucket: GenericError"]
        assert front.journal("deferred")
        assert list((tmp_path / "blobs" / "spool").iterdir()) == []
        eventually(lambda: front.send(LARGE + b"2\r\n").startswith("250"), 30, "the bucket takes it")
