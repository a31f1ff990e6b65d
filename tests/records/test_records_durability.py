# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What was acknowledged is there after a kill, and a world that fails is told as such."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from poststelle.application.ports import UnavailableError
from poststelle.records.models import Blob, Message
from poststelle.records.store import RecordsStore
from poststelle.records.target import FILE_NAME
from poststelle.records.writer import GroupWriter
from support.programs import OF_A_CHILD
from support.records import a_settlement, attached, file_blobs

SETTLER = """
import sys, threading
from pathlib import Path
from poststelle.records.opening import open_records
from support.records import HandClock, a_body, a_settlement, file_blobs
folder = Path(sys.argv[1])
records = open_records(folder, HandClock())
blobs = file_blobs(records, folder)
lock = threading.Lock()
def settle(producer):
    number = 0
    while True:
        body = a_body(blobs, f"{producer} {number}".encode() * (9000 << number % 2 * 2))
        blobs.secure(body)
        records.store.settle(a_settlement(body, reference=f"P-{producer}-{number}"))
        with lock:
            print(f"P-{producer}-{number}", body.key, flush=True)
        number += 1
for producer in range(4):
    threading.Thread(target=settle, args=(producer,), daemon=True).start()
threading.Event().wait()
"""


def test_after_a_kill_everything_acknowledged_is_there_with_its_content(tmp_path, open_records):
    settler = subprocess.Popen(
        [sys.executable, "-c", SETTLER, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=OF_A_CHILD
    )
    lines = [settler.stdout.readline() for _ in range(40)]
    os.kill(settler.pid, signal.SIGKILL)
    lines += settler.stdout.readlines()
    settler.stdout.close()
    settler.wait()
    acknowledged = dict(line.split() for line in lines if line.count(" ") == 1 and line.endswith("\n"))
    records = open_records()
    using = records.database.alias
    found = dict(Message.objects.using(using).values_list("reference", "body_id"))
    assert len(acknowledged) >= 40
    assert acknowledged.items() <= found.items()
    assert Blob.objects.using(using).count() == len(found)
    blobs = file_blobs(records, tmp_path)
    for key in acknowledged.values():
        with blobs.open(key) as content:
            assert hashlib.file_digest(content, "sha256").hexdigest() == key


@pytest.fixture
def full_store(open_records):
    """A database that may not grow by another page: what SQLite says then is what a full disk says."""
    records = open_records()

    def limit():
        with records.database.connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            (pages,) = cursor.fetchone()
            cursor.execute(f"PRAGMA max_page_count={pages}")

    records.writer.run(limit)  # in the writing thread, whose connection the limit is for
    return records


def test_a_full_database_is_the_worlds_failure(full_store):
    big = a_settlement(reply_text="x" * 1_000_000)
    with pytest.raises(UnavailableError):
        full_store.store.settle(big)


def test_a_database_locked_by_another_is_the_worlds_failure(open_records, tmp_path):
    records = open_records()
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    impatient = GroupWriter(records.database, patience_seconds=0.2)
    with pytest.raises(UnavailableError, match="in time"):
        RecordsStore(records.database, impatient).settle(a_settlement())
    other.execute("ROLLBACK")
    other.close()
    impatient.close()


def test_a_commit_is_flushed_to_the_disk_before_it_returns(open_records):
    records = open_records()

    def pragma(name):
        with records.database.connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {name}")
            return cursor.fetchone()[0]

    def asked():
        return pragma("synchronous"), pragma("journal_mode"), pragma("foreign_keys")

    full, wal = 2, "wal"
    assert records.writer.run(asked) == (full, wal, 1)


def test_migrating_twice_changes_nothing(tmp_path, open_records):
    open_records()
    database = attached(tmp_path)
    database.migrate()
    database.close()


def test_the_migrations_say_what_the_models_say(open_records):
    from django.core.management import call_command

    open_records()
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
