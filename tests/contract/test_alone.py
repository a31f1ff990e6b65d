# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One sequencer at a time, on either database: the second stands by, and takes over when the first is gone."""

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from poststelle.application.ports import UnavailableError
from poststelle.records.database import Database
from poststelle.records.target import FILE_NAME
from support.gateway import eventually


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def open_store(request):
    return request.getfixturevalue(request.param)


def test_the_second_stands_by_until_the_first_is_done(open_store):
    first, second = open_store().database, open_store().database
    with first.alone() as is_first_alone, second.alone() as is_second_alone:
        assert (is_first_alone, is_second_alone) == (True, False)
    with second.alone() as is_alone:
        assert is_alone


def gets_a_turn(database: Database) -> bool:
    with database.alone() as is_alone:
        return is_alone


def test_a_turn_goes_with_its_connection_so_that_a_lost_node_blocks_nobody(open_postgres_records):
    first, second = open_postgres_records().database, open_postgres_records().database
    others = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    with ExitStack() as turn:
        assert turn.enter_context(first.alone())
        with second.connection.cursor() as cursor:
            cursor.execute(f"{others} AND {here}")
        eventually(lambda: gets_a_turn(second), 10, "the lost connection's turn is over")
        with pytest.raises(UnavailableError):
            turn.close()


def test_what_fails_in_a_turn_ends_it(open_store):
    database = open_store().database
    with pytest.raises(ZeroDivisionError), database.alone():
        raise ZeroDivisionError
    with open_store().database.alone() as is_alone:
        assert is_alone


def waits_for(path: Path) -> bool:
    """Somebody stands in the queue for a lock on this file."""
    if not path.exists():
        return False
    waiting = [line for line in Path("/proc/locks").read_text().splitlines() if " -> " in line]
    return any(f":{path.stat().st_ino} " in line for line in waiting)


def test_writers_on_one_file_stand_in_a_queue_and_do_not_sleep_and_look_again(open_records, tmp_path):
    """Without it a busy outbox has the doors wait for seconds; see ADR 13."""
    first, second = open_records(), open_records()
    done = threading.Event()
    with first.database.writing():
        thread = threading.Thread(target=lambda: second.writer.run(done.set))
        thread.start()
        eventually(lambda: waits_for(tmp_path / f".{FILE_NAME}.writing"), 10, "the second stands in the queue")
        assert not done.is_set()
    assert done.wait(10)
    thread.join(10)
