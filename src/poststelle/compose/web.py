# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The web face: what it is lent, Django's settings from ours, and the static export.

The check behind the site has no scanner, no keyholder and no store: nothing that asks it can decrypt or leave a trace.
The desk has inspectors of its own, which may open what is encrypted.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from poststelle.adapters.keyring import make_once
from poststelle.adapters.no_engines import NoScanner
from poststelle.application.authorities import Authorities
from poststelle.application.check import Checked
from poststelle.application.ports import Clock
from poststelle.application.precheck import Looker, Question, check_uploads
from poststelle.application.settings import Settings
from poststelle.compose.desk import Openers, desk_house, desk_loans
from poststelle.compose.keys import custody, present_key_terms, published_certificates
from poststelle.compose.parts import authorities, clock, inspectors, records, scanner
from poststelle.compose.whose import the_one
from poststelle.core.policy import Language, Policy
from poststelle.faces.web.loans import Asked, CheckFiles, Published

if TYPE_CHECKING:
    from poststelle.faces.web.desk.loans import DeskLoans
    from poststelle.faces.web.serving import App
    from poststelle.faces.web.shelf import WebHouse

DJANGO_SETTINGS = "poststelle.faces.web.settings"
SECRET_FILE = "web-secret"  # noqa: S105 - the name of a file
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
CHECK_SECONDS = 60.0


def prepare_django(settings: Settings, known: Authorities) -> None:
    """Pass on to Django what the operator decided; before Django is set up. Every authority's page has its host."""
    base = urlsplit(settings.house.base_url)
    pages = (urlsplit(edition.policy.page.base_url) for one in known.by_id.values() for edition in one.editions)
    hosts = (base.hostname or "", *(page.hostname or "" for page in pages))
    names = dict.fromkeys([*hosts, *settings.web.hosts, *LOCAL_NAMES])
    os.environ["DJANGO_SETTINGS_MODULE"] = DJANGO_SETTINGS
    os.environ["POSTSTELLE_DJANGO_HOSTS"] = ",".join(name for name in names if name)
    os.environ["POSTSTELLE_DJANGO_SECRET_FILE"] = str(secret_file(settings.house.data))
    os.environ["POSTSTELLE_DJANGO_SECURE"] = "1" if base.scheme == "https" else "0"


def secret_file(folder: Path) -> Path:
    """The file with the key that signs sessions; made when first asked for, readable by us alone."""
    path = folder / SECRET_FILE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_file() and not path.stat().st_size:  # of an earlier version that met a full disk
        path.unlink()
    if not path.is_file():
        make_once(path, secrets.token_urlsafe(48).encode(), 0o600)
    return path


def web_house(
    settings: Settings, check: CheckFiles, known: Authorities, time: Clock, desk: "DeskLoans | None" = None
) -> "WebHouse":
    """What the web face is lent; without a desk, what the site needs."""
    from poststelle.faces.web.shelf import WebHouse  # noqa: PLC0415 - the command line need not load it

    return WebHouse(
        authorities=known,
        clock=time,
        check=check,
        certificates=lambda authority, at: _published(settings, known.by_id[authority].policy_at(at)),
        precheck_limit_bytes=settings.web.precheck_limit_mb << 20,
        is_demo=settings.house.mode == "demo",
        desk=desk,
    )


def _published(settings: Settings, policy: Policy) -> tuple[Published, ...]:
    """The certificates of the addresses whose policy publishes them."""
    ids = {terms.address.casefold(): terms.id for terms in policy.addresses if terms.publishes_certificate}
    return tuple(
        Published(ids[one.address], one.is_issuer, one.file_name, one.content, one.sha256, one.not_after)
        for one in published_certificates(settings, ids.__contains__)
    )


def check_files(known: Authorities, time: Clock, looker: Looker) -> CheckFiles:
    """The check before sending."""

    def check(asked: Asked) -> Checked:
        now = time.now()
        terms = known.by_id[asked.authority].terms(asked.channel, now)
        until = monotonic() + CHECK_SECONDS
        return check_uploads(Question(asked.uploads, terms, now, lambda: max(0.0, until - monotonic())), looker)

    return check


@contextmanager
def web_app(settings: Settings) -> Iterator["App"]:
    """The web face as an ASGI application, with the store open behind it."""
    time, known = clock(), authorities(settings)
    prepare_django(settings, known)
    pool, keys = inspectors(settings, NoScanner()), custody(settings)
    openers = Openers(
        reading=inspectors(settings, NoScanner(), 1, keys), looking=inspectors(settings, scanner(settings), 1, keys)
    )
    try:
        with records(settings, time) as (book, blobs):
            from poststelle.faces.web.asgi import application  # noqa: PLC0415 - needs Django set up
            from poststelle.faces.web.shelf import furnish  # noqa: PLC0415 - as above

            house, terms = desk_house(settings, book, known, time), partial(present_key_terms, settings)
            desk = desk_loans(house, book, blobs, openers, terms)
            furnish(web_house(settings, check_files(known, time, pool), known, time, desk))
            pool.confinement()  # the first asker need not wait for the first worker
            yield application()
    finally:
        pool.close()
        openers.reading.close()
        openers.looking.close()


def publish(settings: Settings, out: Path, named: str) -> int:
    """The public site of the authority named, or of the only one, as files; how many. Needs no store and no inspector."""
    os.environ["DJANGO_SETTINGS_MODULE"] = DJANGO_SETTINGS
    import django  # noqa: PLC0415 - loaded for this command only

    django.setup()
    from poststelle.faces.web.site.export import export  # noqa: PLC0415 - needs Django set up
    from poststelle.faces.web.site.visit import visit_to  # noqa: PLC0415 - as above

    known, time = authorities(settings), clock()
    house, whose = web_house(settings, _no_check, known, time), known.by_id[the_one(known.by_id, named)]
    return export(replace(visit_to(house, whose, Language.DE), is_static=True), out)


def _no_check(asked: Asked) -> Checked:
    raise RuntimeError(f"nothing is checked while publishing: {asked.authority}")
