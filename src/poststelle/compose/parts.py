# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The parts: each adapter behind its port, as the settings want it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network

from poststelle.adapters.clamd import Clamd, ClamdAddress
from poststelle.adapters.clock import SteadyClock
from poststelle.adapters.demo_scanner import DemoScanner
from poststelle.adapters.inspector_pool.common import common_handle
from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings
from poststelle.adapters.inspector_pool.raising import Nursery
from poststelle.adapters.no_engines import NoScanner
from poststelle.adapters.policy_folder import read_folder
from poststelle.adapters.rspamd import Rspamd, RspamdAddress
from poststelle.adapters.senderauth import Dns, DnsSettings, HeaderSenderAuth, NoSenderAuth, OwnSenderAuth
from poststelle.application.authorities import Authorities, Authority, overlaps, unplaced
from poststelle.application.ports import Clock, Malware, SenderAuth, Spam
from poststelle.application.settings import Settings, SettingsError
from poststelle.compose.keys import Custody
from poststelle.compose.storage import Bodies, bodies, opened_records
from poststelle.core.arrival import AuthorityId
from poststelle.records.opening import Records


def authorities(settings: Settings) -> Authorities:
    """The policies of every authority of this installation.

    PolicyError with every fault where one is wrong; SettingsError where two claim the same, or one of several has no place.
    """
    folders = [read_folder(folder) for folder in settings.house.policies]
    known = [Authority(AuthorityId(folder.authority), folder.editions, folder.directory) for folder in folders]
    if faults := (*overlaps(known), *unplaced(known)):
        raise SettingsError(tuple(f"house.policies: {fault}" for fault in faults))
    return Authorities({one.id: one for one in known}, settings.house.hostname, settings.house.base_url.rstrip("/"))


def clock(tell_step: Callable[[object], None] = lambda _step: None) -> Clock:
    """The time, never going back."""
    return SteadyClock(tell_step)


def scanner(settings: Settings) -> Malware:
    """The virus scanner of the settings."""
    chosen = settings.malware
    if chosen.engine == "clamd":
        place = ClamdAddress(path=str(chosen.socket)) if chosen.socket else ClamdAddress("", chosen.host, chosen.port)
        return Clamd(place)
    return DemoScanner() if chosen.engine == "demo" else NoScanner()


def spam_filter(settings: Settings) -> Spam:
    """The spam filter of the settings."""
    if settings.spam.engine == "rspamd":
        return Rspamd(RspamdAddress(settings.spam.host, settings.spam.port))
    return DemoScanner() if settings.spam.engine == "demo" else NoScanner()


LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""Where no proxy is named, a client on this machine is one: its own address says nothing of who wrote."""


def sender_checks(settings: Settings) -> SenderAuth:
    """Who checks SPF, DKIM and DMARC."""
    match settings.sender.mode:
        case "own":
            return OwnSenderAuth(resolver(settings), settings.door.trusted_peers or LOOPBACK)
        case "header":
            return HeaderSenderAuth(settings.sender.authserv_id)
        case "none":
            return NoSenderAuth()


def resolver(settings: Settings) -> Dns:
    """The name server of the settings."""
    server = (settings.sender.resolver,) if settings.sender.resolver else ()
    return Dns(DnsSettings(server, port=settings.sender.resolver_port))


def inspectors(
    settings: Settings, malware: Malware, workers: int | None = None, keys: Custody | None = None
) -> InspectorPool:
    """The pool of confined workers. Without custody it opens nothing that is encrypted, and believes no signature."""
    chosen = settings.inspector
    limits = PoolSettings(workers or chosen.workers, chosen.try_seconds, chosen.messages_per_worker)
    nursery = Nursery(common=common_handle(os.environ))
    if keys is None:
        return InspectorPool(malware, None, limits, nursery=nursery)
    return InspectorPool(malware, keys.keyholder, limits, keys.world, nursery)


@contextmanager
def records(settings: Settings, time: Clock) -> Iterator[tuple[Records, Bodies]]:
    """The store of this installation, and its bodies."""
    with opened_records(settings, time) as book:
        yield book, bodies(settings, book.bodies.read_inline)
