# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A whole desk over a store of its own: messages come in through intake, people act through the web."""

import contextlib
import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from django.db import connections
from django.test import Client, override_settings

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.demo_scanner import DemoScanner
from poststelle.adapters.senderauth import HeaderSenderAuth
from poststelle.application.authorities import Authorities, Authority
from poststelle.application.desk.house import DeskHouse
from poststelle.application.desk.viewer import Grant, Role, Viewer
from poststelle.application.house import Books, Engines, House
from poststelle.application.intake import accept
from poststelle.application.ports import Inspected, UnavailableError
from poststelle.application.references import reference
from poststelle.application.synthetic.catalogue import SAMPLES
from poststelle.application.synthetic.sample import Sample, Stamp, as_relayed
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Envelope, Peer
from poststelle.core.document_signature import DocumentSignature
from poststelle.core.signature import CryptoFacts
from poststelle.faces.web.desk.loans import DeskLoans
from poststelle.faces.web.shelf import WebHouse, furnish
from poststelle.inspection import products
from poststelle.inspection.extraction import drive_alone
from poststelle.inspection.preview import preview as shown
from poststelle.records.database import Database
from poststelle.records.opening import Records, records_on
from poststelle.records.target import FILE_NAME, connection_to
from support.mails import inspected
from support.policies import policy_folder
from support.records import HandClock, copied_template

MUENSTER = AuthorityId("muenster")
SERVICE = "mx.stadt-muenster.example"
PAGES = 5
MORNING = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
"""A Wednesday."""
PASSWORD = "Kirschkern-Weitspucken-7"
QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""Signing in is not to take a third of a second in every test."""


@dataclass
class InProcess:
    """Looks into a message without a pool: what is tested is the desk."""

    crypto: CryptoFacts | None = None
    """What the next messages are said to be signed or encrypted with; None for what is seen."""
    documents: tuple[DocumentSignature, ...] = ()
    """Signatures that are said to be on files of the next messages."""
    is_away: bool = False
    is_blind: bool = False
    """Every worker dies over a message."""

    def inspect(self, content: BinaryIO, arrival: Arrival, deadline_seconds: float) -> Inspected:
        if self.is_away:
            raise UnavailableError("inspector")
        if self.is_blind:
            return Inspected(None, ())
        seen = replace(inspected(content.read()), document_signatures=self.documents)
        return Inspected(replace(seen, crypto=self.crypto) if self.crypto else seen, ())


@lru_cache(maxsize=1)
def the_authorities() -> Authorities:
    folder = policy_folder()
    return Authorities(
        {MUENSTER: Authority(MUENSTER, folder.editions, folder.directory)}, base_url="http://127.0.0.1:8025"
    )


def sample(name: str) -> Sample:
    return next(one for one in SAMPLES if one.name == name)


def address(text: str) -> Address:
    local, _, domain = text.rpartition("@")
    return Address(local, domain.lower())


@dataclass
class DeskRig:
    """Everything of one running desk."""

    records: Records
    blobs: FileBlobs
    clock: HandClock
    house: House
    desk: DeskHouse
    inspector: InProcess
    accounts: dict[str, int] = field(default_factory=dict)
    _serials: Iterator[int] = field(default_factory=itertools.count)

    @property
    def database(self) -> Database:
        return self.records.database

    def arrives(self, content: bytes, *to: str, sender: str = "erika@buerger.example", channel: str = "email") -> str:
        """Hand one message in; its reference."""
        writer = self.blobs.writer()
        writer.write(content)
        body = writer.finish()
        envelope = Envelope(address(sender) if sender else None, tuple(address(one) for one in to))
        arrival = Arrival(
            Channel(channel),
            MUENSTER,
            envelope,
            BlobKey(body.key),
            body.size_bytes,
            self.clock.now(),
            Peer("192.0.2.7"),
        )
        self.clock.advance(seconds=61)
        return accept(arrival, body, self.house).reference

    def sample_arrives(self, name: str, *to: str) -> str:
        """Hand a message of a synthetic citizen in; its reference."""
        one = sample(name)
        stamp = Stamp(self.clock.now(), f"test-{next(self._serials)}")
        return self.arrives(as_relayed(one, stamp, SERVICE), *(to or one.recipients), sender=one.sender)

    def signed_arrives(self, crypto: CryptoFacts) -> str:
        """Hand a message in that is said to be signed like this; its reference."""
        self.inspector.crypto = crypto
        try:
            return self.sample_arrives("subject-by-number")
        finally:
            self.inspector.crypto = None

    def employ(self, name: str, role: Role, office: str = "", **period: object) -> int:
        """An account with one role."""
        from poststelle.records.accounts import Posting, add_account, grant_role

        if name not in self.accounts:
            self.accounts[name] = add_account(self.database, name, PASSWORD, f"{name.title()} Test")
        grant_role(self.database, name, Posting(MUENSTER, Grant(role, office), **period))
        return self.accounts[name]

    def viewer(self, name: str) -> Viewer:
        """The account as it is known to queries and acts."""
        from poststelle.core.edition import legal_date
        from poststelle.records.accounts import viewers_of

        directories = {MUENSTER: policy_folder().directory}
        return viewers_of(self.database, self.accounts[name], directories, legal_date(self.clock.now()))[0]

    def client(self, name: str, **options: object) -> Client:
        """A browser in which this account has signed in."""
        client = Client(**options)
        answer = client.post("/desk/anmelden", {"name": name, "kennwort": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client


def _content(blobs: FileBlobs, key: BlobKey) -> bytes:
    with blobs.open(key) as content:
        return content.read()


@contextlib.contextmanager
def desk_rig(folder: Path) -> Iterator[DeskRig]:
    """A desk over a store in this folder, which is Django's default database meanwhile."""
    with override_settings(PASSWORD_HASHERS=QUICK_HASHERS), default_database(folder):
        clock = HandClock(MORNING)
        records = records_on(Database(), clock)
        try:
            yield _furnished(records, folder, clock)
        finally:
            records.writer.close()
            records.database.close()


