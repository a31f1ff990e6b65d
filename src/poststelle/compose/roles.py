# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The roles: what each process of the gateway is."""

import logging
import os
from collections.abc import Callable

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.inspector_pool.confinement import forbid_dumps
from poststelle.adapters.logs import set_up
from poststelle.adapters.maildrop import Maildrop
from poststelle.adapters.no_engines import NoScanner
from poststelle.adapters.ready_files import announce
from poststelle.adapters.rounds import run_rounds
from poststelle.adapters.smtp_door import Door, DoorSettings, Known, Reception, serve
from poststelle.application.keyring import KeyRingError
from poststelle.application.ports import Body, UnavailableError
from poststelle.application.readiness import may_deliver_opened
from poststelle.application.settings import Settings
from poststelle.application.steps import opened
from poststelle.compose.bebpo import bebpo_door
from poststelle.compose.front import door, house
from poststelle.compose.health_role import run_health
from poststelle.compose.keeping import SPOOL_SECONDS, keeper
from poststelle.compose.keyholding import KEYHOLDER, hold
from poststelle.compose.keys import custody, ensure_keys
from poststelle.compose.outgoing import outbox
from poststelle.compose.parts import authorities, clock, inspectors, records
from poststelle.compose.recipients import serve_recipient_questions
from poststelle.compose.revocation import revocation_round
from poststelle.compose.storage import spool_of
from poststelle.compose.web import web_app
from poststelle.core.arrival import Arrival, AuthorityId
from poststelle.protocol.smtp.replies import ACCEPTED, Reply

SEQUENCER_SECONDS = 1.0
"""How long a journal entry may wait for its place in the tree."""
REVOCATION_SECONDS = 10.0
"""How often is looked whether a source is due, or a certificate was added to the trust folder."""
MAILBOXES = "mailboxes"
DOOR = "door"
_LOG = logging.getLogger("poststelle")


def _at_work(settings: Settings, role: str, port: int = 0) -> None:
    announce(settings.house.data, role, port)
    _LOG.info("role=%s port=%s", role, port)


def run_keyholder(settings: Settings) -> None:
    """The role that holds the private keys. It gives up dumps before the first key, all else before the first question."""
    forbid_dumps()
    make_keys(settings)
    hold(settings)


def make_keys(settings: Settings) -> None:
    """A key for every address that welcomes encryption and has none, where the settings want it."""
    for address in ensure_keys(settings, os.environ):
        _LOG.warning("event=key-made address=%s: for trying out only, nobody vouches for its certificate", address)


def run_door(settings: Settings, name: str = DOOR) -> None:
    """The role that takes mail; several of them share the port, each under a name of its own."""
    with house(settings) as front:
        spool_of(settings).sweep_spool(SPOOL_SECONDS)
        serve(
            lambda: door(settings, front),
            lambda port: _at_work(settings, name, port),
            wants_uvloop=settings.door.uvloop,
        )


def run_bebpo(settings: Settings) -> None:
    """The role that takes what the EGVP client exports."""
    if settings.bebpo.folder is None:
        raise UnavailableError("no folder is set: [bebpo] folder")
    with bebpo_door(settings, settings.bebpo.folder) as drop:
        _at_work(settings, "bebpo")
        run_rounds("bebpo", drop.one_round, settings.bebpo.poll_seconds)


def run_outbox(settings: Settings) -> None:
    """The role that sends what is due; where it is told to hold back, everything stays in the queue."""
    time, chosen = clock(), settings.outbox
    with records(settings, time) as (book, blobs):
        keys = custody(settings) if may_deliver_opened(settings) else None
        pool = inspectors(settings, NoScanner(), 1, keys)
        sending = outbox(settings, book, blobs, pool, time)
        one_round = (lambda: 0) if chosen.hold_back else sending.carry_out_next
        _at_work(settings, "outbox")
        try:
            run_rounds("outbox", one_round, threads=chosen.threads, leave=book.database.close)
        finally:
            pool.close()


