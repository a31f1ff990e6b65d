# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The doctor looks, and leaves records as it finds them: none, of an earlier version, or of this one."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command

from poststelle.application.ports import UnavailableError
from poststelle.records.database import attach, detach, looking, reaching_database
from poststelle.records.models import Message, SwitchRow
from poststelle.records.opening import Records
from poststelle.records.target import FILE_NAME
from support.command_line import poststelle
from support.policies import POLICIES
from support.records import NOON, a_settlement

_names = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path) -> Path | str:
    """Where there are no tables yet."""
    if request.param == "sqlite":
        (tmp_path / "data").mkdir(mode=0o700)
        return tmp_path / "data"
    server, name = request.getfixturevalue("postgres_server"), f"looked_at_{next(_names)}"
    server.create(name, "template1")
    return server.url(name)


def doctor(place: Path | str, folder: Path) -> dict[str, tuple[str, str]]:
    """Health and sentence by part."""
    file = folder / "poststelle.toml"
    store = f'[store]\ndatabase = "{place}"\n' if isinstance(place, str) else ""
    file.write_text(
        f'[house]\ndata = "{folder / "data"}"\nmode = "demo"\npolicies = ["{POLICIES / "muenster"}"]\n{store}'
    )
    found = poststelle("--settings", str(file), "doctor", "--json").rows
    return {one["part"]: (one["health"], one["sentence"]) for one in found}


def contents(place: Path | str) -> object:
    """Everything that writing would change: the names and bytes of files, or the server's own account of the database."""
    if isinstance(place, Path):
        return {str(path): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    with psycopg.connect(place) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        applied = connection.execute("SELECT count(*) FROM django_migrations").fetchall() if tables else []
        return tables, applied


@pytest.fixture
def migrated_to(place, django_db_blocker) -> Iterator[object]:
    def to(name: str) -> None:
        database = attach(place, f"earlier-{next(_names)}")
        call_command("migrate", "records", name, database=database.alias, verbosity=0)
        detach(database)

    with django_db_blocker.unblock():
        yield to


def at_rest(store: Records) -> None:
    """As a gateway that was stopped leaves its file: nothing beside it."""
    store.close()
    assert not list(Path(str(store.database.connection.settings_dict["NAME"])).parent.glob("*-wal"))


def test_where_no_tables_are_none_are_made(place, tmp_path):
    before = contents(place)
    found = doctor(place, tmp_path)
    assert contents(place) == before
    if isinstance(place, str):
        assert found["tables"] == ("doubtful", "PostgreSQL, none yet")
        assert not (tmp_path / "data").exists(), "nor a folder beside a server"
    else:
        assert "tables" not in found


def test_tables_of_an_earlier_version_stay_what_they_are_and_are_named(place, tmp_path, migrated_to):
    migrated_to("0001")
    before = contents(place)
    health, sentence = doctor(place, tmp_path)["tables"]
    assert contents(place) == before
    assert (health, "of an earlier version (records.0002_desk is to come)" in sentence) == ("doubtful", True)


def test_tables_of_this_version_are_read_and_nothing_else(place, tmp_path, migrated_to):
    migrated_to("0001")
    database = attach(place, f"newest-{next(_names)}")
    database.migrate()
    SwitchRow.objects.using(database.alias).create(
        authority_id="muenster", name="observe", is_on=True, since=NOON, by="operator:test", why="drill"
    )
    detach(database)
    before = contents(place)
    found = doctor(place, tmp_path)
    assert contents(place) == before
    assert found["tables"][0] == "fine"
    assert "observe for muenster" in found["switches"][1]
    assert found["journal"] == ("fine", "0 entries, 0 of them not under a signed head yet")


def test_whoever_only_looks_cannot_write_even_by_mistake(place, migrated_to):
    migrated_to("0005")
    with looking(place) as database, pytest.raises(UnavailableError), reaching_database():
        SwitchRow.objects.using(database.alias).all().delete()


def test_what_others_write_meanwhile_is_seen(tmp_path, open_records):
    store = open_records()
    store.store.settle(a_settlement())
    with looking(tmp_path) as database:
        assert Message.objects.using(database.alias).count() == 1
        store.store.settle(a_settlement())
        assert Message.objects.using(database.alias).count() == 2


def test_a_file_that_a_gateway_takes_up_meanwhile_is_not_answered_from(tmp_path, open_records):
    def work() -> None:
        store = open_records()
        store.store.settle(a_settlement())
        at_rest(store)

    work()
    with pytest.raises(UnavailableError, match="taken up"), looking(tmp_path):
        work()


def test_a_file_at_rest_is_answered_from(tmp_path, open_records):
    store = open_records()
    store.store.settle(a_settlement())
    at_rest(store)
    with looking(tmp_path) as database:
        assert Message.objects.using(database.alias).count() == 1


def test_a_file_that_is_not_there_is_not_made_by_looking(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), pytest.raises(UnavailableError), looking(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "health"), [(".stamp", "fine"), ("certificate.der", "fine"), ("key.p12", "broken")])
def test_of_the_key_ring_only_what_is_secret_must_be_ours_alone(tmp_path, name, health):
    ring = tmp_path / "data" / "keys"
    ring.mkdir(mode=0o700, parents=True)
    (tmp_path / "data").chmod(0o700)
    (ring / name).touch()
    (ring / name).chmod(0o644)
    assert doctor(tmp_path / "data", tmp_path)["permissions"][0] == health


@pytest.mark.parametrize(
    ("folder", "file", "health"), [(0o755, 0o644, "broken"), (0o755, 0o600, "fine"), (0o700, 0o644, "fine")]
)
def test_the_records_are_ours_alone_where_others_can_enter_the_data_folder(tmp_path, folder, file, health):
    data = tmp_path / "data"
    data.mkdir()
    (data / FILE_NAME).touch()
    (data / FILE_NAME).chmod(file)
    data.chmod(folder)
    assert doctor(data, tmp_path)["permissions"][0] == health


@pytest.mark.parametrize(
    ("file", "content", "part"),
    [
        ("passphrase", "", "key passphrase"),
        ("post@stadt-muenster.example/2026-01-01-1/generation.json", "[]", "keyholder"),
        ("post@stadt-muenster.example/2026-01-01-1/generation.json", "{", "keys"),
    ],
)
def test_a_ring_that_cannot_be_read_is_a_diagnosis_and_the_doctor_goes_on(tmp_path, file, content, part):
    place = tmp_path / "data" / "keys" / file
    place.parent.mkdir(mode=0o700, parents=True)
    place.write_text(content)
    place.chmod(0o400)
    found = doctor(tmp_path / "data", tmp_path)
    assert found[part][0] == "broken"
    assert str(place.parent) in found[part][1]
    assert "switches" in found
