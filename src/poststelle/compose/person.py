# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is held about one person, for the command line."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from poststelle.application.authorities import Authorities
from poststelle.application.desk.viewer import Role
from poststelle.application.person import (
    Erased,
    PersonBook,
    Preview,
    Request,
    RequestError,
    ask,
    confirm,
    open_requests,
    preview,
)
from poststelle.application.ports import Clock
from poststelle.application.references import reference
from poststelle.application.settings import Settings
from poststelle.compose.operator import operator
from poststelle.compose.parts import authorities, clock, records
from poststelle.compose.whose import listed, one_or_all, the_one
from poststelle.core.arrival import AuthorityId
from poststelle.core.edition import legal_date
from poststelle.core.journal import Event, EventKind
from poststelle.core.person import Holding
from poststelle.faces.cli.listing import Listed
from poststelle.faces.cli.person import Login, PersonBench, Wanted
from poststelle.records.database import Database

_MAY_ASK = frozenset({Role.MAILROOM, Role.ADMIN})
"""For the whole authority: what is held about somebody lies in every office."""


@contextmanager
def person_bench(settings: Settings) -> Iterator[PersonBench]:
    """The records of this installation, by person."""
    from poststelle.compose.web import prepare_django  # noqa: PLC0415 - before Django is set up

    known, time = authorities(settings), clock()
    prepare_django(settings, known)
    with records(settings, time) as (book, _):
        yield bench_on(known, book.database, time)


def bench_on(known: Authorities, database: Database, time: Clock) -> PersonBench:
    """The same on an open database."""
    desk = _Persons(known, database, time)
    return PersonBench(desk.show, desk.ask, desk.requests, desk.confirm)


class _Persons:
    """The functions of the bench on one database."""

    def __init__(self, known: Authorities, database: Database, time: Clock) -> None:
        from poststelle.records import accounts  # noqa: PLC0415 - needs Django set up
        from poststelle.records.store import RecordsStore  # noqa: PLC0415 - as above

        self._known, self._database, self._time = known.by_id, database, time
        self._accounts, self._journal = accounts, RecordsStore(database, database)

    def show(self, address: str, named: str) -> Listed[Holding]:
        """Whoever looks is in the journal: it is somebody's data."""
        found = listed(self._known, named, lambda one: self._book(one).held(one, address))
        for authority in one_or_all(self._known, named):
            count = sum(name == authority for name, _ in found.entries)
            facts, personal = (("of", "person"), ("count", str(count))), (("address", address),)
            event = Event(
                EventKind.EXPORTED, self._time.now(), authority, actor=operator(), facts=facts, personal=personal
            )
            self._journal.append([event])
        return found

    def ask(self, wanted: Wanted, login: Login) -> Preview:
        authority = the_one(self._known, wanted.authority)
        account, number = self._account(login, authority), f"LV-{reference(secrets.randbelow).removeprefix('PS-')}"
        request = Request(number, authority, wanted.address, account, self._time.now(), wanted.why)
        ask(self._journal, request)
        return preview(self._book(authority), request)

    def requests(self, named: str) -> Listed[Preview]:
        return listed(self._known, named, lambda one: [preview(self._book(one), each) for each in self._open(one)])

    def confirm(self, number: str, login: Login) -> Erased:
        for authority in self._known:
            for request in self._open(authority):
                if request.id == number:
                    account = self._account(login, authority)
                    return confirm(self._book(authority), self._journal, request, account, self._time.now())
        raise RequestError(f"no request {number} is open")

    def _open(self, authority: AuthorityId) -> tuple[Request, ...]:
        return open_requests(self._book(authority), authority, self._time.now())

    def _book(self, authority: AuthorityId) -> PersonBook:
        from poststelle.records.person import RecordedPersons  # noqa: PLC0415 - needs Django set up

        sealed = frozenset(office.id for office in self._known[authority].directory.offices if office.sealed)
        return RecordedPersons(self._database, self._time, sealed)

    def _account(self, login: Login, authority: AuthorityId) -> str:
        """As the journal names it. RequestError where it may not ask for this."""
        accounts, now = self._accounts, self._time.now()
        try:
            user_id = accounts.account_with(self._database, login.name, login.password(), now)
        except accounts.AccountError as error:
            raise RequestError(str(error)) from error
        directories = {authority: self._known[authority].directory}
        viewers = accounts.viewers_of(self._database, user_id, directories, legal_date(now))
        if not any(grant.role in _MAY_ASK and not grant.office for viewer in viewers for grant in viewer.grants):
            raise RequestError(f"{login.name} is neither of the mailroom nor of the administration of {authority}")
        return str(accounts.account_of(user_id))
