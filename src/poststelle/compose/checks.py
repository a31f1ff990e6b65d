# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What only looks: the check before sending, the journal, the doctor."""

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from poststelle.adapters.bebpo_door import WORK_NAME
from poststelle.adapters.inspector_pool.confinement import probe
from poststelle.adapters.inspector_pool.pool import InspectorPool
from poststelle.adapters.no_engines import NoScanner
from poststelle.adapters.office_pages import find_office_pages
from poststelle.adapters.senderauth import DnsTroubleError
from poststelle.application import health, mail_records
from poststelle.application.check import Checked, as_simple_mail, conclude, is_message_name
from poststelle.application.health import Diagnosis, Examination
from poststelle.application.policies import PolicyError
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import Settings
from poststelle.compose.key_bench import key_examinations
from poststelle.compose.mail_records import published_zone, wanted_records
from poststelle.compose.parts import authorities, clock, inspectors, resolver, scanner
from poststelle.compose.probing import ask_spam_filter
from poststelle.compose.storage import store_examinations
from poststelle.compose.switches import switches_standing
from poststelle.compose.upkeep import policy_examination, upkeep_examinations
from poststelle.compose.whose import the_one
from poststelle.core.arrival import Channel
from poststelle.core.facts import Inspection
from poststelle.faces.cli.doctor import DnsQuestion
from poststelle.inspection.message import as_received

CHECK_SECONDS = 60.0
PROBE_SECONDS = 3.0


@contextmanager
def checker(settings: Settings, named: str = "") -> Iterator[Callable[[Path, str], Checked]]:
    """The check before sending to this authority, or to the only one: no scanner, no keyholder, no store."""
    known = authorities(settings).by_id
    terms = known[the_one(known, named)].terms
    time = clock()
    pool = inspectors(settings, NoScanner())

    def check(path: Path, name: str) -> Checked:
        now, content = time.now(), path.read_bytes()
        if not is_message_name(name):
            return conclude(_inspected(pool, content, name), terms(Channel.EMAIL, now), now)
        found = pool.inspect_message(BytesIO(as_received(content)), CHECK_SECONDS)
        return conclude(found.inspection, terms(Channel.EMAIL, now), now)

    try:
        yield check
    finally:
        pool.close()


def _inspected(pool: InspectorPool, content: bytes, name: str) -> Inspection | None:
    """None where the workers died over it: one such file must not end a batch, and the door would hold it as well."""
    try:
        return as_simple_mail(pool.inspect_file(BytesIO(content), name, CHECK_SECONDS))
    except UnavailableError:
        return None


def examinations(settings: Settings) -> tuple[Examination, ...]:
    """What the doctor looks at, in the order of the walk."""
    outgoing = (settings.outbox.host, settings.outbox.port)
    found = probe()
    return (
        lambda: health.of_settings(settings),
        lambda: policy_examination(settings),
        lambda: health.of_disk(shutil.disk_usage(_existing(settings.house.data)).free),
        lambda: health.of_scanner(scanner(settings), settings.malware.engine),
        lambda: _spam_filter(settings),
        lambda: health.of_sender_checks(settings, lambda: _look_up(settings)),
        lambda: health.of_confinement(found.active, found.missing),
        lambda: health.of_previews(found.active, has_office=find_office_pages() is not None),
        *store_examinations(settings),
        *key_examinations(settings),
        *_drop_folder_examinations(settings),
        *upkeep_examinations(settings),
        lambda: health.of_switches(lambda: switches_standing(settings)),
        lambda: health.of_outbox(settings),
        lambda: health.of_relay(
            lambda: socket.create_connection(outgoing, PROBE_SECONDS).close(), f"{outgoing[0]}:{outgoing[1]}"
        ),
    )


def _spam_filter(settings: Settings) -> Diagnosis:
    """Policies that cannot be read name nothing here: they have an examination of their own."""
    try:
        editions = [entry.editions[-1] for entry in authorities(settings).by_id.values()]
    except (PolicyError, OSError):
        editions = []
    named = frozenset(edition.policy.spam.engine for edition in editions if edition.policy.spam)
    return health.of_spam_filter(
        lambda: ask_spam_filter(settings, health.SCAN_SECONDS), settings.spam.engine, named - {"any", "none"}
    )


def dns_examinations(settings: Settings, asked: DnsQuestion) -> tuple[tuple[Examination, ...], str]:
    """What the doctor looks at with --dns, and the MTA-STS policy to be served."""
    wanted = wanted_records(settings, asked.certificate, asked.selector, asked.reports_to)
    return mail_records.examinations(wanted, published_zone(settings)), mail_records.mta_sts_policy(wanted)


def _look_up(settings: Settings) -> None:
    """One question to the name server; any answer will do."""
    try:
        resolver(settings).for_one_message().texts(settings.house.hostname)
    except DnsTroubleError as error:
        raise UnavailableError(str(error)) from None


def _drop_folder_examinations(settings: Settings) -> tuple[Examination, ...]:
    folder = settings.bebpo.folder
    if folder is None:
        return ()
    works = (settings.house.data / "bebpo", folder / WORK_NAME)

    def waiting() -> tuple[float, ...]:
        now = clock().now().timestamp()
        return tuple(now - room.stat().st_mtime for work in works for room in (work / "claimed").glob("*"))

    return (lambda: health.of_drop_folder(folder.is_dir(), waiting()),)


def _existing(folder: Path) -> Path:
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
