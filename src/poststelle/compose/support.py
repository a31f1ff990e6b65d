# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What goes into a support report: versions, choices, the doctor's words, counters, the end of logs; all of it redacted."""

import json
import os
import platform
import sqlite3
import ssl
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import distributions
from pathlib import Path

from poststelle.application.metrics import exposition, of_surroundings, of_vitals
from poststelle.application.policies import PolicyError
from poststelle.application.ports import UnavailableError
from poststelle.application.redaction import choices_of, redacted, texts_of
from poststelle.application.settings import Settings
from poststelle.compose.checks import examinations
from poststelle.compose.health_role import around
from poststelle.compose.parts import clock
from poststelle.compose.roles import roles_of
from poststelle.compose.storage import has_records
from poststelle.compose.upkeep import read_vitals
from poststelle.compose.version import program_version

LOG_LINES = 2000
"""Of the end of each log."""


def support_report(settings: Settings, logs: tuple[Path, ...]) -> Mapping[str, str]:
    """The files of the report by name."""
    known = texts_of(settings, os.environ)
    files = {
        "versions.json": _json(_versions()),
        "settings.json": _json(choices_of(settings)),
        "doctor.jsonl": redacted("".join(f"{line}\n" for line in _doctor(settings)), known),
        "metrics.txt": redacted(_metrics(settings), known),
    }
    ends = {f"log-{number}.txt": redacted(_end_of(path), known) for number, path in enumerate(logs, start=1)}
    return files | ends


def _versions() -> dict[str, object]:
    packages = {found.name: found.version for found in distributions()}
    return {
        "poststelle": program_version(),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "sqlite": sqlite3.sqlite_version,
        "openssl": ssl.OPENSSL_VERSION,
        "packages": dict(sorted(packages.items())),
    }


def _doctor(settings: Settings) -> Iterator[str]:
    for examine in examinations(settings):
        try:
            yield json.dumps(asdict(examine()), ensure_ascii=False)
        except (UnavailableError, PolicyError) as error:
            yield json.dumps({"fault": str(error)}, ensure_ascii=False)


def _metrics(settings: Settings) -> str:
    now = clock().now()
    families = of_surroundings(around(settings, roles_of(settings), now))
    vitals = read_vitals(settings)[1] if has_records(settings) else None
    return exposition((*of_vitals(vitals, now), *families) if vitals else families)


def _end_of(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            return "".join(deque(lines, LOG_LINES))
    except OSError as error:
        raise UnavailableError(f"{path.name}: {error.strerror}") from error


def _json(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True) + "\n"
