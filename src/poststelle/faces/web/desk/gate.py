# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Who is at the desk, and for which authority: every view behind this gate gets a viewer, or is not reached."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from poststelle.application.authorities import Authority
from poststelle.application.desk.viewer import Viewer
from poststelle.core.arrival import AuthorityId
from poststelle.core.directory import Directory
from poststelle.core.edition import legal_date
from poststelle.core.journal import Event, EventKind
from poststelle.core.policy import Policy
from poststelle.faces.web.desk.loans import DeskLoans
from poststelle.faces.web.shelf import WebHouse, lent
from poststelle.records.accounts import viewers_of
from poststelle.records.database import Database, reaching_database

P = ParamSpec("P")

HOME = "/desk/"
SIGN_IN = "/desk/anmelden"
AUTHORITY_KEY = "behoerde"
"""Session key of the authority somebody works for at the moment, where there are several."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request of somebody signed in."""

    request: HttpRequest
    house: WebHouse
    loans: DeskLoans
    viewer: Viewer
    authorities: tuple[AuthorityId, ...]
    """Every authority where the person has a role today."""

    @property
    def database(self) -> Database:
        """Where to read."""
        return self.loans.database

    @property
    def authority(self) -> Authority:
        """For which authority."""
        return self.house.authorities.by_id[self.viewer.authority]

    @property
    def directory(self) -> Directory:
        """Its offices and people."""
        return self.authority.directory

    @property
    def policy(self) -> Policy:
        """Its policy in force now."""
        return self.authority.policy_at(self.house.clock.now())


def desk_loans(house: WebHouse) -> DeskLoans:
    """What the desk works with; 404 where this installation was started without one."""
    if house.desk is None:
        raise Http404
    return house.desk


def private(answer: HttpResponse) -> HttpResponse:
    """Kept by no cache, its address told to this site only.

    Without any referrer browsers send forms with an origin of null, which the form protection must refuse.
    """
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers.setdefault("Referrer-Policy", "same-origin")
    return answer


def viewers_today(house: WebHouse, user_id: int) -> tuple[Viewer, ...]:
    """The account as a viewer of each authority where it has a role today.

    One whose access is not open yet has no desk, where the person has another.
    """
    now = house.clock.now()
    directories = {name: one.directory for name, one in house.authorities.by_id.items()}
    found = viewers_of(desk_loans(house).database, user_id, directories, legal_date(now))
    return tuple(one for one in found if house.authorities.by_id[one.authority].is_open(now)) or found


def nearest(request: HttpRequest, house: WebHouse, viewers: tuple[Viewer, ...]) -> Viewer:
    """The viewer of the authority chosen last; else of the one whose host this is; else the first."""
    of_host = house.authorities.of_host(request.get_host(), house.clock.now()).id
    wanted = (request.session.get(AUTHORITY_KEY), of_host)
    return next((one for name in wanted for one in viewers if one.authority == name), viewers[0])


def enter(
    request: HttpRequest,
    house: WebHouse,
    authority: AuthorityId,
    account: str,
    kind: EventKind = EventKind.DESK_ENTERED,
) -> None:
    """From now on the person works for this authority, and its journal says so. UnavailableError where it cannot."""
    desk_loans(house).journal((Event(kind, house.clock.now(), authority, actor=account),))
    request.session[AUTHORITY_KEY] = authority


def behind_gate(
    view: Callable[Concatenate[Visitor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view for people who are signed in and have a role today; others sign in, or learn that they have none."""

    @wraps(view)
    def gated(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        house = lent()
        loans = desk_loans(house)
        user_id = _signed_in_as(request)
        if user_id is None:
            return HttpResponseRedirect(f"{SIGN_IN}?{urlencode({'weiter': _way_back(request)})}")
        viewers = viewers_today(house, user_id)
        if not viewers:
            raise PermissionDenied
        viewer = nearest(request, house, viewers)
        if viewer.authority != request.session.get(AUTHORITY_KEY):
            enter(request, house, viewer.authority, viewer.account)
        everywhere = tuple(one.authority for one in viewers)
        return private(view(Visitor(request, house, loans, viewer, everywhere), *args, **kwargs))

    return gated


def _signed_in_as(request: HttpRequest) -> int | None:
    """Id of the account; asking for it reads the session. UnavailableError."""
    with reaching_database():
        user = request.user
        return int(user.pk) if user.is_authenticated and user.pk is not None else None


def _way_back(request: HttpRequest) -> str:
    """What to show after signing in: the page asked for, or the one whose form was sent: the form itself is no page."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    return urlsplit(request.headers.get("Referer", "")).path or HOME
