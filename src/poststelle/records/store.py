# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The book of messages on the tables: implements the ports Store, AttemptLog, JournalBook and Registers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError
from django.db.models import Q

from poststelle.application.ports import BlobSweep, Clock
from poststelle.application.settlement import Deferral, Earlier, Settlement
from poststelle.core.arrival import AuthorityId, BlobKey
from poststelle.core.codec import dump
from poststelle.core.formats import Format
from poststelle.core.journal import Event
from poststelle.core.register import Consent, IdentityCheck, IdentityState, Register
from poststelle.records.database import Database, Together, Transactions, reaching_database
from poststelle.records.driver import DriverCursor
from poststelle.records.journaling import entries_of, write_entries
from poststelle.records.models import Blob, BlobToSweep, ConsentRow, DeferralRow, IdentityRow, KnownSignerRow, Message
from poststelle.records.settling import Rows, address_text, rows_of, write_rows
from poststelle.records.tables import Table

_DEFERRALS = Table(DeferralRow)
_Key = tuple[str, str]
"""Authority and fingerprint: what an attempt and its retry have in common."""
_FIND_RETRIES = """
    SELECT authority_id, fingerprint, reference FROM records_message
    WHERE fingerprint IN ({marks}) AND received_at >= %s ORDER BY received_at
"""
"""Asked for every message at the door, and answered with nothing for nearly all: written by hand. The authority is
compared here: asked for it, SQLite would take the index by time and read everything that came in five days."""
_TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(one, 0)) FROM unnest(ARRAY[{marks}]) AS one"
"""In the order of the list, which is sorted, so that no two nodes wait for each other."""

_REGISTER_STAND = """
    SELECT (SELECT MAX(id) FROM records_identityrow), (SELECT MAX(id) FROM records_consentrow),
           (SELECT COUNT(*) FROM records_consentrow
            WHERE authority_id = %s AND valid_until > %s AND revoked_at IS NULL)
"""
"""Differs after every check, consent, revocation and expiry: asked for every message instead of the register itself."""

