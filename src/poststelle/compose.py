# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The composition root: builds a House from the settings and hands it to a role; the only file that names adapters.

Wiring by hand, top to bottom: what a role gets is what it was given here, and nothing else.
"""

import json
import logging
import os
import secrets
import shutil
import socket
import ssl
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.clamd import Clamd, ClamdAddress
from poststelle.adapters.clock import SteadyClock
from poststelle.adapters.demo_scanner import DemoScanner
from poststelle.adapters.inspector_pool import InspectorPool, PoolSettings, probe
from poststelle.adapters.maildrop import Maildrop
from poststelle.adapters.no_engines import NoScanner
from poststelle.adapters.policy_folder import read_folder
from poststelle.adapters.ready_files import announce
from poststelle.adapters.rounds import run_rounds
from poststelle.adapters.rspamd import Rspamd, RspamdAddress
from poststelle.adapters.senderauth import Dns, DnsSettings, HeaderSenderAuth, NoSenderAuth, OwnSenderAuth
from poststelle.adapters.smtp_door import Door, DoorSettings, Known, RecipientAnswer, Stranger, serve
from poststelle.adapters.submission import Relay, SmtpSubmission, Tls
from poststelle.adapters.supervisor import Supervisor, end_with_parent
from poststelle.application import health
from poststelle.application.authorities import Authorities, Authority, Standing
from poststelle.application.carriers import delivery_carrier, notice_carrier
from poststelle.application.check import Checked, as_simple_mail, conclude, is_message_name
from poststelle.application.delivery import Parcel, pack
from poststelle.application.health import Examination
from poststelle.application.house import Books, Engines, House
from poststelle.application.intake import accept
from poststelle.application.outbox import OutboxRules, carry_out_due
from poststelle.application.ports import Blobs, Body, Clock, Malware, OutboxItem, SenderAuth, Spam, UnavailableError
from poststelle.application.references import reference
from poststelle.application.settings import Settings
from poststelle.application.steps import opened
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel
from poststelle.inspection.message import as_received
from poststelle.protocol.smtp.replies import ACCEPTED, Reply
from poststelle.records.opening import Records, open_records

if TYPE_CHECKING:
    from poststelle.records.queries import JournalLine

CHECK_SECONDS = 60.0
PROBE_SECONDS = 3.0
SEQUENCER_SECONDS = 1.0
"""How long a journal entry may wait for its place in the tree."""
SUPERVISED = "POSTSTELLE_SUPERVISED"
"""Holds the supervisor's process id, for the roles it starts."""
MAILBOXES = "mailboxes"
_LOG = logging.getLogger("poststelle")
_TLS = {"never": Tls.NONE, "if-offered": Tls.OPPORTUNISTIC, "required": Tls.REQUIRED}


def authorities(settings: Settings) -> Authorities:
    """The policies of every authority of this installation. PolicyError with every fault where one is wrong."""
    folders = [read_folder(folder) for folder in settings.house.policies]
    ids = [AuthorityId(folder.authority) for folder in folders]
    return Authorities(
        {name: Authority(name, folder.editions, folder.directory) for name, folder in zip(ids, folders, strict=True)}
    )


def clock(tell_step: Callable[[object], None] = lambda _step: None) -> Clock:
    """The time, never going back."""
    return SteadyClock(tell_step)


def scanner(settings: Settings) -> Malware:
    """The virus scanner of the settings."""
    chosen = settings.malware
    if chosen.engine == "clamd":
        place = ClamdAddress(path=str(chosen.socket)) if chosen.socket else ClamdAddress("", chosen.host, chosen.port)
        return Clamd(place)
    return DemoScanner() if chosen.engine == "demo" else NoScanner()


def spam_filter(settings: Settings) -> Spam:
    """The spam filter of the settings."""
    if settings.spam.engine == "rspamd":
        return Rspamd(RspamdAddress(settings.spam.host, settings.spam.port))
    return DemoScanner() if settings.spam.engine == "demo" else NoScanner()


def sender_checks(settings: Settings) -> SenderAuth:
    """Who checks SPF, DKIM and DMARC."""
    match settings.sender.mode:
        case "own":
            server = (settings.sender.resolver,) if settings.sender.resolver else ()
            return OwnSenderAuth(Dns(DnsSettings(server, settings.sender.resolver_port)))
        case "header":
            return HeaderSenderAuth(settings.sender.authserv_id)
        case "none":
            return NoSenderAuth()


def inspectors(settings: Settings, malware: Malware, workers: int | None = None) -> InspectorPool:
    """The pool of confined workers."""
    chosen = settings.inspector
    return InspectorPool(
        malware, None, PoolSettings(workers or chosen.workers, chosen.try_seconds, chosen.messages_per_worker)
    )


