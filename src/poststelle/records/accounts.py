# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Accounts of the desk: who may sign in, with which roles, and the lock after repeated failures.

Names and passwords are Django's; a role is a row beside them. The journal names people by ``user:<id>`` only.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import translation

from poststelle.application.desk.viewer import OFFICE_BOUND, Grant, Role, Viewer
from poststelle.application.references import reference
from poststelle.core.arrival import AuthorityId
from poststelle.core.directory import Directory
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import RoleRow, SignInRow

ACCOUNT_PREFIX = "user:"
FAILURES_ALLOWED = 5
LOCKED = timedelta(minutes=15)
"""Long enough to make guessing pointless at five tries each, short enough for a clerk who mistyped."""


class AccountError(ValueError):
    """The account cannot be made or changed as asked; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A role as granted: at which authority, from when, until when."""

    authority: AuthorityId
    grant: Grant
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account as listed."""

    id: int
    name: str
    full_name: str
    is_active: bool
    postings: tuple[Posting, ...]


def account_of(user_id: int) -> str:
    """How the journal names an account."""
    return f"{ACCOUNT_PREFIX}{user_id}"


def add_account(database: Database, name: str, password: str, full_name: str = "") -> int:
    """A new account without roles; its id. AccountError where the name is taken or the password too weak."""
    users = User.objects.using(database.alias)
    first, _, last = full_name.rpartition(" ")
    user = User(username=name, first_name=first, last_name=last)
    _judge_names(user)
    _judge_password(password, user)
    with reaching_database():
        if users.filter(username=name).exists():
            raise AccountError(f"there is an account {name} already")
        user.set_password(password)
        user.save(using=database.alias)
    return int(user.pk)


def set_password(database: Database, name: str, password: str) -> None:
    """Another password, and no lock. AccountError where there is no such account or the password is too weak."""
    with reaching_database():
        user = _user(database, name)
        _judge_password(password, user)
        user.set_password(password)
        user.save(using=database.alias)
    signed_in(database, name)


def set_active(database: Database, name: str, *, is_active: bool) -> None:
    """Let an account sign in, or not; its acts stay in the journal either way."""
    with reaching_database():
        user = _user(database, name)
        user.is_active = is_active
        user.save(using=database.alias, update_fields=["is_active"])


def grant_role(database: Database, name: str, posting: Posting) -> None:
    """Give a role to an account; a second grant of the same role changes its period."""
    if posting.grant.role in OFFICE_BOUND and not posting.grant.office:
        raise AccountError(f"the role {posting.grant.role.value} is of one office")
    with reaching_database():
        RoleRow.objects.using(database.alias).update_or_create(
            user_id=_user(database, name).pk,
            authority_id=posting.authority,
            role=posting.grant.role.value,
            office=posting.grant.office,
            defaults={"valid_from": posting.valid_from, "valid_until": posting.valid_until},
        )


def accounts(database: Database) -> tuple[AccountLine, ...]:
    """Every account, by name."""
    with reaching_database():
        roles: dict[int, list[Posting]] = {}
        for row in RoleRow.objects.using(database.alias).order_by("authority_id", "role", "office"):
            roles.setdefault(row.user_id, []).append(_posting(row))
        users = User.objects.using(database.alias).order_by("username")
        return tuple(
            AccountLine(user.pk, user.username, user.get_full_name(), user.is_active, tuple(roles.get(user.pk, ())))
            for user in users
        )


def viewers_of(
    database: Database, user_id: int, directories: Mapping[AuthorityId, Directory], on: date
) -> tuple[Viewer, ...]:
    """The account as a viewer of each authority where it has a role on this day."""
    holds = (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_until=None) | Q(valid_until__gte=on))
    with reaching_database():
        user = User.objects.using(database.alias).filter(pk=user_id, is_active=True).first()
        rows = tuple(
            RoleRow.objects.using(database.alias).filter(holds, user_id=user_id).order_by("authority_id", "id")
        )
    if user is None:
        return ()
    found: dict[AuthorityId, list[Grant]] = {}
    for row in rows:
        found.setdefault(AuthorityId(row.authority_id), []).append(_posting(row).grant)
    return tuple(
        Viewer(
            account_of(user_id),
            user.get_full_name() or user.username,
            authority,
            tuple(grants),
            frozenset(office.id for office in directories[authority].offices if office.sealed),
        )
        for authority, grants in found.items()
        if authority in directories
    )


def account_names(database: Database, wanted: Iterable[str]) -> dict[str, str]:
    """What people are called, by account id such as ``user:17``."""
    ids = {int(one.removeprefix(ACCOUNT_PREFIX)) for one in wanted if one.removeprefix(ACCOUNT_PREFIX).isdecimal()}
    if not ids:
        return {}
    with reaching_database():
        users = User.objects.using(database.alias).filter(pk__in=ids)
        return {account_of(user.pk): user.get_full_name() or user.username for user in users}


def take_try(database: Database, name: str, at: datetime) -> bool:
    """Take one of the tries of this name; False while it is locked. Taken before the password is looked at.

    Counted afterwards, tries that are under way at once would all be allowed.
    """

    def take() -> bool:
        row, _ = SignInRow.objects.using(database.alias).select_for_update().get_or_create(pk=_key(name))
        if row.locked_until is not None and row.locked_until > at:
            return False
        row.failures, row.failed_at = row.failures + 1, at
        if row.failures >= FAILURES_ALLOWED:
            row.failures, row.locked_until = 0, at + LOCKED
        row.save(using=database.alias)
        return True

    return database.run(take)


def signed_in(database: Database, name: str) -> None:
    """Give a name all its tries again."""
    with reaching_database():
        SignInRow.objects.using(database.alias).filter(pk=_key(name)).delete()


def account_with(database: Database, name: str, password: str, at: datetime) -> int:
    """The id of the account that this is the password of. AccountError where it is none, or the name is locked."""
    if not take_try(database, name, at):
        raise AccountError("too many failures under this name: wait a quarter of an hour")
    with reaching_database():
        user = User.objects.using(database.alias).filter(username=name, is_active=True).first()
    if user is None or not user.check_password(password):
        raise AccountError("name or password is wrong")
    signed_in(database, name)
    return int(user.pk)


def forget_sessions(database: Database, at: datetime) -> int:
    """Erase the sessions that have ended by then; how many they were. Signing out erases its own."""
    with reaching_database():
        count, _ = Session.objects.using(database.alias).filter(expire_date__lt=at).delete()
    return count


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A login to be printed."""

    name: str
    password: str
    what: str
    """The role in German, for people."""