REGISTER_KEPT = timedelta(seconds=5)
"""How long a register is not read anew while its stand is the same: the addresses that sign, and rows mended in place."""
SWEEP_GRACE = timedelta(hours=1)
"""Content may be on its way into a new row while the last old row goes; far longer than a message's deadline."""


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A settlement on its way into the tables."""

    settlement: Settlement
    rows: Rows
    since: datetime | None
    """Another attempt received from then on answers this one; None where none does."""

    @property
    def key(self) -> _Key:
        return self.settlement.arrival.authority, self.settlement.fingerprint

    @property
    def settled(self) -> Earlier:
        """What a retry of it hears."""
        settlement = self.settlement
        received_at = settlement.arrival.received_at
        return Earlier(settlement.reference, received_at, settlement.reply_code, settlement.reply_text)

    def answered_by(self, before: Earlier | None) -> Earlier | None:
        """The one that came before, where it answers this one: not if it is the same, its confirmation having been lost."""
        if before is None or self.since is None or before.received_at < self.since:
            return None
        return None if before.reference == self.settlement.reference else before


class RecordsStore:
    """Writes through the transactions it is given: the group writer in the door, plain ones elsewhere."""

    def __init__(self, database: Database, transactions: Transactions) -> None:
        self._database = database
        self._transactions = transactions

    def settle(self, settlement: Settlement, retries_since: datetime | None = None) -> Earlier | None:
        """Record it; see the port."""
        attempt = _Attempt(settlement, rows_of(settlement), retries_since)
        try:
            return self._transactions.run(Together(self._settle_all, attempt))
        except IntegrityError:
            if not self._transactions.run(lambda: self._is_settled(settlement)):
                raise
            return None

    def _settle_all(self, attempts: Sequence["_Attempt"]) -> Sequence[Earlier | None]:
        """Write those that no other attempt came before, in the transaction under way; for the others what came before.

        The next to ask for one of them waits for our commit: SQLite has one writer anyway.
        """
        asking = [attempt for attempt in attempts if attempt.since is not None]
        with self._database.cursor() as cursor:
            before = self._settled_meanwhile(cursor, asking) if asking else {}
            answers, new = [], []
            for attempt in attempts:
                earlier = attempt.answered_by(before.get(attempt.key))
                answers.append(earlier)
                if earlier is None:
                    new.append(attempt.rows)
                    before[attempt.key] = attempt.settled
            write_rows(cursor, new)
        return answers

    def _settled_meanwhile(self, cursor: DriverCursor, attempts: Sequence["_Attempt"]) -> dict[_Key, Earlier]:
        fingerprints = sorted({attempt.settlement.fingerprint for attempt in attempts})
        if self._database.connection.vendor == "postgresql":
            cursor.execute(_TAKE_TURNS.format(marks=_marks(fingerprints)), fingerprints)
        return self._latest(cursor, fingerprints, min(attempt.since for attempt in attempts if attempt.since))

    def find_retry(self, authority: AuthorityId, fingerprint: str, since: datetime) -> Earlier | None:
        """The latest settlement with this fingerprint received at or after ``since``."""
        with reaching_database(), self._database.cursor() as cursor:
            return self._latest(cursor, [fingerprint], since).get((authority, fingerprint))

    def _latest(self, cursor: DriverCursor, fingerprints: Sequence[str], since: datetime) -> dict[_Key, Earlier]:
        rows = cursor.ask_all(_FIND_RETRIES.format(marks=_marks(fingerprints)), [*fingerprints, since])
        oldest_first = {
            (str(authority), str(fingerprint)): str(reference) for authority, fingerprint, reference in rows
        }
        return {key: self._earlier(reference) for key, reference in oldest_first.items()}

    def _earlier(self, reference: str) -> Earlier:
        with reaching_database():
            message = Message.objects.using(self._database.alias).get(reference=reference)
        return Earlier(reference, message.received_at, message.reply_code, message.reply_text)

    def deferred(self, deferral: Deferral) -> None:
        """Record an attempt that failed by our fault."""
        row = {
            "authority_id": deferral.authority,
            "channel": str(deferral.channel),
            "sender": address_text(deferral.envelope.sender),
            "recipients": json.dumps([str(one) for one in deferral.envelope.recipients], ensure_ascii=False),
            "peer": dump(deferral.peer).decode(),
            "received_at": deferral.received_at,
            "size_bytes": deferral.size_bytes,
            "sha256": deferral.sha256,
            "fingerprint": deferral.fingerprint,
            "cause": deferral.cause,
        }
        entries = entries_of(deferral.events)

        def write() -> None:
            with self._database.cursor() as cursor:
                _DEFERRALS.insert(cursor, [row])
            write_entries(self._database, entries)

        self._transactions.run(write)

    def append(self, events: Sequence[Event]) -> None:
        """Write journal entries."""
        entries = entries_of(events)

        def write() -> None:
            write_entries(self._database, entries)

        self._transactions.run(write)

    def _is_settled(self, settlement: Settlement) -> bool:
        """True where an earlier run of the same job was committed after all, and only its confirmation was lost."""
        return (
            Message.objects.using(self._database.alias)
            .filter(reference=settlement.reference, fingerprint=settlement.fingerprint)
            .exists()
        )


class RecordedBodies:
    """The bodies that the tables hold or refer to, and their end."""

    def __init__(self, database: Database, transactions: Transactions, clock: Clock) -> None:
        self._database = database
        self._transactions = transactions
        self._clock = clock

    def read_inline(self, key: BlobKey) -> bytes | None:
        """The content of a body stored with its row; None where it is not."""
        with reaching_database():
            found = Blob.objects.using(self._database.alias).filter(key=key).values_list("inline", flat=True).first()
        return None if found is None else bytes(found)

    def drop(self, reference: str, events: Sequence[Event]) -> None:
        """Erase the content of one message; bytes that other messages share stay until the last of them goes."""
        entries = entries_of(events)

        def write() -> None:
            drop_body(self._database, reference, self._clock.now())
            write_entries(self._database, entries)

        self._transactions.run(write)

    def sweep(self, blobs: BlobSweep) -> int:
        """Remove the content that no row refers to any more, after the grace; how many bodies went."""
        using = self._database.alias
        with reaching_database():
            due = BlobToSweep.objects.using(using).filter(since__lte=self._clock.now() - SWEEP_GRACE)
            keys = tuple(due.values_list("key", flat=True))
        return sum(self._transactions.run(partial(self._sweep_one, BlobKey(key), blobs)) for key in keys)

    def _sweep_one(self, key: BlobKey, blobs: BlobSweep) -> int:
        using = self._database.alias
        is_wanted_again = Blob.objects.using(using).filter(key=key).exists()
        if not is_wanted_again:
            blobs.remove(key)
        BlobToSweep.objects.using(using).filter(key=key).delete()
        return 0 if is_wanted_again else 1


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A register as it was read, and the stand before it was."""

    stand: tuple[object, ...]
    read_at: datetime
    register: Register


