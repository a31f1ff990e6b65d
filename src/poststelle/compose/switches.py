# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The switches for hard days, as the command line and the doctor reach them."""

from collections.abc import Iterator
from contextlib import contextmanager

from poststelle.application.settings import Settings
from poststelle.application.switches import Flip
from poststelle.compose.operator import operator
from poststelle.compose.parts import authorities, clock, records
from poststelle.compose.storage import has_records, looked_at
from poststelle.compose.whose import one_or_all
from poststelle.faces.cli.switches import SwitchBoard, Wish


@contextmanager
def switch_board(settings: Settings) -> Iterator[SwitchBoard]:
    """The switches of every authority of this installation."""
    known, time = tuple(authorities(settings).by_id), clock()
    with records(settings, time) as (book, _):

        def flip(wish: Wish) -> None:
            wanted, by = one_or_all(known, wish.authority), operator()
            book.switches.flip([Flip(one, wish.switch, wish.is_on, time.now(), by, wish.why) for one in wanted])

        def standing(named: str) -> tuple[Flip, ...]:
            return tuple(one for name in one_or_all(known, named) for one in book.switches.standing(name))

        yield SwitchBoard(standing, flip)


def switches_standing(settings: Settings) -> tuple[Flip, ...]:
    """How every switch stands; nothing where nothing was ever kept. Reads only."""
    if not has_records(settings):
        return ()
    known = tuple(authorities(settings).by_id)
    with looked_at(settings) as database:
        from poststelle.records.switches import SwitchTable  # noqa: PLC0415 - needs Django set up

        if database.tables().missing:
            return ()
        return tuple(one for name in known for one in SwitchTable(database, database).standing(name))