@contextlib.contextmanager
def default_database(folder: Path) -> Iterator[None]:
    """The store of this folder under Django's default alias."""
    copied_template(folder / FILE_NAME)
    before = connections.settings["default"]
    own = {name: value for name, value in before.items() if name == "TEST"}
    filled = connections.configure_settings({"default": connection_to(folder)})["default"]
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = filled | own
    try:
        yield
    finally:
        connections["default"].close()
        del connections["default"]
        connections.settings["default"] = before


def _furnished(records: Records, folder: Path, clock: HandClock) -> DeskRig:
    from poststelle.records.desk_book import RecordedDesk

    blobs = FileBlobs(folder / "blobs", records.bodies.read_inline, 3600.0)
    scanner, inspector = DemoScanner(), InProcess()
    house = House(
        authorities=the_authorities(),
        engines=Engines(scanner, scanner, HeaderSenderAuth(SERVICE), inspector),
        books=Books(blobs, records.store, records.store, records.store, records.registers),
        clock=clock,
        new_reference=lambda: reference(secrets.randbelow),
        hostname=SERVICE,
    )
    desk = DeskHouse(
        RecordedDesk(records.database, records.database),
        house.authorities,
        records.registers,
        clock,
        house.new_reference,
        house.hostname,
    )
    loans = DeskLoans(
        database=records.database,
        house=desk,
        text=lambda body: drive_alone(products.rendered_text(_content(blobs, body.key))),
        html=lambda body: (drive_alone(products.main_html(_content(blobs, body.key))) or b"").decode(),
        extract=lambda body, path: drive_alone(products.extract(_content(blobs, body.key), path)),
        preview=lambda body, file, first: shown(
            drive_alone(products.extract(_content(blobs, body.key), file.path)), first, PAGES
        ),
        journal=records.store.append,
    )
    furnish(
        WebHouse(
            authorities=house.authorities,
            clock=clock,
            check=lambda _asked: (_ for _ in ()).throw(AssertionError("no check in these tests")),
            certificates=lambda _authority, _at: (),
            desk=loans,
        )
    )
    return DeskRig(records, blobs, clock, house, desk, inspector)
