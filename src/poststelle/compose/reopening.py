# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Looking again into what stayed closed, from the command line: with scanner and keyholder, as the desk does it."""

from poststelle.application.desk.reopening import Reopened, reopen
from poststelle.application.settings import Settings
from poststelle.compose.desk import desk_house, look_of, mailroom
from poststelle.compose.keyholding import socket_path
from poststelle.compose.keys import custody
from poststelle.compose.operator import operator
from poststelle.compose.parts import authorities, clock, inspectors, records, scanner
from poststelle.compose.whose import one_or_all


def has_keyholder(settings: Settings) -> bool:
    """One runs here, or has run: without it nothing can be opened."""
    return socket_path(settings).exists()


def reopen_closed(settings: Settings, named: str) -> Reopened:
    """Every message that waits for a key, of the authority named or of every one, with the keys of now.

    UnavailableError where keyholder or scanner is away.
    """
    time, known = clock(), authorities(settings)
    chosen = one_or_all(known.by_id, named)
    with records(settings, time) as (book, blobs):
        from poststelle.records.closed import waiting_for_a_key  # noqa: PLC0415 - needs Django set up

        waiting = tuple(one for one in waiting_for_a_key(book.database) if one[0] in chosen)
        if not waiting:
            return Reopened(0, 0)
        pool = inspectors(settings, scanner(settings), 1, custody(settings))
        try:
            house = desk_house(settings, book, known, time)
            return reopen(house, waiting, lambda authority: mailroom(authority, operator()), look_of(blobs, pool))
        finally:
            pool.close()