def ensure_demo_users(database: Database, authority: AuthorityId, directory: Directory) -> tuple[DemoAccount, ...]:
    """The accounts of the demonstration with a fresh password, the same for all; their roles are renewed."""
    password = reference(secrets.randbelow).removeprefix("PS-")
    office = next((one for one in directory.offices if one.number == "32"), directory.offices[0])
    sealed = next((one for one in directory.offices if one.sealed), None)
    wanted = [
        ("poststelle", "Paula Post", Grant(Role.MAILROOM), "Poststelle"),
        ("amt", "Arne Amtmann", Grant(Role.CLERK, office.id), f"Sachbearbeitung {office.name}"),
        ("admin", "Ada Admin", Grant(Role.ADMIN), "Administration"),
        ("pruefung", "Petra Prüfer", Grant(Role.AUDIT), "Prüfung (nur lesen)"),
    ]
    if sealed is not None:
        wanted.append(("versiegelt", "Vera Vertraut", Grant(Role.CLERK, sealed.id), f"versiegelt: {sealed.name}"))
    for name, full_name, grant, _ in wanted:
        _renew(database, name, full_name, password)
        grant_role(database, name, Posting(authority, grant))
    return tuple(DemoAccount(name, password, what) for name, _, _, what in wanted)


def _judge_names(user: User) -> None:
    """Letters, digits and @.+-_ only: others could not be typed as they stand in a list, or signed in with."""
    with translation.override("en"):
        try:
            user.clean_fields(exclude={"password"})
        except ValidationError as error:
            raise AccountError(" ".join(error.messages)) from error


def _judge_password(password: str, user: User) -> None:
    """By the rules of the settings; operators are spoken to in English."""
    with translation.override("en"):
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise AccountError(" ".join(error.messages)) from error


def _renew(database: Database, name: str, full_name: str, password: str) -> None:
    if User.objects.using(database.alias).filter(username=name).exists():
        set_password(database, name, password)
    else:
        add_account(database, name, password, full_name)


def _user(database: Database, name: str) -> User:
    user = User.objects.using(database.alias).filter(username=name).first()
    if user is None:
        raise AccountError(f"there is no account {name}")
    return user


def _posting(row: RoleRow) -> Posting:
    return Posting(AuthorityId(row.authority_id), Grant(Role(row.role), row.office), row.valid_from, row.valid_until)


def _key(name: str) -> str:
    return name.replace("\0", "").casefold()[:150]
