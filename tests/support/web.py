# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The web face on a shelf of its own: a furnished house, clients that ask it, and a real server on a loopback port."""

import contextlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

import uvicorn
from django.test import Client

from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings
from poststelle.adapters.no_engines import NoScanner
from poststelle.application.authorities import Authorities, Authority
from poststelle.application.policies import load_edition
from poststelle.application.precheck import Looker, Question, check_uploads
from poststelle.core.arrival import AuthorityId
from poststelle.core.edition import Edition
from poststelle.faces.web.asgi import application
from poststelle.faces.web.loans import Asked, Published
from poststelle.faces.web.serving import ENVELOPE_BYTES, BodyLimit
from poststelle.faces.web.shelf import WebHouse, furnish
from support.gateway import eventually
from support.nurseries import a_nursery
from support.policies import policy_folder, policy_text
from support.records import HandClock

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BASE_URL = "https://www.stadt-muenster.example"
UPLOAD_BYTES = 3 * 1024 * 1024
ENVELOPE = ENVELOPE_BYTES
HOST = {"host": "localhost"}


@cache
def an_edition(valid_from: str, number: int, limit: str = "20 MB") -> Edition:
    """Münster's edition with another date and another limit."""
    text = policy_text().replace("valid_from = 2026-01-01", f"valid_from = {valid_from}", 1)
    text = text.replace("number = 1", f"number = {number}", 1).replace('limit = "20 MB"', f'limit = "{limit}"', 1)
    return load_edition(f"{valid_from}.toml", text.encode())


def authorities(*editions: Edition, name: str = "muenster") -> Authorities:
    folder = policy_folder(name)
    one = Authority(AuthorityId(name), editions or folder.editions, folder.directory)
    return Authorities({one.id: one}, base_url=BASE_URL)


def a_house(looker: Looker | None = None, clock: HandClock | None = None, **changes: object) -> WebHouse:
    """Furnished with Münster's policy; without a looker nothing can be checked."""
    known = changes.pop("authorities", authorities())
    clock = clock or HandClock(NOW)

    def check(asked: Asked):
        terms = known.by_id[asked.authority].terms(asked.channel, clock.now())
        return check_uploads(Question(asked.uploads, terms, clock.now(), lambda: 60.0), looker)

    house = WebHouse(known, clock, check, lambda _authority, _at: (), UPLOAD_BYTES)
    return replace(house, **changes)


def furnished(looker: Looker | None = None, **changes: object) -> Client:
    """A client of a freshly furnished web face."""
    furnish(a_house(looker, **changes))
    return Client(headers=HOST)


def a_certificate(*, is_issuer: bool = False) -> Published:
    name = "aussteller.crt" if is_issuer else "post@stadt-muenster.example.cer"
    return Published("post", is_issuer, name, b"\x30\x82" + b"\0" * 900, "ab" * 32, datetime(2027, 5, 1, tzinfo=UTC))


@contextlib.contextmanager
def a_pool() -> Iterator[InspectorPool]:
    """Real confined workers: no scanner, no keyholder."""
    pool = InspectorPool(NoScanner(), None, PoolSettings(1), nursery=a_nursery())
    try:
        yield pool
    finally:
        pool.close()


@dataclass(frozen=True, slots=True)
class Site:
    """A running web face."""

    url: str
    port: int


@contextlib.contextmanager
def a_site(upload_bytes: int = UPLOAD_BYTES) -> Iterator[Site]:
    """What is furnished, served by uvicorn as in production."""
    config = uvicorn.Config(
        BodyLimit(application(), upload_bytes), "127.0.0.1", 0, lifespan="off", log_config=None, server_header=False
    )
    listening = config.bind_socket()
    port = listening.getsockname()[1]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        eventually(lambda: server.started)
        yield Site(f"http://127.0.0.1:{port}", port)
    finally:
        server.should_exit = True
        thread.join(10)


def ids(html: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', html)


def links(html: str) -> list[str]:
    return re.findall(r'\bhref="([^"]+)"', html)
