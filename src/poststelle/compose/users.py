# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Accounts of the desk, for the command line."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from poststelle.application.authorities import Authority
from poststelle.application.desk.viewer import Grant, Role
from poststelle.application.ports import Clock
from poststelle.application.settings import Settings
from poststelle.compose.operator import operator
from poststelle.compose.parts import authorities, clock, records
from poststelle.compose.whose import one_or_all, the_one
from poststelle.core.arrival import AuthorityId
from poststelle.core.journal import Event, EventKind
from poststelle.faces.cli.users import NewRole, UserDesk, UserRow
from poststelle.records.database import Database

if TYPE_CHECKING:
    from poststelle.records.accounts import AccountLine, Posting


@contextmanager
def user_desk(settings: Settings) -> Iterator[UserDesk]:
    """The accounts of this installation."""
    from poststelle.compose.web import prepare_django  # noqa: PLC0415 - before Django is set up

    known = authorities(settings)
    prepare_django(settings, known)
    with records(settings, clock()) as (book, _):
        yield desk_of(known.by_id, book.database, clock())


def desk_of(known: Mapping[AuthorityId, Authority], database: Database, time: Clock) -> UserDesk:
    """The same on an open database. What changes who may act is in the journal of each authority it is about."""
    desk = _Accounts(known, database, time)
    return UserDesk(
        listed=desk.listed,
        add=desk.add,
        grant=desk.grant,
        set_password=desk.set_password,
        set_active=desk.set_active,
        offices=lambda name: tuple(office.id for office in known[the_one(known, name)].directory.offices),
    )


class _Accounts:
    """The functions of the desk on one database."""

    def __init__(self, known: Mapping[AuthorityId, Authority], database: Database, time: Clock) -> None:
        from poststelle.records import accounts  # noqa: PLC0415 - needs Django set up
        from poststelle.records.store import RecordsStore  # noqa: PLC0415 - as above

        self._known, self._database, self._time = known, database, time
        self._accounts, self._journal = accounts, RecordsStore(database, database)

    def listed(self, name: str) -> tuple[UserRow, ...]:
        chosen = one_or_all(self._known, name)
        found = self._accounts.accounts(self._database)
        return tuple(row for line in found if (row := _row(line, chosen if name else None)).roles or not name)

    def add(self, name: str, password: str, full_name: str) -> None:
        self._accounts.add_account(self._database, name, password, full_name)

    def grant(self, wanted: NewRole) -> None:
        role = Grant(Role(wanted.role), wanted.office)
        whose = the_one(self._known, wanted.authority)
        posting = self._accounts.Posting(whose, role, wanted.valid_from, wanted.valid_until)
        grant = partial(self._accounts.grant_role, self._database, wanted.name, posting)
        self._noted(EventKind.ROLE_GRANTED, wanted.name, grant, posting)

    def set_password(self, name: str, password: str) -> None:
        self._noted(EventKind.PASSWORD_SET, name, partial(self._accounts.set_password, self._database, name, password))

    def set_active(self, name: str, is_active: bool) -> None:  # noqa: FBT001 - as the command is lent it
        kind = EventKind.ACCOUNT_ENABLED if is_active else EventKind.ACCOUNT_DISABLED
        self._noted(kind, name, partial(self._accounts.set_active, self._database, name, is_active=is_active))

    def _noted(self, kind: EventKind, name: str, act: Callable[[], None], *granted: "Posting") -> None:
        """The act and its entries in one transaction."""

        def both() -> None:
            act()
            (line,) = (one for one in self._accounts.accounts(self._database) if one.name == name)
            self._journal.append(tuple(_events(kind, line, granted, self._time.now())))

        self._database.run(both)


def _events(kind: EventKind, line: "AccountLine", granted: tuple["Posting", ...], at: datetime) -> Iterator[Event]:
    """One for the role granted; else one for each authority where the account has a role."""
    for authority in dict.fromkeys(one.authority for one in granted or line.postings):
        role = tuple(fact for one in granted for fact in _facts(one))
        facts = (("account", f"user:{line.id}"), *role)
        yield Event(kind, at, authority, actor=operator(), facts=facts, personal=(("name", line.name),))


def _facts(posting: "Posting") -> tuple[tuple[str, str], ...]:
    period = (("from", posting.valid_from), ("until", posting.valid_until))
    days = tuple((key, day.isoformat()) for key, day in period if day)
    office = (("office", posting.grant.office),) if posting.grant.office else ()
    return (("role", posting.grant.role.value), *office, *days)


def _row(line: "AccountLine", of: tuple[AuthorityId, ...] | None) -> UserRow:
    """With the roles at these authorities; None: with every one, also at an authority that is served here no more."""
    roles = (
        f"{posting.grant.role.value}{f' {posting.grant.office}' if posting.grant.office else ''} ({posting.authority})"
        for posting in line.postings
        if of is None or posting.authority in of
    )
    return UserRow(line.name, line.full_name, line.is_active, tuple(roles))
