# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The switches on the tables: implements the port SwitchBook. Rows are only added; the newest of a name counts."""

from collections.abc import Sequence

from poststelle.application.switches import Flip, Switch
from poststelle.core.arrival import AuthorityId
from poststelle.core.journal import Event, EventKind
from poststelle.records.database import Database, Transactions, reaching_database
from poststelle.records.journaling import entries_of, write_entries
from poststelle.records.models import SwitchRow

_ON = """
    SELECT name FROM records_switchrow AS newest
    WHERE authority_id = %s AND is_on AND NOT EXISTS (
        SELECT 1 FROM records_switchrow AS later
        WHERE later.authority_id = newest.authority_id AND later.name = newest.name AND later.id > newest.id)
"""
"""Asked for every message at the door, and answered with nothing for nearly all: written by hand."""
_EVENTS = {
    (Switch.OBSERVE, True): EventKind.OBSERVE_SET,
    (Switch.OBSERVE, False): EventKind.OBSERVE_LIFTED,
    (Switch.BYPASS, True): EventKind.BYPASS_SET,
    (Switch.BYPASS, False): EventKind.BYPASS_LIFTED,
}
_SWITCHES = {switch.value: switch for switch in Switch}


def switches_on(database: Database, authority: AuthorityId) -> tuple[Flip, ...]:
    """The switches of an authority that are on, since when and by whom, for those who only look."""
    return tuple(flip for flip in SwitchTable(database, database).standing(authority) if flip.is_on)


class SwitchTable:
    """The switches of one database."""

    def __init__(self, database: Database, transactions: Transactions) -> None:
        self._database = database
        self._transactions = transactions

    def on(self, authority: AuthorityId) -> frozenset[Switch]:
        """The switches that are on."""
        with reaching_database(), self._database.cursor() as cursor:
            return frozenset(_SWITCHES[str(name)] for (name,) in cursor.ask_all(_ON, [authority]))

    def flip(self, flips: Sequence[Flip]) -> None:
        """Set them and journal it."""
        self._transactions.run(lambda: self._flip(flips))

    def standing(self, authority: AuthorityId) -> tuple[Flip, ...]:
        """How each switch that was ever set stands."""
        with reaching_database():
            rows = SwitchRow.objects.using(self._database.alias).filter(authority_id=authority).order_by("id")
            newest = {row.name: row for row in rows}
        return tuple(
            Flip(AuthorityId(row.authority_id), _SWITCHES[row.name], row.is_on, row.since, row.by, row.why)
            for row in newest.values()
        )

    def _flip(self, flips: Sequence[Flip]) -> None:
        rows = SwitchRow.objects.using(self._database.alias)
        for flip in flips:
            rows.create(
                authority_id=flip.authority,
                name=flip.switch.value,
                is_on=flip.is_on,
                since=flip.at,
                by=flip.by,
                why=flip.why,
            )
        events = [
            Event(
                _EVENTS[flip.switch, flip.is_on],
                flip.at,
                flip.authority,
                actor=flip.by,
                personal=(("why", flip.why),) if flip.why else (),
            )
            for flip in flips
        ]
        write_entries(self._database, entries_of(events))
