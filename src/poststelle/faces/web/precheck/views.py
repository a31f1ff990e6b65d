# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The page and the interface of the check. Nothing is stored: no row, no file, no cookie."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from poststelle.application.precheck import described
from poststelle.core.arrival import Channel
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.remedies import REMEDIES
from poststelle.core.page import PREFIXES
from poststelle.core.policy import Language
from poststelle.core.verdict import Objection
from poststelle.faces.web.frame import page
from poststelle.faces.web.precheck.asking import Answer, Refusal, ask, channel_of
from poststelle.faces.web.precheck.openapi import OPENAPI
from poststelle.faces.web.precheck.result import result
from poststelle.faces.web.shelf import lent
from poststelle.faces.web.site.telephone import office_lines
from poststelle.faces.web.site.visit import WRITTEN, Visit, frame, visit_of
from poststelle.faces.web.templatetags.house import bytes_text

PATH = "/pruefen"
NOT_CHECKED = ("malware", "spam", "encrypted-content")
"""What only the gateway itself can check."""


def url_patterns() -> list[URLPattern]:
    """The page in each language, the interface, and its description."""
    pages = [path(f"{PREFIXES[one]}{PATH}".lstrip("/"), _page_view, {"language": one}) for one in WRITTEN]
    return [*pages, path("api/v1/check", _api_view), path("api/v1/openapi.json", _openapi_view)]


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def _page_view(request: HttpRequest, language: Language) -> HttpResponse:
    """The form, and below it the answer to what was sent. Without state there is nothing a forged request could do."""
    visit = visit_of(lent(), request.get_host(), language)
    if request.method != "POST":
        return _form(request, visit, {}, 200)
    answer = ask(request, visit)
    if isinstance(answer, Refusal):
        fault = visit.say(answer.key, limit=bytes_text(visit.house.precheck_limit_bytes, language))
        response = _form(request, visit, {"fault": fault}, answer.status)
        return _with_retry(response, answer)
    office = visit.authority.directory.office(request.POST.get("amt", ""))
    found = result(answer, visit, office)
    size_of = visit.say("precheck.size-of", size=bytes_text(found.size_bytes, language), limit=found.limit_text)
    return _form(request, visit, {"result": found, "size_of": size_of}, 200)


def _form(request: HttpRequest, visit: Visit, content: dict[str, object], status: int) -> HttpResponse:
    key = "precheck.title-result" if "result" in content else "precheck.title"
    asked = request.POST if request.method == "POST" and status in {200, 503} else {}
    limits = [
        (one, visit.say(f"precheck.channel.{one.value}"), visit.policy.channel(one).size.limit) for one in Channel
    ]
    known = {
        "channels": limits,
        "channel": channel_of(asked.get("kanal", "")),
        "offices": office_lines(visit),
        "office": asked.get("amt", ""),
        "visit": visit,
        "visit_path": visit.path(PATH),
        "limit": bytes_text(visit.house.precheck_limit_bytes, visit.language),
    }
    return page(request, "precheck/page.html", frame(visit, visit.say(key), PATH), {**known, **content}, status)


def _with_retry(response: HttpResponse, refusal: Refusal) -> HttpResponse:
    if refusal.retry_seconds:
        response.headers["Retry-After"] = str(refusal.retry_seconds)
    return response


@csrf_exempt
@never_cache
@require_POST
def _api_view(request: HttpRequest) -> HttpResponse:
    """The same check for programs: multipart in, JSON out."""
    visit = visit_of(lent(), request.get_host(), Language.DE)
    answer = ask(request, visit)
    if isinstance(answer, Refusal):
        sentence = visit.say(answer.key, limit=bytes_text(visit.house.precheck_limit_bytes))
        problem = {"error": answer.key.removeprefix("precheck."), "sentence": sentence}
        return _with_retry(JsonResponse(problem, status=answer.status, json_dumps_params=_READABLE), answer)
    return JsonResponse(_said(answer, visit), json_dumps_params=_READABLE)


_READABLE = {"ensure_ascii": False}


def _said(answer: Answer, visit: Visit) -> dict[str, object]:
    names = [one.name for one in answer.asked.uploads]
    channel = visit.policy.channel(answer.asked.channel)
    return {
        "name": names[0] if len(names) == 1 else "",
        **described(names[0], answer.checked),
        "edition": answer.checked.verdict.edition,
        "channel": answer.asked.channel.value,
        "size_bytes": answer.size_bytes,
        "limit_bytes": channel.size.limit_bytes,
        "objections": [_objection(one, visit) for one in answer.checked.verdict.objections],
        "not_checked": list(NOT_CHECKED),
    }


def _objection(objection: Objection, visit: Visit) -> dict[str, object]:
    return {
        "code": objection.code.value,
        "path": list(objection.path),
        "inner": list(objection.inner),
        "disposition": objection.disposition.value,
        "clause": objection.clause,
        "clause_url": visit.url(f"/kontakt#{objection.clause}"),
        "sentence": REASONS[objection.code].de,
        "remedy": REMEDIES[objection.remedy].de,
    }


@require_safe
def _openapi_view(_request: HttpRequest) -> HttpResponse:
    """What the interface looks like."""
    return JsonResponse(OPENAPI, json_dumps_params={"ensure_ascii": False, "indent": 1})
