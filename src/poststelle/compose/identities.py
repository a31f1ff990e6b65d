# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Acts of the desk without the desk: the register of signers from the command line, and looking again with new keys."""

import os
import pwd
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from poststelle.adapters.inspector_pool import InspectorPool
from poststelle.application.desk import identities
from poststelle.application.desk.decryption import Look, retry_decryption
from poststelle.application.desk.house import DeskHouse
from poststelle.application.desk.viewer import Grant, Role, Viewer
from poststelle.application.ports import Blobs, Clock, Inspected
from poststelle.application.readiness import may_deliver_opened
from poststelle.application.references import reference
from poststelle.application.settings import Settings
from poststelle.compose.parts import authorities, clock, records
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey
from poststelle.core.register import IdentityCheck
from poststelle.faces.cli.identities import IdentityBench
from poststelle.records.opening import Records

LOOK_SECONDS = 60.0
MAX_ACCOUNT_CHARS = 30


def desk_house(settings: Settings, book: Records, time: Clock) -> DeskHouse:
    """What acts are done with."""
    from poststelle.records.desk_book import RecordedDesk  # noqa: PLC0415 - needs Django set up

    return DeskHouse(
        RecordedDesk(book.database, book.database),
        authorities(settings),
        book.registers,
        time,
        lambda: reference(secrets.randbelow),
        f"{settings.house.base_url.rstrip('/')}/kontakt",
        settings.house.hostname,
        may_deliver_opened(settings),
    )


def look_again(house: DeskHouse, blobs: Blobs, pool: InspectorPool) -> Callable[[AuthorityId, str, str], None]:
    """(authority, reference, account): the stored message through this pool, which may ask the keyholder, once more.

    Whether the account may do that is asked before.
    """
    look = _look(blobs, pool)

    def again(authority: AuthorityId, reference_text: str, account: str) -> None:
        retry_decryption(house, _mailroom(authority, account), reference_text, look)

    return again


def _look(blobs: Blobs, pool: InspectorPool) -> Look:
    def look(key: BlobKey, arrival: Arrival) -> Inspected:
        with blobs.open(key) as content:
            return pool.inspect(content, arrival, LOOK_SECONDS)

    return look


def _mailroom(authority: AuthorityId, account: str) -> Viewer:
    return Viewer(account, account, authority, (Grant(Role.MAILROOM),))


def identity_bench(settings: Settings) -> IdentityBench:
    """The register of every authority here. The journal names the operator by the account of this machine."""
    account = f"operator:{pwd.getpwuid(os.getuid()).pw_name}"[:MAX_ACCOUNT_CHARS]

    def checks() -> tuple[tuple[str, IdentityCheck], ...]:
        with _opened(settings) as (house, _):
            return tuple(
                (str(authority), check)
                for authority in house.authorities.by_id
                for check in house.registers.register(authority).identities
            )

    def confirm(reference_text: str, person: str, method: str, why: str) -> None:
        with _opened(settings) as (house, owner):
            viewer = _mailroom(owner(reference_text), account)
            identities.confirm(house, viewer, reference_text, identities.IdentityForm(person, method, why))

    def revoke(reference_text: str, why: str) -> None:
        with _opened(settings) as (house, owner):
            identities.revoke(house, _mailroom(owner(reference_text), account), reference_text, why)

    return IdentityBench(checks, confirm, revoke)


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[DeskHouse, Callable[[str], AuthorityId]]]:
    """The house, and whose message a reference is; the first authority's where it is nobody's."""
    time = clock()
    with records(settings, time) as (book, _):
        house = desk_house(settings, book, time)
        ids = tuple(house.authorities.by_id)

        def owner(reference_text: str) -> AuthorityId:
            return next((one for one in ids if house.book.case(one, reference_text) is not None), ids[0])

        yield house, owner
