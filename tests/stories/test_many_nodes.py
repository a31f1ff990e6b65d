# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Two nodes on one PostgreSQL and one S3 bucket, the first with two doors: they share the work, and either may fall."""

import os
import re
import shutil
import signal
import smtplib
import urllib.request
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass

import obstore
import pytest

from poststelle.adapters.blobs_s3 import open_bucket
from poststelle.adapters.keyring import KeyFolder
from poststelle.application.keyring import current
from poststelle.core.signature import Encryption
from poststelle.records.database import Database, attach, detach
from poststelle.records.models import JournalLeaf, JournalTree, Message, OutboxRow, OutboxState
from poststelle.records.queries import message_by_reference
from support.front_house import OFFICE_32, POST, SENDER
from support.gateway import Gateway, a_free_port, eventually
from support.nodes import Shared, new_shared
from support.postgres import postgres_server
from support.s3 import s3_server
from support.smime_mails import TEXT, MailProgram, message

__all__ = ["postgres_server", "s3_server"]
REFERENCE = re.compile(r"PS(?:-[0-9A-Z]{4}){3}")
SHARED_FILES = ("keys", "journal.key", "web-secret")
"""What is copied from the first node to every other, as operations/nodes.md says."""
SMALL = b"Guten Tag.\r\n"
LARGE = (b"x" * 76 + b"\r\n") * 1_500
LETTERS = 12
"""To each node; by chance alone one of two doors gets all of them once in two thousand runs."""


def letter(serial: str, text: bytes) -> bytes:
    head = (
        f"From: Erika <{SENDER}>\r\nTo: {POST}\r\nSubject: Amt 32 - Parken {serial}\r\nMessage-ID: <{serial}@b.example>"
        "\r\nDate: Wed, 04 Mar 2026 08:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    return head.encode() + text


def post(gateway: Gateway, content: bytes, to: str = POST) -> str:
    """The reference under which it was taken; empty where the client has to try again."""
    try:
        with smtplib.SMTP("127.0.0.1", gateway.settings.door.port, timeout=30) as client:
            client.ehlo("mx.buerger.example")
            client.mail(SENDER)
            client.rcpt(to)
            code, said = client.data(content)
    except (OSError, smtplib.SMTPException):
        return ""
    assert code in {250, 451}, said
    return REFERENCE.search(said.decode()).group() if code == 250 else ""


@dataclass
class Nodes:
    """Two machines, and what they have in common."""

    first: Gateway
    second: Gateway
    shared: Shared
    records: Database

    def rows(self, model):
        return model.objects.using(self.records.alias)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory, postgres_server, s3_server, django_db_blocker):
    shared = new_shared(postgres_server, s3_server)
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    common = {"changes": {"store": shared.store}, "environment": shared.environment}
    with django_db_blocker.unblock(), ExitStack() as stack:
        changes = common["changes"] | {"door": {"processes": 2}}
        one = stack.enter_context(
            Gateway(first, door_port=a_free_port(), changes=changes, environment=shared.environment)
        )
        eventually(lambda: one.role("keyholder") and one.role("web"), 60, "keyholder and web are at work")
        for name in SHARED_FILES:
            copy = shutil.copytree if (first / name).is_dir() else shutil.copy2
            copy(first / name, second / name)
        outgoing = {"port": one.settings.outbox.port}
        changes = common["changes"] | {"outbox": outgoing, "maildrop": {"enabled": False}}
        two = stack.enter_context(
            Gateway(second, door_port=a_free_port(), changes=changes, environment=shared.environment)
        )
        eventually(lambda: two.role("keyholder") and two.role("web"), 60, "keyholder and web are at work")
        records = attach(shared.database, "many-nodes")
        yield Nodes(one, two, shared, records)
        detach(records)


@pytest.fixture(scope="module")
def taken(nodes) -> dict[str, bytes]:
    """By reference, everything both nodes acknowledged; sent once more at the other node each."""
    found = {}
    for number in range(LETTERS):
        for name, gateway in (("first", nodes.first), ("second", nodes.second)):
            content = letter(f"{name}{number}", SMALL if number % 3 else LARGE + str((name, number)).encode())
            found[post(gateway, content)] = content
    due = nodes.rows(OutboxRow).exclude(state=OutboxState.DONE)
    eventually(lambda: not due.exists(), 60, "everything due is sent")
    return found


def test_every_acknowledged_message_is_on_the_one_record(nodes, taken):
    assert "" not in taken
    assert set(nodes.rows(Message).values_list("reference", flat=True)) == set(taken)


def test_a_retry_at_another_node_is_recognised(nodes, taken):
    for reference, content in tuple(taken.items())[:2]:
        assert {post(nodes.first, content), post(nodes.second, content)} == {reference}


def test_both_doors_of_the_first_node_take_mail(nodes, taken):
    """Each is stopped in turn: connections that fall to it wait, so what is answered at once the other one took."""
    for name in ("door", "door-2"):
        pid = nodes.first.role(name).pid
        os.kill(pid, signal.SIGSTOP)
        try:
            found = {greeted(nodes.first)}
            for _ in range(4 * LETTERS):
                found |= set() if found == {True, False} else {greeted(nodes.first)}
        finally:
            os.kill(pid, signal.SIGCONT)
        assert found == {True, False}, f"{name} is alone, or never asked"


