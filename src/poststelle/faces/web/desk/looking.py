# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One file to look at without opening it: its pages as pixels made in the sandbox, its words beside them."""

from base64 import b64encode
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from poststelle.application.notice_text import shown_name
from poststelle.application.ports import UnavailableError
from poststelle.faces.web.desk.asked import page_number
from poststelle.faces.web.desk.content import READABLE_STATES
from poststelle.faces.web.desk.files import may_be_seen
from poststelle.faces.web.desk.frame import desk_page
from poststelle.faces.web.desk.gate import Visitor, behind_gate
from poststelle.faces.web.desk.message import found_case
from poststelle.records.casefile import readable_body

if TYPE_CHECKING:
    from poststelle.inspection.preview import Preview

_NOTHING = "Diese Datei kann hier nicht angezeigt werden."
_NO_SANDBOX = "Eine Vorschau ist gerade nicht möglich."


@require_safe
@behind_gate
def show_file(visitor: Visitor, reference: str, number: int) -> HttpResponse:
    """Some pages of one file. A withheld file is seen like any other: what is shown is made anew."""
    case = found_case(visitor, reference)
    inspection = case.message.facts.inspection if case.message and case.message.facts else None
    body = readable_body(visitor.database, visitor.viewer, reference)
    file = may_be_seen(inspection, number) if inspection else None
    if file is None or body is None or case.line.state not in READABLE_STATES:
        raise Http404
    first = page_number(visitor.request.GET.get("seite", ""))
    try:
        shown = _content(visitor.loans.preview(body, file, first - 1))
    except (LookupError, UnavailableError):
        shown = {"fault": _NO_SANDBOX}
    name = shown_name(file.path[-1])
    return desk_page(visitor, "desk/look.html", f"Ansicht: {name}", {"case": case, "name": name, **shown})


def _content(seen: "Preview") -> dict[str, object]:
    first, count = seen.first_page + 1, max(seen.page_count, len(seen.images))
    after = first + len(seen.images)
    pages = tuple(
        (f"Seite {number} von {count}", f"data:image/png;base64,{b64encode(image).decode('ascii')}")
        for number, image in enumerate(seen.images, start=first)
    )
    return {
        "pages": pages,
        "words": seen.text,
        "fault": "" if pages or seen.text else _NOTHING,
        "previous": max(first - len(seen.images), 1) if first > 1 and seen.images else 0,
        "next": after if seen.images and after <= count else 0,
    }
