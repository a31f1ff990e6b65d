# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Backups of both databases: one moment, with mail streaming in; what comes back is what was there."""

import io
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from poststelle.adapters.backup import open_archive, write_archive
from poststelle.adapters.backup.sealed import Cost
from poststelle.application.backup import BODIES, DATABASE, BackupError, Found, Sources, make_backup
from poststelle.application.restoring import read_backup
from poststelle.core.arrival import BlobKey
from poststelle.records.database import attach, detach
from poststelle.records.journal_check import check_journal
from poststelle.records.models import Blob, JournalLeaf, Message
from poststelle.records.restoration import restoring
from poststelle.records.sequencer import JournalKey, Sequencer
from poststelle.records.snapshot import DatabaseSnapshots, check_sqlite, load_postgresql
from poststelle.records.target import FILE_NAME
from support.gateway import eventually
from support.records import NOON, HandClock, a_body, a_settlement, file_blobs

SECRET, CHEAP = b"correct horse battery", Cost(2, 8, 1)
KEY = JournalKey("test", lambda content: b"signed " + content)
_names = itertools.count()


def is_signed(content: bytes, signature: bytes) -> bool:
    return signature == b"signed " + content


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    return request.getfixturevalue("open_records" if request.param == "sqlite" else "open_postgres_records")()


class Kept:
    """A place that keeps all in memory and the database in a file."""

    def __init__(self, folder) -> None:
        self.folder, self.bodies, self.files = folder, {}, {}

    def body(self, key, content):
        self.bodies[key] = content.read()

    def file(self, name, content):
        self.files[name] = content.read()

    def database(self, content):
        (self.folder / DATABASE).write_bytes(content.read())


def backed_up(store, blobs, room, files=()) -> io.BytesIO:
    out = io.BytesIO()
    room.mkdir(exist_ok=True)
    sources = Sources(DatabaseSnapshots(store.database, room), blobs, lambda: files, "1")
    with write_archive(out, SECRET, CHEAP) as archive:
        make_backup(archive, sources, NOON, lambda _line: None)
    out.seek(0)
    return out


def walked(file, place):
    with open_archive(file, SECRET) as entries:
        return read_backup(entries, place, lambda _line: None)


@pytest.fixture
def put_back(tmp_path, postgres_server, django_db_blocker):
    """The database of a backup, opened in an empty place."""
    opened = []

    def put(kind, dump):
        if kind == "sqlite":
            check_sqlite(dump)
            dump.rename(tmp_path / "back" / FILE_NAME)
            target = tmp_path / "back"
        else:
            name = f"back_{next(_names)}"
            postgres_server.create(name, "template1")
            target = postgres_server.url(name)
            load_postgresql(target, dump)
        opened.append(attach(target, f"back-{next(_names)}"))
        return opened[-1]

    (tmp_path / "back").mkdir()
    with django_db_blocker.unblock():
        yield put
        for database in opened:
            detach(database)


def everything(database):
    """Every row of every table of ours, in one order."""
    from django.apps import apps

    models = sorted(apps.get_app_config("records").get_models(), key=lambda model: model.__name__)
    return {model.__name__: list(model.objects.using(database.alias).order_by("pk").values()) for model in models}


def settled(store, blobs, content: bytes) -> None:
    body = a_body(blobs, content)
    blobs.secure(body)
    store.store.settle(a_settlement(body))


def test_every_row_and_body_comes_back(store, tmp_path, put_back):
    blobs = file_blobs(store, tmp_path)
    settled(store, blobs, b"small")
    settled(store, blobs, b"large " * 20_000)
    sequencer = Sequencer(store.database, store.database, HandClock(), "log")
    sequencer.sequence()
    sequencer.sign_head(KEY)
    place = Kept(tmp_path / "back")
    key_file = Found("folder/journal.key", lambda: io.BytesIO(b"key"))
    report = walked(backed_up(store, blobs, tmp_path / "room", [key_file]), place)
    assert report.bodies == 1
    assert list(place.bodies.values()) == [b"large " * 20_000]
    assert place.files == {"journal.key": b"key"}
    before, back = everything(store.database), put_back(report.kind, tmp_path / "back" / DATABASE)
    assert everything(back) == before
    state = check_journal(back, is_signed)
    assert (state.fault, state.leaves, state.heads) == ("", 4, 1)
    assert not list((tmp_path / "room").iterdir()), "no copy of the database stays behind"


def test_while_mail_streams_in_no_row_of_the_backup_lacks_its_body_or_half_of_itself(store, tmp_path, put_back):
    blobs, ending, sent, numbers = file_blobs(store, tmp_path), threading.Event(), [], itertools.count()

    def stream() -> None:
        while not ending.is_set():
            number = next(numbers)
            settled(store, blobs, b"large %d " % number * 12_000)
            sent.append(number)
        store.database.close()

    with ThreadPoolExecutor(3) as pool:
        streams = [pool.submit(stream) for _ in range(3)]
        eventually(lambda: len(sent) >= 20, what="mail streams in")
        file = backed_up(store, blobs, tmp_path / "room")
        before = len(sent)
        eventually(lambda: len(sent) >= before + 5, what="mail goes on")
        ending.set()
        assert [one.result() for one in streams] == [None] * 3
    place = Kept(tmp_path / "back")
    report = walked(file, place)
    back = put_back(report.kind, tmp_path / "back" / DATABASE)
    rows = Message.objects.using(back.alias)
    assert 20 <= rows.count() < len(sent)
    keys = {BlobKey(key) for key in Blob.objects.using(back.alias).filter(inline=None).values_list("key", flat=True)}
    assert keys <= place.bodies.keys()
    assert JournalLeaf.objects.using(back.alias).count() == 2 * rows.count(), "no message without its journal entries"


