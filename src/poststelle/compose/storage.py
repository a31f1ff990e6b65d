# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where things are kept: SQLite and files under the data folder, or PostgreSQL and an S3 bucket, as the settings want.

The secret of the bucket comes from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), never from the settings.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from poststelle.adapters.blobs_fs import FileBlobs, InlineReader
from poststelle.application.health import Examination
from poststelle.application.ports import Blobs, BlobSweep, Clock, UnavailableError
from poststelle.application.settings import Settings
from poststelle.application.store_health import of_bucket, of_database
from poststelle.records.database import Database, looking
from poststelle.records.opening import Records, open_records
from poststelle.records.restoration import is_unfinished, refuse_unfinished
from poststelle.records.target import FILE_NAME

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SPOOL = "spool"
ACCESS_KEY, SECRET_KEY = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
BUCKET_VARIABLES = frozenset({ACCESS_KEY, SECRET_KEY})
NOT_INSTALLED = "{part} is not installed: pip install --require-hashes -r requirements-scaleout.lock"


class Bodies(Blobs, BlobSweep, Protocol):
    """Bodies of messages, and their end."""


def target(settings: Settings) -> Path | str:
    """The data folder, or the address of the database server."""
    return settings.store.database or settings.house.data


def make_data_folder(settings: Settings) -> None:
    """Before anything else is made in it: what comes to be on the way to a file is open to everybody. UnavailableError."""
    try:
        settings.house.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(f"the data folder {settings.house.data} cannot be had: {error.strerror}") from error


@contextmanager
def opened_records(settings: Settings, time: Clock) -> Iterator[Records]:
    """The records of this installation, migrated. BackupError where they are what an unfinished restoration left."""
    make_data_folder(settings)
    if settings.store.database:
        refuse_unfinished(settings.store.database)
    book = open_records(target(settings), time)
    try:
        yield book
    finally:
        book.close()


def has_records(settings: Settings) -> bool:
    """Whether anything was ever kept here; of a server only it can say."""
    return bool(settings.store.database) or (settings.house.data / FILE_NAME).is_file()


def looked_at(settings: Settings) -> AbstractContextManager[Database]:
    """The database of this installation, to be read and left as it is. UnavailableError where there is none."""
    return looking(target(settings))


def bodies(settings: Settings, read_inline: InlineReader) -> Bodies:
    """The bodies of this installation; small ones are read through the function."""
    local = FileBlobs(_folder(settings), read_inline)
    if not settings.store.bucket:
        return local
    bucket = _bucket(settings, settings.store.timeout_seconds)
    from poststelle.adapters.blobs_s3 import BucketBlobs  # noqa: PLC0415 - optional, and not loaded where it is not wanted

    return BucketBlobs(bucket, local, _folder(settings) / SPOOL)


def bucket_question(settings: Settings, timeout_seconds: float) -> Callable[[], None]:
    """One question to the bucket, each time it is called; makes nothing on this machine. UnavailableError."""
    bucket = _bucket(settings, timeout_seconds)
    from poststelle.adapters.blobs_s3 import ask_bucket  # noqa: PLC0415 - as above

    return lambda: ask_bucket(bucket)


def _bucket(settings: Settings, timeout_seconds: float) -> "ObjectStore":
    try:
        from poststelle.adapters import blobs_s3  # noqa: PLC0415 - as above
    except ImportError as error:
        raise UnavailableError(NOT_INSTALLED.format(part="obstore")) from error
    chosen = settings.store
    return blobs_s3.open_bucket(
        blobs_s3.Bucket(
            chosen.bucket,
            chosen.prefix,
            chosen.endpoint,
            chosen.region,
            os.environ.get(ACCESS_KEY, ""),
            os.environ.get(SECRET_KEY, ""),
            timeout_seconds,
        )
    )


def store_examinations(settings: Settings) -> tuple[Examination, ...]:
    """What the doctor looks at of servers that hold records and bodies; nothing where they lie in the data folder."""
    chosen, found = settings.store, []
    if chosen.database:
        place = urlsplit(chosen.database)
        named = f"{place.hostname or 'local'}{place.path}"
        found.append(lambda: of_database(lambda: _ask_database(settings), named))
    if chosen.bucket:
        found.append(lambda: of_bucket(lambda: _ask_bucket(settings), f"{chosen.bucket} at {chosen.endpoint or 'AWS'}"))
    return tuple(found)


def _ask_database(settings: Settings) -> bool:
    """True where it holds what an unfinished restoration left."""
    with looked_at(settings):
        return is_unfinished(settings.store.database)


def _ask_bucket(settings: Settings) -> None:
    bucket_question(settings, settings.store.timeout_seconds)()


def spool_of(settings: Settings) -> FileBlobs:
    """What this machine received and has not secured yet, to be swept before anybody writes."""
    return FileBlobs(_folder(settings), lambda _key: None)


def _folder(settings: Settings) -> Path:
    return settings.house.data / "blobs"
