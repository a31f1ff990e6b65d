# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The life of keys in the running gateway: no mail is lost, a compromise is dealt with, and who has what in memory."""

import argparse
import json
import os
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from poststelle.adapters.keyring import KeyFolder
from poststelle.application.keyring import KeyState, current
from poststelle.compose.key_bench import key_bench
from poststelle.core.signature import CryptoNote, Encryption
from poststelle.core.verdict import TaskKind
from poststelle.faces.cli.keys import add_parser
from poststelle.faces.cli.keys import run as run_keys
from poststelle.records.target import FILE_NAME
from support.certificates import Wish, authority, issued
from support.gateway import ROLES, Gateway, below, children, eventually, nurseries
from support.memory import found_in_memory, traces_of_key, traces_of_text
from support.policies import ROOT
from support.posted import POST
from support.smime_mails import TEXT, MailProgram, bent, message

ELSEWHERE = "stadtverwaltung@stadt-muenster.example"
RUNBOOK = (ROOT / "docs" / "operations" / "keys.md").read_text(encoding="utf-8")


@pytest.fixture
def told(gateway, capsys):
    """Carries a command on keys out on this installation, beside the running gateway; what it said."""
    bench = replace(key_bench(gateway.settings), may_reopen=lambda: False)

    def run(*arguments: str) -> str:
        parser = argparse.ArgumentParser()
        add_parser(parser.add_subparsers())
        assert run_keys(parser.parse_args(arguments), bench) == 0
        return capsys.readouterr().out

    return run


def ring_of(gateway: Gateway) -> dict[str, KeyState]:
    return {one.name: one.state for one in KeyFolder(gateway.folder / "keys").ring()}


def certificates(gateway: Gateway) -> dict[str, bytes]:
    return {one.name: one.certificate for one in KeyFolder(gateway.folder / "keys").ring()}


def test_mail_to_the_next_the_current_and_a_retired_key_is_opened_and_to_a_destroyed_one_is_kept(
    gateway, post, program, told
):
    """Rotation loses no mail: who has an old certificate still reaches us, who has the new one reaches us before."""
    for _ in range(2):
        told("keys", "generate", POST, "--kind", "p256")
        told("keys", "rotate", POST)
    told("keys", "generate", POST)
    *retired, now, following = sorted(ring_of(gateway))
    expected = {**dict.fromkeys(retired, KeyState.RETIRED), now: KeyState.CURRENT, following: KeyState.NEXT}
    assert ring_of(gateway) == expected
    known = certificates(gateway)

    def opened(name: str) -> tuple[bool, bool]:
        found = post(message(program.encrypted(TEXT, known[name]), to=POST)).crypto
        return found.encryption is Encryption.OK, CryptoNote.OLD_KEY in found.notes

    for name in expected:
        told_of = (True, name in retired)
        eventually(lambda name=name, told_of=told_of: opened(name) == told_of, what=f"mail to {name} is opened")
    told("keys", "retire", POST, retired[-1], "--destroy")
    eventually(lambda: not opened(retired[-1])[0], what="the destroyed key is forgotten")
    lost = post(message(program.encrypted(TEXT, known[retired[-1]]), to=POST))
    assert (lost.code, lost.crypto.encryption) == (250, Encryption.NO_KEY)
    assert lost.view.is_content_kept
    told("keys", "rotate", POST)
    assert ring_of(gateway)[following] is KeyState.CURRENT


