# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The records by person: implements the port PersonBook. Reads through whole tables: nobody is in a hurry.

Found is what stands under an address: sender of an envelope or of a header, registers, values of the journal. What others
wrote about somebody in a text is not found.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from poststelle.application.person import Request
from poststelle.application.ports import Clock
from poststelle.core.arrival import AuthorityId, Peer
from poststelle.core.catalogue.person import GONE, KEPT, SEALED
from poststelle.core.codec import load
from poststelle.core.journal import Event, EventKind, read_leaf
from poststelle.core.person import Ground, Holding, Kind
from poststelle.core.register import IdentityState
from poststelle.core.verdict import TaskKind
from poststelle.records.database import Database, reaching_database
from poststelle.records.journaling import entries_of, write_entries
from poststelle.records.kept_messages import KeptMessages
from poststelle.records.kept_rows import lock_messages_of
from poststelle.records.models import (
    ConsentRow,
    DeferralRow,
    IdentityRow,
    JournalLeaf,
    JournalValue,
    KnownSignerRow,
    Message,
    MessageState,
    OutboxRow,
    OutboxState,
    SignInRow,
    TaskRow,
    TaskState,
    VerdictRow,
)
from poststelle.records.store import lock_message

_PROOFS = frozenset({EventKind.ERASURE_ASKED.value, EventKind.ERASURE_CONFIRMED.value, EventKind.EXPORTED.value})
_Found = Iterator[Holding]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked for."""

    authority: AuthorityId
    address: str
    """In lower case."""
    only: str = ""
    """Reference of one message, where the others do not matter."""


class RecordedPersons:
    """One database. ``sealed``: offices of which nobody outside sees more than the envelope."""

    def __init__(self, database: Database, clock: Clock, sealed: frozenset[str]) -> None:
        self._database = database
        self._using = database.alias
        self._clock = clock
        self._sealed = sealed

    def held(self, authority: AuthorityId, address: str) -> Sequence[Holding]:
        """Everything under this address; see the port."""
        asked = _Asked(authority, address.casefold())
        with reaching_database():
            return tuple(holding for find in _FINDS.values() for holding in find(self, asked))

    def erase(self, request: Request, holding: Holding, proof: Event) -> bool:
        """Erase it with its proof; see the port."""
        return self._database.run(partial(self._erase, request, holding, proof))

    def requests(self, authority: AuthorityId) -> Sequence[Request]:
        """Those that nobody confirmed yet; see the port."""
        with reaching_database():
            leaves = self._entries(authority)
            asked = tuple(leaves.filter(kind=EventKind.ERASURE_ASKED.value).order_by("id"))
            confirmed = {_facts(row)["request"] for row in leaves.filter(kind=EventKind.ERASURE_CONFIRMED.value)}
            return tuple(self._request(row) for row in asked if _facts(row)["request"] not in confirmed)

    def _erase(self, request: Request, holding: Holding, proof: Event) -> bool:
        """Locked first and looked at again afterwards: an act of the desk at the same moment counts."""
        if holding.kind is Kind.MESSAGE:
            lock_message(self._database, holding.reference)
            proof = replace(proof, reference=holding.reference)
        if holding.kind is Kind.ATTEMPT:
            lock_messages_of(self._database, int(holding.reference))
        asked = _Asked(request.authority, request.address.casefold(), holding.reference)
        held = {one.reference: one for one in _FINDS[holding.kind](self, asked)}
        found = held.get(holding.reference)
        if found is None or found.stays is not None:
            return False
        _DROPS[holding.kind](self, request.authority, holding.reference, proof.at)
        write_entries(self._database, entries_of([proof]))
        return True

    def _messages(self, asked: _Asked) -> _Found:
        domain = f"@{asked.address.rpartition('@')[2]}"
        rows = Message.objects.using(self._using).filter(
            Q(sender__icontains=domain) | Q(header_from__icontains=domain), authority_id=asked.authority
        )
        if asked.only:
            rows = rows.filter(reference=asked.only)
        for row in rows.order_by("received_at", "id").iterator():
            if asked.address in {row.sender.casefold(), *row.header_from.casefold().split(", ")}:
                yield self._message(row)

    def _message(self, row: Message) -> Holding:
        offices = set(
            VerdictRow.objects.using(self._using).filter(message_id=row.reference).values_list("office", flat=True)
        )
        said = (
            ("sender", row.sender),
            ("from", row.header_from),
            ("to", ", ".join(json.loads(row.recipients))),
            ("subject", SEALED if offices & self._sealed else row.subject),
            ("channel", row.channel),
            ("peer", load(Peer, row.peer.encode()).address),
            ("state", row.state),
            ("content", KEPT if row.body_id else GONE),
        )
        return Holding(Kind.MESSAGE, row.reference, row.received_at, _without_blanks(said), self._needed(row))

    def _needed(self, row: Message) -> Ground | None:
        tasks = TaskRow.objects.using(self._using).filter(message_id=row.reference)
        effects = OutboxRow.objects.using(self._using).filter(reference=row.reference, state=OutboxState.OPEN)
        grounds = (
            (Ground.LEGAL_HOLD, row.legal_hold),
            (Ground.DEADLINE, tasks.filter(kind=TaskKind.DEADLINE.value).exists()),
            (Ground.UNDECIDED, row.state == MessageState.HELD.value),
            (Ground.OPEN_TASK, tasks.filter(state=TaskState.OPEN).exists()),
            (Ground.UNSENT, effects.exists()),
            (Ground.UNFINISHED, row.state == MessageState.ACCEPTED.value and row.done_at is None),
        )
        return next((ground for ground, holds in grounds if holds), None)

    def _attempts(self, asked: _Asked) -> _Found:
        for row in (
            DeferralRow.objects.using(self._using).filter(authority_id=asked.authority).order_by("received_at", "id")
        ):
            if row.sender.casefold() != asked.address:
                continue
            came = Message.objects.using(self._using).filter(authority_id=asked.authority, fingerprint=row.fingerprint)
            grounds = (self._needed(one) for one in came)
            said = (("sender", row.sender), ("to", ", ".join(json.loads(row.recipients))), ("channel", row.channel))
            needed = next((ground for ground in grounds if ground is not None), None)
            yield Holding(Kind.ATTEMPT, str(row.id), row.received_at, said, needed)

    def _consents(self, asked: _Asked) -> _Found:
        for row in ConsentRow.objects.using(self._using).filter(authority_id=asked.authority).order_by("id"):
            if row.sender.casefold() == asked.address:
                is_in_force = row.revoked_at is None and row.valid_until > self._clock.now()
                formats = (("formats", ", ".join(json.loads(row.formats))), ("until", row.valid_until.isoformat()))
                stays = Ground.IN_FORCE if is_in_force else None
                yield Holding(Kind.CONSENT, row.reference, row.valid_from, (("sender", row.sender), *formats), stays)

    def _identities(self, asked: _Asked) -> _Found:
        """A key at a time: what its newest entry says holds for all of them."""
        rows = (
            IdentityRow.objects.using(self._using).filter(authority_id=asked.authority).defer("certificate", "renewed")
        )
        newest = {row.spki_sha256: row for row in rows.order_by("checked_at", "id")}
        for key, row in newest.items():
            addresses = json.loads(row.addresses)
            if asked.address in {one.casefold() for one in addresses}:
                stays = None if row.state == IdentityState.REVOKED.value else Ground.IN_FORCE
                said = (("person", row.person), ("addresses", ", ".join(addresses)), ("key", key))
                yield Holding(Kind.IDENTITY, key, row.checked_at, _without_blanks(said), stays)

    def _habits(self, asked: _Asked) -> _Found:
        for row in KnownSignerRow.objects.using(self._using).filter(
            authority_id=asked.authority, address=asked.address
        ):
            yield Holding(Kind.HABIT, str(row.id), row.seen_at, (("addresses", row.address),), None)

    def _sign_ins(self, asked: _Asked) -> _Found:
        for row in SignInRow.objects.using(self._using).filter(name=asked.address):
            said = (("name", row.name), ("failures", str(row.failures)))
            yield Holding(Kind.SIGN_IN, row.name, row.failed_at, said, None)

    def _journaled(self, asked: _Asked) -> _Found:
        """What goes with an attempt that is on record is not shown twice."""
        in_force = {one.reference for one in self._consents(asked) if one.stays is Ground.IN_FORCE}
        attempts = set(
            DeferralRow.objects.using(self._using)
            .filter(authority_id=asked.authority)
            .values_list("fingerprint", flat=True)
        )
        for row in self._with_values(asked.authority).order_by("id").iterator():
            values = dict(JournalValue.objects.using(self._using).filter(leaf=row).values_list("key", "value"))
            if not _names(values, asked.address) or _facts(row).get("fingerprint") in attempts:
                continue
            stays = Ground.PROOF if row.kind in _PROOFS else None
            if _facts(row).get("consent") in in_force:
                stays = Ground.IN_FORCE
            yield Holding(Kind.ENTRY, str(row.id), row.at, (("event", row.kind), *sorted(values.items())), stays)

    def _drop_message(self, _authority: AuthorityId, reference: str, at: datetime) -> None:
        KeptMessages(self._database).drop_all(reference, at)

    def _drop_attempt(self, authority: AuthorityId, reference: str, _at: datetime) -> None:
        row = DeferralRow.objects.using(self._using).get(id=int(reference))
        row.delete(using=self._using)
        for leaf in self._with_values(authority).filter(kind=EventKind.DEFERRED.value):
            if _facts(leaf).get("fingerprint") == row.fingerprint:
                JournalValue.objects.using(self._using).filter(leaf=leaf).delete()

    def _drop_consent(self, authority: AuthorityId, reference: str, _at: datetime) -> None:
        ConsentRow.objects.using(self._using).filter(authority_id=authority, reference=reference).delete()

    def _drop_identity(self, authority: AuthorityId, reference: str, _at: datetime) -> None:
        IdentityRow.objects.using(self._using).filter(authority_id=authority, spki_sha256=reference).delete()

    def _drop_habit(self, _authority: AuthorityId, reference: str, _at: datetime) -> None:
        KnownSignerRow.objects.using(self._using).filter(id=int(reference)).delete()

    def _drop_sign_in(self, _authority: AuthorityId, reference: str, _at: datetime) -> None:
        SignInRow.objects.using(self._using).filter(name=reference).delete()

    def _drop_entry(self, _authority: AuthorityId, reference: str, _at: datetime) -> None:
        JournalValue.objects.using(self._using).filter(leaf_id=int(reference)).delete()

    def _entries(self, authority: AuthorityId) -> QuerySet[JournalLeaf]:
        return JournalLeaf.objects.using(self._using).filter(authority_id=authority, reference="")

    def _with_values(self, authority: AuthorityId) -> QuerySet[JournalLeaf]:
        values = JournalValue.objects.using(self._using).filter(leaf=OuterRef("id"))
        return self._entries(authority).filter(Exists(values))

    def _request(self, row: JournalLeaf) -> Request:
        leaf = read_leaf(bytes(row.leaf))
        values = dict(JournalValue.objects.using(self._using).filter(leaf=row).values_list("key", "value"))
        address, why = values.get("address", ""), values.get("why", "")
        return Request(_facts(row)["request"], AuthorityId(row.authority_id), address, leaf.actor, row.at, why)


def _facts(row: JournalLeaf) -> dict[str, str]:
    return dict(read_leaf(bytes(row.leaf)).facts)


def _names(values: dict[str, str], address: str) -> bool:
    """As a whole address, also within a sentence."""
    whole = re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)")
    return any(whole.search(value.casefold()) for value in values.values())


def _without_blanks(said: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in said if value)


_FINDS: dict[Kind, Callable[[RecordedPersons, _Asked], _Found]] = {
    Kind.MESSAGE: RecordedPersons._messages,  # noqa: SLF001 - our own
    Kind.ATTEMPT: RecordedPersons._attempts,  # noqa: SLF001 - our own
    Kind.CONSENT: RecordedPersons._consents,  # noqa: SLF001 - our own
    Kind.IDENTITY: RecordedPersons._identities,  # noqa: SLF001 - our own
    Kind.HABIT: RecordedPersons._habits,  # noqa: SLF001 - our own
    Kind.SIGN_IN: RecordedPersons._sign_ins,  # noqa: SLF001 - our own
    Kind.ENTRY: RecordedPersons._journaled,  # noqa: SLF001 - our own
}
_DROPS: dict[Kind, Callable[[RecordedPersons, AuthorityId, str, datetime], None]] = {
    Kind.MESSAGE: RecordedPersons._drop_message,  # noqa: SLF001 - our own
    Kind.ATTEMPT: RecordedPersons._drop_attempt,  # noqa: SLF001 - our own
    Kind.CONSENT: RecordedPersons._drop_consent,  # noqa: SLF001 - our own
    Kind.IDENTITY: RecordedPersons._drop_identity,  # noqa: SLF001 - our own
    Kind.HABIT: RecordedPersons._drop_habit,  # noqa: SLF001 - our own
    Kind.SIGN_IN: RecordedPersons._drop_sign_in,  # noqa: SLF001 - our own
    Kind.ENTRY: RecordedPersons._drop_entry,  # noqa: SLF001 - our own
}
