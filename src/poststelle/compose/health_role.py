# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The role that tells machines how we are: /healthz, /readyz and /metrics on a port of their own."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock

from cryptography import x509

from poststelle.adapters.clamd import Clamd
from poststelle.adapters.health_port import Answer, Answers, serve_health
from poststelle.adapters.ready_files import ready
from poststelle.application.key_health import oldest_seconds, stale
from poststelle.application.keyring import KeyRingError
from poststelle.application.metrics import CONTENT_TYPE, Surroundings, exposition, of_surroundings, of_tally, of_vitals
from poststelle.application.policies import PolicyError
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import Settings, SettingsError
from poststelle.application.vitals import VitalSigns
from poststelle.compose.keyholding import key_folder
from poststelle.compose.keys import mail_addresses
from poststelle.compose.parts import authorities, clock, records, scanner
from poststelle.compose.probing import BEBPO, DOOR, Readiness, free_bytes
from poststelle.compose.revocation import revocation_folder
from poststelle.compose.version import program_version
from poststelle.core.arrival import AuthorityId
from poststelle.core.policy import Policy

DAY_SECONDS = 86_400.0
_LOG = logging.getLogger("poststelle.health")


def run_health(settings: Settings, roles: tuple[str, ...], opened: Callable[[int], None]) -> None:
    """Answer until asked to end. ``roles`` should be at work on this node."""
    time = clock()
    with records(settings, time) as (book, _):
        from poststelle.records.vitals import RecordedVitals  # noqa: PLC0415 - needs Django set up

        names = tuple(authorities(settings).by_id)
        signs = RecordedVitals(book.database, names, time)
        place = (settings.health.host, settings.health.port)
        readiness = Readiness(settings, roles, book.database)
        serve_health(place, answers(settings, signs, readiness, roles), opened, book.database.close)


def answers(settings: Settings, signs: VitalSigns, readiness: Readiness, roles: tuple[str, ...]) -> Answers:
    """What each path says."""
    turn, time = Lock(), clock()
    taking_in = [name for name in (DOOR, BEBPO) if name in roles][:1]

    def healthz() -> Answer:
        """Every process that should be here is."""
        down = [name for name in roles if ready(settings.house.data, name) is None]
        return Answer(not down, "".join(f"down: {name}\n" for name in down) or "ok\n")

    def readyz(*wanted: str) -> Answer:
        """These roles could work now; of the door: everything that would otherwise make us answer 451 is there."""
        missing = readiness.missing(*wanted)
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

    each = {f"/readyz/{name}": partial(readyz, name) for name in roles}
    return {"/healthz": healthz, "/readyz": partial(readyz, *taking_in), "/metrics": metrics, **each}


def around(settings: Settings, roles: tuple[str, ...], now: datetime) -> Surroundings:
    """What is not in the records."""
    fetched = tuple(revocation_folder(settings).known().values())
    return Surroundings(
        version=program_version(),
        roles={name: ready(settings.house.data, name) is not None for name in roles},
        free_bytes=free_bytes(settings.house.data),
        signature_age_seconds=signature_age_seconds(settings, now),
        certificate_days=certificate_days(settings, now),
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


def certificate_days(settings: Settings, now: datetime) -> dict[tuple[str, str], float]:
    """By (authority, use); nothing where policies or keys cannot be read, which must not hide all other numbers."""
    try:
        return dict(_certificate_days(settings, now))
    except (PolicyError, SettingsError, KeyRingError, OSError) as error:
        _LOG.warning("event=certificates-unreadable cause=%s", error)
        return {}


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