def test_an_imported_key_opens_what_waited_for_it(gateway, post, on_record, program, tmp_path):
    """The ciphertext is kept, and the moment of receipt stays: what was closed is read once its key is there."""
    brought = issued(authority("Amtliche CA"), Wish(name="Alte Poststelle", email=POST))
    sealed = program.encrypted(TEXT, brought.der)
    waiting = post(message(sealed, to=POST))
    foreign = post(message(program.encrypted(TEXT, issued(authority("X"), Wish(name="X")).der), to=POST))
    assert (waiting.crypto.encryption, TaskKind.DECRYPTION in waiting.tasks) == (Encryption.NO_KEY, True)
    file = tmp_path / "alt.p12"
    secret = BestAvailableEncryption(b"geheim")
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"x", brought.key, brought.certificate, None, secret))
    environment = {"POSTSTELLE_IMPORT_PASSPHRASE": "geheim"}
    said = gateway.poststelle("keys", "import", POST, str(file), environment=environment).well()
    assert re.search(r"1 of \d+ waiting messages opened", said), said
    after = on_record(waiting.reference)
    assert after.crypto.encryption is Encryption.OK
    assert after.verdict.route.office == "ordnungsamt"
    assert after.view.line.received_at == waiting.view.line.received_at
    with closing(sqlite3.connect(gateway.folder / FILE_NAME)) as opened:
        asked = "SELECT DISTINCT state FROM records_taskrow WHERE reference = ? AND kind = 'decryption'"
        assert opened.execute(asked, [after.reference]).fetchall() == [("done",)]
    assert "decryption-retried" in after.journal
    assert after.notices == waiting.notices
    assert on_record(foreign.reference).crypto.encryption is Encryption.NO_KEY


def test_good_and_bad_ciphertexts_have_the_same_reply_notices_and_number_of_unwraps(gateway, post, program):
    """What takes time is asked of the keyholder, and is asked as often; how long it takes is for the bench to say."""
    ours = current(KeyFolder(gateway.folder / "keys").ring(), POST)
    assert ours is not None
    good = program.encrypted(TEXT, ours.certificate)
    variants = (good, bent(good), bent(good, -3), bent(good, -len(TEXT) - 90))
    seen = [post(message(mail, to=POST)) for mail in variants]
    assert {one.crypto.encryption for one in seen} == {Encryption.OK, Encryption.FAILED}
    alike = {(one.code, one.text, tuple(one.notices), one.journal.count("unwrap-used")) for one in seen}
    assert alike == {(250, seen[0].text, (), 1)}


def test_encrypted_mail_to_another_address_is_opened_where_a_key_fits_and_else_kept_with_a_task(gateway, post, program):
    """Any address takes ciphertext; what no key of ours opens is accepted, withheld and points to post@."""
    ours = current(KeyFolder(gateway.folder / "keys").ring(), POST)
    assert ours is not None
    sealed = program.encrypted(TEXT, ours.certificate)
    assert post(message(sealed, to=ELSEWHERE), to=ELSEWHERE).crypto.encryption is Encryption.OK
    foreign = program.encrypted(TEXT, issued(authority("Fremde"), Wish(name="Fremder")).der)
    closed = post(message(foreign, to=ELSEWHERE), to=ELSEWHERE)
    assert (closed.code, closed.crypto.encryption) == (250, Encryption.NO_KEY)
    assert TaskKind.DECRYPTION in closed.tasks
    assert "write-to-smime-address" in {entry.remedy for entry in closed.verdict.objections}
    assert closed.view.is_content_kept


