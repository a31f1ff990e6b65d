# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Who is at the desk: every view behind this gate gets a viewer, or is not reached."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from poststelle.application.authorities import Authority
from poststelle.application.desk.viewer import Viewer
from poststelle.core.directory import Directory
from poststelle.core.edition import legal_date
from poststelle.core.policy import Policy
from poststelle.faces.web.desk.loans import DeskLoans
from poststelle.faces.web.shelf import WebHouse, lent
from poststelle.records.accounts import viewers_of
from poststelle.records.database import Database

P = ParamSpec("P")

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


def behind_gate(
    view: Callable[Concatenate[Visitor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view for people who are signed in and have a role today; others sign in, or learn that they have none."""

    @wraps(view)
    def gated(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        house = lent()
        loans = desk_loans(house)
        if not request.user.is_authenticated or request.user.pk is None:
            return HttpResponseRedirect(f"{SIGN_IN}?{urlencode({'weiter': request.get_full_path()})}")
        directories = {name: one.directory for name, one in house.authorities.by_id.items()}
        viewers = viewers_of(loans.database, int(request.user.pk), directories, legal_date(house.clock.now()))
        if not viewers:
            raise PermissionDenied
        chosen = request.session.get(AUTHORITY_KEY)
        viewer = next((one for one in viewers if one.authority == chosen), viewers[0])
        answer = view(Visitor(request, house, loans, viewer), *args, **kwargs)
        return private(answer)

    return gated
