# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The page and the interface of the check. Nothing is stored: no row, no file, no cookie."""

from collections.abc import Mapping

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
from poststelle.faces.web.precheck.asking import MOST_FILES, Answer, Refusal, ask, channel_of
from poststelle.faces.web.precheck.openapi import OPENAPI
from poststelle.faces.web.precheck.result import result
from poststelle.faces.web.shelf import lent
from poststelle.faces.web.site.telephone import office_lines
from poststelle.faces.web.site.visit import WRITTEN, Visit, frame, visit_of
from poststelle.faces.web.templatetags.house import bytes_text

PATH = "/pruefen"
TEMPLATE = "precheck/page.html"
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
        return page(request, TEMPLATE, frame(visit, visit.say("precheck.title"), PATH), _form(visit, {}))
    answer = ask(request, visit)
    if isinstance(answer, Refusal):
        chosen = request.POST if answer.is_read else {}
        content = {**_form(visit, chosen), "fault": _sentence(answer, visit)}
        shown = frame(visit, visit.say("precheck.title-fault"), PATH)
        return _with_retry(page(request, TEMPLATE, shown, content, answer.status), answer)
    office = visit.authority.directory.office(request.POST.get("amt", ""))
    content = {**_form(visit, request.POST), "result": result(answer, visit, office)}
    return page(request, TEMPLATE, frame(visit, visit.say("precheck.title-result"), PATH), content)


def _form(visit: Visit, chosen: Mapping[str, str]) -> dict[str, object]:
    """What the form offers, and what is chosen in it."""
    limits = [
        (one, visit.say(f"precheck.channel.{one.value}"), visit.policy.channel(one).size.limit) for one in Channel
    ]
    return {
        "channels": limits,
        "channel": channel_of(chosen.get("kanal", "")),
        "offices": office_lines(visit),
        "office": chosen.get("amt", ""),
        "visit": visit,
        "visit_path": visit.path(PATH),
        "limit": bytes_text(visit.house.precheck_limit_bytes, visit.language),
    }


def _sentence(refusal: Refusal, visit: Visit) -> str:
    limit = bytes_text(visit.house.precheck_limit_bytes, visit.language)
    return visit.say(refusal.key, limit=limit, most=MOST_FILES)


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
        problem = {"error": answer.key.removeprefix("precheck."), "sentence": _sentence(answer, visit)}
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
