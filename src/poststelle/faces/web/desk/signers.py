# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The page of the identity register: whose signatures count here, who checked them, and how. It decides nothing."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from poststelle.application.desk import labels
from poststelle.application.desk.viewer import Power
from poststelle.core.fingerprint import groups
from poststelle.faces.web.desk.frame import desk_page
from poststelle.faces.web.desk.gate import Visitor, behind_gate
from poststelle.records.accounts import account_names
from poststelle.records.signers import SignerLine, signer_lines

SIGNERS = "/desk/signaturen"
_SHOWN_GROUPS = 4


@dataclass(frozen=True, slots=True)
class SignerRow:
    """One line of the page."""

    line: SignerLine
    standing: str
    state: str
    method: str
    who: str
    key: str
    messages: str
    """Address of the list of messages from the first of its addresses."""


_STATES = {
    "verified": ("good", "geprüft"),
    "proposed": ("open", "zweite Person fehlt"),
    "revoked": ("bad", "widerrufen"),
}


@require_safe
@behind_gate
def show_signers(visitor: Visitor) -> HttpResponse:
    """Every key that somebody checked or revoked."""
    viewer = visitor.viewer
    if not may_see_signers(visitor):
        raise Http404
    lines = signer_lines(visitor.database, viewer.authority)
    names = account_names(visitor.database, (line.checked_by for line in lines))
    rows = tuple(_row(line, names) for line in lines)
    return desk_page(visitor, "desk/signers.html", "Geprüfte Signaturen", {"rows": rows}, "signaturen")


def may_see_signers(visitor: Visitor) -> bool:
    """Who may check somebody may see who is checked."""
    viewer = visitor.viewer
    return viewer.everywhere(Power.CHECK_IDENTITY) or bool(viewer.where(Power.CHECK_IDENTITY))


def _row(line: SignerLine, names: dict[str, str]) -> SignerRow:
    standing, state = _STATES.get(line.state, ("neutral", line.state))
    search = urlencode({"q": line.addresses[0]}) if line.addresses else ""
    return SignerRow(
        line,
        standing,
        state,
        labels.METHODS.get(line.method, ""),
        names.get(line.checked_by, line.checked_by),
        " ".join(groups(line.spki_sha256)[:_SHOWN_GROUPS]),
        f"/desk/liste/posteingang?{search}" if search else "",
    )
