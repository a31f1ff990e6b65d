# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A restoration into PostgreSQL comes whole or not at all; where it was cut off, nobody starts on what it left."""

import io
import itertools
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from poststelle.adapters.backup import write_archive
from poststelle.adapters.backup.sealed import Cost
from poststelle.adapters.journal_key import PUBLIC_NAME, open_journal_key
from poststelle.application.backup import FOLDER, Found, Sources, make_backup
from poststelle.application.ports import UnavailableError
from poststelle.records.models import JournalLeaf
from poststelle.records.restoration import MARK, restoring
from poststelle.records.snapshot import DatabaseSnapshots, load_postgresql
from support.command_line import Done, poststelle
from support.policies import POLICIES
from support.records import NOON, a_body, a_settlement, file_blobs

SECRET, CHEAP = "correct horse battery", Cost(2, 8, 1)
THEIRS = "of_another_program"
AGAIN = "clears away what is there"
_names = itertools.count()


@pytest.fixture
def backed_up(open_postgres_records, tmp_path) -> Callable[..., Path]:
    """A backup of a small store; ``harm`` changes its rows before."""
    store = open_postgres_records()

    def make(harm: Callable[[object], object] = lambda _store: None) -> Path:
        blobs = file_blobs(store, tmp_path)
        store.store.settle(a_settlement(a_body(blobs, b"Subject: x\r\n\r\nx\r\n")))
        open_journal_key(tmp_path)
        harm(store)
        (tmp_path / "room").mkdir()
        key = Found(FOLDER + PUBLIC_NAME, lambda: io.BytesIO((tmp_path / PUBLIC_NAME).read_bytes()))
        sources = Sources(DatabaseSnapshots(store.database, tmp_path / "room"), blobs, lambda: (key,), "1")
        with (tmp_path / "backup").open("wb") as out, write_archive(out, SECRET.encode(), CHEAP) as archive:
            make_backup(archive, sources, NOON, lambda _line: None)
        return tmp_path / "backup"

    return make


def tampered(store) -> None:
    JournalLeaf.objects.using(store.database.alias).update(kind="refused")


class Place:
    """An empty database of a server that others use too, and a data folder."""

    def __init__(self, server, folder: Path) -> None:
        name = f"restoration_{next(_names)}"
        server.create(name, "template1")
        self.url, self.data, self.file = server.url(name), folder / "data", folder / "poststelle.toml"
        self.file.write_text(
            f'[house]\ndata = "{self.data}"\nmode = "demo"\npolicies = ["{POLICIES / "muenster"}"]\n'
            f'[store]\ndatabase = "{self.url}"\n'
        )
        with psycopg.connect(self.url) as connection:
            connection.execute(f"CREATE TABLE {THEIRS} AS SELECT 1 AS one")

    def run(self, *words: str) -> Done:
        return poststelle("--settings", str(self.file), *words, environment={"POSTSTELLE_BACKUP_PASSPHRASE": SECRET})

    def restore(self, backup: Path) -> Done:
        return self.run("restore", str(backup), "--quiet")

    @property
    def tables(self) -> set[str]:
        with psycopg.connect(self.url) as connection:
            found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            return {name for (name,) in found}

    @property
    def is_empty(self) -> bool:
        files = list(self.data.iterdir()) if self.data.is_dir() else []
        return not files and self.tables == {THEIRS}


@pytest.fixture
def place(postgres_server, tmp_path) -> Place:
    (tmp_path / "place").mkdir()
    return Place(postgres_server, tmp_path / "place")


def test_a_backup_whose_journal_does_not_hold_leaves_database_and_folder_as_they_were(place, backed_up):
    done = place.restore(backed_up(tampered))
    assert (done.code, "the journal does not hold" in done.err) == (1, True), done.said
    assert place.is_empty


def test_a_restoration_that_held_leaves_no_mark_and_the_gateway_works_on_it(place, backed_up):
    place.restore(backed_up()).well()
    assert {"records_message", THEIRS} < place.tables
    assert MARK not in place.tables
    assert "0 erased" in place.run("retention", "apply").well()


def cut_off(place: Place, load: Callable[[], None]) -> None:
    """As by the end of the machine: nobody is left who could take back what came."""

    def ended() -> None:
        with restoring(place.url):
            load()
            with psycopg.connect(place.url, autocommit=True) as other:
                others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                other.execute(f"{others} AND pid <> pg_backend_pid()")
            raise KeyboardInterrupt

    with pytest.raises(UnavailableError):
        ended()


def dump_of(store, folder: Path) -> Path:
    with DatabaseSnapshots(store.database, folder).take() as snapshot:
        (folder / "dump").write_bytes(snapshot.content.read())
    return folder / "dump"


STAGES = {
    "before anything was loaded": lambda _place, _dump: None,
    "after everything was loaded": lambda place, dump: load_postgresql(place.url, dump),
}


@pytest.mark.parametrize("stage", STAGES)
def test_nobody_starts_on_what_a_restoration_left_that_was_cut_off(place, backed_up, open_postgres_records, stage):
    backup = backed_up()
    dump = dump_of(open_postgres_records(), backup.parent)
    cut_off(place, lambda: STAGES[stage](place, dump))
    left = place.tables
    assert MARK in left
    for words in (("serve",), ("serve", "--role", "outbox"), ("retention", "apply"), ("backup", str(backup) + "2")):
        done = place.run(*words)
        assert (done.code, "did not come to its end" in done.err, AGAIN in done.err) == (1, True, True), done.said
    assert place.tables == left, "nothing was made on it"
    assert "a restoration did not come to its end" in place.run("doctor").out


@pytest.mark.parametrize("stage", STAGES)
def test_the_next_restoration_clears_it_away_and_comes_whole(place, backed_up, open_postgres_records, stage):
    backup = backed_up()
    cut_off(place, lambda: STAGES[stage](place, dump_of(open_postgres_records(), backup.parent)))
    place.restore(backup).well()
    assert MARK not in place.tables
    assert {"records_message", THEIRS} < place.tables
    with psycopg.connect(place.url) as connection:
        assert connection.execute("SELECT count(*) FROM records_message").fetchone() == (1,)
    assert "did not come to its end" not in place.run("doctor").out


def test_of_two_restorations_into_one_database_the_second_does_not_touch_the_first(place, backed_up):
    backup = backed_up()
    with restoring(place.url):
        before = place.tables
        done = place.restore(backup)
        assert (done.code, "another restoration" in done.err) == (1, True), done.said
        assert place.tables == before


def test_records_that_are_there_stay_untouched(place, backed_up):
    backup = backed_up()
    place.restore(backup).well()
    with psycopg.connect(place.url) as connection:
        connection.execute("UPDATE records_message SET subject = 'since'")
    empty = place.data.with_name("other")
    place.file.write_text(place.file.read_text().replace(str(place.data), str(empty)))
    done = place.restore(backup)
    assert (done.code, "holds records already" in done.err) == (1, True), done.said
    with psycopg.connect(place.url) as connection:
        assert connection.execute("SELECT subject FROM records_message").fetchone() == ("since",)
