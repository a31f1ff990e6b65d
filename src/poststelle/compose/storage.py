# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where things are kept: SQLite and files under the data folder, or PostgreSQL and an S3 bucket, as the settings want.

The secret of the bucket comes from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), never from the settings.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from poststelle.adapters.blobs_fs import FileBlobs, InlineReader
from poststelle.adapters.clock import SteadyClock
from poststelle.application.health import Examination
from poststelle.application.ports import Blobs, BlobSweep, Clock, UnavailableError
from poststelle.application.settings import Settings
from poststelle.application.store_health import of_bucket, of_database
from poststelle.core.arrival import BlobKey
from poststelle.records.opening import Records, open_records

SPOOL = "spool"
ACCESS_KEY, SECRET_KEY = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
BUCKET_VARIABLES = frozenset({ACCESS_KEY, SECRET_KEY})
NOT_INSTALLED = "{part} is not installed: pip install --require-hashes -r requirements-scaleout.lock"


class Bodies(Blobs, BlobSweep, Protocol):
    """Bodies of messages, and their end."""


def target(settings: Settings) -> Path | str:
    """The data folder, or the address of the database server."""
    return settings.store.database or settings.house.data


@contextmanager
def opened_records(settings: Settings, time: Clock) -> Iterator[Records]:
    """The records of this installation, migrated."""
    settings.house.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    book = open_records(target(settings), time)
    try:
        yield book
    finally:
        book.close()


def bodies(settings: Settings, read_inline: InlineReader) -> Bodies:
    """The bodies of this installation; small ones are read through the function."""
    local = FileBlobs(_folder(settings), read_inline)
    if not settings.store.bucket:
        return local
    try:
        from poststelle.adapters import blobs_s3  # noqa: PLC0415 - optional, and not loaded where it is not wanted
    except ImportError as error:
        raise UnavailableError(NOT_INSTALLED.format(part="obstore")) from error
    chosen = settings.store
    place = blobs_s3.Bucket(
        chosen.bucket,
        chosen.prefix,
        chosen.endpoint,
        chosen.region,
        os.environ.get(ACCESS_KEY, ""),
        os.environ.get(SECRET_KEY, ""),
        chosen.timeout_seconds,
    )
    return blobs_s3.BucketBlobs(blobs_s3.open_bucket(place), local, _folder(settings) / SPOOL)


def store_examinations(settings: Settings) -> tuple[Examination, ...]:
    """What the doctor looks at of servers that hold records and bodies; nothing where they lie in the data folder."""
    chosen, found = settings.store, []
    if chosen.database:
        place = urlsplit(chosen.database)
        found.append(lambda: of_database(lambda: _open_records(settings), f"{place.hostname or 'local'}{place.path}"))
    if chosen.bucket:
        found.append(lambda: of_bucket(lambda: _ask_bucket(settings), f"{chosen.bucket} at {chosen.endpoint or 'AWS'}"))
    return tuple(found)


def _open_records(settings: Settings) -> None:
    with opened_records(settings, SteadyClock(lambda _step: None)):
        pass


def _ask_bucket(settings: Settings) -> None:
    """One question about content that nobody has."""
    with suppress(KeyError):
        bodies(settings, lambda _key: None).open(BlobKey("0" * 64)).close()


def spool_of(settings: Settings) -> FileBlobs:
    """What this machine received and has not secured yet, to be swept before anybody writes."""
    return FileBlobs(_folder(settings), lambda _key: None)


def _folder(settings: Settings) -> Path:
    return settings.house.data / "blobs"
