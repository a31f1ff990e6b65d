# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where the records are kept: a data folder with a SQLite file, or a PostgreSQL address; and how Django reaches it.

Knows only the settings of the connection; opening and migrating happen in database.py.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

FILE_NAME = "poststelle.sqlite3"
BUSY_SECONDS = 5
"""How long a connection waits for another one's write transaction before it gives up (UnavailableError)."""
MMAP_BYTES = 64 * 1024 * 1024

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA mmap_size={MMAP_BYTES}",
    "PRAGMA cache_size=-16000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
)

Connection = dict[str, object]
"""One entry of Django's DATABASES."""


def connection_from(environment: Mapping[str, str]) -> Connection:
    """What POSTSTELLE_DATABASE_URL or POSTSTELLE_DATA name; a database in memory where neither is set."""
    url = environment.get("POSTSTELLE_DATABASE_URL", "")
    folder = environment.get("POSTSTELLE_DATA", "")
    if url:
        return connection_to(url)
    return connection_to(Path(folder)) if folder else {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


def connection_to(target: Path | str) -> Connection:
    """The connection to a data folder (a path) or to a PostgreSQL server (``postgresql://…``)."""
    if isinstance(target, str) and target.startswith(("postgres://", "postgresql://")):
        return _postgresql(target)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(target) / FILE_NAME),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"timeout": BUSY_SECONDS, "transaction_mode": "IMMEDIATE", "init_command": ";".join(_PRAGMAS)},
    }


def connection_to_look(target: Path | str) -> Connection:
    """As connection_to, but a SQLite file is opened for reading only, and neither it nor a file beside it is made.

    A file at rest is opened as one that does not change.
    """
    if isinstance(target, str) and target.startswith(("postgres://", "postgresql://")):
        return _postgresql(target)
    file = (Path(target) / FILE_NAME).absolute()
    options = {"timeout": BUSY_SECONDS, "init_command": "PRAGMA query_only=ON;PRAGMA trusted_schema=OFF"}
    how = "mode=ro&immutable=1" if is_at_rest(target) else "mode=ro"
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{file.as_uri()}?{how}", "OPTIONS": options}


def is_at_rest(target: Path | str) -> bool:
    """Whether it is a SQLite file on which nobody is at work: there is no log beside it."""
    file = Path(target) / FILE_NAME
    return file.is_file() and not file.with_name(f"{FILE_NAME}-wal").exists()


def stamp_of(target: Path | str) -> tuple[int, int]:
    """Size and last change of a SQLite file that is there."""
    found = (Path(target) / FILE_NAME).stat()
    return found.st_size, found.st_mtime_ns


def _postgresql(url: str) -> Connection:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
