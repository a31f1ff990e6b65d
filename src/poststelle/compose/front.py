# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The front: a House and the door before it."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from poststelle.adapters.clock import ClockWatch
from poststelle.adapters.inspector_pool.pool import InspectorPool
from poststelle.adapters.smtp_door import (
    CertificateFiles,
    Door,
    DoorSettings,
    Known,
    Reception,
    RecipientAnswer,
    Stranger,
    reason_of,
)
from poststelle.application.authorities import Standing
from poststelle.application.bounces import take_bounce
from poststelle.application.health import ALL_MECHANISMS
from poststelle.application.house import Books, Engines, House
from poststelle.application.intake import accept
from poststelle.application.ports import Body, UnavailableError
from poststelle.application.readiness import may_deliver_opened
from poststelle.application.references import reference
from poststelle.application.settings import Settings, SettingsError
from poststelle.application.settle import defer
from poststelle.application.steps import opened
from poststelle.compose.keeping import watching
from poststelle.compose.keys import custody
from poststelle.compose.parts import authorities, inspectors, records, scanner, sender_checks, spam_filter
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId
from poststelle.core.journal import Event, EventKind
from poststelle.protocol.smtp.replies import Reply

RETURNED = AuthorityId("")
"""Whose the return paths are: mail for them is nobody's, and comes in transactions of its own."""

NO_ROOM = "blob store: no room for the content"


def _shows_whole(settings: Settings) -> bool:
    """Where nobody looks, no attachment is taken out to be shown by itself."""
    return settings.malware.whole_mail or settings.malware.engine == "none"


@contextmanager
def house(settings: Settings) -> Iterator[House]:
    """Everything intake needs."""
    watch, malware, held = ClockWatch(), scanner(settings), authorities(settings)
    pool = inspectors(settings, malware, keys=custody(settings))
    try:
        with records(settings, watch.clock) as (book, blobs), watching(watch, book, tuple(held.by_id)):
            front = House(
                authorities=held,
                engines=Engines(malware, spam_filter(settings), sender_checks(settings), pool, _shows_whole(settings)),
                books=Books(blobs, book.store, book.store, book.store, book.registers, book.bounces, book.switches),
                clock=watch.clock,
                new_reference=lambda: reference(secrets.randbelow),
                hostname=settings.house.hostname,
                deadline_seconds=settings.door.message_deadline_seconds,
                delivers_opened=may_deliver_opened(settings),
            )
            book.store.append(_started(front, _held_by(pool)))
            yield front
    finally:
        pool.close()


def _held_by(pool: InspectorPool) -> frozenset[str]:
    """What confines the workers; nothing where none can be had yet, which every message will find out."""
    try:
        return frozenset(pool.confinement())
    except UnavailableError:
        return frozenset()


def _started(front: House, active: frozenset[str]) -> tuple[Event, ...]:
    """For each authority: from now on messages are looked into, and what holds hostile bytes in meanwhile."""
    facts = (("confinement", " ".join(sorted(active))), ("missing", " ".join(sorted(ALL_MECHANISMS - active))))
    said = tuple((key, value) for key, value in facts if value)
    return tuple(Event(EventKind.STARTED, front.clock.now(), name, facts=said) for name in front.authorities.by_id)


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
        tls=door_certificate(settings),
        message_deadline_seconds=chosen.message_deadline_seconds,
        max_per_address=chosen.max_per_address,
        max_connections=chosen.max_connections,
        judging_threads=chosen.judging_threads,
        reuse_port=chosen.processes > 1,
    )

    def take(arrival: Arrival, body: Body) -> tuple[Reply, ...]:
        if arrival.authority == RETURNED and front.books.bounces is not None:
            with opened(body, front.books.blobs) as content:
                return (take_bounce(arrival, content, front.books.bounces, front.hostname),)
        return accept(arrival, body, front).replies

    def note_lost(arrival: Arrival) -> None:
        if arrival.authority != RETURNED:
            defer(arrival, "", NO_ROOM, front)

    return Door(receives, front.books.blobs, _recipients(front), Reception(take, note_lost), front.clock)


def _recipients(front: House) -> Callable[[Address], RecipientAnswer]:
    answers = {Standing.UNKNOWN: Stranger.UNKNOWN_USER, Standing.FOREIGN: Stranger.FOREIGN_DOMAIN}

    def recipient(address: Address) -> RecipientAnswer:
        if not address.domain:  # the bare postmaster of RFC 5321, 4.5.1
            return Known(*front.authorities.postmaster(front.clock.now()))
        standing, authority = front.authorities.recipient(address, front.clock.now())
        return answers.get(standing) or Known(authority or RETURNED)

    return recipient


def door_certificate(settings: Settings) -> CertificateFiles | None:
    """What the door shows at STARTTLS. SettingsError where the files are of no use."""
    chosen = settings.door
    if chosen.certificate is None:
        return None
    try:
        return CertificateFiles(chosen.certificate, chosen.key)
    except OSError as error:
        files = f"{chosen.certificate} with the key {chosen.key}"
        raise SettingsError((f"door.certificate: {files} cannot be used: {reason_of(error)}",)) from error
