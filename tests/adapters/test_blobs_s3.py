# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The bucket is gone, slow or wrong; and a body that arrives while its last copy is being removed is not lost."""

import hashlib
import time
from contextlib import ExitStack
from dataclasses import replace

import obstore
import pytest
from obstore.store import MemoryStore

from poststelle.adapters.blobs_fs import INLINE_BYTES, FileBlobs
from poststelle.adapters.blobs_s3 import GRACE_SECONDS, MARK_SECONDS, ONE_PIECE_BYTES, BucketBlobs, open_bucket
from poststelle.application.ports import UnavailableError
from support.s3 import new_s3_server, s3_server

__all__ = ["s3_server"]
LARGE = b"a" * (INLINE_BYTES + 1)
IN_PARTS = b"b" * (ONE_PIECE_BYTES + 1)


class Wall:
    """The time on our side of the bucket."""

    passed_seconds = 0.0

    def __call__(self) -> float:
        return time.time() + self.passed_seconds


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def bucket():
    """In memory, with times that are finer than a server's seconds."""
    return MemoryStore()


@pytest.fixture
def blobs(bucket, tmp_path, wall):
    return over(bucket, tmp_path, wall)


def over(bucket, folder, wall=time.time):
    local = FileBlobs(folder, lambda _key: None)
    return BucketBlobs(bucket, local, folder / "spool", wall=wall)


def received(blobs, content=LARGE):
    writer = blobs.writer()
    writer.write(content)
    return writer.finish(), writer


def secured(blobs, content=LARGE):
    body, writer = received(blobs, content)
    blobs.secure(body)
    writer.discard()
    return body


def name_of(body):
    return f"{body.key[:2]}/{body.key}"


def names(bucket):
    return [found["path"] for found in obstore.list(bucket).collect()]


@pytest.mark.parametrize("content", [LARGE, IN_PARTS], ids=["in one piece", "in parts"])
def test_content_that_arrives_again_is_put_again_so_that_it_is_young(blobs, bucket, content):
    body = secured(blobs, content)
    before = obstore.head(bucket, name_of(body))["last_modified"]
    secured(blobs, content)
    assert obstore.head(bucket, name_of(body))["last_modified"] > before


@pytest.mark.parametrize("content", [LARGE, IN_PARTS], ids=["in one piece", "in parts"])
def test_content_that_is_just_being_removed_is_not_taken_for_kept(blobs, bucket, content):
    """The removal has marked it and looked at it for the last time; the delete is on its way."""
    body = secured(blobs, content)
    obstore.put(bucket, f"removed/{body.key}", b"")
    with pytest.raises(UnavailableError, match="being removed"):
        secured(blobs, content)


def test_the_mark_of_a_removal_that_died_is_forgotten(blobs, bucket, wall):
    body = secured(blobs)
    obstore.put(bucket, f"removed/{body.key}", b"")
    wall.passed_seconds = MARK_SECONDS + 1
    secured(blobs)
    assert name_of(body) in names(bucket)


class Meddling:
    """Between the two looks of a removal, the same content arrives."""

    def __init__(self, meddle) -> None:
        self.passed_seconds = GRACE_SECONDS + 1
        self.looks = 0
        self.meddle = meddle

    def __call__(self) -> float:
        self.looks += 1
        if self.looks == 2:
            self.meddle()
            self.passed_seconds = 0.0
        return time.time() + self.passed_seconds


def test_content_that_arrives_while_its_removal_is_deciding_stays(bucket, tmp_path):
    body = secured(over(bucket, tmp_path))
    remover = over(bucket, tmp_path, Meddling(lambda: obstore.put(bucket, name_of(body), LARGE)))
    remover.remove(body.key)
    assert names(bucket) == [name_of(body)]


def test_what_is_not_what_its_name_says_is_never_handed_on(blobs, bucket):
    body = secured(blobs)
    obstore.put(bucket, name_of(body), LARGE[:-1] + b"!")
    with pytest.raises(UnavailableError, match="not what its name says"):
        blobs.open(body.key)


def test_what_was_kept_in_the_folder_before_there_was_a_bucket_is_read_and_removed(bucket, tmp_path, wall):
    earlier = FileBlobs(tmp_path, lambda _key: None, grace_seconds=0)
    body = secured(earlier)
    blobs = BucketBlobs(bucket, earlier, tmp_path / "spool", wall=wall)
    with blobs.open(body.key) as content:
        assert content.read() == LARGE
    blobs.remove(body.key)
    with pytest.raises(KeyError):
        blobs.open(body.key)


def test_a_body_in_parts_arrives_as_it_was(s3_server, tmp_path):
    blobs = over(open_bucket(s3_server.bucket()), tmp_path)
    body = secured(blobs, IN_PARTS)
    with blobs.open(body.key) as content:
        assert hashlib.file_digest(content, "sha256").hexdigest() == body.key


def test_a_wrong_key_is_the_worlds_failure_and_says_no_more_than_its_kind(s3_server, tmp_path):
    place = replace(s3_server.bucket(), secret_key="wrong")
    with pytest.raises(UnavailableError, match=r"^bucket: \w+Error$"):
        secured(over(open_bucket(place), tmp_path))


@pytest.fixture(scope="module")
def own_server():
    """A server that the tests may stop."""
    with ExitStack() as stack:
        yield new_s3_server(stack)


def each_act(server, folder, patience_seconds):
    """Every act on a bucket whose content is there."""
    place = server.bucket()
    kept = secured(over(open_bucket(place), folder))
    blobs = over(open_bucket(replace(place, timeout_seconds=patience_seconds)), folder)
    body, _ = received(blobs, LARGE + folder.name.encode())
    return {
        "secure": lambda: blobs.secure(body),
        "open": lambda: blobs.open(kept.key),
        "remove": lambda: blobs.remove(kept.key),
    }


@pytest.mark.parametrize("act", ["secure", "open", "remove"])
def test_a_bucket_that_does_not_answer_is_given_up_in_time(own_server, tmp_path, act):
    acts = each_act(own_server, tmp_path, 0.5)
    own_server.freeze()
    begun = time.monotonic()
    try:
        with pytest.raises(UnavailableError):
            acts[act]()
    finally:
        own_server.thaw()
    assert time.monotonic() - begun < 30, "the door's deadline is a minute"


def test_a_bucket_that_went_away_is_found_again_when_it_is_back(own_server, tmp_path):
    acts = each_act(own_server, tmp_path, 10.0)
    own_server.stop()
    for act in acts.values():
        with pytest.raises(UnavailableError):
            act()
    own_server.start()
    acts["secure"]()
    acts["open"]().close()
