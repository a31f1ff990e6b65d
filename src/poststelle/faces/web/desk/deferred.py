# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Vertagte Zustellversuche: the evidence of every attempt that we answered 451, by its envelope."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from poststelle.application.desk import labels
from poststelle.application.desk.viewer import Power
from poststelle.core.edition import legal_time
from poststelle.faces.web.desk.asked import first_address, is_narrowed, next_address, sought
from poststelle.faces.web.desk.frame import DEFERRED, desk_page
from poststelle.faces.web.desk.gate import Visitor, behind_gate
from poststelle.records.deferrals import deferred_attempts


@require_safe
@behind_gate
def show_deferred(visitor: Visitor) -> HttpResponse:
    """For those who see the whole authority: to which office such a message would have gone, nobody knows yet."""
    if not visitor.viewer.everywhere(Power.TRACK):
        raise Http404
    filters = sought(visitor.request.GET.dict())
    page = deferred_attempts(visitor.database, visitor.viewer, filters)
    content = {
        "attempts": tuple((legal_time(line.received_at), line) for line in page.lines),
        "channels": labels.CHANNELS,
        "filters": filters,
        "path": DEFERRED,
        "older": next_address(DEFERRED, filters, page),
        "newest": first_address(DEFERRED, filters) if filters.before else "",
        "is_narrowed": is_narrowed(filters),
    }
    return desk_page(visitor, "desk/deferred.html", "Vertagte Zustellversuche", content, "vertagt")
