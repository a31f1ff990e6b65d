# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The pages of one message: on the screen and on paper."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from poststelle.application.desk import chores
from poststelle.application.desk.acts import NotAllowedError, OvertakenError
from poststelle.application.desk.viewer import Power
from poststelle.application.ports import UnavailableError
from poststelle.faces.web.desk.content import message_content
from poststelle.faces.web.desk.frame import desk_page
from poststelle.faces.web.desk.gate import Visitor, behind_gate
from poststelle.faces.web.headers import SCRIPTED_POLICY
from poststelle.records.casefile import CaseView, case_view

FRAMING_POLICY = f"{SCRIPTED_POLICY}; frame-src 'self'"
"""The one page that frames another: the sandboxed document of the message's HTML."""


@require_safe
@behind_gate
def show_message(visitor: Visitor, reference: str) -> HttpResponse:
    """The message; opening it marks it as read for those who work with it."""
    case = found_case(visitor, reference)
    if Power.WORK in case.powers and not case.line.is_read and case.line.state != "held":
        _mark_read(visitor, reference)
    answer = desk_page(visitor, "desk/message.html", _title(case), message_content(visitor, case))
    answer.headers["Content-Security-Policy"] = FRAMING_POLICY
    return answer


@require_safe
@behind_gate
def print_message(visitor: Visitor, reference: str) -> HttpResponse:
    """The message on paper, with the stamp of receipt."""
    case = found_case(visitor, reference)
    if case.message is None:
        raise Http404
    return desk_page(visitor, "desk/print.html", _title(case), message_content(visitor, case))


def found_case(visitor: Visitor, reference: str) -> CaseView:
    """The message as this person may see it; 404 where there is none for them."""
    case = case_view(visitor.database, visitor.viewer, reference)
    if case is None:
        raise Http404
    return case


def _title(case: CaseView) -> str:
    return case.line.subject.strip() or case.line.reference


def _mark_read(visitor: Visitor, reference: str) -> None:
    """A mark that cannot be written is no reason not to show the message."""
    try:
        chores.mark_read(visitor.loans.house, visitor.viewer, reference)
    except (NotAllowedError, OvertakenError, UnavailableError):
        return
