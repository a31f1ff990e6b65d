# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What leaves the message for a person: its HTML in a sandbox, and the files that are passed on."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from poststelle.application.notice_text import shown_name
from poststelle.application.ports import UnavailableError
from poststelle.faces.web.desk.content import READABLE_STATES, own_positions
from poststelle.faces.web.desk.files import may_be_fetched
from poststelle.faces.web.desk.frame import flash
from poststelle.faces.web.desk.gate import Visitor, behind_gate
from poststelle.faces.web.desk.message import found_case
from poststelle.faces.web.desk.sanitize import harmless
from poststelle.records.casefile import readable_body

SANDBOX = "sandbox; default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
"""Nothing runs, nothing is loaded, nothing is sent; only our own page may frame it (CSP level 3)."""
_DOCUMENT = (
    '<!DOCTYPE html>\n<html lang="de"><head><meta charset="utf-8"><meta name="color-scheme" content="light">'
    "<title>HTML-Ansicht</title></head><body>{}</body></html>\n"
)


@require_safe
@behind_gate
def show_html(visitor: Visitor, reference: str) -> HttpResponse:
    """The HTML of the message, cleaned, as a document of its own that may do nothing."""
    body = readable_body(visitor.database, visitor.viewer, reference)
    if body is None:
        raise Http404
    try:
        content = harmless(visitor.loans.html(body)) or "<p>Die Nachricht enthält kein HTML.</p>"
    except (UnavailableError, KeyError):
        content = "<p>Das HTML kann gerade nicht geöffnet werden.</p>"
    return HttpResponse(
        _DOCUMENT.format(content),
        headers={"Content-Security-Policy": SANDBOX, "X-Frame-Options": "SAMEORIGIN"},
    )


@require_safe
@behind_gate
def fetch_file(visitor: Visitor, reference: str, number: int) -> HttpResponse:
    """One file that is passed on, always to be saved, never to be shown in the browser."""
    case = found_case(visitor, reference)
    inspection = case.message.facts.inspection if case.message and case.message.facts else None
    body = readable_body(visitor.database, visitor.viewer, reference)
    if case.message is None or inspection is None or body is None or case.line.state not in READABLE_STATES:
        raise Http404
    verdicts = [case.message.verdicts[at] for at in own_positions(visitor, case)]
    file = may_be_fetched(inspection, verdicts, number)
    if file is None:
        raise Http404
    try:
        content = visitor.loans.extract(body, file.path)
    except (LookupError, UnavailableError):
        flash(visitor.request, "Die Datei kann gerade nicht herausgegeben werden.", is_fault=True)
        return HttpResponseRedirect(f"/desk/nachricht/{reference}")
    name = shown_name(file.path[-1])
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": disposition, "Content-Security-Policy": SANDBOX},
    )
