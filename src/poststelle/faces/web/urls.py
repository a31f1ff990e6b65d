# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the web face: the public site in each language, the interfaces, and the desk."""

from django.urls import URLPattern, URLResolver, path

from poststelle.faces.web import assets
from poststelle.faces.web.desk.urls import url_patterns as desk_patterns
from poststelle.faces.web.precheck.views import url_patterns as precheck_patterns
from poststelle.faces.web.site.views import url_patterns as site_patterns

handler400 = "poststelle.faces.web.faults.bad_request"
handler403 = "poststelle.faces.web.faults.forbidden"
handler404 = "poststelle.faces.web.faults.not_found"
handler500 = "poststelle.faces.web.faults.unavailable"

urlpatterns: list[URLPattern | URLResolver] = [
    path("assets/<str:bundle>/<path:name>", assets.serve, name="asset"),
    *site_patterns(),
    *precheck_patterns(),
    *desk_patterns(),
]
