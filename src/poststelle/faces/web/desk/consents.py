# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The page of the consents to other formats: which there are, a new one before anything came, and the end of one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_http_methods, require_POST

from poststelle.application.desk import consents
from poststelle.application.desk.acts import NotAllowedError, OvertakenError, UnusableError
from poststelle.application.desk.consents import GRANTABLE, ConsentForm
from poststelle.application.desk.viewer import Power
from poststelle.application.ports import UnavailableError
from poststelle.core.arrival import Channel
from poststelle.core.edition import legal_date, legal_time
from poststelle.core.formats import ROWS
from poststelle.faces.web.desk import words
from poststelle.faces.web.desk.asked import page_number
from poststelle.faces.web.desk.frame import CONSENTS, desk_page, flash
from poststelle.faces.web.desk.gate import Visitor, behind_gate
from poststelle.faces.web.desk.rows import office_title
from poststelle.records.accounts import account_names
from poststelle.records.consents import ConsentLine, consent_page

_NAMES = {row.format.value: row.name_de for row in ROWS}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One consent, worded."""

    line: ConsentLine
    standing: str
    state: str
    formats: str
    office: str
    who: str
    since: date
    until: date
    """Its last day."""
    last_used: date | None
    messages: str
    """Address of the list of messages from its sender."""
    can_be_revoked: bool


@require_http_methods(["GET", "HEAD", "POST"])
@behind_gate
def show_consents(visitor: Visitor) -> HttpResponse:
    """Every consent the person may know of; what was entered stays in the form where it could not be granted."""
    if not _may_consent(visitor):
        raise Http404
    entered = visitor.request.POST
    if visitor.request.method == "POST" and _is_done(visitor, lambda: _grant(visitor, entered)):
        return HttpResponseRedirect(CONSENTS)
    number = page_number(visitor.request.GET.get("seite", ""))
    page = consent_page(visitor.database, visitor.viewer, visitor.house.clock.now(), number)
    names = account_names(visitor.database, (line.granted_by for line in page.lines))
    content = {
        "rows": tuple(_view(visitor, line, names) for line in page.lines),
        "older": f"{CONSENTS}?seite={number + 1}" if page.has_more else "",
        "newest": CONSENTS if number > 1 else "",
        "entered": entered,
        "offices": _offices(visitor),
        **_terms(visitor, frozenset(entered.getlist("format"))),
    }
    return desk_page(visitor, "desk/consents.html", "Zustimmungen", content, "zustimmungen")


@require_POST
@behind_gate
def revoke_consent(visitor: Visitor, consent: str) -> HttpResponse:
    """End it, say so, and go back to the page."""
    if not _may_consent(visitor):
        raise Http404
    why = visitor.request.POST.get("grund", "")
    _is_done(visitor, lambda: _revoke(visitor, consent, why))
    return HttpResponseRedirect(CONSENTS)


def _may_consent(visitor: Visitor) -> bool:
    viewer = visitor.viewer
    return viewer.everywhere(Power.GRANT_CONSENT) or bool(viewer.where(Power.GRANT_CONSENT))


def _is_done(visitor: Visitor, act: Callable[[], str]) -> bool:
    """Do it and say what came of it; False where nothing was done."""
    try:
        said = act()
    except NotAllowedError:
        raise PermissionDenied from None
    except OvertakenError:
        flash(visitor.request, "Diese Zustimmung gilt nicht mehr.", is_fault=True)
    except UnusableError as error:
        flash(visitor.request, str(error), is_fault=True)
    except UnavailableError:
        flash(visitor.request, "Das geht gerade nicht. Bitte versuchen Sie es in einigen Minuten.", is_fault=True)
    else:
        flash(visitor.request, said)
        return True
    return False


def _grant(visitor: Visitor, form: QueryDict) -> str:
    try:
        until = date.fromisoformat(form.get("bis", ""))
    except ValueError:
        raise UnusableError("Bitte geben Sie an, bis wann die Zustimmung gilt.") from None
    entered = ConsentForm(tuple(form.getlist("format")), until, why=form.get("grund", ""))
    sender = form.get("absender", "").strip()
    granted = consents.grant_ahead(visitor.loans.house, visitor.viewer, sender, form.get("amt", ""), entered)
    return f"Zustimmung erteilt: {granted.sender}, bis {until:%d.%m.%Y}."


def _revoke(visitor: Visitor, consent: str, why: str) -> str:
    consents.revoke(visitor.loans.house, visitor.viewer, consent, why)
    return "Zustimmung widerrufen. Was sie freigegeben hat, bleibt freigegeben."


def _view(visitor: Visitor, line: ConsentLine, names: dict[str, str]) -> ConsentView:
    now = visitor.house.clock.now()
    since = legal_time(line.valid_from).date()
    until = (legal_time(line.valid_until) - _ONE_DAY).date()
    standing, state = "good", words.CONSENT_HOLDS
    if line.revoked_at is not None:
        standing, state = "neutral", words.consent_revoked(legal_time(line.revoked_at))
    elif line.valid_until <= now:
        standing, state = "neutral", words.CONSENT_ENDED
    elif now < line.valid_from:
        standing, state = "open", words.consent_begins(since)
    return ConsentView(
        line,
        standing,
        state,
        ", ".join(_NAMES.get(one, one) for one in line.formats),
        office_title(line.office, visitor.directory) if line.office else words.EVERY_OFFICE,
        names.get(line.granted_by, line.granted_by),
        since,
        until,
        legal_time(line.last_used_at).date() if line.last_used_at else None,
        f"/desk/liste/posteingang?{urlencode({'q': line.sender})}",
        standing != "neutral" and consents.may_revoke(visitor.viewer, line.office, line.granted_by),
    )


def _offices(visitor: Visitor) -> tuple[tuple[str, str], ...]:
    """Id and title of those for which the person may consent; the empty id is every office."""
    known = ((one.id, office_title(one.id, visitor.directory)) for one in visitor.directory.offices)
    choices = (("", words.EVERY_OFFICE), *known)
    return tuple(choice for choice in choices if visitor.viewer.may(Power.GRANT_CONSENT, (choice[0],)))


def _terms(visitor: Visitor, chosen: frozenset[str]) -> dict[str, object]:
    """What the policy in force lets somebody consent to, and until when."""
    now = visitor.house.clock.now()
    rules = visitor.authority.terms(Channel.EMAIL, now).rules
    formats = sorted(GRANTABLE - rules.accepted_formats, key=lambda one: _NAMES[one.value].casefold())
    today = legal_date(now)
    return {
        "is_foreseen": rules.consent != "never",
        "formats": tuple((one.value, _NAMES[one.value], one.value in chosen) for one in formats),
        "first_day": today,
        "last_day": today + timedelta(days=rules.consent_days_max),
    }