def commands_of(section: str) -> list[list[str]]:
    """The commands of a section of the operators' page, word by word."""
    text = RUNBOOK.partition(f"## {section}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    lines = (line.strip() for block in blocks for line in block.splitlines())
    return [line.split()[1:] for line in lines if line.startswith("poststelle ")]


def test_the_runbook_for_a_compromised_key_works_as_it_is_written(gateway, post, program, told, tmp_path):
    """Every command of docs/operations/keys.md, in its order, with this installation's address and generation."""
    stolen = next(name for name, state in ring_of(gateway).items() if state is KeyState.CURRENT)
    known = certificates(gateway)[stolen]
    sealed = program.encrypted(TEXT, known)

    def seen() -> Encryption:
        return post(message(sealed, to=POST)).crypto.encryption

    told("keys", "publish", "--out", str(tmp_path / "before"))
    said: dict[str, str] = {}
    for words in commands_of("Runbook: a key is compromised"):
        placed = [
            {"post@stadt.example": POST, "GENERATION": stolen, "DIR": str(tmp_path / "after")}.get(word, word)
            for word in words
        ]
        if "--destroy" in words:
            assert seen() is Encryption.OK  # mail under way
        said[" ".join(words[:2])] = told(*placed)
    assert {"keys retire", "keys generate", "keys publish", "keys list"} <= said.keys()
    states = ring_of(gateway)
    assert states[stolen] is KeyState.DESTROYED
    fresh = [name for name, state in states.items() if state is KeyState.CURRENT]
    assert len(fresh) == 1
    published = {file.read_bytes() for file in (tmp_path / "after").iterdir()}
    assert certificates(gateway)[fresh[0]] in published
    assert known not in published
    listed = [json.loads(line) for line in told("keys", "list", "--json").splitlines()]
    assert [row["compromised"] for row in listed if row["generation"] == stolen] == [True]
    eventually(lambda: seen() is Encryption.NO_KEY, what="the destroyed key is forgotten")


# ----------------------------------------------------------------------------------- who has what in memory after all this


@pytest.fixture(scope="module")
def marks(gateway):
    """Words of encrypted and plain mail that went through the door."""
    subject, inside, plain = (f"{name}-{os.urandom(8).hex()}" for name in ("Betreffmarke", "Innenmarke", "Klarmarke"))
    ours = current(KeyFolder(gateway.folder / "keys").ring(), POST)
    assert ours is not None
    head = b"Content-Type: text/plain\r\n\r\n"
    sealed = MailProgram(gateway.folder).encrypted(head + f"{inside} {inside}\r\n".encode(), ours.certificate)
    with gateway.session() as client:
        for entity in (sealed, head + plain.encode() + b"\r\n"):
            client.ehlo("mx.example.org")
            client.mail("erika@example.org")
            client.rcpt(POST)
            assert client.data(message(entity, to=POST, subject=f"Amt 32 - {subject}"))[0] == 250
    return traces_of_text(subject, inside, plain, "Amt 32: bitte um", "erika@example.org")


@pytest.fixture(scope="module")
def secrets(gateway) -> dict[bytes, str]:
    """What nobody but the keyholder may ever have had: the private keys, and the passphrase of their files."""
    folder = KeyFolder(gateway.folder / "keys")
    passphrase = (folder.root / "passphrase").read_bytes().strip()
    keys = [folder.key(one, passphrase) for one in folder.ring() if one.state is not KeyState.DESTROYED]
    return {passphrase: "passphrase"} | {piece: name for key in keys for piece, name in traces_of_key(key).items()}


def family(gateway: Gateway) -> tuple[int, ...]:
    """Every process of the gateway but the supervisor and the keyholder: roles, nurseries, workers."""
    holder = eventually(lambda: gateway.role("keyholder"), what="keyholder").pid
    return tuple(pid for pid in below(gateway.pid) if pid != holder)


def seen(pid: int, wanted) -> set[bytes]:
    """As the administrator everything; a process without dumps shows nothing to anybody else, which is an answer too."""
    try:
        return found_in_memory(pid, wanted)
    except PermissionError:
        assert os.geteuid() != 0
        return set()


def test_the_keyholder_never_had_mail_in_its_memory(gateway, marks):
    assert seen(gateway.role("keyholder").pid, marks) == set()


def test_nobody_else_ever_had_a_private_key_or_the_passphrase_in_memory(gateway, marks, secrets):
    looked_at = family(gateway)
    roles = {eventually(lambda role=role: gateway.role(role), what=role).pid for role in ROLES}
    workers = {worker for nursery in nurseries(gateway.pid) for worker in children(nursery)}
    assert roles | workers <= set(looked_at)
    assert workers
    for pid in looked_at:
        assert {secrets[one] for one in seen(pid, secrets)} == set(), Path(f"/proc/{pid}/cmdline").read_bytes()


def test_the_same_look_finds_keys_and_mail_where_they_belong(gateway, marks, secrets):
    """Else the two claims above would say nothing."""
    holder, expected = gateway.role("keyholder").pid, {"p, little", "passphrase"}
    assert os.geteuid() != 0 or expected <= {secrets[one] for one in seen(holder, secrets)}
    assert any(seen(pid, marks) for pid in family(gateway))


def test_the_running_keyholder_is_confined_and_leaves_no_core(gateway):
    place = Path(f"/proc/{gateway.role('keyholder').pid}")
    status = dict(line.split(":\t", 1) for line in (place / "status").read_text().splitlines() if ":\t" in line)
    assert (status["Seccomp"].strip(), status["NoNewPrivs"].strip()) == ("2", "1")
    limits = [line.split() for line in (place / "limits").read_text().splitlines()]
    assert [line[4:6] for line in limits if line[:3] == ["Max", "core", "file"]] == [["0", "0"]]
