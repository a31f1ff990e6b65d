# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The disk is full, the database locked, gone or replaced: nothing is acknowledged that is not kept, and it passes."""

import contextlib
import resource
import secrets
import sqlite3
from collections.abc import Iterator

import pytest

from poststelle.core.arrival import BlobKey
from poststelle.records.database import attach, detach
from poststelle.records.models import DeferralRow
from poststelle.records.opening import records_on
from poststelle.records.target import FILE_NAME
from support.front_house import PLAIN, Front
from support.postgres import new_postgres_server
from support.records import HandClock

LARGE = PLAIN + (b"x" * 76 + b"\r\n") * 4_000


@pytest.fixture
def front(open_records, tmp_path):
    records = open_records()
    records.writer.run(lambda: _impatient(records))
    with Front(records, tmp_path).opened() as opened:
        yield opened


def _impatient(records):
    """The writer waits a tenth of a second for another process, not five."""
    with records.database.connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=100")


@contextlib.contextmanager
def largest_file(size_bytes: int) -> Iterator[None]:
    """Writing beyond this size fails, as on a full disk; for everything in this process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def spooled(front):
    return list((front.front.folder / "blobs" / "spool").iterdir())


def test_a_disk_too_full_for_the_body_is_452_and_nothing_stays_behind(front):
    with largest_file(128 * 1024):
        assert front.send(LARGE).startswith("452 4.3.1")
    assert front.messages() == []
    assert spooled(front) == []
    assert front.send(LARGE).startswith("250")


def test_of_what_found_no_room_envelope_size_and_time_are_on_record_while_a_row_can_be_written(front):
    """The content is gone, so no hash can join it to the next attempt: a person can, by sender and time."""
    with largest_file(400 * 1024):
        assert front.send(LARGE * 2).startswith("452 4.3.1")
    (row,) = DeferralRow.objects.using(front.front.records.database.alias)
    assert (row.sender, row.size_bytes) == ("erika@buerger.example", len(LARGE * 2))
    assert (row.cause, row.sha256, row.fingerprint) == ("blob store: no room for the content", "", "")
    assert front.kinds() == ["deferred"]


def test_a_disk_too_full_for_the_record_is_451_and_nothing_is_acknowledged(front):
    with largest_file(4096):
        assert front.send(PLAIN).startswith("451")
    assert front.messages() == []
    assert front.send(PLAIN).startswith("250")
    assert len(front.messages()) == 1


def test_what_was_acknowledged_can_be_read_after_the_disk_was_full(front):
    front.send(LARGE)
    with largest_file(128 * 1024):
        front.send(LARGE + b"more\r\n")
    (message,) = front.messages()
    with front.front.blobs.open(BlobKey(message.body_id)) as kept:
        assert kept.read() == LARGE


def test_a_locked_database_is_451_and_the_retry_comes_through(front):
    other = sqlite3.connect(front.front.folder / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert front.send().startswith("451 4.3.0")
    other.execute("ROLLBACK")
    other.close()
    assert front.messages() == []
    assert front.send().startswith("250")


def test_a_database_that_may_not_be_written_is_451(front):
    records = front.front.records

    def forbid() -> None:
        with records.database.connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only=ON")

    records.writer.run(forbid)
    assert front.send().startswith("451 4.3.0")
    assert front.messages() == []


def test_a_database_file_that_was_taken_away_is_451_not_a_message_in_a_file_without_a_name(front):
    front.send()
    kept = front.front.folder / FILE_NAME
    kept.rename(kept.with_name("away"))
    assert front.send(PLAIN + b"PS\r\n").startswith("451")
    kept.with_name("away").rename(kept)
    assert front.send(PLAIN + b"PS\r\n").startswith("250")
    assert len(front.messages()) == 2


def test_a_database_file_that_was_replaced_is_451(front):
    front.send()
    kept = front.front.folder / FILE_NAME
    kept.rename(kept.with_name("away"))
    kept.write_bytes(secrets.token_bytes(4096))
    assert front.send(PLAIN + b"PS\r\n").startswith("451")


@pytest.fixture
def own_server(tmp_path_factory, django_db_blocker):
    """A PostgreSQL server that this test may stop."""
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        yield new_postgres_server(stack)


def test_a_database_server_that_went_away_is_451_and_found_again_when_it_is_back(own_server, tmp_path):
    own_server.create("store", "template_store")
    database = attach(own_server.url("store"), "postgres-that-stops")
    records = records_on(database, HandClock())
    try:
        with Front(records, tmp_path).opened() as front:
            assert front.send().startswith("250")
            own_server.stop()
            assert front.send(PLAIN + b"1\r\n").startswith("451 4.3.0")
            own_server.restart()
            assert front.send(PLAIN + b"1\r\n").startswith("250")
            database.close()
            assert len(front.messages()) == 2
    finally:
        records.writer.close()
        detach(database)
