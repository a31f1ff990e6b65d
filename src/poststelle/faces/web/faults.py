# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Pages for what went wrong: polite, in the frame of the site where it can still be drawn."""

import logging

from django.http import HttpRequest, HttpResponse

from poststelle.core.policy import Language
from poststelle.faces.web.frame import Frame, page
from poststelle.faces.web.words import word

_LOG = logging.getLogger("poststelle.web")
_PREFIXES = {"/en/": Language.EN, "/leicht/": Language.LEICHT}


def language_of(request: HttpRequest) -> Language:
    """The language that the address asks for."""
    return next((language for prefix, language in _PREFIXES.items() if request.path.startswith(prefix)), Language.DE)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's form
    """404."""
    return _fault(request, "fault.not-found", 404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's form
    """403."""
    return _fault(request, "fault.forbidden", 403)


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - as above
    """400: not worth a page, since no browser of a person sends such a thing."""
    return HttpResponse("bad request\n", status=400, content_type="text/plain; charset=utf-8")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the form protection."""
    _LOG.info("form refused: %s", reason)
    return _fault(request, "fault.form-expired", 403)


def unavailable(request: HttpRequest) -> HttpResponse:
    """500 and 503."""
    return _fault(request, "fault.unavailable", 500)


def _fault(request: HttpRequest, key: str, status: int) -> HttpResponse:
    language = language_of(request)
    frame = Frame(title=word(key, language), authority="", language=language)
    return page(request, "fault.html", frame, {"text": word(f"{key}-text", language)}, status)
