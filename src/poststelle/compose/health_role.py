# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The role that tells machines how we are: /healthz, /readyz and /metrics on a port of their own."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from cryptography import x509

from poststelle.adapters.clamd import Clamd
from poststelle.adapters.health_port import Answer, Answers, serve_health
from poststelle.adapters.ready_files import ready
from poststelle.application.key_health import oldest_seconds, stale
from poststelle.application.metrics import CONTENT_TYPE, Surroundings, exposition, of_surroundings, of_tally, of_vitals
from poststelle.application.ports import Clock, UnavailableError
from poststelle.application.settings import Settings
from poststelle.application.vitals import VitalSigns
from poststelle.compose.keyholding import key_folder
from poststelle.compose.keys import mail_addresses
from poststelle.compose.parts import authorities, clock, records, scanner
from poststelle.compose.revocation import revocation_folder
from poststelle.compose.version import program_version
from poststelle.core.arrival import AuthorityId
from poststelle.core.policy import Policy

DAY_SECONDS = 86_400.0
NEEDED_FREE_BYTES = 64 << 20
"""With less, every message of some size is answered 452."""


def run_health(settings: Settings, roles: tuple[str, ...], opened: Callable[[int], None]) -> None:
    """Answer until asked to end. ``roles`` should be at work on this node."""
    time = clock()
    with records(settings, time) as (book, _):
        from poststelle.records.vitals import RecordedVitals  # noqa: PLC0415 - needs Django set up

        names = tuple(authorities(settings).by_id)
        signs = RecordedVitals(book.database, names, time)
        place = (settings.health.host, settings.health.port)
        serve_health(place, answers(settings, signs, roles, time), opened, book.database.close)


def answers(settings: Settings, signs: VitalSigns, roles: tuple[str, ...], time: Clock) -> Answers:
    """What each path says."""
    turn = Lock()

    def healthz() -> Answer:
        """Every process that should be here is."""
        down = [name for name in roles if ready(settings.house.data, name) is None]
        return Answer(not down, "".join(f"down: {name}\n" for name in down) or "ok\n")

    def readyz() -> Answer:
        """A message could be taken in now: everything that would otherwise make us answer 451 is there."""
        missing = tuple(_missing(settings, signs, roles))
        return Answer(not missing, "".join(f"missing: {one}\n" for one in missing) or "ok\n")

    def metrics() -> Answer:
        now = time.now()
        with turn:  # counting goes on from where the last scrape ended
            families = (*of_vitals(signs.read(), now), *of_tally(signs.tally()))
        return Answer(
            is_well=True,
            text=exposition((*families, *of_surroundings(around(settings, roles, now)))),
            content_type=CONTENT_TYPE,
        )

    return {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


def _missing(settings: Settings, signs: VitalSigns, roles: tuple[str, ...]) -> Iterator[str]:
    if "door" in roles and ready(settings.house.data, "door") is None:
        yield "door"
    try:
        signs.read()
    except UnavailableError:
        yield "database"
    try:
        scanner(settings).engine()
    except UnavailableError:
        yield "virus scanner"
    if (free := free_bytes(settings)) is not None and free < NEEDED_FREE_BYTES:
        yield "disk space"


def around(settings: Settings, roles: tuple[str, ...], now: datetime) -> Surroundings:
    """What is not in the records."""
    fetched = tuple(revocation_folder(settings).known().values())
    return Surroundings(
        version=program_version(),
        roles={name: ready(settings.house.data, name) is not None for name in roles},
        free_bytes=free_bytes(settings),
        signature_age_seconds=signature_age_seconds(settings, now),
        certificate_days=dict(_certificate_days(settings, now)),
        revocation_seconds=oldest_seconds(fetched, now),
        revocation_stale=len(stale(fetched, now)) if settings.revocation.hosts else None,
    )


def signature_age_seconds(settings: Settings, now: datetime) -> float | None:
    """Age of the virus signatures; None where nobody knows."""
    engine = scanner(settings)
    try:
        age = engine.signature_age(now) if isinstance(engine, Clamd) else None
    except UnavailableError:
        return None
    return None if age is None else age.total_seconds()


def free_bytes(settings: Settings) -> int | None:
    """Room below the data folder."""
    try:
        return shutil.disk_usage(settings.house.data).free
    except OSError:
        return None


def _certificate_days(settings: Settings, now: datetime) -> Iterator[tuple[tuple[str, str], float]]:
    ends = {one.address: one.not_after for one in key_folder(settings).ring() if one.state.value == "current"}
    for name, policy in _policies(settings, now):
        of_ours = [ends[address] for address in mail_addresses((policy,)) if address in ends]
        if of_ours:
            yield (name, "smime"), (min(of_ours) - now).total_seconds() / DAY_SECONDS
    if settings.door.certificate is not None and (end := certificate_end(settings.door.certificate)) is not None:
        yield ("", "tls"), (end - now).total_seconds() / DAY_SECONDS


def _policies(settings: Settings, now: datetime) -> Iterator[tuple[AuthorityId, Policy]]:
    for name, entry in authorities(settings).by_id.items():
        yield name, entry.policy_near(now)


def certificate_end(file: Path) -> datetime | None:
    """When the first certificate of a PEM file ends; None where it cannot be read."""
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        return None
    return found[0].not_valid_after_utc.astimezone(UTC)
