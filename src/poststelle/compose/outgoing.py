# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What leaves the house: the relay, the patience, the packing of what an office gets."""

import json
import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta

from poststelle.adapters.blobs_fs import in_memory_file
from poststelle.adapters.inspector_pool.pool import InspectorPool
from poststelle.adapters.keyholder import KeyholderClient
from poststelle.adapters.submission import Relay, SmtpSubmission, Tls
from poststelle.application.caps import Caps, Collect, capped, caps_of
from poststelle.application.carriers import Packed, delivery_carrier, notice_carrier
from poststelle.application.collecting import collector
from poststelle.application.delivery import Packing, Parcel, pack, packing
from poststelle.application.notices import Letterhead
from poststelle.application.outbox import Outbox, OutboxRules
from poststelle.application.ports import Blobs, Clock, OutboxItem, UnavailableError
from poststelle.application.posting import Post
from poststelle.application.readiness import may_deliver_opened
from poststelle.application.settings import Settings
from poststelle.compose.keyholding import key_folder, socket_path
from poststelle.compose.parts import authorities
from poststelle.core.arrival import Arrival, BlobKey, Channel, Peer
from poststelle.core.codec import load
from poststelle.core.edition import legal_date
from poststelle.records.opening import Records

_TLS = {"never": Tls.NONE, "if-offered": Tls.OPPORTUNISTIC, "required": Tls.REQUIRED}
REBUILD_SECONDS = 60.0
WHOLE_OF_LEASE = 0.7
"""A submission ends before its lease does, also where packing took a while."""


def relay(settings: Settings) -> SmtpSubmission:
    """The mail server that takes what leaves the house."""
    chosen = settings.outbox
    return SmtpSubmission(
        Relay(
            chosen.host,
            chosen.port,
            _TLS[chosen.starttls],
            settings.house.hostname,
            whole_seconds=chosen.lease_seconds * WHOLE_OF_LEASE,
        )
    )


def outbox_rules(settings: Settings) -> OutboxRules:
    """How patient the outbox is."""
    chosen = settings.outbox
    return OutboxRules(
        lease=timedelta(seconds=chosen.lease_seconds),
        give_up_after=timedelta(hours=chosen.give_up_hours),
        jitter=lambda: secrets.randbelow(1000) / 1000,
    )


def outbox(settings: Settings, book: Records, blobs: Blobs, pool: InspectorPool, time: Clock) -> Outbox:
    """One process's share of the outgoing work."""
    post, rules = relay(settings), outbox_rules(settings)
    keyholder = KeyholderClient(socket_path(settings))
    leaving = Post(key_folder(settings).ring, keyholder.signer, book.outbox, time, secrets.token_bytes)
    plain = notice_carrier(post, leaving.seal)
    carriers = {
        "notice": capped(plain, book.notices, _caps_at(settings, time), _collector(settings, book, time)),
        "collective": plain,
        "deliver": delivery_carrier(post, parcels(settings, blobs, book, pool), settings.house.hostname),
    }
    return Outbox(book.outbox, carriers, time, rules)


def _caps_at(settings: Settings, time: Clock) -> Callable[[OutboxItem], Caps]:
    held = authorities(settings)

    def caps(item: OutboxItem) -> Caps:
        now = time.now()
        return caps_of(held.by_id[item.authority].policy_at(now).notices, legal_date(now))

    return caps


def _collector(settings: Settings, book: Records, time: Clock) -> Collect:
    from poststelle.records.desk_book import RecordedDesk  # noqa: PLC0415 - needs Django set up

    held = authorities(settings)

    def letterhead(arrival: Arrival) -> Letterhead:
        terms = held.terms_for(arrival)
        return Letterhead(terms.policy, terms.edition, held.page_url(terms.policy), settings.house.hostname)

    return collector(RecordedDesk(book.database, book.database).case, letterhead, time)


def parcels(settings: Settings, blobs: Blobs, book: Records, pool: InspectorPool) -> Packed:
    """What an office's mailbox gets for one delivery."""
    from poststelle.records.desk_book import address_of  # noqa: PLC0415 - needs Django set up
    from poststelle.records.queries import message_by_reference  # noqa: PLC0415 - needs Django set up

    def packed(item: OutboxItem, *, is_ascii: bool = False) -> bytes:
        order = json.loads(item.payload)
        if order.get("untouched"):
            with blobs.open(BlobKey(order["body"])) as content:
                return content.read()
        view = message_by_reference(book.database, item.authority, item.reference)
        if view is None or view.facts is None:
            raise UnavailableError(f"the record of {item.reference} cannot be read")
        verdict = next(entry for entry in view.verdicts if str(entry.recipient) == order["recipient"])
        channel = Channel(view.line.channel)

        def rebuild(content: bytes, withheld: Iterable[tuple[str, ...]], note: str) -> bytes:
            with in_memory_file(content) as whole:  # with a descriptor to pass on: beBPo messages fit no frame
                return pool.rebuild(whole, tuple(withheld), note, REBUILD_SECONDS, channel, owner=item.authority)

        if packing(verdict, view.facts) is Packing.OPENED and not may_deliver_opened(settings):
            raise UnavailableError("decrypted content goes to relays of outbox.opened_relays only")
        parcel = Parcel(
            item.reference,
            verdict,
            view.facts,
            view.line.received_at,
            settings.house.hostname,
            load(Peer, view.peer.encode()),
            address_of(view.line.sender) if view.line.sender else None,
            is_ascii,
        )
        with blobs.open(BlobKey(order["body"])) as content:
            return pack(content.read(), parcel, rebuild)

    return packed
