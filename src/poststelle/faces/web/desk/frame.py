# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The frame of every page of the desk: the lists with their counts, who is signed in, what just happened."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from poststelle.application.authorities import PAGE
from poststelle.application.desk.lists import COUNT_LIMIT, COUNTED, WorkList
from poststelle.application.desk.viewer import Power
from poststelle.application.keyring import KeyState
from poststelle.core.arrival import AuthorityId
from poststelle.core.policy import Language
from poststelle.faces.web.desk import words
from poststelle.faces.web.desk.gate import Visitor
from poststelle.faces.web.desk.rows import moment
from poststelle.faces.web.frame import Frame
from poststelle.records.switches import switches_on
from poststelle.records.worklists import work_counts

FLASH_KEY = "hinweis"
TRACKING = "/desk/verbleib"
DEFERRED = "/desk/vertagt"
CONSENTS = "/desk/zustimmungen"
_URGENT = frozenset({WorkList.HOLD, WorkList.DEADLINE, WorkList.DELIVERY})


@dataclass(frozen=True, slots=True)
class ListLink:
    """One list in the navigation."""

    path: str
    text: str
    count: str
    is_current: bool
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class Workplace:
    """One authority to choose from."""

    id: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Flash:
    """What just happened, said once on the next page."""

    text: str
    is_fault: bool = False


def flash(request: HttpRequest, text: str, *, is_fault: bool = False) -> None:
    """Say this on the next page."""
    request.session[FLASH_KEY] = {"text": text, "is_fault": is_fault}


def desk_page(
    visitor: Visitor, template: str, title: str, content: dict[str, object], current: str = ""
) -> HttpResponse:
    """A page of the desk."""
    request, viewer = visitor.request, visitor.viewer
    said = request.session.pop(FLASH_KEY, None)
    frame = Frame(
        title=title,
        authority=f"{authority_name(visitor, viewer.authority)} – Poststelle",
        home="/desk/",
        sheet="kern-desk.css",
        remark="Vorführung: erfundene Nachrichten, keine Behörde." if visitor.house.is_demo else "",
    )
    context = {
        "frame": frame,
        "language": Language.DE,
        "viewer": viewer,
        "roles": _roles(visitor),
        "workplaces": _workplaces(visitor),
        "public_page": _public_page(visitor),
        "lists": list_links(visitor, current),
        "may_check": viewer.everywhere(Power.CHECK_IDENTITY) or bool(viewer.where(Power.CHECK_IDENTITY)),
        "may_consent": viewer.everywhere(Power.GRANT_CONSENT) or bool(viewer.where(Power.GRANT_CONSENT)),
        "may_track": bool(viewer.everywhere(Power.TRACK) or viewer.where(Power.TRACK)),
        "sees_all": viewer.everywhere(Power.TRACK),
        "switches": tuple(
            words.switched(flip.switch, moment(flip.at)) for flip in switches_on(visitor.database, viewer.authority)
        ),
        "current": current,
        "endings": _endings(visitor),
        "flash": Flash(**said) if said else None,
        **content,
    }
    return render(request, template, context)


def list_links(visitor: Visitor, current: str) -> tuple[ListLink, ...]:
    """The work lists with their counts; none for roles that read no messages."""
    viewer = visitor.viewer
    if not (viewer.everywhere(Power.READ) or viewer.where(Power.READ)):
        return ()
    counts = work_counts(visitor.database, viewer)
    return tuple(
        ListLink(
            f"/desk/liste/{which.value}",
            words.LISTS[which],
            _count_text(counts[which]) if which in counts else "",
            which.value == current,
            which in _URGENT and bool(counts.get(which)),
        )
        for which in (*COUNTED, WorkList.DONE)
    )


def authority_name(visitor: Visitor, authority: AuthorityId) -> str:
    """What an authority is called."""
    contact = visitor.house.authorities.by_id[authority].policy_near(visitor.house.clock.now()).contact
    return contact.name.de if contact else authority


def _workplaces(visitor: Visitor) -> tuple[Workplace, ...]:
    """The authorities to choose from, by name; none where there is nothing to choose."""
    if len(visitor.authorities) < 2:
        return ()
    named = ((authority_name(visitor, one), one) for one in visitor.authorities)
    return tuple(Workplace(one, name, one == visitor.viewer.authority) for name, one in sorted(named))


def _public_page(visitor: Visitor) -> str:
    """The page of the authority somebody works for, which another host may have."""
    known = visitor.house.authorities
    return PAGE if len(known.by_id) == 1 else known.page_url(visitor.policy)


def _endings(visitor: Visitor) -> tuple[str, ...]:
    """Certificates of ours that end soon, for those who see the whole authority: somebody has to order a new one."""
    if not visitor.viewer.everywhere(Power.TRACK):
        return ()
    ours = {terms.address.casefold() for terms in visitor.policy.addresses}
    return tuple(
        words.ending(term, visitor.house.clock.now())
        for term in visitor.loans.key_terms()
        if term.is_ending and term.state is KeyState.CURRENT and term.address in ours
    )


def _count_text(count: int) -> str:
    return f"{COUNT_LIMIT}+" if count > COUNT_LIMIT else str(count)


def _roles(visitor: Visitor) -> str:
    named = []
    for grant in visitor.viewer.grants:
        office = visitor.directory.office(grant.office)
        place = f" {office.number or office.name}" if office else ""
        named.append(f"{words.ROLES[grant.role]}{place}")
    return ", ".join(dict.fromkeys(named))
