# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signing in and out. A name is locked for a while after repeated failures, whether or not there is such an account."""

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from poststelle.core.journal import EventKind
from poststelle.core.policy import Language
from poststelle.faces.web.desk.gate import (
    HOME,
    Visitor,
    behind_gate,
    desk_loans,
    enter,
    nearest,
    private,
    viewers_today,
)
from poststelle.faces.web.frame import Frame
from poststelle.faces.web.quota import Quota
from poststelle.faces.web.shelf import WebHouse, lent
from poststelle.records.accounts import account_of, signed_in, take_try
from poststelle.records.database import reaching_database

FAILURES = Quota(burst=60)
"""Of one address, under whatever names; a whole authority may stand behind one, and success does not count."""
_FAILED = "Name oder Kennwort stimmen nicht."
_TOO_MANY = "Von Ihrem Anschluss kamen sehr viele Fehlversuche. Bitte warten Sie einen Moment."
_LOCKED = "Zu viele Fehlversuche. Bitte warten Sie eine Viertelstunde, oder wenden Sie sich an die Administration."


@sensitive_post_parameters("kennwort")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what becomes of it."""
    house = lent()
    target = _target(request)
    if request.method != "POST":
        return HttpResponseRedirect(target) if request.user.is_authenticated else _form(request, house, target)
    loans, now = desk_loans(house), house.clock.now()
    name, password = request.POST.get("name", "").strip(), request.POST.get("kennwort", "")
    address = request.META.get("REMOTE_ADDR", "")
    if FAILURES.take(address, now) > 0:
        return _form(request, house, target, _TOO_MANY, 429)
    if not take_try(loans.database, name, now):
        return _form(request, house, target, _LOCKED)
    with reaching_database():
        user = authenticate(request, username=name, password=password)
        if user is None or user.pk is None:
            return _form(request, house, target, _FAILED)
        login(request, user)
    signed_in(loans.database, name)
    FAILURES.give_back(address)
    viewers = viewers_today(house, int(user.pk))
    of_host = house.authorities.of_host(request.get_host(), now).id
    entered = nearest(request, house, viewers).authority if viewers else of_host
    enter(request, house, entered, account_of(int(user.pk)), EventKind.SIGNED_IN)
    return HttpResponseRedirect(target)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The session ends here."""
    logout(request)
    return HttpResponseRedirect("/desk/anmelden")


@behind_gate
def home(visitor: Visitor) -> HttpResponse:
    """The first list that the person may see."""
    del visitor
    return HttpResponseRedirect("/desk/liste/posteingang")


def _form(request: HttpRequest, house: WebHouse, target: str, fault: str = "", status: int = 403) -> HttpResponse:
    now = house.clock.now()
    authority = house.authorities.of_host(request.get_host(), now)
    contact = authority.policy_near(now).contact
    frame = Frame(
        title="Anmelden", authority=f"{contact.name.de if contact else authority.id} – Poststelle", home="/kontakt",
        sheet="kern-desk.css",
    )  # fmt: skip
    context = {
        "frame": frame,
        "language": Language.DE,
        "target": target,
        "fault": fault,
        "name": request.POST.get("name", ""),
    }
    return private(render(request, "desk/sign_in.html", context, status=status if fault else 200))


def _target(request: HttpRequest) -> str:
    wanted = request.POST.get("weiter") or request.GET.get("weiter") or HOME
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/desk/")
    return wanted if is_ours else HOME
