# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Django's settings of the web face: those of the records, and what serving pages needs.

What an operator decides comes from poststelle.toml; the composition root passes it on in the environment before Django
is set up: POSTSTELLE_DJANGO_HOSTS (names of the Host header, by commas), POSTSTELLE_DJANGO_SECRET_FILE (path of the key that
signs sessions), POSTSTELLE_DJANGO_SECURE (1 where the site is reached by https). Debug pages do not exist here.
"""

import os
from pathlib import Path

from poststelle.records import settings as records

DEBUG = False
DATABASES = {"default": {**records.DATABASES["default"], "CONN_MAX_AGE": 0}}
"""Every request has a thread of its own, so a connection that outlives the request would be lost."""
DEFAULT_AUTO_FIELD = records.DEFAULT_AUTO_FIELD
INSTALLED_APPS = [*records.INSTALLED_APPS, "poststelle.faces.web"]

_secret_file = os.environ.get("POSTSTELLE_DJANGO_SECRET_FILE", "")
SECRET_KEY = Path(_secret_file).read_text(encoding="ascii").strip() if _secret_file else records.SECRET_KEY
ALLOWED_HOSTS = [
    host for host in os.environ.get("POSTSTELLE_DJANGO_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host
]
_is_secure = os.environ.get("POSTSTELLE_DJANGO_SECURE") == "1"

ROOT_URLCONF = "poststelle.faces.web.urls"
APPEND_SLASH = False
MIDDLEWARE = [
    "poststelle.faces.web.headers.SecurityHeaders",
    "poststelle.faces.web.faults.WrongMethod",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "poststelle.faces.web.faults.WorldFailed",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["poststelle.faces.web.templatetags.house"],
            "string_if_invalid": "",
        },
    }
]

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
"""Django's own sentences only; ours stand in words/ and are chosen by the address of the page."""
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

SESSION_COOKIE_NAME = "poststelle-sitzung"
SESSION_COOKIE_AGE = 10 * 60 * 60
"""In seconds: a working day with its breaks."""
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _is_secure
CSRF_COOKIE_NAME = "poststelle-formular"
CSRF_COOKIE_AGE = None
"""Until the browser is closed, as the session."""
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = _is_secure
CSRF_FAILURE_VIEW = "poststelle.faces.web.faults.form_expired"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_secure else None

DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
"""Form fields without files, in bytes."""
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
"""Larger files are spooled to a temporary file, which the request removes when it ends."""

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGGING_CONFIG = None
"""Logging is set up by the program, not by Django."""
