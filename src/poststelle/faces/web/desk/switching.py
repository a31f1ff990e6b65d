# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Changing from one authority's desk to another's, for people with a role at several of them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from poststelle.core.arrival import AuthorityId
from poststelle.faces.web.desk import words
from poststelle.faces.web.desk.frame import authority_name, flash
from poststelle.faces.web.desk.gate import HOME, Visitor, behind_gate, enter


@require_POST
@behind_gate
def choose_authority(visitor: Visitor) -> HttpResponse:
    """Work for the authority chosen from now on; 403 where the person has no role there today, or there is none such."""
    wanted = AuthorityId(visitor.request.POST.get("behoerde", ""))
    if wanted not in visitor.authorities:
        raise PermissionDenied
    if wanted != visitor.viewer.authority:
        enter(visitor.request, visitor.house, wanted, visitor.viewer.account)
    flash(visitor.request, words.now_working_for(authority_name(visitor, wanted)))
    return HttpResponseRedirect(HOME)
