# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The front with its real door over a store of its own: what a client hears, and what is on record afterwards."""

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.demo_scanner import DemoScanner
from poststelle.adapters.senderauth import HeaderSenderAuth
from poststelle.application.authorities import Authorities, Authority
from poststelle.application.house import Books, Engines, House
from poststelle.application.policy_folder import PolicyFolder
from poststelle.application.ports import Clock
from poststelle.application.references import reference
from poststelle.application.settings import Door as DoorChoices
from poststelle.application.settings import House as HouseChoices
from poststelle.application.settings import Settings
from poststelle.application.synthetic.sample import Stamp, as_relayed
from poststelle.compose.front import door
from poststelle.core.journal import Leaf, read_leaf
from poststelle.records.models import JournalLeaf, Message, OutboxRow, TaskRow
from poststelle.records.opening import Records
from support.desk_house import MORNING, MUENSTER, SERVICE, InProcess, sample
from support.door_house import Client
from support.policies import policy_folder
from support.records import HandClock

OFFICE_32 = "ordnungsamt@intern.stadt-muenster.example"
POST = "stadtverwaltung@stadt-muenster.example"
SENDER = "erika@buerger.example"
PLAIN = (
    b"From: Erika <erika@buerger.example>\r\nTo: stadtverwaltung@stadt-muenster.example\r\n"
    b"Subject: Amt 32 - Anwohnerparken\r\nMessage-ID: <1@buerger.example>\r\n"
    b"Date: Wed, 04 Mar 2026 08:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Guten Tag, ich bitte um Auskunft.\r\n"
)


@dataclass
class Front:
    """A house whose parts a test may replace before the door opens."""

    records: Records
    folder: Path
    clock: Clock = field(default_factory=lambda: HandClock(MORNING))
    malware: object = field(default_factory=DemoScanner)
    spam: object = field(default_factory=DemoScanner)
    sender: object = field(default_factory=lambda: HeaderSenderAuth(SERVICE))
    inspector: object = field(default_factory=InProcess)
    blobs: object = None
    policies: PolicyFolder = field(default_factory=policy_folder)
    deadline_seconds: float = 30.0
    is_lmtp: bool = False
    max_per_address: int = 20
    shows_whole: bool = False
    certificate: Path | None = None
    """With its key, for STARTTLS."""

    @property
    def house(self) -> House:
        folder, records = self.policies, self.records
        self.blobs = self.blobs or FileBlobs(self.folder / "blobs", records.bodies.read_inline)
        store, written = records.store, (records.registers, records.bounces, records.switches)
        return House(
            authorities=Authorities(
                {MUENSTER: Authority(MUENSTER, folder.editions, folder.directory)}, SERVICE, "http://127.0.0.1:8025"
            ),
            engines=Engines(self.malware, self.spam, self.sender, self.inspector, self.shows_whole),
            books=Books(self.blobs, store, store, store, *written),
            clock=self.clock,
            new_reference=lambda: reference(secrets.randbelow),
            hostname=SERVICE,
            deadline_seconds=self.deadline_seconds,
        )

    @contextlib.contextmanager
    def opened(self) -> Iterator["OpenFront"]:
        """The door open on a free port, in a loop of its own."""
        settings = Settings(
            house=HouseChoices(hostname=SERVICE),
            door=DoorChoices(
                port=0,
                judging_threads=1,
                message_deadline_seconds=2 * self.deadline_seconds,
                lmtp=self.is_lmtp,
                max_per_address=self.max_per_address,
                certificate=self.certificate,
                key=self.certificate,
            ),
        )
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        made = door(settings, self.house)
        asyncio.run_coroutine_threadsafe(made.open(), loop).result(10)
        try:
            yield OpenFront(self, made.port)
        finally:
            made._pool.submit(self.records.database.close).result(10)  # its one thread has a connection of its own
            asyncio.run_coroutine_threadsafe(made.drain(0.2), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()


@dataclass
class OpenFront:
    """What a client does, and what a clerk could see."""

    front: Front
    port: int

    def send(self, content: bytes = PLAIN, to: str = POST, sender: str = SENDER) -> str:
        """One transaction; the reply that ended it."""
        with Client(self.port) as client:
            client.ask(b"EHLO mx.buerger.example\r\n")
            for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA"):
                said = client.ask(f"{line}\r\n".encode())
                if said[0] not in "23":
                    return said
            stuffed = content.replace(b"\r\n.", b"\r\n..")
            return client.ask(stuffed + b".\r\n")

    def send_sample(self, name: str) -> str:
        """A message of a synthetic citizen, from a sender who is vouched for."""
        one = sample(name)
        content = as_relayed(one, Stamp(self.front.clock.now(), secrets.token_hex(4)), SERVICE)
        return self.send(content, one.recipients[0], one.sender)

    def journal(self, *kinds: str) -> list[Leaf]:
        """Its entries, of these kinds or of all."""
        leaves = JournalLeaf.objects.using(self.front.records.database.alias).order_by("id")
        found = [read_leaf(bytes(leaf.leaf)) for leaf in leaves]
        return [leaf for leaf in found if not kinds or leaf.kind in kinds]

    def kinds(self) -> list[str]:
        return [leaf.kind for leaf in self.journal()]

    def messages(self) -> list[Message]:
        return list(Message.objects.using(self.front.records.database.alias).order_by("id"))

    def effects(self) -> list[OutboxRow]:
        return list(OutboxRow.objects.using(self.front.records.database.alias).order_by("id"))

    def tasks(self) -> list[TaskRow]:
        return list(TaskRow.objects.using(self.front.records.database.alias).order_by("id"))