def run_sequencer(settings: Settings) -> None:
    """The role that keeps the records: places in the journal's tree, signed heads, the end of unused bodies."""
    time = clock()
    with records(settings, time) as (book, blobs):
        chores = keeper(settings, book, blobs, time)

        def in_turn() -> int:
            with book.database.alone() as is_alone:  # on another node the same role is at work: stand by
                return chores.one_round() if is_alone else 0

        _at_work(settings, "sequencer")
        run_rounds("sequencer", in_turn, SEQUENCER_SECONDS)


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
        lambda: Door(receives, blobs, lambda _address: Known(AuthorityId("")), Reception(keep), clock()),
        lambda port: _at_work(settings, "maildrop", port),
    )


def run_revocation(settings: Settings) -> None:
    """The role that asks issuers what they have revoked; it has the network and the register, and no keys."""
    time = clock()
    with records(settings, time) as (book, _):
        from poststelle.records.signers import checked_certificates  # noqa: PLC0415 - needs Django set up

        names = tuple(authorities(settings).by_id)
        asking = revocation_round(settings, lambda: checked_certificates(book.database, names))

        def one_round() -> int:
            try:
                return asking.go(time)
            except KeyRingError as error:  # a file of the trust folder that cannot be read: the operator mends it
                raise UnavailableError(error.sentence) from error

        _at_work(settings, "revocation")
        run_rounds("revocation", one_round, REVOCATION_SECONDS, leave=book.database.close)


def run_web(settings: Settings) -> None:
    """The role that shows: the public page, the check before sending, the desk."""
    with web_app(settings) as app:
        from poststelle.faces.web import serving  # noqa: PLC0415 - needs Django set up

        chosen = settings.web
        limit = chosen.precheck_limit_mb << 20
        place = serving.Serving(chosen.host, chosen.port, chosen.trusted_proxies, chosen.max_connections, limit)
        serving.serve(app, place, lambda port: _at_work(settings, "web", port))


def run_recipients(settings: Settings) -> None:
    """The role that tells Postfix who takes mail."""
    serve_recipient_questions(settings, lambda port: _at_work(settings, "recipients", port))


def run_health_port(settings: Settings) -> None:
    """The role that tells machines how the others are."""
    others = tuple(name for name in roles_of(settings) if name != "health")
    run_health(settings, others, lambda port: _at_work(settings, "health", port))


ROLES = {
    KEYHOLDER: run_keyholder,
    "door": run_door,
    "bebpo": run_bebpo,
    "outbox": run_outbox,
    "sequencer": run_sequencer,
    "web": run_web,
    "revocation": run_revocation,
    "recipients": run_recipients,
    "maildrop": run_maildrop,
    "health": run_health_port,
}
_ON_REQUEST: dict[str, Callable[[Settings], bool]] = {
    "bebpo": lambda settings: settings.bebpo.folder is not None,
    "recipients": lambda settings: settings.recipients.enabled,
    "revocation": lambda settings: bool(settings.revocation.hosts),
    "maildrop": lambda settings: settings.maildrop.enabled,
    "health": lambda settings: settings.health.enabled,
}


def role_names(settings: Settings) -> tuple[str, ...]:
    """Every role that can be started with these settings: after ``door`` come ``door-2``, ``door-3`` and so on."""
    further = (f"{DOOR}-{number}" for number in range(2, settings.door.processes + 1))
    return (*ROLES, *further)


def roles_of(settings: Settings) -> tuple[str, ...]:
    """The roles that are started together, in their order; they end in the reverse order."""
    return tuple(name for name in role_names(settings) if name not in _ON_REQUEST or _ON_REQUEST[name](settings))


def start_role(settings: Settings, role: str) -> None:
    """One role in this process."""
    set_up(settings.log.format)
    if role.startswith(f"{DOOR}-"):
        run_door(settings, role)
    else:
        ROLES[role](settings)
