# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The public site over HTTP: a view for each route, which makes a visit of the request and answers the document."""

from collections.abc import Callable
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from poststelle.core.page import PREFIXES
from poststelle.core.policy import Language
from poststelle.faces.web.shelf import lent
from poststelle.faces.web.site.routes import ROUTES, Route
from poststelle.faces.web.site.visit import Document, visit_of

CACHE_SECONDS = 300
"""How long a page may be kept: a new edition is announced days before it begins."""


def home(_request: HttpRequest) -> HttpResponse:
    """The site begins with the contact page."""
    return HttpResponseRedirect("/kontakt")


def url_patterns() -> list[URLPattern]:
    """Every route in every language it has."""
    patterns = [
        path(f"{PREFIXES[language]}{route.path}".lstrip("/"), csrf_exempt(require_safe(_view(route, language))))
        for route in ROUTES
        for language in route.languages
    ]
    return [path("", home), *patterns]


def _view(route: Route, language: Language) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, **parts: str) -> HttpResponse:
        visit = visit_of(lent(), request.get_host(), language)
        if language not in visit.policy.languages:
            raise Http404
        query = {name: str(value) for name, value in request.GET.items()}
        return answer(route.make(replace(visit, asked={**query, **parts})))

    return view


def answer(document: Document) -> HttpResponse:
    """The document over HTTP."""
    if document.location:
        return HttpResponse(status=document.status, headers={"Location": document.location})
    if document.status == 404 and not document.content:
        raise Http404
    response = HttpResponse(document.content, content_type=document.media_type, status=document.status)
    response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    if document.file_name:
        response.headers["Content-Disposition"] = f'attachment; filename="{document.file_name}"'
    return response
