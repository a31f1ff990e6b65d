# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Django's settings for the records alone; the web face has settings of its own that begin with these.

The database is named by POSTSTELLE_DATA (a folder) or POSTSTELLE_DATABASE_URL (PostgreSQL), see target.py.
"""

import os
import secrets

from poststelle.records.target import connection_from

DATABASES = {"default": connection_from(os.environ)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "poststelle.records",
]
SECRET_KEY = os.environ.get("POSTSTELLE_SECRET_KEY") or secrets.token_urlsafe(48)
"""Signs sessions only. Without the setting it lasts as long as the process, and so do the sessions."""
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "de"