@contextmanager
def checker(settings: Settings) -> Iterator[Callable[[Path, str], Checked]]:
    """The check before sending: no scanner, no keyholder, no store."""
    terms = next(iter(authorities(settings).by_id.values())).terms
    time = clock()
    pool = inspectors(settings, NoScanner())

    def check(path: Path, name: str) -> Checked:
        now, content = time.now(), path.read_bytes()
        if not is_message_name(name):
            seen = as_simple_mail(pool.inspect_file(BytesIO(content), name, CHECK_SECONDS))
            return conclude(seen, terms(Channel.EMAIL, now), now)
        found = pool.inspect_message(BytesIO(as_received(content)), CHECK_SECONDS)
        return conclude(found.inspection, terms(Channel.EMAIL, now), now)

    try:
        yield check
    finally:
        pool.close()


@contextmanager
def records(settings: Settings, time: Clock) -> Iterator[tuple[Records, Blobs]]:
    """The store of this installation, and its bodies."""
    folder = settings.house.data
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    book = open_records(folder, time)
    try:
        yield book, FileBlobs(folder / "blobs", book.bodies.read_inline)
    finally:
        book.close()


@contextmanager
def house(settings: Settings) -> Iterator[House]:
    """Everything intake needs."""
    time, malware = clock(), scanner(settings)
    pool = inspectors(settings, malware)
    try:
        with records(settings, time) as (book, blobs):
            yield House(
                authorities=authorities(settings),
                engines=Engines(malware, spam_filter(settings), sender_checks(settings), pool),
                books=Books(blobs, book.store, book.store, book.store, book.registers),
                clock=time,
                new_reference=lambda: reference(secrets.randbelow),
                page_url=f"{settings.house.base_url.rstrip('/')}/kontakt",
                hostname=settings.house.hostname,
                deadline_seconds=settings.door.message_deadline_seconds,
            )
    finally:
        pool.close()


def door(settings: Settings, front: House) -> Door:
    """The listening door in front of a house."""
    chosen = settings.door
    receives = DoorSettings(
        host=chosen.host,
        port=chosen.port,
        hostname=settings.house.hostname,
        lmtp=chosen.lmtp,
        size_limit_bytes=front.authorities.advertised_size(front.clock.now()),
        trusted_peers=chosen.trusted_peers,
        tls=_tls_context(chosen.certificate, chosen.key),
        message_deadline_seconds=chosen.message_deadline_seconds,
        max_per_address=chosen.max_per_address,
        judging_threads=chosen.judging_threads,
    )

    def take(arrival: Arrival, body: Body) -> tuple[Reply, ...]:
        return (accept(arrival, body, front).reply,)

    return Door(receives, front.books.blobs, _recipients(front), take, front.clock)


def _recipients(front: House) -> Callable[[Address], RecipientAnswer]:
    answers = {Standing.UNKNOWN: Stranger.UNKNOWN_USER, Standing.FOREIGN: Stranger.FOREIGN_DOMAIN}

    def recipient(address: Address) -> RecipientAnswer:
        standing, authority = front.authorities.recipient(address, front.clock.now())
        return answers.get(standing) or Known(authority or AuthorityId(""))

    return recipient


def _tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


def relay(settings: Settings) -> SmtpSubmission:
    """The mail server that takes what leaves the house."""
    chosen = settings.outbox
    return SmtpSubmission(Relay(chosen.host, chosen.port, _TLS[chosen.starttls], settings.house.hostname))


def outbox_rules(settings: Settings) -> OutboxRules:
    """How patient the outbox is."""
    chosen = settings.outbox
    return OutboxRules(
        lease=timedelta(seconds=chosen.lease_seconds),
        give_up_after=timedelta(hours=chosen.give_up_hours),
        jitter=lambda: secrets.randbelow(1000) / 1000,
    )


def _at_work(settings: Settings, role: str, port: int = 0) -> None:
    announce(settings.house.data, role, port)
    _LOG.info("role=%s port=%s", role, port)


def run_door(settings: Settings) -> None:
    """The role that takes mail."""
    with house(settings) as front:
        serve(
            lambda: door(settings, front),
            lambda port: _at_work(settings, "door", port),
            wants_uvloop=settings.door.uvloop,
        )


def run_outbox(settings: Settings) -> None:
    """The role that sends what is due."""
    time = clock()
    with records(settings, time) as (book, blobs):
        pool, post, rules = inspectors(settings, NoScanner(), 1), relay(settings), outbox_rules(settings)
        packed = parcels(settings, blobs, book, pool)
        carriers = {
            "notice": notice_carrier(post),
            "deliver": delivery_carrier(post, packed, settings.house.hostname),
        }
        _at_work(settings, "outbox")
        try:
            run_rounds("outbox", lambda: carry_out_due(book.outbox, carriers, time, rules))
        finally:
            pool.close()


