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
from poststelle.core.arrival import AuthorityId
from poststelle.faces.cli.users import NewRole, UserDesk, UserRow
from poststelle.records.database import Database

if TYPE_CHECKING:
    from poststelle.records.accounts import AccountLine


@contextmanager
def user_desk(settings: Settings) -> Iterator[UserDesk]:
    """The accounts of this installation."""
    from poststelle.compose.web import prepare_django  # noqa: PLC0415 - before Django is set up

    prepare_django(settings)
    with records(settings, clock()) as (book, _):
        yield desk_of(authorities(settings).by_id, book.database)


def desk_of(known: Mapping[AuthorityId, Authority], database: Database) -> UserDesk:
    """The same on an open database."""
    from poststelle.records import accounts  # noqa: PLC0415 - needs Django set up

    def authority(name: str) -> AuthorityId:
        """The one named, or the only one."""
        if name and AuthorityId(name) not in known:
            raise ValueError(f"there is no authority {name}; known: {', '.join(known)}")
        if not name and len(known) != 1:
            raise ValueError(f"name the authority with --authority: {', '.join(known)}")
        return AuthorityId(name) if name else next(iter(known))

    def grant(wanted: NewRole) -> None:
        posting = accounts.Posting(
            authority(wanted.authority), Grant(Role(wanted.role), wanted.office), wanted.valid_from, wanted.valid_until
        )
        accounts.grant_role(database, wanted.name, posting)

    def add(name: str, password: str, full_name: str) -> None:
        accounts.add_account(database, name, password, full_name)

    return UserDesk(
        listed=lambda: tuple(_row(line) for line in accounts.accounts(database)),
        add=add,
        grant=grant,
        set_password=lambda name, password: accounts.set_password(database, name, password),
        set_active=lambda name, is_active: accounts.set_active(database, name, is_active=is_active),
        offices=lambda name: tuple(office.id for office in known[authority(name)].directory.offices),
    )


def _row(line: "AccountLine") -> UserRow:
    roles = (
        f"{posting.grant.role.value}{f' {posting.grant.office}' if posting.grant.office else ''} ({posting.authority})"
        for posting in line.postings
    )
    return UserRow(line.name, line.full_name, line.is_active, tuple(roles))
