# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The Django app of the web face: templates and template tags; it has no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The web face."""

    name = "poststelle.faces.web"
    label = "web"
    verbose_name = "Web"
