# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A verified backup restores to one consistent set: of either database, in the same words, with no server at hand."""

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from poststelle.adapters.backup import write_archive
from poststelle.adapters.backup.sealed import Cost
from poststelle.adapters.journal_key import PUBLIC_NAME, open_journal_key
from poststelle.application.backup import FOLDER, Found, Sources, make_backup
from poststelle.records.models import Blob, JournalLeaf, JournalValue, Message
from poststelle.records.sequencer import JournalKey, Sequencer
from poststelle.records.snapshot import DatabaseSnapshots
from support.command_line import poststelle
from support.postgres import PostgresServer
from support.records import NOON, HandClock, a_body, a_settlement, file_blobs

SECRET, CHEAP = "correct horse battery", Cost(2, 8, 1)
ODD = "Zeile\nmit\tTabulator, \\Rückstrich \\N und 😀"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    opened = request.getfixturevalue("open_records" if request.param == "sqlite" else "open_postgres_records")()
    blobs = file_blobs(opened, tmp_path)
    for number, content in enumerate((b"small", b"large " * 20_000)):
        body = a_body(blobs, content)
        blobs.secure(body)
        opened.store.settle(a_settlement(body, reference=f"P-{number}"))
    Message.objects.using(opened.database.alias).filter(reference="P-0").update(subject=ODD)
    signing = open_journal_key(tmp_path)
    sequencer = Sequencer(opened.database, opened.database, HandClock(), "log")
    sequencer.sequence()
    sequencer.sign_head(JournalKey(signing.key_id, signing.sign))
    return opened


@pytest.fixture
def backed_up(store, tmp_path) -> Callable[[], Path]:
    """The file of a backup of the store as it is now."""

    def make() -> Path:
        (tmp_path / "room").mkdir(exist_ok=True)
        key = Found(FOLDER + PUBLIC_NAME, lambda: io.BytesIO((tmp_path / PUBLIC_NAME).read_bytes()))
        sources = Sources(
            DatabaseSnapshots(store.database, tmp_path / "room"), file_blobs(store, tmp_path), lambda: (key,), "1"
        )
        with (tmp_path / "backup").open("wb") as out, write_archive(out, SECRET.encode(), CHEAP) as archive:
            make_backup(archive, sources, NOON, lambda _line: None)
        return tmp_path / "backup"

    return make


def verify(file: Path, *words: str, programs: Path | None = None) -> tuple[int, str]:
    path = os.pathsep.join((*([str(programs)] if programs else []), os.environ["PATH"]))
    known = {"POSTSTELLE_BACKUP_PASSPHRASE": SECRET, "PATH": path}
    done = poststelle("verify", str(file), "--quiet", *words, cwd=file.parent, environment=known)
    return done.code, done.said


def test_what_belongs_together_is_counted_and_the_journal_held_against_its_signature(backed_up):
    code, said = verify(backed_up())
    assert code == 0, said
    assert "rows and bodies belong together: 2 messages, 1 bodies with their rows, 1 beside them" in said
    assert "the journal holds: 4 entries, 1 signed heads, 0 waiting" in said


def test_a_client_that_complains_at_length_is_heard_to_its_end(backed_up, tmp_path):
    real = shutil.which("pg_restore")
    (tmp_path / "programs").mkdir()
    talking = tmp_path / "programs" / "pg_restore"
    talking.write_text(
        f'#!/bin/sh\nyes "pg_restore: warning: an odd setting" | head -c 1000000 >&2\nexec {real} "$@"\n'
    )
    talking.chmod(0o755)
    code, said = verify(backed_up(), programs=talking.parent)
    assert code == 0, said


def rows_of(model, store):
    return model.objects.using(store.database.alias)


HARMS = {
    "a leaf": (lambda store: rows_of(JournalLeaf, store).filter(index=1).update(kind="refused"), "leaf 1 is shown under"),
    "a value": (lambda store: rows_of(JournalValue, store).update(value="max@x.example"), "the sender beside leaf 0"),
    "a body in its row": (lambda store: rows_of(Blob, store).exclude(inline=None).update(inline=b"other"), "in its row is not what"),
    "the size of a body": (lambda store: rows_of(Blob, store).filter(inline=None).update(size_bytes=7), "is of another size"),
    "a message nobody recorded": (lambda store: rows_of(Message, store).filter(reference="P-1").update(reference="P-X"), "nothing of message P-X"),
}  # fmt: skip


@pytest.mark.parametrize("what", HARMS)
def test_rows_that_were_tampered_with_before_the_backup_are_found_in_it(store, backed_up, what):
    harm, fault = HARMS[what]
    harm(store)
    code, said = verify(backed_up())
    assert (code, fault in said) == (1, True), said


def test_on_a_server_the_backup_is_restored_for_a_trial_and_nothing_stays_there(
    open_postgres_records, postgres_server: PostgresServer, tmp_path
):
    store = open_postgres_records()
    store.store.settle(a_settlement())
    before = databases(postgres_server)
    (tmp_path / "room").mkdir()
    sources = Sources(DatabaseSnapshots(store.database, tmp_path / "room"), file_blobs(store, tmp_path), tuple, "1")
    with (tmp_path / "b").open("wb") as out, write_archive(out, SECRET.encode(), CHEAP) as archive:
        make_backup(archive, sources, NOON, lambda _line: None)
    code, said = verify(tmp_path / "b", "--server", postgres_server.url("postgres"))
    assert (code, "1 messages" in said) == (0, True), said
    assert databases(postgres_server) == before


def databases(server: PostgresServer) -> set[str]:
    import psycopg

    with psycopg.connect(server.url("postgres")) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
