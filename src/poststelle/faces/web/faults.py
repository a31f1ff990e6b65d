# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Pages for what went wrong: polite, in the frame of the site where it can still be drawn."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import is_valid_path

from poststelle.application.ports import UnavailableError
from poststelle.core.page import PREFIXES
from poststelle.core.policy import Language
from poststelle.faces.web.desk.gate import private
from poststelle.faces.web.frame import Frame
from poststelle.faces.web.shelf import lent
from poststelle.faces.web.site import visit
from poststelle.faces.web.words import word

DESK = "/desk/"
API = "/api/"
HTML, JSON = "text/html; charset=utf-8", "application/json"
METHOD_NOT_ALLOWED = 405
_LOG = logging.getLogger("poststelle.web")


def language_in(path: str) -> Language:
    """The language that the address asks for."""
    found = (language for language, prefix in PREFIXES.items() if prefix and path.startswith(f"{prefix}/"))
    return next(found, Language.DE)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's form
    """404; an address with a slash too many leads to the page, since a static export is reached that way."""
    stripped = "/" + request.path.strip("/")
    if request.path.endswith("/") and is_valid_path(stripped):
        asked = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{stripped}?{asked}" if asked else stripped)
    return _in_site(request, "fault.not-found", 404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's form
    """403, of the desk only: with a way to sign out, since another account may be the one with the role."""
    return _in_site(request, "fault.forbidden", 403, can_sign_out=True)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's form
    """400: above all a name of the host that is nobody's here."""
    return _bare(request, "fault.bad-request", 400)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the form protection."""
    _LOG.info("form refused: %s", reason)
    return _in_site(request, "fault.form-expired", 403)


def unavailable(request: HttpRequest) -> HttpResponse:
    """500: our fault. The frame of the site is left out: drawing it may be what failed."""
    return _bare(request, "fault.unavailable", 500)


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
        response = _in_site(request, "fault.unavailable", 503)
        response.headers["Retry-After"] = "60"
        return response


class WrongMethod:
    """Middleware: what an address does not take is answered in words; Django's own answer is an empty page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The response."""
        answer = self._get_response(request)
        if answer.status_code != METHOD_NOT_ALLOWED:
            return answer
        said = _in_site(request, "fault.method", METHOD_NOT_ALLOWED)
        said.headers["Allow"] = answer.headers["Allow"]
        return said


def too_large_page(path: str) -> tuple[str, bytes]:
    """Media type and content of 413, which is answered before Django sees the request."""
    return _page(path, "fault.too-large", _bare_frame(path))


def too_slow_page(path: str) -> tuple[str, bytes]:
    """The same of 408: what was announced did not come in time."""
    return _page(path, "fault.too-slow", _bare_frame(path))


def busy_page(path: str) -> tuple[str, bytes]:
    """The same of 503: as many uploads are under way as the disk may hold."""
    return _page(path, "fault.unavailable", _bare_frame(path))


def _in_site(request: HttpRequest, key: str, status: int, *, can_sign_out: bool = False) -> HttpResponse:
    media_type, content = _page(request.path, key, _site_frame(request), request if can_sign_out else None)
    answer = HttpResponse(content, content_type=media_type, status=status)
    return private(answer) if _is_at_desk(request.path) else answer


def _bare(request: HttpRequest, key: str, status: int) -> HttpResponse:
    media_type, content = _page(request.path, key, _bare_frame(request.path))
    return HttpResponse(content, content_type=media_type, status=status)


def _page(path: str, key: str, frame: Frame, signed_in: HttpRequest | None = None) -> tuple[str, bytes]:
    """Media type and content: a page for people, a problem for programs. With ``signed_in`` there is a way out."""
    language = frame.language
    text = word(f"{key}-text", language)
    if path.startswith(API):
        problem = {"error": key.removeprefix("fault."), "sentence": text}
        return JSON, json.dumps(problem, ensure_ascii=False).encode()
    content = {
        "frame": replace(frame, title=word(key, language)),
        "language": language,
        "text": text,
        "back": "fault.back-to-desk" if _is_at_desk(path) else "fault.back",
        "can_sign_out": signed_in is not None,
    }
    return HTML, render_to_string("fault.html", content, signed_in).encode()


def _site_frame(request: HttpRequest) -> Frame:
    """Of the authority whose host was asked for; bare where its access is not open yet."""
    bare = _bare_frame(request.path)
    try:
        here = visit.visit_of(lent(), request.get_host(), bare.language)
    except UnavailableError:
        return bare
    if _is_at_desk(request.path):
        return replace(bare, authority=f"{here.name} – Poststelle")
    return replace(visit.frame(here, "", ""), languages=(), canonical="")


def _bare_frame(path: str) -> Frame:
    language = language_in(path)
    home = DESK if _is_at_desk(path) else f"{PREFIXES[language]}/kontakt"
    return Frame(title="", authority="", language=language, home=home)


def _is_at_desk(path: str) -> bool:
    return f"{path}/".startswith(DESK)
