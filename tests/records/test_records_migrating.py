# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Migrations on both databases: processes that start together, and two versions that run side by side."""

import importlib
import itertools
import os
import pkgutil
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import connections, migrations
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from poststelle.records import migrations as package
from poststelle.records.database import attach, detach
from poststelle.records.target import FILE_NAME
from support.postgres import postgres_server

__all__ = ["postgres_server"]
OPEN = """
import sys
from pathlib import Path
from poststelle.records.database import setup
sys.stdin.read(1)
setup(sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1]))
"""
FIRST_RELEASE = "0005_known_signers"
"""Up to here nobody's records had to be carried over; what comes later meets a running version N−1."""
ADDING = (
    migrations.CreateModel,
    migrations.AddField,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.RunPython,
    migrations.AlterModelOptions,
)
NEVER_USED = frozenset({"EditionRow"})
"""Models whose tables no version ever read or wrote."""
_names = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """Where a database without tables is."""
    if request.param == "sqlite":
        return tmp_path
    server, name = request.getfixturevalue("postgres_server"), f"empty_{next(_names)}"
    server.create(name, "template1")
    return server.url(name)


def test_roles_that_start_together_on_nothing_all_find_their_tables(empty):
    waiting = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(empty)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for process in waiting:
        process.stdin.write(b".")
        process.stdin.flush()
    for process in waiting:
        assert process.communicate(timeout=60)[1] == b""
        assert process.returncode == 0


def test_the_tables_are_those_of_the_models_and_migrating_again_does_nothing(empty, django_db_blocker):
    with django_db_blocker.unblock():
        database = attach(empty, f"migrated-{next(_names)}")
        try:
            database.migrate()
            loader = MigrationLoader(connections[database.alias])
            state = ProjectState.from_apps(importlib.import_module("django.apps").apps)
            assert MigrationAutodetector(loader.project_state(), state).changes(loader.graph).get("records") is None
            before = tuple(connections[database.alias].introspection.table_names())
            database.migrate()
            assert tuple(connections[database.alias].introspection.table_names()) == before
        finally:
            detach(database)


def test_an_older_database_is_brought_up_to_date_with_its_rows(empty, django_db_blocker):
    with django_db_blocker.unblock():
        database = attach(empty, f"older-{next(_names)}")
        try:
            call_command("migrate", "records", "0001", database=database.alias, verbosity=0)
            with database.connection.cursor() as cursor:
                cursor.execute("INSERT INTO records_journaltree (log, size, peaks) VALUES ('old', 0, '')")
            database.migrate()
            with database.connection.cursor() as cursor:
                cursor.execute("SELECT log FROM records_journaltree")
                assert cursor.fetchall() == [("old",)]
        finally:
            detach(database)


def later_migrations() -> list[str]:
    names = sorted(name for _, name, _ in pkgutil.iter_modules(package.__path__))
    assert FIRST_RELEASE in names
    return names[names.index(FIRST_RELEASE) + 1 :]


def faults(operation: migrations.operations.base.Operation) -> str:
    """Why a version that does not know this change could not go on working beside it; empty where it could."""
    if isinstance(operation, migrations.DeleteModel) and operation.name in NEVER_USED:
        return ""
    if not isinstance(operation, ADDING):
        return f"{type(operation).__name__} takes something away from a running version N−1"
    if isinstance(operation, migrations.AddField) and not (operation.field.null or operation.field.has_db_default()):
        return f"{operation.name}: a row written by version N−1 has no value; give it a db_default"
    return ""


def test_every_later_migration_only_adds_so_that_two_versions_run_side_by_side():
    for name in later_migrations():
        migration = importlib.import_module(f"{package.__name__}.{name}").Migration
        assert [fault for operation in migration.operations if (fault := faults(operation))] == [], name


def test_a_column_without_a_value_for_older_rows_would_be_found():
    from django.db import models

    bare = migrations.AddField("message", "extra", models.IntegerField(default=0))
    kept = migrations.AddField("message", "extra", models.IntegerField(db_default=0))
    assert (bool(faults(bare)), faults(kept)) == (True, "")
    assert faults(migrations.RemoveField("message", "subject"))
    assert faults(migrations.DeleteModel("Message"))


KILLED = """
import os, sys
from django.db.migrations.recorder import MigrationRecorder
from poststelle.records.database import setup
record = MigrationRecorder.record_applied
def die(self, app, name):
    if f"{app}.{name}" == sys.argv[2]:
        os._exit(9)
    record(self, app, name)
MigrationRecorder.record_applied = die
setup(sys.argv[1] if "://" in sys.argv[1] else __import__("pathlib").Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    "name", ["contenttypes.0001_initial", "auth.0001_initial", "records.0001_initial", "sessions.0001_initial"]
)
def test_a_start_that_is_killed_between_a_change_and_its_record_leaves_nothing_half_done(empty, name):
    """Django commits the change first; the next start would make the same tables again, and fail for ever."""
    assert subprocess.run([sys.executable, "-c", KILLED, str(empty), name], timeout=60, check=False).returncode == 9
    again = subprocess.run([sys.executable, "-c", KILLED, str(empty), ""], timeout=60, capture_output=True, check=False)
    assert (again.returncode, again.stderr) == (0, b"")


def test_a_new_database_is_ours_alone_also_in_a_folder_that_others_enter(tmp_path, django_db_blocker):
    folder, before = tmp_path / "older", os.umask(0o022)
    folder.mkdir(mode=0o755)
    try:
        with django_db_blocker.unblock():
            detach(attach(folder, f"private-{next(_names)}"))
    finally:
        os.umask(before)
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600
