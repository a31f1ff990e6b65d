# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Accounts of the desk, for the command line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from poststelle.application.authorities import Authority
from poststelle.application.desk.viewer import Grant, Role
from poststelle.application.settings import Settings
from poststelle.compose.parts import authorities, clock, records
from poststelle.compose.whose import one_or_all, the_one
from poststelle.core.arrival import AuthorityId
from poststelle.faces.cli.users import NewRole, UserDesk, UserRow
from poststelle.records.database import Database

if TYPE_CHECKING:
    from poststelle.records.accounts import AccountLine


@contextmanager
def user_desk(settings: Settings) -> Iterator[UserDesk]:
    """The accounts of this installation."""
    from poststelle.compose.web import prepare_django  # noqa: PLC0415 - before Django is set up

    known = authorities(settings)
    prepare_django(settings, known)
    with records(settings, clock()) as (book, _):
        yield desk_of(known.by_id, book.database)


def desk_of(known: Mapping[AuthorityId, Authority], database: Database) -> UserDesk:
    """The same on an open database."""
    from poststelle.records import accounts  # noqa: PLC0415 - needs Django set up

    def listed(name: str) -> tuple[UserRow, ...]:
        chosen = one_or_all(known, name)
        found = accounts.accounts(database)
        return tuple(row for line in found if (row := _row(line, chosen if name else None)).roles or not name)

    def grant(wanted: NewRole) -> None:
        posting = accounts.Posting(
            the_one(known, wanted.authority),
            Grant(Role(wanted.role), wanted.office),
            wanted.valid_from,
            wanted.valid_until,
        )
        accounts.grant_role(database, wanted.name, posting)

    def add(name: str, password: str, full_name: str) -> None:
        accounts.add_account(database, name, password, full_name)

    return UserDesk(
        listed=listed,
        add=add,
        grant=grant,
        set_password=lambda name, password: accounts.set_password(database, name, password),
        set_active=lambda name, is_active: accounts.set_active(database, name, is_active=is_active),
        offices=lambda name: tuple(office.id for office in known[the_one(known, name)].directory.offices),
    )


def _row(line: "AccountLine", of: tuple[AuthorityId, ...] | None) -> UserRow:
    """With the roles at these authorities; None: with every one, also at an authority that is served here no more."""
    roles = (
        f"{posting.grant.role.value}{f' {posting.grant.office}' if posting.grant.office else ''} ({posting.authority})"
        for posting in line.postings
        if of is None or posting.authority in of
    )
    return UserRow(line.name, line.full_name, line.is_active, tuple(roles))
