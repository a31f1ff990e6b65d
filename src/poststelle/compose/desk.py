# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The desk: what clerks read with and act with. Its inspectors may open encrypted messages; those of the check may not."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from poststelle.adapters.inspector_pool.order import Wanted
from poststelle.adapters.inspector_pool.pool import InspectorPool
from poststelle.adapters.office_pages import EXTENSIONS, find_office_pages
from poststelle.application.authorities import Authorities
from poststelle.application.desk.decryption import Look, retry_decryption
from poststelle.application.desk.house import DeskHouse
from poststelle.application.desk.viewer import Grant, Role, Viewer
from poststelle.application.health import ALL_MECHANISMS
from poststelle.application.key_health import KeyTerm
from poststelle.application.ports import Blobs, Clock, Inspected, UnavailableError
from poststelle.application.readiness import may_deliver_opened
from poststelle.application.references import reference
from poststelle.application.settings import Settings
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey
from poststelle.core.facts import File
from poststelle.records.opening import Records

if TYPE_CHECKING:
    from poststelle.faces.web.desk.loans import DeskLoans, FilePath
    from poststelle.inspection.preview import Preview
    from poststelle.records.casefile import ReadableBody

LOOK_SECONDS = 60.0
PAGES_AT_ONCE = 5
"""Pages of one file on one page of the desk."""
OPEN_SECONDS = 30.0
"""How long somebody waits for a message to be opened; a page that shows why not is better than a longer wait."""


def desk_house(settings: Settings, book: Records, known: Authorities, time: Clock) -> DeskHouse:
    """What acts are done with."""
    from poststelle.records.desk_book import RecordedDesk  # noqa: PLC0415 - needs Django set up

    return DeskHouse(
        book=RecordedDesk(book.database, book.database),
        authorities=known,
        registers=book.registers,
        clock=time,
        new_reference=lambda: reference(secrets.randbelow),
        hostname=settings.house.hostname,
        delivers_opened=may_deliver_opened(settings),
    )


def look_again(house: DeskHouse, blobs: Blobs, pool: InspectorPool) -> Callable[[AuthorityId, str, str], None]:
    """(authority, reference, account): the stored message through this pool, which may ask the keyholder, once more.

    Whether the account may do that is asked before.
    """
    look = look_of(blobs, pool)

    def again(authority: AuthorityId, reference_text: str, account: str) -> None:
        retry_decryption(house, mailroom(authority, account), reference_text, look)

    return again


def look_of(blobs: Blobs, pool: InspectorPool) -> Look:
    """Into a stored body, through this pool."""

    def look(key: BlobKey, arrival: Arrival) -> Inspected:
        with blobs.open(key) as content:
            return pool.inspect(content, arrival, LOOK_SECONDS)

    return look


def mailroom(authority: AuthorityId, account: str) -> Viewer:
    """Somebody of the mailroom, whose right to act was looked at before."""
    return Viewer(account, account, authority, (Grant(Role.MAILROOM),))


@dataclass(frozen=True, slots=True)
class Openers:
    """Two pools that may ask the keyholder."""

    reading: InspectorPool
    """For what people read of messages that were scanned when they came."""
    looking: InspectorPool
    """For looking again, with the scanner: what a late key brings to light nobody has scanned yet."""


def previews(blobs: Blobs, pool: InspectorPool) -> "Callable[[ReadableBody, File, int], Preview]":
    """Pages and words of one file: Office documents are drawn by LibreOffice where it is there, all else by the pool."""
    office = find_office_pages()

    def preview(body: "ReadableBody", file: File, first_page: int) -> "Preview":
        if not frozenset(pool.confinement()) >= ALL_MECHANISMS:
            raise UnavailableError("no sandbox holds here")
        with blobs.open(body.key) as content:
            if office is not None and file.format.value in EXTENSIONS:
                document = pool.extract(content, file.path, OPEN_SECONDS, body.channel, body.authority)
                pdf = office.as_pdf(document, file.format.value, OPEN_SECONDS)
                if pdf is not None:
                    return pool.preview_file(BytesIO(pdf), OPEN_SECONDS, first_page, PAGES_AT_ONCE)
            wanted = Wanted(file.path, first_page, PAGES_AT_ONCE)
            return pool.preview(content, wanted, OPEN_SECONDS, body.channel, body.authority)

    return preview


def desk_loans(
    house: DeskHouse, book: Records, blobs: Blobs, openers: Openers, terms: Callable[[], tuple[KeyTerm, ...]]
) -> "DeskLoans":
    """What the desk's pages are lent."""
    pool = openers.reading
    from poststelle.faces.web.desk.loans import DeskLoans  # noqa: PLC0415 - the command line need not load it

    def text(body: "ReadableBody") -> str:
        with blobs.open(body.key) as content:
            return pool.text(content, OPEN_SECONDS, body.channel, body.authority)

    def html(body: "ReadableBody") -> str:
        with blobs.open(body.key) as content:
            return pool.html(content, OPEN_SECONDS, body.channel, body.authority)

    def extract(body: "ReadableBody", path: "FilePath") -> bytes:
        with blobs.open(body.key) as content:
            return pool.extract(content, path, OPEN_SECONDS, body.channel, body.authority)

    return DeskLoans(
        database=book.database,
        house=house,
        text=text,
        html=html,
        extract=extract,
        preview=previews(blobs, pool),
        journal=book.store.append,
        key_terms=terms,
        look_again=look_again(house, blobs, openers.looking),
    )