class RecordedRegisters:
    """Checked signers and given consents."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._registers: dict[AuthorityId, _Remembered] = {}

    def register(self, authority: AuthorityId) -> Register:
        """What is in force now: of each key what counts and what waits, and the consents that have not expired."""
        now = self._clock.now()
        with reaching_database():
            stand = self._stand(authority, now)
            known = self._registers.get(authority)
            if known is None or known.stand != stand or not known.read_at <= now < known.read_at + REGISTER_KEPT:
                known = _Remembered(stand, now, self._read(authority, now))
                self._registers[authority] = known
            return known.register

    def _stand(self, authority: AuthorityId, now: datetime) -> tuple[object, ...]:
        with self._database.cursor() as cursor:
            return cursor.ask(_REGISTER_STAND, [authority, now]) or ()

    def _read(self, authority: AuthorityId, now: datetime) -> Register:
        using = self._database.alias
        checks = IdentityRow.objects.using(using).filter(authority_id=authority).defer("certificate", "renewed")
        identities = checks.order_by("checked_at", "id")
        in_force = Q(valid_until__gt=now) & Q(revoked_at=None)
        consents = ConsentRow.objects.using(using).filter(in_force, authority_id=authority).order_by("id")
        newest = {row.spki_sha256: row for row in identities}
        counting = {row.spki_sha256: row for row in identities if row.state != IdentityState.PROPOSED.value}
        waiting = (row for row in newest.values() if row.state == IdentityState.PROPOSED.value)
        signers = self._known_signers(authority)
        return Register(
            tuple(_identity(row) for row in counting.values()),
            tuple(_consent(row) for row in consents),
            frozenset(signers),
            tuple(_identity(row) for row in waiting),
            signers,
        )

    def _known_signers(self, authority: AuthorityId) -> dict[str, tuple[str, str]]:
        """The addresses that sign, and with what."""
        rows = KnownSignerRow.objects.using(self._database.alias).filter(authority_id=authority)
        columns = rows.values_list("address", "spki_sha256", "certificate_sha256")
        return {address: (key, certificate) for address, key, certificate in columns}


def lock_message(database: Database, reference: str) -> None:
    """Until the end of the transaction under way nobody else acts on this message. SQLite has one writer anyway."""
    if database.connection.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SELECT 1 FROM records_message WHERE reference = %s FOR UPDATE", [reference])


def drop_body(database: Database, reference: str, at: datetime) -> None:
    """Take the content from a message, in the transaction under way; the bytes go when nobody else has them."""
    using = database.alias
    message = Message.objects.using(using).select_for_update().get(reference=reference)
    key, message.body = message.body_id, None
    message.save(update_fields=["body"])
    if key and not Message.objects.using(using).filter(body_id=key).exists():
        Blob.objects.using(using).filter(key=key).delete()
        BlobToSweep.objects.using(using).update_or_create(key=key, defaults={"since": at})


def _identity(row: IdentityRow) -> IdentityCheck:
    return IdentityCheck(
        row.spki_sha256,
        tuple(json.loads(row.addresses)),
        IdentityState(row.state),
        row.checked_by,
        row.checked_at,
        row.person,
    )


def _consent(row: ConsentRow) -> Consent:
    formats = frozenset(Format(one) for one in json.loads(row.formats))
    return Consent(row.reference, row.sender, formats, row.office, row.valid_from, row.valid_until, row.granted_by)
