# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Retention as the sequencer and the command line reach it."""

from datetime import datetime

from poststelle.application.authorities import Authorities
from poststelle.application.retention import Term, erase_due, sign_in_term, terms_now
from poststelle.application.settings import Settings
from poststelle.compose.parts import authorities, clock, records
from poststelle.compose.storage import has_records, looked_at
from poststelle.faces.cli.retention import Overdue, RetentionBench

EVERYTHING = 1_000_000
"""A dry run counts up to here."""


def terms_of(known: Authorities, now: datetime) -> tuple[Term, ...]:
    """Every term of every authority by which something can be due at this moment."""
    of_authorities = tuple(term for one in known.by_id.values() for term in terms_now(one.id, one.editions, now))
    of_all = sign_in_term({one.id: one.editions for one in known.by_id.values()}, now)
    return (*of_authorities, of_all) if of_all else of_authorities


def retention_bench(settings: Settings) -> RetentionBench:
    """What the commands are lent; a dry run only reads."""

    def overdue() -> tuple[Overdue, ...]:
        if not has_records(settings):
            return ()
        terms = terms_of(authorities(settings), clock().now())
        with looked_at(settings) as database:
            from poststelle.records.retention import RetentionTable  # noqa: PLC0415 - needs Django set up

            table = RetentionTable(database, database)
            found = (Overdue(term, tuple(table.due(term, EVERYTHING)), table.kept(term)) for term in terms)
            return tuple(one for one in found if one.due or one.kept)

    def apply() -> int:
        time = clock()
        with records(settings, time) as (book, _):
            from poststelle.records.retention import RetentionTable  # noqa: PLC0415 - needs Django set up

            table, terms = RetentionTable(book.database, book.database), terms_of(authorities(settings), time.now())
            # Round after round, until one finds nothing.
            return sum(iter(lambda: erase_due(terms, table, time.now()), 0))

    return RetentionBench(overdue, apply)
