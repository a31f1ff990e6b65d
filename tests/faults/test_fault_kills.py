# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A process is killed at every named point of the walk, on each store; the next one goes on, and the books agree.

Claims, each time: what was acknowledged is on record once and readable; nothing leaves that no scanner saw; an effect is
repeated only between the receiver's 250 and our record of it, byte for byte; the journal has no gap.
"""

import hashlib
import itertools
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest
from django.db.models import Max

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.blobs_s3 import Bucket, BucketBlobs, open_bucket
from poststelle.application.synthetic.teststrings import EICAR
from poststelle.records.database import Database, attach, detach
from poststelle.records.models import JournalLeaf, JournalTree, Message, TreeHeadRow
from poststelle.records.target import FILE_NAME
from support.door_house import Client
from support.front_house import PLAIN, POST, SENDER
from support.kill_points import AT_THE_DOOR, IN_THE_OUTBOX, MAY_REPEAT, WHILE_KEEPING, Point
from support.programs import OF_A_CHILD
from support.records import copied_template
from support.smtp_sink import SmtpSink

LARGE = PLAIN + (b"x" * 76 + b"\r\n") * 1_000
SICK = PLAIN.replace(b"<1@", b"<2@") + EICAR + b"\r\n"
_names = itertools.count()


class Nursery:
    """Starts the processes of the walk, one at a time."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "support.walk_child"]
        self._process = subprocess.Popen(
            command, env=OF_A_CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self._next() == "at work"

    def begin(self, order: dict[str, object]) -> str:
        self._process.stdin.write(json.dumps(order) + "\n")
        return self._next()

    def ended(self) -> int:
        word, code = self._next().split()
        assert word == "ended"
        return int(code)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _next(self) -> str:
        return self._process.stdout.readline().strip()


@pytest.fixture(scope="module")
def nursery():
    started = Nursery()
    yield started
    started.close()


@dataclass
class Walk:
    """One store, and what is done to it."""

    nursery: Nursery
    folder: Path
    sink: SmtpSink
    database: str = ""
    bucket: Bucket | None = None
    records: Database = field(init=False)

    def __post_init__(self) -> None:
        self.records = attach(self.database or self.folder, f"walk-{next(_names)}")

    def order(self, act: str, point: Point, **more: str) -> dict[str, object]:
        place = asdict(self.bucket) if self.bucket else None
        common = {"folder": str(self.folder), "database": self.database, "bucket": place, "relay": self.sink.port}
        return {"act": act, "point": point, **common, **more}

    def send(self, content: bytes, point: Point = Point.NOWHERE) -> str:
        """One attempt at a door that dies at this point; the reply, empty where there was none."""
        word, port, pid = self.nursery.begin(self.order("door", point)).split()
        assert word == "ready"
        try:
            said = dialogue(int(port), content)
        except OSError:
            said = ""
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
        assert self.nursery.ended() == -signal.SIGKILL
        return said

    def run(self, act: str, point: Point = Point.NOWHERE, **more: str) -> None:
        """An outbox or a keeper, until it is done or dies."""
        word, code = self.nursery.begin(self.order(act, point, **more)).split()
        assert (word, int(code)) == ("ended", 0 if point is Point.NOWHERE else -signal.SIGKILL)

    def messages(self) -> list[Message]:
        return list(Message.objects.using(self.records.alias).order_by("id"))

    def content(self, message: Message) -> bytes | None:
        """What is kept of it when the spool is swept, as a door does at its start; None where nothing is."""
        local = self.local
        local.sweep_spool()
        kept: FileBlobs | BucketBlobs = local
        if self.bucket:
            kept = BucketBlobs(open_bucket(self.bucket), local, self.folder / "blobs" / "spool")
        with suppress(KeyError), kept.open(message.sha256) as file:
            return file.read()
        return None

    @property
    def local(self) -> FileBlobs:
        return FileBlobs(self.folder / "blobs", lambda _key: None)

    def journal(self) -> list[str]:
        return list(JournalLeaf.objects.using(self.records.alias).values_list("kind", flat=True))

    def spooled(self) -> list[Path]:
        return list((self.folder / "blobs" / "spool").iterdir())

    def scanned(self) -> set[str]:
        lines = (self.folder / "scanned").read_text().split("\n")
        return {line.split()[0] for line in lines if line.endswith("clean")}


def dialogue(port: int, content: bytes) -> str:
    with Client(port) as client:
        for line in ("EHLO mx.buerger.example", f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{POST}>", "DATA"):
            assert client.ask(f"{line}\r\n".encode())[0] in "23"
        return client.ask(content + b".\r\n")


EVERY_DAY_ON_SERVERS = {Point.SECURED, Point.IN_SETTLEMENT, Point.AFTER_DOT, Point.IN_SEQUENCE, Point.REMOVED}
"""The rest on servers belongs to the long runs: each point there costs a second or two."""


def on_each_store(points: Iterable[Point]) -> pytest.MarkDecorator:
    """Every point on files and on servers."""
    places = [pytest.param("files", point, id=f"files-{point}") for point in points]
    for point in points:
        marks = () if point in EVERY_DAY_ON_SERVERS else pytest.mark.soak
        places.append(pytest.param("servers", point, id=f"servers-{point}", marks=marks))
    return pytest.mark.parametrize(("walk", "point"), places, indirect=["walk"])


@pytest.fixture(params=["files", "servers"])
def walk(request, nursery, tmp_path, django_db_blocker):
    places = {}
    if request.param == "servers":
        server, name = request.getfixturevalue("postgres_server"), f"walk_{next(_names)}"
        server.create(name, "template_store")
        places = {"database": server.url(name), "bucket": request.getfixturevalue("s3_server").bucket()}
    with django_db_blocker.unblock(), SmtpSink() as sink:
        if not places:
            copied_template(tmp_path / FILE_NAME)
        walk = Walk(nursery, tmp_path, sink, **places)
        yield walk
        detach(walk.records)


HALF_TAKEN = frozenset({Point.SPOOLING, Point.SPOOLED, Point.SECURING})
"""Where a door leaves a body in the spool that nobody will ask for."""
OF_LARGE_MAIL = frozenset({Point.SPOOLING, Point.SECURING, Point.SECURED})
"""Where the sick letter never comes: it is small, and not kept."""
FIRST_WAS_KEPT = {Point.SETTLED: 2, Point.REPLIED: 2, **dict.fromkeys(OF_LARGE_MAIL, 1)}
"""Of the two letters."""


def check_the_books(walk: Walk, *, copies: int = 1) -> None:
    """Every claim of this file, about a large letter that was accepted and a sick one that was not."""
    messages = sorted(walk.messages(), key=lambda message: message.disposition)
    assert [message.disposition for message in messages] == ["accept", "delete"]
    assert walk.content(messages[0]) == LARGE
    assert walk.spooled() == []
    assert hashlib.sha256(LARGE).hexdigest() in walk.scanned()
    left = Counter((mail.recipients, mail.content) for mail in walk.sink.received)
    assert list(left.values()) == [copies]
    assert all(content.endswith(LARGE.partition(b"\r\n\r\n")[2]) for _, content in left)
    leaves = JournalLeaf.objects.using(walk.records.alias)
    told = leaves.filter(reference=messages[0].reference, kind__in=("arrived", "accepted", "delivered"))
    assert sorted(told.values_list("kind", flat=True)) == ["accepted", "arrived", "delivered"]
    assert sorted(leaves.values_list("index", flat=True)) == list(range(leaves.count()))
    assert [tree.size for tree in JournalTree.objects.using(walk.records.alias)] == [leaves.count()]
    heads = TreeHeadRow.objects.using(walk.records.alias)
    assert heads.aggregate(signed=Max("size")) == {"signed": leaves.count()}
    assert {bytes(head.signature) for head in heads} == {b"signed"}


@on_each_store(AT_THE_DOOR)
def test_a_door_that_dies_loses_nothing_it_acknowledged_and_takes_nothing_twice(walk, point):
    for content in (LARGE, SICK):
        said = walk.send(content, point) if point is not Point.REPLIED else walk.send(content)
        reached = point is not Point.REPLIED and not (content is SICK and point in OF_LARGE_MAIL)
        assert said == "" if reached else said.startswith("250")
        assert walk.spooled() or content is SICK or point not in HALF_TAKEN
        walk.local.sweep_spool()
        assert walk.spooled() == []
        assert walk.send(content).startswith("250")
    assert walk.journal().count("retry-recognised") == FIRST_WAS_KEPT.get(point, 0)
    walk.run("outbox")
    walk.run("keeper")
    check_the_books(walk)


@on_each_store(IN_THE_OUTBOX)
def test_an_outbox_that_dies_sends_again_only_what_it_could_not_record(walk, point):
    assert walk.send(LARGE).startswith("250")
    assert walk.send(SICK).startswith("250")
    walk.run("outbox", point)
    walk.run("outbox")
    walk.run("keeper")
    check_the_books(walk, copies=2 if point in MAY_REPEAT else 1)


@on_each_store(WHILE_KEEPING)
def test_a_keeper_that_dies_leaves_no_gap_and_removes_what_is_to_go_and_nothing_else(walk, point):
    other = LARGE.replace(b"<1@", b"<3@").replace(b"Anwohnerparken", b"Anderes")
    for content in (LARGE, SICK, other):
        assert walk.send(content).startswith("250")
    dropped = next(message for message in walk.messages() if message.message_id == "<3@buerger.example>")
    walk.run("outbox")
    walk.run("drop", reference=dropped.reference)
    walk.run("keeper", point)
    walk.run("keeper")
    assert walk.content(dropped) is None
    Message.objects.using(walk.records.alias).filter(reference=dropped.reference).delete()
    walk.sink.received[:] = [mail for mail in walk.sink.received if b"<3@" not in mail.content]
    check_the_books(walk)


def test_content_that_comes_again_while_its_removal_was_cut_short_is_kept(walk):
    for content in (LARGE, SICK):
        assert walk.send(content).startswith("250")
    first = walk.messages()[0]
    walk.run("outbox")
    walk.run("drop", reference=first.reference)
    walk.run("keeper", Point.REMOVING)
    Message.objects.using(walk.records.alias).filter(reference=first.reference).update(fingerprint="another")
    assert walk.send(LARGE).startswith("250")
    walk.run("keeper")
    assert walk.content(walk.messages()[-1]) == LARGE
