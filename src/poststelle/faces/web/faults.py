# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Pages for what went wrong: polite, in the frame of the site where it can still be drawn."""

import json
import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import is_valid_path

from poststelle.application.ports import UnavailableError
from poststelle.core.page import PREFIXES
from poststelle.core.policy import Language
from poststelle.faces.web.frame import Frame, page
from poststelle.faces.web.words import word

_LOG = logging.getLogger("poststelle.web")


def language_in(path: str) -> Language:
    """The language that the address asks for."""
    found = (language for language, prefix in PREFIXES.items() if prefix and path.startswith(f"{prefix}/"))
    return next(found, Language.DE)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's form
    """404; an address with a slash too many leads to the page, since a static export is reached that way."""
    stripped = "/" + request.path.strip("/")
    if request.path.endswith("/") and is_valid_path(stripped):
        return HttpResponsePermanentRedirect(stripped)
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
    """500: our fault."""
    return _fault(request, "fault.unavailable", 500)


class WorldFailed:
    """Middleware: where a part of the world did not answer the page is 503, to be asked again later."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The response."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for UnavailableError; anything else is our fault."""
        if not isinstance(exception, UnavailableError):
            return None
        _LOG.warning("event=unavailable path=%s because=%s", request.path, exception)
        response = _fault(request, "fault.unavailable", 503)
        response.headers["Retry-After"] = "60"
        return response


def _fault(request: HttpRequest, key: str, status: int) -> HttpResponse:
    language = language_in(request.path)
    frame = Frame(title=word(key, language), authority="", language=language)
    return page(request, "fault.html", frame, {"text": word(f"{key}-text", language)}, status)


def too_large_page(path: str) -> tuple[str, bytes]:
    """Media type and content of 413, which is answered before Django sees the request."""
    return _without_request(path, "fault.too-large")


def busy_page(path: str) -> tuple[str, bytes]:
    """The same of 503: as many uploads are under way as the disk may hold."""
    return _without_request(path, "fault.unavailable")


def _without_request(path: str, key: str) -> tuple[str, bytes]:
    language = language_in(path)
    if path.startswith("/api/"):
        problem = {"error": key.removeprefix("fault."), "sentence": word(f"{key}-text", language)}
        return "application/json", json.dumps(problem, ensure_ascii=False).encode()
    frame = Frame(title=word(key, language), authority="", language=language)
    content = {"frame": frame, "language": language, "text": word(f"{key}-text", language)}
    return "text/html; charset=utf-8", render_to_string("fault.html", content).encode()
