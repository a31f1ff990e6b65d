# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Message folders are dropped before a running gateway, and we look at every end: record, tasks, journal, mail."""

import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from poststelle.application.demonstration import as_toml
from poststelle.application.settings import Bebpo, Malware
from poststelle.application.synthetic.bebpo import demonstration_folders
from poststelle.application.synthetic.packages import docm, zipped
from poststelle.application.synthetic.teststrings import EICAR
from poststelle.core.journal import EventKind
from poststelle.core.verdict import Disposition, SenderTold, TaskKind
from poststelle.records.database import attach, detach
from poststelle.records.queries import journal_of, message_by_reference
from support.clamd_server import ScriptedClamd
from support.egvp_folders import a_folder, dropped
from support.gateway import Gateway, eventually
from support.recorded import message_list

OUTBOX_DONE = "done"
ODD_ZIP = zipped({"innen.exe": b"MZ" + b"\0" * 200})
FOLDERS = {
    **demonstration_folders(),
    "klage": a_folder(message_id="govapp_k", subject="AW: Amt 32 – Bußgeldstelle", text="Ich erhebe Klage."),
    "makro": a_folder(message_id="govapp_m", attachments={"antrag.docm": docm(), "bescheid.zip": ODD_ZIP}),
    "virus": a_folder(message_id="govapp_v", attachments={"virus.txt": EICAR}),
    "fremd": a_folder(message_id="govapp_f", addressee_id="DE.Justiz.00000000-0000-4000-8000-000000000000.0000"),
    "kasse": a_folder(message_id="govapp_z", subject="Amt 32 - Kassenzeichen 01 0123456789 01 000"),
    "nirgends": a_folder(message_id="govapp_n", subject="Funktionsabfrage"),
    "alt": a_folder(message_id="govapp_a", entered=datetime(2021, 12, 8, 10, 3, 55, tzinfo=UTC)),
    "zeitlos": a_folder(message_id="govapp_t", entered=None),
    "viele": a_folder(message_id="govapp_l", attachments={f"{'x' * 100}.txt": b"Text"}),
    "raute": a_folder(message_id="govapp_r", subject="Anlage", our_reference="36.22.1041\n#"),
}


def with_drop(gateway: Gateway, drop: Path, **changes: object) -> Gateway:
    bebpo = Bebpo(folder=drop, trusted=True, poll_seconds=0.1, settle_seconds=0.2, patience_seconds=2.0)
    gateway.settings = gateway.settings.model_copy(update={"bebpo": bebpo, **changes})
    return gateway


def by_id(records, message_id):
    """The messages on record with this EGVP id, the newest first."""
    lines = message_list(records, "muenster")
    views = [message_by_reference(records, "muenster", line.reference) for line in lines]
    return [view for view in views if view is not None and view.message_id == message_id]


@pytest.fixture(scope="module")
def drop(tmp_path_factory):
    place = tmp_path_factory.mktemp("drop") / "eingang"
    place.mkdir()
    return place


@pytest.fixture(scope="module")
def gateway(tmp_path_factory, drop):
    with with_drop(Gateway(tmp_path_factory.mktemp("gateway")), drop) as running:
        yield running


@pytest.fixture(scope="module")
def records(gateway, django_db_blocker):
    with django_db_blocker.unblock():
        database = attach(gateway.folder, "bebpo-gateway")
        yield database
        detach(database)


