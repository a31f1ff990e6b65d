# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The whole gateway at work while its scanner hangs or talks nonsense, or a worker has no memory left.

Each time: what the sender hears, what the journal says, and that nothing unscanned is kept or leaves.
"""

import resource
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from poststelle.core.journal import read_leaf
from poststelle.records.database import Database, attach, detach
from poststelle.records.models import DeferralRow, JournalLeaf, Message
from support.clamd_server import ScriptedClamd
from support.front_house import OFFICE_32, PLAIN, POST, SENDER
from support.gateway import START_SECONDS, Gateway, children, eventually, nurseries

CLEAN = b"stream: OK\0"
DEADLINE_SECONDS = 25.0
"""Long enough for an honest message on a busy machine; the one that meets a hanging scanner takes all of it."""
LARGE = PLAIN + (b"x" * 76 + b"\r\n") * 40_000


@dataclass(frozen=True)
class AtWork:
    """A gateway, its scanner, and its books."""

    gateway: Gateway
    scanner: ScriptedClamd
    records: Database

    def send(self, content: bytes) -> str:
        with self.gateway.session() as client:
            client.ehlo("mx.buerger.example")
            client.mail(SENDER)
            client.rcpt(POST)
            code, text = client.data(content)
        return f"{code} {text.decode()}"

    def messages(self) -> list[Message]:
        return list(Message.objects.using(self.records.alias).order_by("id"))

    def journal(self, kind: str) -> list[dict[str, str]]:
        leaves = JournalLeaf.objects.using(self.records.alias).filter(kind=kind).order_by("id")
        return [dict(read_leaf(bytes(leaf.leaf)).facts) for leaf in leaves]

    def causes(self) -> list[str]:
        return list(DeferralRow.objects.using(self.records.alias).order_by("id").values_list("cause", flat=True))

    def workers(self) -> list[int]:
        """The inspectors that wait for the next message."""
        return [worker for nursery in nurseries(self.gateway.pid) for worker in children(nursery)]


@pytest.fixture(scope="module")
def at_work(tmp_path_factory, django_db_blocker) -> Iterator[AtWork]:
    folder = tmp_path_factory.mktemp("faults")
    with ScriptedClamd(folder, CLEAN) as scanner:
        changes = {
            "malware": {"engine": "clamd", "socket": scanner.path},
            "door": {"message_deadline_seconds": DEADLINE_SECONDS},
        }
        with django_db_blocker.unblock(), Gateway(folder / "data", changes=changes) as gateway:
            records = attach(gateway.target, "gateway-in-trouble")
            running = AtWork(gateway, scanner, records)
            eventually(lambda: running.send(PLAIN).startswith("250"), START_SECONDS, "messages are judged in time")
            yield running
            detach(records)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (None, "clamd did not answer in time"),
        (b"stream: PERHAPS\0", "clamd did not scan: stream: PERHAPS"),
        (b"\xff\xfe\0", "clamd did not scan: "),
        (b"", "clamd hung up"),
        (b"stream: OK", "clamd hung up"),
    ],
    ids=["hangs", "doubts", "garbage", "hangs up", "half an answer"],
)
def test_a_message_the_scanner_says_nothing_clear_of_is_451_on_record_and_comes_through_later(at_work, answer, cause):
    content, before = PLAIN + f"{cause} {answer!r}\r\n".encode(), len(at_work.messages())
    at_work.scanner.answer = answer
    try:
        assert at_work.send(content).startswith("451 4.3.0")
        eventually(lambda: at_work.causes() and at_work.causes()[-1].startswith(cause), what="the attempt is on record")
    finally:
        at_work.scanner.answer = CLEAN
    assert len(at_work.messages()) == before
    assert at_work.send(content).startswith("250")
    assert len(at_work.messages()) == before + 1
    assert len(at_work.journal("deferred")) == len(at_work.causes())


def test_nothing_left_that_the_scanner_did_not_clear(at_work):
    accepted = [message for message in at_work.messages() if message.disposition == "accept"]
    eventually(lambda: len(at_work.gateway.mailbox(OFFICE_32)) >= len(accepted), what="everything due is sent")
    assert len(at_work.gateway.mailbox(OFFICE_32)) == len(accepted)


def test_a_message_whose_worker_has_no_memory_left_is_judged_by_the_next_one_and_the_loss_is_journaled(at_work):
    for worker in eventually(at_work.workers, what="a worker waits"):
        resource.prlimit(worker, resource.RLIMIT_AS, (1 << 20, 1 << 20))
    assert at_work.send(LARGE).startswith("250")
    assert at_work.messages()[-1].disposition == "accept"
    assert len(at_work.journal("worker-died")) == 1
