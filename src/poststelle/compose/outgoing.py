# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What leaves the house: the relay, the patience, the packing of what an office gets."""

import json
import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from io import BytesIO

from poststelle.adapters.inspector_pool import InspectorPool
from poststelle.adapters.submission import Relay, SmtpSubmission, Tls
from poststelle.application.delivery import Parcel, pack
from poststelle.application.outbox import OutboxRules
from poststelle.application.ports import Blobs, OutboxItem, UnavailableError
from poststelle.application.settings import Settings
from poststelle.core.arrival import BlobKey
from poststelle.records.opening import Records

_TLS = {"never": Tls.NONE, "if-offered": Tls.OPPORTUNISTIC, "required": Tls.REQUIRED}
REBUILD_SECONDS = 60.0


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


def parcels(settings: Settings, blobs: Blobs, book: Records, pool: InspectorPool) -> Callable[[OutboxItem], bytes]:
    """What an office's mailbox gets for one delivery."""
    from poststelle.records.queries import message_by_reference  # noqa: PLC0415 - needs Django set up

    def rebuild(content: bytes, withheld: Iterable[tuple[str, ...]], note: str) -> bytes:
        return pool.rebuild(BytesIO(content), tuple(withheld), note, REBUILD_SECONDS)

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