@pytest.fixture(scope="module")
def seen(gateway, drop, records):
    for name, files in FOLDERS.items():
        dropped(drop, name, files)
    dropped(drop, "klage noch einmal exportiert", FOLDERS["klage"] | {"message.preferences": b"#spaeter\n"})
    (drop / "roh.osci").write_bytes(b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\nosci")
    dropped(drop, "kaputt", {"attachments/plan.txt": b"Plan"})
    eventually(lambda: not list(drop.glob("[!.]*")), what="every folder is claimed")
    claimed = gateway.folder / "bebpo" / "claimed"
    eventually(lambda: not list(claimed.iterdir()), what="every folder is on record")

    def settled():
        views = {name: by_id(records, id_of(name))[0] for name in FOLDERS}
        done = all(effect.state == OUTBOX_DONE for view in views.values() for effect in view.effects)
        return views if done else None

    return eventually(settled, what="every delivery")


def id_of(name):
    return FOLDERS[name]["message.preferences"].decode("latin-1").partition("\nid=")[2].partition("\n")[0]


def verdict(view):
    (only,) = view.verdicts
    return only


def tasks(view):
    return [task for verdict in view.verdicts for task in verdict.tasks]


def task_kinds(view):
    return {task.kind for task in tasks(view)}


def test_an_ordinary_message_goes_to_its_office_as_a_mail(seen, gateway):
    view = seen["bebpo-klage"]
    assert verdict(view).disposition is Disposition.ACCEPT
    assert verdict(view).route.office == "ordnungsamt"
    (mail,) = [
        mail
        for mail in gateway.mailbox(view.effects[0].recipient)
        if mail["X-Poststelle-Reference"] == view.line.reference
    ]
    assert mail["Subject"] == "Amt 32 – Bußgeldstelle"
    names = [part.get_filename() for part in mail.iter_attachments() if part.get_filename()]
    assert "001_Schriftsatz für die Akte.pdf" in names
    assert "pruefvermerk.xml" in names
    note = mail.get_body(("plain",)).get_content()
    assert "attested-by-client" in note
    assert "Schriftform" not in note


def test_the_moment_of_receipt_is_the_servers(seen):
    assert seen["bebpo-klage"].line.received_at == datetime(2026, 11, 20, 13, 3, 55, tzinfo=UTC)
    assert seen["alt"].line.received_at == datetime(2021, 12, 8, 10, 3, 55, tzinfo=UTC)
    assert "received-at-unstated" in verdict(seen["zeitlos"]).flags


def test_a_missing_document_is_named_in_a_task_and_told_by_a_person(seen):
    view = seen["bebpo-dokument-fehlt"]
    (missing,) = [entry for entry in verdict(view).objections if entry.code == "document-missing"]
    assert missing.evidence == "002_Anlage zum Schriftsatz.pdf"
    assert verdict(view).sender_told is SenderTold.BY_HAND
    assert [task.text_key for task in tasks(view) if task.kind == TaskKind.FEEDBACK] == ["feedback-bebpo"]


def test_a_request_for_an_acknowledgement_is_a_task_of_the_office(seen):
    (task,) = [task for task in tasks(seen["bebpo-empfangsbekenntnis"]) if task.kind == TaskKind.EEB]
    assert (task.text_key, task.office) == ("eeb", verdict(seen["bebpo-empfangsbekenntnis"]).route.office)
    assert task.office


def test_references_in_structured_data_route(seen):
    assert verdict(seen["raute"]).route.aktenzeichen == "36.22.1041"
    assert verdict(seen["raute"]).route.office == verdict(seen["bebpo-empfangsbekenntnis"]).route.office


def test_the_same_message_exported_twice_is_one_case(seen, records):
    (view,) = by_id(records, "govapp_k")
    kinds = [line.leaf.kind for line in journal_of(records, "muenster", view.line.reference)]
    assert kinds.count(EventKind.ARRIVED) == kinds.count(EventKind.RETRY_RECOGNISED) == 1


def test_a_macro_is_withheld_and_nobody_is_written_to(seen):
    view = seen["makro"]
    assert verdict(view).disposition is Disposition.NOTIFY
    assert ("antrag.docm",) in verdict(view).withheld
    assert ("bescheid.zip", "innen.exe") in verdict(view).withheld
    assert verdict(view).sender_told is SenderTold.BY_HAND
    assert TaskKind.FEEDBACK in task_kinds(view)


def test_malware_is_isolated_and_never_deleted(seen):
    view = seen["virus"]
    assert verdict(view).disposition is Disposition.HOLD
    assert view.is_content_kept
    assert {TaskKind.MALWARE, TaskKind.DECIDE_HOLD} <= task_kinds(view)


def test_another_addressee_is_held_with_its_reason(seen):
    view = seen["fremd"]
    assert verdict(view).disposition is Disposition.HOLD
    assert [task.text_key for task in tasks(view) if task.kind == TaskKind.DECIDE_HOLD] == ["decide-addressee"]


def test_a_payment_reference_is_a_ready_text_and_never_routes(seen):
    view = seen["kasse"]
    assert verdict(view).route.kassenzeichen_seen
    assert "feedback-kassenzeichen" in {task.text_key for task in tasks(view)}


def test_a_subject_that_names_nobody_is_for_the_mailroom(seen):
    assert TaskKind.TRIAGE in task_kinds(seen["nirgends"])
    assert verdict(seen["nirgends"]).disposition is Disposition.ACCEPT


def test_a_name_beyond_the_limit_is_told_by_a_person(seen):
    assert "file-name-too-long" in {entry.code for entry in verdict(seen["viele"]).objections}
    assert verdict(seen["viele"]).sender_told is SenderTold.BY_HAND


@pytest.mark.usefixtures("seen")
def test_broken_folders_and_raw_messages_are_visible_cases(records):
    broken = by_id(records, "")
    assert len(broken) == 2
    for view in broken:
        assert verdict(view).disposition is Disposition.HOLD
        assert [task.text_key for task in tasks(view) if task.kind == TaskKind.DECIDE_HOLD] == ["decide-handover"]
        assert view.is_content_kept


def test_no_notice_ever_leaves(seen):
    assert {effect.kind for view in seen.values() for effect in view.effects} <= {"deliver"}


@pytest.mark.usefixtures("seen")
def test_every_source_is_kept_after_the_transaction(gateway):
    done = list((gateway.folder / "bebpo" / "done").glob("*/*"))
    assert len(done) == len(FOLDERS) + 3


def a_role(gateway: Gateway) -> "subprocess.Popen[bytes]":
    with (gateway.folder / "role.log").open("ab") as log:
        return subprocess.Popen(gateway.command("serve", "--role", "bebpo"), stdout=log, stderr=log)


def prepared(gateway: Gateway) -> None:
    gateway.folder.mkdir(exist_ok=True)
    (gateway.folder / "poststelle.toml").write_text(as_toml(gateway.settings), encoding="utf-8")


def test_killed_between_claim_and_record_nothing_is_lost_or_doubled(tmp_path, django_db_blocker):
    """A scanner that never answers holds the role after the claim; there it is killed."""
    drop = tmp_path / "eingang"
    drop.mkdir()
    gateway = Gateway(tmp_path / "data")
    claimed = gateway.folder / "bebpo" / "claimed"
    dropped(drop, "eins", a_folder(message_id="govapp_1"))
    with ScriptedClamd(tmp_path, None) as silent:
        prepared(with_drop(gateway, drop, malware=Malware(engine="clamd", socket=Path(silent.path))))
        first = a_role(gateway)
        try:
            eventually(lambda: silent.connections, what="a question to the scanner")
        finally:
            first.send_signal(signal.SIGKILL)
            first.wait()
    assert [place.name for place in claimed.glob("*/*")] == ["eins"]
    prepared(with_drop(gateway, drop, malware=Malware(engine="demo")))
    second = a_role(gateway)
    try:
        eventually(lambda: not list(claimed.iterdir()), what="the message on record")
    finally:
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    with django_db_blocker.unblock():
        database = attach(gateway.folder, "bebpo-killed")
        assert len(by_id(database, "govapp_1")) == 1
        detach(database)


@pytest.mark.soak
def test_killed_between_record_and_putting_aside_the_message_is_on_record_once(tmp_path, django_db_blocker):
    """What a kill at that point leaves behind: the record, and the source still among the claimed."""
    drop = tmp_path / "eingang"
    drop.mkdir()
    gateway = with_drop(Gateway(tmp_path / "data"), drop)
    claimed, done = (gateway.folder / "bebpo" / name for name in ("claimed", "done"))
    prepared(gateway)
    dropped(drop, "eins", a_folder(message_id="govapp_1"))
    for _ in range(2):
        role = a_role(gateway)
        try:
            eventually(lambda: done.is_dir() and list(done.glob("*/eins")), what="the message on record")
        finally:
            role.send_signal(signal.SIGKILL)
            role.wait()
        for place in done.iterdir():
            place.rename(claimed / place.name)
    with django_db_blocker.unblock():
        database = attach(gateway.folder, "bebpo-killed-late")
        assert len(by_id(database, "govapp_1")) == 1
        detach(database)
