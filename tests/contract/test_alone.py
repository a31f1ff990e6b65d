# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One sequencer at a time, on either database: the second stands by, and takes over when the first is gone."""

from contextlib import ExitStack

import pytest

from poststelle.application.ports import UnavailableError


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def open_store(request):
    return request.getfixturevalue(request.param)


def test_the_second_stands_by_until_the_first_is_done(open_store):
    first, second = open_store().database, open_store().database
    with first.alone() as is_first_alone, second.alone() as is_second_alone:
        assert (is_first_alone, is_second_alone) == (True, False)
    with second.alone() as is_alone:
        assert is_alone


def test_a_turn_goes_with_its_connection_so_that_a_lost_node_blocks_nobody(open_postgres_records):
    first, second = open_postgres_records().database, open_postgres_records().database
    others = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    with ExitStack() as turn:
        assert turn.enter_context(first.alone())
        with second.connection.cursor() as cursor:
            cursor.execute(f"{others} AND {here}")
        with second.alone() as is_alone:
            assert is_alone
        with pytest.raises(UnavailableError):
            turn.close()


def test_what_fails_in_a_turn_ends_it(open_store):
    database = open_store().database
    with pytest.raises(ZeroDivisionError), database.alone():
        raise ZeroDivisionError
    with open_store().database.alone() as is_alone:
        assert is_alone