def parcels(settings: Settings, blobs: Blobs, book: Records, pool: InspectorPool) -> Callable[[OutboxItem], bytes]:
    """What an office's mailbox gets for one delivery."""
    from poststelle.records.queries import message_by_reference  # noqa: PLC0415 - needs Django set up

    def rebuild(content: bytes, withheld: Iterable[tuple[str, ...]], note: str) -> bytes:
        return pool.rebuild(BytesIO(content), tuple(withheld), note, CHECK_SECONDS)

    def packed(item: OutboxItem) -> bytes:
        order = json.loads(item.payload)
        view = message_by_reference(book.database, item.authority, item.reference)
        if view is None or view.facts is None:
            raise UnavailableError(f"the record of {item.reference} cannot be read")
        verdict = next(entry for entry in view.verdicts if str(entry.recipient) == order["recipient"])
        parcel = Parcel(item.reference, verdict, view.facts, view.line.received_at, settings.house.hostname)
        with blobs.open(BlobKey(order["body"])) as content:
            return pack(content.read(), parcel, rebuild)

    return packed


def run_sequencer(settings: Settings) -> None:
    """The role that gives the journal's entries their places."""
    time = clock()
    with records(settings, time) as (book, _):
        from poststelle.records.sequencer import Sequencer  # noqa: PLC0415 - needs Django set up

        sequencer = Sequencer(book.database, book.database, time, settings.house.hostname)
        _at_work(settings, "sequencer")
        run_rounds("sequencer", sequencer.sequence, SEQUENCER_SECONDS)


def run_maildrop(settings: Settings) -> None:
    """The role that stands in for the mail server behind us: keeps in folders what the outbox sends."""
    drop, folder = Maildrop(settings.house.data / MAILBOXES), settings.house.data / "maildrop"
    blobs = FileBlobs(folder, lambda _key: None)
    receives = DoorSettings(settings.outbox.host, settings.outbox.port, settings.house.hostname)

    def keep(arrival: Arrival, body: Body) -> tuple[Reply, ...]:
        envelope = arrival.envelope
        with opened(body, blobs) as content:
            drop.keep(str(envelope.sender or ""), [str(recipient) for recipient in envelope.recipients], content.read())
        return (ACCEPTED,)

    serve(
        lambda: Door(receives, blobs, lambda _address: Known(AuthorityId("")), keep, clock()),
        lambda port: _at_work(settings, "maildrop", port),
    )


ROLES = {"door": run_door, "outbox": run_outbox, "sequencer": run_sequencer, "maildrop": run_maildrop}


def roles_of(settings: Settings) -> tuple[str, ...]:
    """The roles that are started together, in their order; they end in the reverse order."""
    return tuple(name for name in ROLES if name != "maildrop" or settings.maildrop.enabled)


def run_all(settings: Settings) -> None:
    """Every role, each in a process of its own, under one supervisor."""
    with records(settings, clock()):
        pass  # the tables are there before the first role looks
    program = (sys.executable, "-m", "poststelle", "serve", "--role")
    os.environ[SUPERVISED] = str(os.getpid())
    Supervisor({name: (*program, name) for name in roles_of(settings)}, os.environ).run()


def start_role(settings: Settings, role: str) -> None:
    """One role in this process."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    if os.environ.get(SUPERVISED):
        end_with_parent(int(os.environ[SUPERVISED]))
    ROLES[role](settings)


def read_journal(settings: Settings, reference_text: str) -> "tuple[JournalLine, ...]":
    """Every journal entry about a message, of whatever authority."""
    with records(settings, clock()) as (book, _):
        from poststelle.records.queries import journal_of  # noqa: PLC0415 - needs Django set up

        ids = authorities(settings).by_id
        return tuple(line for name in ids for line in journal_of(book.database, name, reference_text))


def examinations(settings: Settings) -> tuple[Examination, ...]:
    """What the doctor looks at, in the order of the walk."""
    outgoing = (settings.outbox.host, settings.outbox.port)
    found = probe()
    return (
        lambda: health.of_settings(settings),
        lambda: health.of_policies(lambda: _edition_ids(settings)),
        lambda: health.of_disk(shutil.disk_usage(_existing(settings.house.data)).free),
        lambda: health.of_scanner(scanner(settings), settings.malware.engine),
        lambda: health.of_confinement(found.active, found.missing),
        lambda: health.of_relay(
            lambda: socket.create_connection(outgoing, PROBE_SECONDS).close(), f"{outgoing[0]}:{outgoing[1]}"
        ),
    )


def _edition_ids(settings: Settings) -> tuple[str, ...]:
    return tuple(edition.id for entry in authorities(settings).by_id.values() for edition in entry.editions)


def _existing(folder: Path) -> Path:
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
