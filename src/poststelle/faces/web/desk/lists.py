# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The work lists, the whereabouts of every message, and acts on several messages at once."""

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from poststelle.application.desk import chores, labels, moving
from poststelle.application.desk.acts import NotAllowedError, OvertakenError, UnusableError
from poststelle.application.desk.house import DeskHouse
from poststelle.application.desk.lists import WorkList
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.faces.web.desk import words
from poststelle.faces.web.desk.asked import address, first_address, is_narrowed, next_address, sought
from poststelle.faces.web.desk.frame import TRACKING, desk_page, flash
from poststelle.faces.web.desk.gate import Visitor, behind_gate
from poststelle.faces.web.desk.rows import Row, Wording, row_of
from poststelle.records.accounts import account_names
from poststelle.records.worklists import ListPage, whereabouts, work_list

MAX_AT_ONCE = 100
WITH_DUE = frozenset({WorkList.FEEDBACK, WorkList.DEADLINE, WorkList.HOLD})


@require_safe
@behind_gate
def show_list(visitor: Visitor, name: str) -> HttpResponse:
    """One work list."""
    which = _list_of(name)
    if not _reads(visitor.viewer):
        return HttpResponseRedirect(TRACKING)
    filters = sought(visitor.request.GET.dict())
    path = f"/desk/liste/{name}"
    page = work_list(visitor.database, visitor.viewer, which, filters)
    content = {
        **_table(visitor, page),
        "heading": words.LISTS[which],
        "empty": words.EMPTY[which],
        "filters": filters,
        "path": path,
        "here": address(path, filters),
        "older": next_address(path, filters, page),
        "newest": first_address(path, filters) if filters.before else "",
        "is_narrowed": is_narrowed(filters),
        "with_due": which in WITH_DUE,
        "may_work": visitor.viewer.everywhere(Power.WORK) or bool(visitor.viewer.where(Power.WORK)),
    }
    return desk_page(visitor, "desk/list.html", words.LISTS[which], content, name)


@require_safe
@behind_gate
def show_whereabouts(visitor: Visitor) -> HttpResponse:
    """Verbleib: where did this mail go? Refused and deleted ones too; never content."""
    viewer = visitor.viewer
    if not (viewer.everywhere(Power.TRACK) or viewer.where(Power.TRACK)):
        raise Http404
    filters = sought(visitor.request.GET.dict())
    page = whereabouts(visitor.database, viewer, filters)
    content = {
        **_table(visitor, page),
        "filters": filters,
        "path": TRACKING,
        "older": next_address(TRACKING, filters, page),
        "newest": first_address(TRACKING, filters) if filters.before else "",
        "is_narrowed": is_narrowed(filters),
    }
    return desk_page(visitor, "desk/whereabouts.html", "Verbleib", content, "verbleib")


@require_safe
@behind_gate
def show_keys(visitor: Visitor) -> HttpResponse:
    """The keys, for reading and printing; the same list opens with ``?``."""
    return desk_page(visitor, "desk/keys.html", "Tasten", {}, "tasten")


BulkAct = Callable[[DeskHouse, Viewer, str], None]
BULK: dict[str, tuple[BulkAct, str]] = {
    "gelesen": (chores.mark_read, "als gelesen markiert"),
    "ungelesen": (chores.mark_unread, "als ungelesen markiert"),
    "uebernehmen": (chores.assign, "Ihnen zugewiesen"),
    "erledigt": (chores.mark_done, "erledigt"),
}


@require_POST
@behind_gate
def act_on_many(visitor: Visitor) -> HttpResponse:
    """The same act on every message chosen, each with an entry of its own in the journal."""
    posted = visitor.request.POST
    back = posted.get("zurueck", "")
    where = back if back.startswith("/desk/liste/") else "/desk/"
    chosen = tuple(dict.fromkeys(posted.getlist("wahl")))[:MAX_AT_ONCE]
    found = _bulk_act(posted.get("tat", ""), posted.get("ziel", ""))
    if not chosen or found is None:
        flash(visitor.request, "Bitte wählen Sie Nachrichten aus.", is_fault=True)
        return HttpResponseRedirect(where)
    act, done_words = found
    done, faults = _all(visitor, act, chosen)
    count = "1 Nachricht" if done == 1 else f"{done} Nachrichten"
    said = f"{count} {done_words}." if done else ""
    flash(visitor.request, " ".join((said, *faults)).strip(), is_fault=not done)
    return HttpResponseRedirect(where)


def _bulk_act(name: str, office: str) -> tuple[BulkAct, str] | None:
    if name == "umleiten":
        return (partial(moving.route, office=office), "umgeleitet") if office else None
    return BULK.get(name)


def _all(visitor: Visitor, act: BulkAct, chosen: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    done, faults = 0, []
    for reference in chosen:
        try:
            act(visitor.loans.house, visitor.viewer, reference)
        except UnusableError as error:
            faults.append(str(error))
        except (NotAllowedError, OvertakenError):
            faults.append(f"{reference} ist nicht mehr in diesem Zustand oder nicht freigegeben.")
        else:
            done += 1
    return done, tuple(dict.fromkeys(faults))


def _list_of(name: str) -> WorkList:
    try:
        return WorkList(name)
    except ValueError:
        raise Http404 from None


def _reads(viewer: Viewer) -> bool:
    return viewer.everywhere(Power.READ) or bool(viewer.where(Power.READ))


def _table(visitor: Visitor, page: ListPage) -> dict[str, object]:
    names = account_names(visitor.database, (line.assigned_to for line in page.lines))
    wording = Wording(visitor.directory, names, visitor.house.clock.now())
    rows: tuple[Row, ...] = tuple(row_of(line, wording) for line in page.lines)
    return {"rows": rows, "offices": office_choices(visitor), "channels": labels.CHANNELS}


def office_choices(visitor: Visitor) -> tuple[tuple[str, str], ...]:
    """Every office to choose from, those with numbers first and by number."""
    offices = sorted(visitor.directory.offices, key=lambda office: (not office.number, office.number, office.name))
    return tuple(
        (office.id, f"{office.number} – {office.name}" if office.number else office.name) for office in offices
    )
