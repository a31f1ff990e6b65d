# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The drill of docs/operations/backup.md: back up a gateway at work, lose it, restore it, and go on."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from poststelle.records.target import FILE_NAME
from support.command_line import poststelle
from support.gateway import Gateway, eventually

SECRET = "correct horse battery"
SENDER, OFFICE = "erika@buerger.example", "stadtverwaltung@stadt-muenster.example"


def send(gateway: Gateway, number: int, body: bytes) -> None:
    head = f"From: {SENDER}\r\nTo: {OFFICE}\r\nSubject: Amt 32\r\nMessage-ID: <{number}@buerger.example>\r\n\r\n"
    with gateway.session() as client:
        client.sendmail(SENDER, [OFFICE], head.encode() + body)


def command(gateway: Gateway, *words: str, data: Path | None = None) -> tuple[int, str]:
    environment = {"POSTSTELLE_BACKUP_PASSPHRASE": SECRET}
    if data:
        environment["POSTSTELLE_HOUSE_DATA"] = str(data)
    done = gateway.poststelle(*words, environment=environment)
    return done.code, done.said


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as opened:
        names = [
            name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        return {name: opened.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def files(folder: Path) -> dict[str, bytes]:
    """Everything but the database, which is compared row by row, and what belongs to running processes."""
    passing = {"run", "mailboxes", "maildrop", "from-backup", "serve.log"}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in passing and FILE_NAME not in path.name
    }


def test_a_gateway_backed_up_at_work_comes_back_as_it_was(tmp_path):
    gateway, file, back = Gateway(tmp_path / "data"), tmp_path / "monday.backup", tmp_path / "back"
    backed_up_at_work(gateway, file)
    code, said = command(gateway, "restore", str(file), data=back)
    assert code == 0, said
    assert "the journal holds" in said
    came_back(gateway, back)


@pytest.mark.soak
def test_the_whole_drill_ends_with_a_gateway_that_goes_on(tmp_path):
    gateway, file, back = Gateway(tmp_path / "data"), tmp_path / "monday.backup", tmp_path / "back"
    backed_up_at_work(gateway, file)
    code, said = command(gateway, "verify", str(file), "--json", "--quiet")
    assert (code, json.loads(said)["bodies"], json.loads(said)["journal"]["fault"]) == (0, 1, "")
    assert command(gateway, "restore", str(file), data=back)[0] == 0
    code, said = command(gateway, "restore", str(file), data=back)
    assert (code, "is not empty" in said) == (1, True)
    came_back(gateway, back)
    with Gateway(back) as again:
        send(again, 3, b"the first after the loss\r\n")
        eventually(
            lambda: len(again.mailbox("ordnungsamt@intern.stadt-muenster.example")) == 1 or None, what="delivered"
        )


def backed_up_at_work(gateway: Gateway, file: Path) -> None:
    with gateway:
        send(gateway, 1, b"small\r\n")
        send(gateway, 2, b"large line of text\r\n" * 10_000)
        eventually(
            lambda: len(gateway.mailbox("ordnungsamt@intern.stadt-muenster.example")) == 2 or None,
            what="both delivered",
        )
        assert command(gateway, "backup", str(file), "--quiet")[0] == 0
    assert (file.stat().st_mode & 0o777, SENDER.encode() in file.read_bytes()) == (0o600, False)


def came_back(gateway: Gateway, back: Path) -> None:
    kept, was = files(back), files(gateway.folder)
    assert kept.keys() == was.keys()
    assert all(kept[name] == was[name] for name in kept if not name.endswith(".stamp"))
    assert rows(back)["records_message"] == rows(gateway.folder)["records_message"]
    assert rows(back)["records_blob"] == rows(gateway.folder)["records_blob"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("verify", "nowhere.backup"), 1),
        (("backup", "new.backup", "--passphrase-file", "nowhere"), 5),
        (("backup", "new.backup", "--passphrase-file", "short"), 2),
    ],
    ids=["no such file", "no such passphrase file", "a short passphrase"],
)
def test_what_cannot_be_done_is_said_with_an_exit_code(tmp_path, words, code):
    (tmp_path / "short").write_text("short\n")
    (tmp_path / "good").write_text(f"{SECRET}\n")
    chosen = words if "--passphrase-file" in words else (*words, "--passphrase-file", "good")
    done = poststelle(*chosen, cwd=tmp_path)
    assert done.code == code, done.said
    assert not list(tmp_path.glob("*.backup"))
    assert "Make room" not in done.said


def test_a_backup_that_cannot_be_read_is_asked_for_by_another_name(tmp_path):
    (tmp_path / "good").write_text(f"{SECRET}\n")
    for word in ("verify", "restore"):
        done = poststelle(word, "nowhere.backup", "--passphrase-file", "good", cwd=tmp_path)
        assert "nowhere.backup: No such file or directory" in done.err
        assert "Name the file of a backup that can be read." in done.err
