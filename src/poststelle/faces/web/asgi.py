# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The web face as an ASGI application; Django must be set up and the shelf furnished before the first request."""

from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIHandler


def application() -> ASGIHandler:
    """A new handler."""
    return get_asgi_application()