def test_a_body_that_is_missing_stops_the_backup(store, tmp_path):
    blobs = file_blobs(store, tmp_path)
    settled(store, blobs, b"large " * 20_000)
    (kept,) = (tmp_path / "blobs" / "kept").glob("*/*")
    kept.unlink()
    with pytest.raises(BackupError, match="is not in the store"):
        backed_up(store, blobs, tmp_path / "room")


def test_a_dump_is_not_loaded_over_records(postgres_server, open_postgres_records):
    store = open_postgres_records()
    with pytest.raises(BackupError, match="holds records already"), restoring(postgres_server.url(psycopg_name(store))):
        pass


def psycopg_name(store) -> str:
    with store.database.connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        return str(cursor.fetchone()[0])


def test_a_server_that_is_away_is_not_a_fault_of_the_backup(tmp_path):
    from poststelle.application.ports import UnavailableError

    assert issubclass(psycopg.OperationalError, psycopg.Error)
    with pytest.raises(UnavailableError):
        load_postgresql(f"postgresql:///nothing?host={tmp_path}", tmp_path / "dump")


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        ("UPDATE records_journalleaf SET leaf = x'00' WHERE \"index\" = 1", "not what its hash says"),
        ('UPDATE records_journalleaf SET "index" = 99 WHERE "index" = 1', "is missing"),
        ("DELETE FROM records_journalvalue", ""),
        ("UPDATE records_treeheadrow SET root = signature", "another root"),
        ("UPDATE records_treeheadrow SET signature = root", "not signed"),
        (
            'UPDATE records_journalleaf SET leaf = CAST(leaf AS TEXT) WHERE "index" = 1',
            "the leaf in row 2 is not in octets",
        ),
        (
            "UPDATE records_journalleaf SET leaf_hash = CAST(x'ff' AS TEXT) WHERE \"index\" = 2",
            "the leaf in row 3 is not in octets",
        ),
        ('UPDATE records_journalleaf SET leaf = 99999999999 WHERE "index" = 0', "the leaf in row 1 is not in octets"),
        ("UPDATE records_treeheadrow SET signature = hex(signature)", "the head in row 1 is not of the types"),
        ("UPDATE records_treeheadrow SET at = 7", "the head in row 1 is not of the types"),
        ("UPDATE records_treeheadrow SET at = 'noon'", "a signed head has no time"),
        ("UPDATE records_treeheadrow SET at = '2026-13-40 00:00:00'", "a signed head has no time"),
    ],
    ids=[
        "changed",
        "removed",
        "erased personal values",
        "another root",
        "another key",
        "a leaf as text",
        "a hash as text",
        "a leaf as a number",
        "a signature as text",
        "a time as a number",
        "no time",
        "no such day",
    ],
)
def test_the_journal_check_sees_every_change_but_lawful_erasure(open_records, harm, fault):
    store = open_records()
    for _ in range(3):
        store.store.settle(a_settlement())
    sequencer = Sequencer(store.database, store.database, HandClock(), "log")
    sequencer.sequence()
    sequencer.sign_head(KEY)
    with store.database.connection.cursor() as cursor:
        cursor.execute(harm)
    found = check_journal(store.database, is_signed).fault
    assert (fault in found) if fault else not found


@pytest.mark.parametrize(
    ("bend", "fault"),
    [
        (lambda name, content: None if name.startswith(BODIES) else content, "are not as listed"),
        (lambda name, content: content + b"x" if name == DATABASE else content, "are not as listed"),
        (lambda name, content: content + b"x" if name.startswith(BODIES) else content, "not what its name says"),
        (lambda name, content: None if name == "contents.json" else content, "lacks contents.json"),
    ],
    ids=["a body less", "another database", "another body", "no list"],
)
def test_what_differs_from_the_list_is_refused(open_records, tmp_path, bend, fault):
    store = open_records()
    blobs = file_blobs(store, tmp_path)
    settled(store, blobs, b"large " * 20_000)
    with open_archive(backed_up(store, blobs, tmp_path / "room"), SECRET) as entries:
        content = {entry.name: entry.content.read() for entry in entries}
    bent = {name: bend(name, value) for name, value in content.items()}
    out = io.BytesIO()
    with write_archive(out, SECRET, CHEAP) as archive:
        for name, value in bent.items():
            if value is not None:
                archive.add(name, io.BytesIO(value), len(value))
    out.seek(0)
    (tmp_path / "aside").mkdir()
    with pytest.raises(BackupError, match=fault):
        walked(out, Kept(tmp_path / "aside"))


@pytest.mark.parametrize(
    "name", ["folder/../../etc/passwd", "folder//etc/passwd", "folder/a/./b", "elsewhere/x", "folder/"]
)
def test_an_entry_never_leads_out_of_the_data_folder(name, tmp_path):
    out = io.BytesIO()
    with write_archive(out, SECRET, CHEAP) as archive:
        archive.add(name, io.BytesIO(b"x"), 1)
    out.seek(0)
    with pytest.raises(BackupError, match="nobody knows"):
        walked(out, Kept(tmp_path))
