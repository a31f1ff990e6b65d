# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Roles ask several times a second whether there is anything to do: where there is nothing, they ask, and write nothing."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from poststelle.application.ports import UnavailableError
from poststelle.records.database import Database
from poststelle.records.models import OutboxRow
from poststelle.records.opening import Records
from poststelle.records.sequencer import Sequencer
from poststelle.records.target import FILE_NAME
from support.records import NOON, HandClock, a_settlement, an_effect

LEASE = timedelta(minutes=5)
_names = itertools.count()


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def open_store(request):
    return request.getfixturevalue(request.param)


def claims(store: Records) -> object:
    return store.outbox.claim(10, LEASE)


def sequences(store: Records) -> object:
    return sequencer(store).sequence()


POLLS = pytest.mark.parametrize("poll", [claims, sequences], ids=["outbox", "sequencer"])


def sequencer(store: Records) -> Sequencer:
    return Sequencer(store.database, store.writer, HandClock(), "muster")


def nothing_to_do(store: Records) -> None:
    """Something is there, and none of it is due."""
    store.store.settle(a_settlement(effects=(an_effect(not_before=NOON + timedelta(hours=1)),)))
    sequencer(store).sequence()


@contextmanager
def somebody_writes(database: Database) -> Iterator[None]:
    """Whoever wants to write, or to lock a row, has to wait for the end of this."""
    with database.writing(), transaction.atomic(using=database.alias):
        if database.connection.vendor == "postgresql":
            with database.connection.cursor() as cursor:
                cursor.execute("LOCK TABLE records_outboxrow, records_journaltree IN EXCLUSIVE MODE")
        yield


@POLLS
def test_an_idle_poll_is_one_statement_that_reads(open_store, poll):
    store = open_store()
    nothing_to_do(store)
    with CaptureQueriesContext(store.database.connection) as asked:
        assert not poll(store)
    assert [one["sql"].partition(" ")[0] for one in asked] == ["SELECT"]


@POLLS
def test_an_idle_poll_takes_no_turn_from_those_who_write(open_store, poll):
    store, other = open_store(), open_store()
    nothing_to_do(store)
    with somebody_writes(other.database):
        assert not poll(store)


def test_what_is_due_is_still_claimed_by_a_turn_to_write(open_store):
    store = open_store()
    store.store.settle(a_settlement(effects=(an_effect(),)))
    assert len(store.outbox.claim(10, LEASE)) == 1
    assert OutboxRow.objects.using(store.database.alias).get().attempt == 1


@POLLS
def test_an_idle_poll_notices_that_its_file_was_taken_away(open_records, tmp_path, poll: Callable[[Records], object]):
    store = open_records()
    nothing_to_do(store)
    assert not poll(store)
    (tmp_path / FILE_NAME).rename(tmp_path / f"away-{next(_names)}")
    with pytest.raises(UnavailableError, match="taken away"):
        poll(store)
