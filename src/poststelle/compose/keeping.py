# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What keeps the records in order: the journal's tree and its signed heads, bodies nobody refers to, the clock's steps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from poststelle.adapters.clock import ClockStep, ClockWatch, elapsed_clock
from poststelle.adapters.journal_key import open_journal_key
from poststelle.application.ports import BlobSweep, Clock
from poststelle.application.retention import AT_ONCE, RetentionBook, erase_due, surely
from poststelle.application.rhythm import Chore, Rhythm
from poststelle.application.settings import Settings
from poststelle.application.settlement import JournalBook
from poststelle.compose.parts import authorities
from poststelle.compose.retention import terms_of
from poststelle.core.arrival import AuthorityId
from poststelle.core.journal import Event, EventKind, utc_text
from poststelle.records.opening import Records

SPOOL_SECONDS = 1_800.0
"""Spooled content untouched for so long belongs to nobody: a session lasts ten minutes, a message's deadline less."""
SIGN_EVERY = timedelta(minutes=1)
SIGN_AT_LEAST_EVERY = timedelta(hours=1)
"""Also where nothing was written: a head that stays away would look the same as one held back."""
SWEEP_EVERY = timedelta(minutes=10)
ERASE_EVERY = timedelta(hours=1)
"""To look for what is due reads through everything that is old."""
ERASE_AGAIN = timedelta(minutes=1)
"""While more is due than goes at once: 288,000 messages a day."""


def keeper(settings: Settings, book: Records, blobs: BlobSweep, time: Clock) -> Rhythm:
    """The chores of the sequencer's role."""
    from poststelle.records.accounts import forget_sessions  # noqa: PLC0415 - needs Django set up
    from poststelle.records.retention import RetentionTable  # noqa: PLC0415 - as above
    from poststelle.records.sequencer import JournalKey, Sequencer  # noqa: PLC0415 - as above

    signing = open_journal_key(settings.house.data)
    key = JournalKey(signing.key_id, signing.sign)
    sequencer = Sequencer(book.database, book.database, time, settings.house.hostname)
    signed_size = -1

    def sign() -> int:
        nonlocal signed_size
        latest = sequencer.latest_head()
        is_old = latest is None or time.now() - latest.head.at >= SIGN_AT_LEAST_EVERY
        if is_old or sequencer.size() != signed_size:
            signed_size = sequencer.sign_head(key).head.size
        return 0

    def sweep() -> int:
        return book.bodies.sweep(blobs)

    def forget() -> int:
        return forget_sessions(book.database, time.now())

    chores = [Chore(timedelta(0), sequencer.sequence), Chore(SIGN_EVERY, sign)]
    chores += [Chore(SWEEP_EVERY, sweep), Chore(SWEEP_EVERY, forget)]
    if settings.retention.erase:
        latest = sequencer.latest_head()
        table = RetentionTable(book.database, book.database)
        chores.append(Chore(ERASE_AGAIN, _erasing(settings, table, time, latest.head.at if latest else time.now())))
    return Rhythm(tuple(chores), time)


def _erasing(settings: Settings, table: RetentionBook, time: Clock, recorded_at: datetime) -> Callable[[], int]:
    """Erases what is due, now and then; ``recorded_at``: when the journal was last signed before we began."""
    look_at, began = time.now(), elapsed_clock()

    def erase() -> int:
        nonlocal look_at
        now = time.now()
        if now < look_at:
            return 0
        until = surely(now, recorded_at, timedelta(seconds=elapsed_clock() - began))
        went = erase_due(terms_of(authorities(settings), until), table, now)
        look_at = now if went >= AT_ONCE else now + ERASE_EVERY
        return went

    return erase


@contextmanager
def watching(watch: ClockWatch, book: Records, authorities: tuple[AuthorityId, ...]) -> Iterator[None]:
    """While the house is open, every step of its clock goes into the journal."""
    watch.start(clock_teller(authorities, book.store))
    try:
        yield
    finally:
        watch.close()


def clock_teller(authorities: tuple[AuthorityId, ...], journal: JournalBook) -> Callable[[ClockStep], None]:
    """Puts every step of the clock into the journal of every authority: receipts depend on it."""

    def tell(step: ClockStep) -> None:
        facts = (
            ("expected", utc_text(step.expected_at)),
            ("found", utc_text(step.found_at)),
            ("seconds", f"{step.seconds:.3f}"),
        )
        journal.append([Event(EventKind.CLOCK_STEPPED, step.found_at, name, facts=facts) for name in authorities])

    return tell