def greeted(gateway: Gateway) -> bool:
    try:
        smtplib.SMTP("127.0.0.1", gateway.settings.door.port, timeout=0.3).close()
    except (OSError, smtplib.SMTPException):
        return False
    return True


def test_large_bodies_lie_in_the_bucket_and_on_no_node(nodes, taken):
    large = nodes.rows(Message).filter(size_bytes__gt=len(LARGE)).values_list("body_id", flat=True)
    assert objects(nodes.shared) == set(large)
    assert len(large) == 2 * (LETTERS // 3)
    for node in (nodes.first, nodes.second):
        assert [path for path in (node.folder / "blobs").rglob("*") if path.is_file()] == []


def test_each_office_gets_each_message_once_and_whole_whichever_node_sends_it(nodes, taken):
    box = nodes.first.mailbox(OFFICE_32)
    assert Counter(mail["X-Poststelle-Reference"] for mail in box) == Counter(list(taken))
    for mail in box:
        text = taken[mail["X-Poststelle-Reference"]].partition(b"\r\n\r\n")[2].rstrip(b"\r\n")
        assert mail.get_content().encode().replace(b"\r\n", b"\n").rstrip() == text.replace(b"\r\n", b"\n")


def test_the_journal_is_one_tree_without_gaps_though_both_nodes_keep_it(nodes, taken):
    leaves = nodes.rows(JournalLeaf)
    eventually(lambda: not leaves.filter(index=None).exists(), 30, "every entry has its place")
    assert sorted(leaves.values_list("index", flat=True)) == list(range(leaves.count()))
    (tree,) = nodes.rows(JournalTree)
    assert tree.size == leaves.count()


def test_mail_for_the_shared_key_is_opened_at_either_node(nodes, taken, tmp_path):
    ours = current(KeyFolder(nodes.first.folder / "keys").ring(), "post@stadt-muenster.example")
    for number, node in enumerate((nodes.first, nodes.second)):
        sealed = MailProgram(tmp_path).encrypted(TEXT, ours.certificate)
        content = message(sealed, to="post@stadt-muenster.example", subject=f"Amt 32 - Parken {number}")
        reference = post(node, content, "post@stadt-muenster.example")
        view = message_by_reference(nodes.records, "muenster", reference)
        assert view.facts.inspection.crypto.encryption is Encryption.OK


def test_the_page_and_the_desk_are_served_by_either_node(nodes):
    for node in (nodes.first, nodes.second):
        for place in ("/kontakt", "/desk/"):
            with urllib.request.urlopen(f"{node.settings.house.base_url}{place}", timeout=30) as answer:
                assert answer.status == 200


def test_a_backup_of_both_servers_comes_back_on_empty_ones(nodes, taken, tmp_path, postgres_server, s3_server):
    again = new_shared(postgres_server, s3_server)
    second = Gateway(tmp_path / "again", changes={"store": again.store})
    second.write_settings()
    secret = {"POSTSTELLE_BACKUP_PASSPHRASE": "known to the test", **nodes.shared.environment}
    file = str(tmp_path / "backup")
    elsewhere = {"POSTSTELLE_HOUSE_DATA": str(tmp_path / "empty")}
    nodes.first.poststelle("backup", file, environment=secret).well()
    second.poststelle("restore", file, environment={**secret, **elsewhere}).well()
    kept, restored = objects(nodes.shared), objects(again)
    assert restored == kept
    records = attach(again.database, "restored")
    assert set(taken) <= set(Message.objects.using(records.alias).values_list("reference", flat=True))
    detach(records)


def objects(shared: Shared) -> set[str]:
    return {found["path"].rpartition("/")[2] for found in obstore.list(open_bucket(shared.bucket)).collect()}


def doctor(gateway: Gateway, **environment: str) -> dict[str, dict[str, str]]:
    return {one["part"]: one for one in gateway.poststelle("doctor", "--json", environment=environment).rows}


def test_the_doctor_names_the_servers_and_what_is_wrong_with_them(nodes):
    well = doctor(nodes.second, **nodes.shared.environment)
    assert (well["database"]["health"], well["bucket"]["health"]) == ("fine", "fine")
    unknown = doctor(nodes.second, **{**nodes.shared.environment, "AWS_SECRET_ACCESS_KEY": "wrong"})
    assert (unknown["database"]["health"], unknown["bucket"]["health"]) == ("fine", "broken")
    assert "AWS_SECRET_ACCESS_KEY" in unknown["bucket"]["remedy"]


def test_while_one_door_is_dead_the_other_answers(nodes, taken):
    os.kill(nodes.first.role("door").pid, signal.SIGKILL)
    eventually(lambda: greeted(nodes.first), 10, "the other door answers")


def test_when_a_node_falls_the_other_takes_places_and_sends(nodes, taken):
    """Last in this file: the first node is gone afterwards, with its mailboxes, so the second only queues."""
    nodes.first.fall()
    reference = eventually(lambda: post(nodes.second, letter("after", LARGE)), 30, "the second node takes it")
    leaves = nodes.rows(JournalLeaf).filter(reference=reference)
    eventually(lambda: leaves.exists() and not leaves.filter(index=None).exists(), 30, "its entries have their places")
    effect = nodes.rows(OutboxRow).get(reference=reference)
    eventually(lambda: nodes.rows(OutboxRow).get(id=effect.id).attempt > 0, 30, "its outbox has tried")
