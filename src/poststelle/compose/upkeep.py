# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the doctor looks at of signatures, certificates, database, backlog, clock, permissions and ports."""

import errno
import socket
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from poststelle.adapters.journal_key import PRIVATE_NAME
from poststelle.adapters.kernel_clock import is_synchronised
from poststelle.adapters.policy_folder import policy_files
from poststelle.adapters.ready_files import ready
from poststelle.application import upkeep
from poststelle.application.health import Diagnosis, Examination, Health
from poststelle.application.policies import PolicyError
from poststelle.application.policy_folder import folder_faults
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import Settings, SettingsError
from poststelle.application.upkeep import unless
from poststelle.application.vitals import TablesState, Vitals
from poststelle.compose.health_role import certificate_end, signature_age_seconds
from poststelle.compose.parts import authorities, clock
from poststelle.compose.storage import has_records, looked_at
from poststelle.records.target import FILE_NAME

_NO_DATABASE = "Start or mount it; until then every message is answered 451 and comes again."
_SECRETS = ("keys", PRIVATE_NAME, "web-secret")
_PASSABLE_TO_OTHERS = 0o011
_PUBLIC = frozenset({".der", ".json", ".stamp"})
"""What of the key ring says nothing that others may not know."""


def policy_examination(settings: Settings) -> Diagnosis:
    """The editions that are enforced, or what the lint has against them."""

    def looked() -> Diagnosis:
        faults = tuple(
            str(one) for folder in settings.house.policies for one in folder_faults(str(folder), policy_files(folder))
        )
        ids = tuple(edition.id for entry in authorities(settings).by_id.values() for edition in entry.editions)
        return upkeep.of_policy_faults(ids, faults)

    return unless("policies", "poststelle policy lint DIR explains each.", looked, PolicyError, SettingsError, OSError)


def upkeep_examinations(settings: Settings) -> tuple[Examination, ...]:
    """In the order of the walk; those that need the records follow from one reading of them."""
    return (
        *_engine_examinations(settings),
        lambda: upkeep.of_permissions(_modes(settings)),
        *_port_examinations(settings),
        *_record_examinations(settings),
    )


def _engine_examinations(settings: Settings) -> Iterator[Examination]:
    if settings.malware.engine == "clamd":
        yield lambda: upkeep.of_signatures(_signature_age(settings))
    if (file := settings.door.certificate) is not None:
        yield lambda: upkeep.of_certificate(file, certificate_end(file), clock().now())


def _signature_age(settings: Settings) -> timedelta | None:
    seconds = signature_age_seconds(settings, clock().now())
    return None if seconds is None else timedelta(seconds=seconds)


def _modes(settings: Settings) -> Iterator[tuple[Path, int, bool]]:
    data = settings.house.data
    if not data.is_dir():
        return
    mode = data.stat().st_mode
    yield data, mode, False
    if mode & _PASSABLE_TO_OTHERS:
        yield from ((file, file.stat().st_mode, True) for file in data.glob(f"{FILE_NAME}*"))
    for name in _SECRETS:
        place = data / name
        for path in (place, *place.rglob("*")) if place.exists() else ():
            if path.is_file():
                yield path, path.stat().st_mode, (path.suffix or path.name) not in _PUBLIC


def _port_examinations(settings: Settings) -> Iterator[Examination]:
    for role, host, port in (
        ("door", settings.door.host, settings.door.port),
        ("web", settings.web.host, settings.web.port),
    ):
        if port:
            yield partial(_port_examination, settings, role, (host, port))


def _port_examination(settings: Settings, role: str, place: tuple[str, int]) -> Diagnosis:
    return upkeep.of_port(f"{role} port", f"{place[0]}:{place[1]}", _state(settings, role, place))


def _state(settings: Settings, role: str, place: tuple[str, int]) -> str:
    family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return "refused"
            return "ours" if ready(settings.house.data, role) else "taken"
    return "free"


def _record_examinations(settings: Settings) -> tuple[Examination, ...]:
    """Only of the tables where they are not those of this version; none where nothing was ever kept."""
    if not has_records(settings):
        return ()
    try:
        tables, vitals = read_vitals(settings)
    except (UnavailableError, PolicyError, SettingsError) as error:
        told = str(error)
        return (lambda: Diagnosis("tables", Health.BROKEN, told, _NO_DATABASE),)
    if vitals is None:
        return (lambda: upkeep.of_tables(tables),)
    now = clock().now()
    return (
        lambda: upkeep.of_tables(tables),
        lambda: upkeep.of_backlog(vitals, now),
        lambda: upkeep.of_deferrals(vitals),
        lambda: upkeep.of_journal(vitals.journal, now),
        lambda: upkeep.of_clock(vitals.journal, now, is_synchronised()),
    )


def read_vitals(settings: Settings) -> tuple[TablesState, Vitals | None]:
    """The numbers only out of tables that have all we would ask for."""
    names = tuple(authorities(settings).by_id)
    with looked_at(settings) as database:
        from poststelle.records.vitals import RecordedVitals  # noqa: PLC0415 - needs Django set up

        tables = database.tables()
        return tables, None if tables.missing else RecordedVitals(database, names, clock()).read()
